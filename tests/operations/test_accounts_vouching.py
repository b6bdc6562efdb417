"""A supervisor who sees the number vouches for a sign-in, at own sites, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import AuditEntry
from checkin.operations import accounts

BROWSER = "a browser's random id"


def ask(cast, now, visitor=BROWSER, mobile=None, site=None):
    accounts.request_confirmation(
        mobile or cast.noura.mobile,
        site_id=(site or cast.mataf).id,
        visitor=visitor,
        address="192.0.2.1",
        now=now,
    )
    return accounts.own_request(visitor, now)


def pending(cast, now):
    return accounts.pending_sign_ins([cast.mataf.id], now)


def wrong(cast, now):
    (waiting,) = pending(cast, now)
    right = accounts.own_request(BROWSER, now).number
    return next(number for number in waiting.numbers if number != right)


def test_the_right_number_confirms_once(cast, now):
    own = ask(cast, now)
    (waiting,) = pending(cast, now)
    accounts.confirm_sign_in(waiting.id, own.number, by=cast.salem.id, now=now)
    assert accounts.own_request(BROWSER, now).state == "confirmed"
    assert pending(cast, now) == []
    assert accounts.redeem_confirmation(BROWSER, now) == cast.noura.mobile
    with pytest.raises(Problem, match="confirmation_over"):
        accounts.redeem_confirmation(BROWSER, now)


def test_the_tablet_shows_three_numbers_and_always_the_same(cast, now):
    own = ask(cast, now)
    (first,) = pending(cast, now)
    (again,) = pending(cast, now + timedelta(minutes=1))
    assert first.numbers == again.numbers
    assert len(set(first.numbers)) == 3
    assert own.number in first.numbers
    assert all(10 <= number <= 99 for number in first.numbers)


def test_the_place_of_the_number_says_nothing(cast, now):
    places = set()
    for n in range(12):
        own = ask(
            cast, now + timedelta(minutes=16 * n), visitor=str(n), mobile=f"+9665000001{n:02}"
        )
        waiting = pending(cast, now + timedelta(minutes=16 * n))[-1]
        places.add(waiting.numbers.index(own.number))
    assert len(places) > 1


def test_the_name_is_shown_when_the_mobile_is_known(cast, now):
    ask(cast, now)
    ask(cast, now, visitor="a newcomer's", mobile="+966500000777")
    known, new = pending(cast, now)
    assert known.names == ("نورة سعد القحطاني",)
    assert (new.names, new.last3) == ((), "777")


def test_a_wrong_number_leaves_one_more_try(cast, now):
    own = ask(cast, now)
    (waiting,) = pending(cast, now)
    with pytest.raises(Problem, match="number_wrong"):
        accounts.confirm_sign_in(waiting.id, wrong(cast, now), by=cast.salem.id, now=now)
    accounts.confirm_sign_in(waiting.id, own.number, by=cast.salem.id, now=now)
    assert accounts.own_request(BROWSER, now).state == "confirmed"


def test_a_second_wrong_number_refuses(cast, now):
    own = ask(cast, now)
    (waiting,) = pending(cast, now)
    bad = wrong(cast, now)
    with pytest.raises(Problem, match="number_wrong"):
        accounts.confirm_sign_in(waiting.id, bad, by=cast.salem.id, now=now)
    with pytest.raises(Problem, match="confirmation_refused"):
        accounts.confirm_sign_in(waiting.id, bad, by=cast.salem.id, now=now)
    with pytest.raises(Conflict, match="confirmation_over"):
        accounts.confirm_sign_in(waiting.id, own.number, by=cast.salem.id, now=now)
    with pytest.raises(Problem, match="confirmation_refused"):
        accounts.redeem_confirmation(BROWSER, now)
    assert ask(cast, now).state == "waiting"


@pytest.mark.parametrize("who", ["huda", "noura", "majed", "reem", "faisal"])
def test_only_the_supervisor_of_the_site_may_confirm(cast, now, who):
    own = ask(cast, now)
    (waiting,) = pending(cast, now)
    with pytest.raises(NotFound):
        accounts.confirm_sign_in(waiting.id, own.number, by=getattr(cast, who).id, now=now)
    assert accounts.own_request(BROWSER, now).state == "waiting"


def test_a_coordinator_may_confirm_anywhere(cast, now):
    own = ask(cast, now)
    (waiting,) = pending(cast, now)
    accounts.confirm_sign_in(waiting.id, own.number, by=cast.layla.id, now=now)
    assert accounts.redeem_confirmation(BROWSER, now) == cast.noura.mobile


def test_a_request_ends_after_ten_minutes(cast, now):
    own = ask(cast, now)
    (waiting,) = pending(cast, now)
    later = now + timedelta(minutes=10)
    assert pending(cast, later) == []
    with pytest.raises(Conflict, match="confirmation_over"):
        accounts.confirm_sign_in(waiting.id, own.number, by=cast.salem.id, now=later)
    with pytest.raises(Problem, match="confirmation_over"):
        accounts.redeem_confirmation(BROWSER, later)


def test_nothing_is_opened_before_the_supervisor_taps(cast, now):
    ask(cast, now)
    with pytest.raises(Problem, match="not_confirmed"):
        accounts.redeem_confirmation(BROWSER, now)


def test_a_confirmation_belongs_to_one_browser(cast, now):
    own = ask(cast, now)
    (waiting,) = pending(cast, now)
    accounts.confirm_sign_in(waiting.id, own.number, by=cast.salem.id, now=now)
    with pytest.raises(Problem, match="confirmation_over"):
        accounts.redeem_confirmation("another browser", now)


def test_asking_again_keeps_the_number(cast, now):
    assert ask(cast, now).number == ask(cast, now + timedelta(minutes=1)).number
    assert len(pending(cast, now)) == 1


def test_asking_has_a_limit(cast, now):
    for n in range(5):
        ask(cast, now, visitor=str(n))
    with pytest.raises(Problem, match="too_many"):
        ask(cast, now, visitor="sixth")


def test_two_supervisors_at_once_confirm_one_time(app, cast, now, save):
    own = ask(cast, now)
    (waiting,) = pending(cast, now)

    def tap(by):
        with app.app_context():
            try:
                accounts.confirm_sign_in(waiting.id, own.number, by=by, now=now)
            except Conflict:
                return "over"
            return "confirmed"

    with ThreadPoolExecutor(2) as workers:
        answers = sorted(workers.map(tap, [cast.salem.id, cast.layla.id]))
    assert answers == ["confirmed", "over"]


def test_every_tap_is_in_the_audit_log(cast, now):
    ask(cast, now)
    (waiting,) = pending(cast, now)
    with pytest.raises(Problem):
        accounts.confirm_sign_in(waiting.id, wrong(cast, now), by=cast.salem.id, now=now)
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "account.vouch")).one()
    assert (entry.actor_id, entry.thing_id) == (cast.salem.id, waiting.id)
    assert entry.facts == {"right": False, "tries": 1}
