"""Looking after volunteers: what their records say, foretold, and allowed with a reason."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import Attendance, AuditEntry, Opportunity, Remark, Scan
from checkin.operations import opportunities, welfare
from checkin.operations.attendance.sweep import close_forgotten
from checkin.operations.opportunities import OpportunityPlan
from tests import factories
from tests.factories import alter, check_in, check_out

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def serve(cast, now):
    """Somebody is at a shift of their own: hours before or after now, and not out without end."""

    def serving(who, begins, ends, left: float | None = 0, of=None, come=0) -> int:
        length = round((ends - begins) * 60)
        shift = factories.shift(now, cast.mataf, of, starts=round(begins * 60), minutes=length)
        factories.assign(now - 3 * DAY, who, shift)
        poster = factories.poster(now - 9 * DAY, cast.mataf, shift)
        answer = check_in(who, poster, shift.starts_at + come * HOUR)
        if left is not None:
            check_out(who, shift, shift.ends_at - left * HOUR)
        return answer.attendance_id

    return serving


def codes(attendance_id, now) -> list[str]:
    return [one.code for one in welfare.concerns([attendance_id], now)[attendance_id]]


def only(attendance_id, now) -> welfare.Concern:
    (found,) = welfare.concerns([attendance_id], now)[attendance_id]
    return found


# --- what the records say ------------------------------------------------------------------


def test_an_ordinary_day_concerns_nobody(cast, now, serve):
    assert codes(serve(cast.noura, -5, -1), now) == []


def test_two_shifts_of_one_day_add_up(cast, now, serve):
    # 1 PM in Makkah: seven hours from midnight, and four until noon
    first, second = serve(cast.noura, -13, -6), serve(cast.noura, -5, -1)
    assert codes(first, now) == []
    concern = only(second, now)
    assert (concern.code, concern.facts) == ("long_day", {"minutes": 660, "most": 600})
    assert (concern.is_ahead, concern.allowed) == (False, False)


def test_another_persons_hours_are_not_ones_own(cast, now, serve):
    serve(cast.noura, -13, -6)
    assert codes(serve(cast.salem, -5, -1), now) == []


@pytest.mark.parametrize("first", ["kept", "merged"])
def test_the_hours_of_a_merged_row_add_up(cast, now, serve, first):
    twin = factories.person(now, cast.noura.name)
    rows = [cast.noura, twin] if first == "kept" else [twin, cast.noura]
    serve(rows[0], -13, -6)
    second = serve(rows[1], -5, -1)
    assert codes(second, now) == []
    alter(twin, merged_into_id=cast.noura.id)
    assert (only(second, now).code, only(second, now).facts["minutes"]) == ("long_day", 660)


def test_a_shift_to_come_is_held_against_what_a_merged_row_served(cast, now, serve):
    twin = factories.person(now, cast.noura.name)
    serve(twin, -12, -4)
    assert welfare.foreseen(cast.noura.id, cast.shift.id, now) == []
    assert welfare.ahead(cast.noura.id, cast.shift.id, now) == []
    alter(twin, merged_into_id=cast.noura.id)
    (served,) = welfare.foreseen(cast.noura.id, cast.shift.id, now)
    (planned,) = welfare.ahead(cast.noura.id, cast.shift.id, now)
    assert (served.code, planned.code) == ("long_day", "long_day")


def test_who_is_still_there_is_told_ahead(cast, now, serve):
    serve(cast.noura, -12, -4)
    still = serve(cast.noura, -1, 4, left=None)
    ahead = only(still, now)
    assert (ahead.code, ahead.facts["minutes"], ahead.is_ahead) == ("long_day", 780, True)
    then = only(still, now + 3 * HOUR)
    assert (then.facts["minutes"], then.is_ahead) == (720, False)


def test_who_comes_early_and_leaves_a_little_late_has_served_as_planned(cast, now, serve):
    chairs = factories.service("دفع العربات", "Wheelchairs", longest_minutes=240)
    of = factories.opportunity(now, service_id=chairs.id, opens_minutes=60)
    assert codes(serve(cast.noura, -6, -2, of=of, come=-0.75, left=-0.25), now) == []
    assert codes(serve(cast.salem, -6, -2, of=of, left=-0.3), now) == ["heavy_too_long"]


def test_a_forgotten_check_out_counts_as_it_is_proposed(cast, now, serve):
    serve(cast.noura, -13, -6)
    forgotten = serve(cast.noura, -5, -1, left=None)
    close_forgotten(now + HOUR)
    assert only(forgotten, now + HOUR).facts["minutes"] == 660


def test_what_was_decided_is_how_long_somebody_served(cast, now, serve):
    serve(cast.noura, -13, -6)
    forgotten = serve(cast.noura, -5, -1, left=None)
    close_forgotten(now + HOUR)
    alter(db.session.get(Attendance, forgotten), state="approved", approved_minutes=120)
    assert codes(forgotten, now + HOUR) == []


@pytest.mark.parametrize("state", ["rejected", "voided"])
def test_who_was_not_there_did_not_serve(cast, now, serve, state):
    first, second = serve(cast.noura, -13, -6), serve(cast.noura, -5, -1)
    alter(db.session.get(Attendance, first), state=state)
    assert codes(second, now) == []
    alter(db.session.get(Attendance, second), state=state)
    assert codes(second, now) == []


def test_little_rest_after_a_night(cast, now, serve):
    serve(cast.noura, -20, -12)
    concern = only(serve(cast.noura, -6, -1), now)
    assert (concern.code, concern.facts) == ("little_rest", {"minutes": 360, "most": 480})


def test_heavy_work_is_named(cast, now, serve):
    chairs = factories.service("دفع العربات", "Wheelchairs", longest_minutes=240)
    of = factories.opportunity(now, service_id=chairs.id)
    concern = only(serve(cast.noura, -6, -1, of=of), now)
    assert (concern.code, concern.facts["minutes"]) == ("heavy_too_long", 300)
    assert (concern.facts["most"], concern.facts["service"].name_en) == (240, "Wheelchairs")


def test_minors_are_not_there_at_night(cast, now, serve):
    child = factories.person(
        now, is_minor=True, guardian_mobile="+966500000001", guardian_consented_at=now - DAY
    )
    # until 10 PM and until 11 PM in Makkah
    assert codes(serve(child, 5, 9), now + 10 * HOUR) == []
    late = only(serve(child, 9.5, 10, of=factories.opportunity(now)), now + 11 * HOUR)
    assert (late.code, late.facts["begins"].hour, late.facts["ends"].hour) == (
        "minor_at_night",
        22,
        6,
    )


# --- courses -------------------------------------------------------------------------------


@pytest.fixture
def course(now):
    return factories.opportunity(now, "course", name_en="First aid", valid_days=30)


@pytest.fixture
def asking(now, course):
    """An opportunity that asks for the course."""
    return factories.opportunity(now, requires_id=course.id)


def test_a_course_never_attended_is_missing(cast, now, serve, asking):
    concern = only(serve(cast.noura, -5, -1, of=asking), now)
    assert (concern.code, concern.facts["course"].name_en) == ("course_missing", "First aid")


def test_a_course_counts_from_the_day_it_was_attended(cast, now, serve, asking, course):
    # not approved yet, and attended on the same day after the service
    before = serve(cast.noura, -30, -28, of=asking)
    same_day = serve(cast.noura, -9, -7, of=asking)
    serve(cast.noura, -3, -1, of=course)
    assert codes(before, now) == ["course_missing"]
    assert codes(same_day, now) == []


def test_who_never_left_the_course_or_was_not_there_has_not_attended(
    cast, now, serve, asking, course
):
    attended = serve(cast.noura, -30, -28, of=course)
    service = serve(cast.noura, -5, -1, of=asking)
    alter(db.session.get(Attendance, attended), state="rejected")
    assert codes(service, now) == ["course_missing"]
    alter(db.session.get(Attendance, attended), state="unclosed")
    assert codes(service, now) == ["course_missing"]


def test_a_course_is_good_until_its_last_day(cast, now, serve, asking, course):
    attended = serve(cast.noura, -30, -28, of=course)
    service = serve(cast.noura, -5, -1, of=asking)
    alter(db.session.get(Attendance, attended), work_on=date(2026, 10, 23))
    assert codes(service, now) == []
    alter(db.session.get(Attendance, attended), work_on=date(2026, 10, 22))
    concern = only(service, now)
    assert (concern.code, concern.facts["good_until"]) == ("course_expired", date(2026, 11, 21))


def test_a_course_is_completed_by_all_of_its_shifts(cast, now, serve, asking, course):
    serve(cast.noura, -60, -58, of=course)
    service = serve(cast.noura, -5, -1, of=asking)
    assert codes(service, now) == []
    second = factories.shift(now, cast.mataf, course, starts=-40 * 60, minutes=120)
    assert codes(service, now) == ["course_missing"]
    alter(second, is_draft=True)
    assert codes(service, now) == []
    alter(second, is_draft=False, cancelled_at=now)
    assert codes(service, now) == []
    third = serve(cast.noura, -30, -28, of=course)
    assert codes(service, now) == []
    alter(db.session.get(Attendance, third), state="rejected")
    assert codes(service, now) == ["course_missing"]


def test_a_course_that_goes_on_is_not_completed_yet(cast, now, serve, asking, course):
    serve(cast.noura, -30, -28, of=course)
    service = serve(cast.noura, -5, -1, of=asking)
    factories.shift(now, cast.mataf, course, starts=24 * 60)
    assert codes(service, now) == ["course_missing"]


def test_a_course_held_again_is_one_of_the_same_name(cast, now, serve, asking, course):
    again = opportunities.copy(course.id, by=cast.layla.id, now=now)
    held = db.session.get(Opportunity, again)
    serve(cast.noura, -30, -28, of=held)
    service = serve(cast.noura, -5, -1, of=asking)
    factories.shift(now, cast.mataf, course, starts=-60 * 60)  # the first time, not attended
    assert codes(service, now) == []
    opportunities.change(
        again, OpportunityPlan(kind="course", name_ar="أخرى"), by=cast.layla.id, now=now
    )
    assert codes(service, now) == ["course_missing"]


def test_what_was_attended_before_a_merge_counts(cast, now, serve, asking, course):
    twin = factories.person(now, cast.noura.name)
    serve(twin, -30, -28, of=course)
    service = serve(cast.noura, -5, -1, of=asking)
    assert codes(service, now) == ["course_missing"]
    alter(twin, merged_into_id=cast.noura.id)
    assert codes(service, now) == []
    assert codes(serve(twin, -20, -18, of=asking), now) == []
    alter(cast.noura, merged_into_id=twin.id)
    alter(twin, merged_into_id=None)
    assert codes(service, now) == []


# --- before the tap ------------------------------------------------------------------------


def test_what_a_shift_would_bring_is_said_before(cast, now, serve):
    serve(cast.noura, -12, -4)
    (concern,) = welfare.foreseen(cast.noura.id, cast.shift.id, now)
    assert (concern.code, concern.facts["minutes"], concern.is_ahead) == ("long_day", 720, True)
    assert welfare.foreseen(cast.salem.id, cast.shift.id, now) == []


def test_who_moves_has_left_the_other_place(cast, now, serve):
    serve(cast.noura, -7, 6, left=None)
    (concern,) = welfare.foreseen(cast.noura.id, cast.shift.id, now)
    # seven hours there, and four here
    assert concern.facts["minutes"] == 660
    assert db.session.scalar(db.select(db.func.count()).select_from(Scan)) == 1


def test_coming_back_counts_what_was_served_before(cast, now, serve):
    back = serve(cast.noura, -9, 3, left=4)
    shift_id = db.session.get(Attendance, back).shift_id
    (concern,) = welfare.foreseen(cast.noura.id, shift_id, now)
    assert (concern.code, concern.facts["minutes"]) == ("long_day", 660)


def test_a_course_is_asked_for_before_as_well(cast, now, asking):
    shift = factories.shift(now, cast.mataf, asking)
    assert [one.code for one in welfare.foreseen(cast.noura.id, shift.id, now)] == [
        "course_missing"
    ]


# --- allowed -------------------------------------------------------------------------------


@pytest.fixture
def long_day(cast, now, serve) -> int:
    serve(cast.noura, -13, -6)
    return serve(cast.noura, -5, -1)


def allow(attendance_id, by, now, words="", uid=None, **more) -> None:
    uid = uid or str(uuid.uuid4())
    more.setdefault("reason", "rested")
    welfare.allow(attendance_id, words, uid, by=by.id, now=now, **more)


def test_a_supervisor_lets_it_stand_with_a_reason(cast, now, long_day):
    allow(long_day, cast.salem, now, "نام في السكن القريب")
    concern = only(long_day, now)
    assert concern.allowed
    given = concern.allowance
    assert (given.by, given.reason) == (cast.salem.name, "rested: نام في السكن القريب")
    assert given.at == now
    assert welfare.unallowed([long_day], now) == {long_day: []}
    noted = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.act == "attendance.allow")
    ).one()
    assert (noted.actor_id, noted.thing_id) == (cast.salem.id, long_day)
    assert noted.facts == {"limits": ["long_day"]}


def test_words_of_two_lines_stay_as_they_were(cast, now, long_day):
    allow(long_day, cast.salem, now, "one\ntwo", reason="other")
    assert only(long_day, now).allowance.reason == "other: one\ntwo"


def test_what_comes_up_later_is_not_allowed_before(cast, now, serve, asking):
    serve(cast.noura, -12, -4)
    still = serve(cast.noura, -3, -1, left=None, of=asking)
    allow(still, cast.salem, now - 2 * HOUR, reason="trained_elsewhere")
    assert welfare.unallowed([still], now - 2 * HOUR)[still] == []
    (later,) = welfare.unallowed([still], now - HOUR / 2)[still]
    assert (later.code, later.facts["minutes"]) == ("long_day", 630)


def test_only_what_was_shown_is_allowed(cast, now, serve, asking):
    serve(cast.noura, -13, -6)
    both = serve(cast.noura, -5, -1, of=asking)
    allow(both, cast.salem, now, about=["long_day", "little_rest"])
    assert [one.code for one in welfare.unallowed([both], now)[both]] == ["course_missing"]
    with pytest.raises(Problem, match="nothing_to_allow"):
        allow(both, cast.salem, now, about=["long_day"])


def test_sent_twice_it_is_one_allowance(cast, now, long_day):
    uid = str(uuid.uuid4())
    for wait in (0, 1):
        allow(long_day, cast.salem, now + wait * HOUR, uid=uid)
    assert db.session.scalar(db.select(db.func.count()).select_from(Remark)) == 1


def test_an_id_is_for_one_record(cast, now, long_day, serve):
    uid = str(uuid.uuid4())
    allow(long_day, cast.salem, now, uid=uid)
    serve(cast.layla, -13, -6)
    other = serve(cast.layla, -5, -1)
    with pytest.raises(Conflict, match="uid_reused"):
        allow(other, cast.salem, now, uid=uid)


def test_nobody_allows_it_to_oneself(cast, now, serve):
    serve(cast.salem, -13, -6)
    own = serve(cast.salem, -5, -1)
    with pytest.raises(Problem, match="own_allowance"):
        allow(own, cast.salem, now)
    allow(own, cast.layla, now)


@pytest.mark.parametrize(("reason", "words"), [("other", " "), ("because", "I say so")])
def test_a_reason_is_needed(cast, now, long_day, reason, words):
    with pytest.raises(Problem, match="why_missing"):
        allow(long_day, cast.salem, now, words, reason=reason)


def test_there_must_be_something_to_allow(cast, now, serve):
    with pytest.raises(Problem, match="nothing_to_allow"):
        allow(serve(cast.noura, -5, -1), cast.salem, now)
    with pytest.raises(NotFound):
        allow(4711, cast.salem, now)


def test_reasons_fit_what_is_there(cast, now, serve, asking):
    serve(cast.noura, -13, -6)
    both = serve(cast.noura, -5, -1, of=asking)
    found = welfare.concerns([both], now)[both]
    assert welfare.reasons_for(found) == [
        *("rested", "easier_work", "trained_elsewhere", "with_somebody_trained", "other")
    ]


# --- as many as a board or a sheet shows ---------------------------------------------------


def test_many_are_asked_about_in_four_questions(cast, now, asking):
    shift = factories.shift(now, cast.mataf, asking, starts=-60, minutes=660, seats=100)
    poster = factories.poster(now - DAY, cast.mataf, shift)
    people = [factories.person(now) for _ in range(30)]
    for who in people:
        factories.assign(now - DAY, who, shift)
    ids = [check_in(who, poster, now).attendance_id for who in people]
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    found = welfare.concerns(ids, now)
    assert all([one.code for one in found[id_]] == ["course_missing"] for id_ in ids)
    assert len([sql for sql in seen if sql.startswith("SELECT")]) == 4


def test_nobody_asked_about_costs_nothing(now):
    assert welfare.concerns([], now) == {}
    assert welfare.concerns([4711], now) == {4711: []}
