"""Codes that prove a mobile: ten minutes, five tries, one browser, one use, few a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.models import Message, SignInCode
from checkin.operations import accounts

MOBILE = "+966500000001"
BROWSER = "a browser's random id"


@pytest.fixture
def settings():
    return {"CODES_PER_ADDRESS": 8}


def ask(now, mobile=MOBILE, visitor=BROWSER, address="192.0.2.1"):
    return accounts.request_code(mobile, visitor=visitor, address=address, language="ar", now=now)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def refused(code, now, mobile=MOBILE, visitor=BROWSER):
    with pytest.raises(Problem) as caught:
        accounts.prove_mobile(mobile, code, visitor=visitor, now=now)
    return caught.value.code


def test_the_right_code_proves_the_mobile(now):
    code = ask(now)
    accounts.prove_mobile(MOBILE, code, visitor=BROWSER, now=now + timedelta(minutes=9))


def test_arabic_digits_and_spaces_are_the_same_code(now):
    code = ask(now)
    typed = f" {code[:3]} {code[3:]} ".translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    accounts.prove_mobile(MOBILE, typed, visitor=BROWSER, now=now)


def test_a_code_works_once(now):
    code = ask(now)
    accounts.prove_mobile(MOBILE, code, visitor=BROWSER, now=now)
    assert refused(code, now) == "code_wrong"


def test_a_code_ends_after_ten_minutes(now):
    code = ask(now)
    assert refused(code, now + timedelta(minutes=10)) == "code_expired"


def test_a_code_works_only_in_the_browser_that_asked(now):
    code = ask(now)
    assert refused(code, now, visitor="another browser") == "code_wrong"
    accounts.prove_mobile(MOBILE, code, visitor=BROWSER, now=now)


def test_a_code_works_only_for_its_mobile(now):
    code = ask(now)
    assert refused(code, now, mobile="+966500000002") == "code_wrong"


def test_the_fifth_wrong_try_ends_the_code(now):
    code = ask(now)
    reasons = [refused(wrong(code), now) for _ in range(5)]
    assert reasons == ["code_wrong"] * 4 + ["code_spent"]
    assert refused(code, now) == "code_spent"


def test_what_is_no_code_at_all_is_told_and_is_no_try(app, now):
    code = ask(now)
    for typed in ("", " ", "12345", "1234567", "12345a", "abcdef") * 2:
        assert refused(typed, now) == "code_incomplete"
    accounts.prove_mobile(MOBILE, code, visitor=BROWSER, now=now)


def test_many_parallel_guesses_are_five_at_most(app, now):
    code = ask(now)

    def guess(_):
        with app.app_context():
            return refused(wrong(code), now)

    with ThreadPoolExecutor(8) as workers:
        reasons = list(workers.map(guess, range(50)))
    assert reasons.count("code_wrong") == 4
    assert reasons.count("code_spent") == 46
    assert db.session.scalar(db.select(SignInCode.tries)) == 5


def test_the_right_code_in_parallel_opens_one_door(app, now):
    code = ask(now)

    def use(_):
        with app.app_context():
            try:
                accounts.prove_mobile(MOBILE, code, visitor=BROWSER, now=now)
            except Problem:
                return False
            return True

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(use, range(4))) == 1


def test_a_new_code_comes_after_a_minute_and_ends_the_old_one(now):
    first = ask(now)
    with pytest.raises(Problem, match="resend_early") as early:
        ask(now + timedelta(seconds=20))
    assert early.value.facts == {"seconds": 40}
    second = ask(now + timedelta(seconds=60))
    assert refused(first, now + timedelta(seconds=61)) == "code_wrong"
    accounts.prove_mobile(MOBILE, second, visitor=BROWSER, now=now + timedelta(seconds=62))


def test_three_codes_in_a_quarter_of_an_hour(now):
    for browser in "abc":
        ask(now, visitor=browser)
    with pytest.raises(Problem, match="too_many") as refusal:
        ask(now, visitor="d")
    assert 0 < refusal.value.facts["seconds"] <= 900
    ask(now + timedelta(minutes=15), visitor="d")


def test_six_codes_a_day(now):
    for n in range(6):
        ask(now + timedelta(minutes=16 * n), visitor=str(n), address=f"192.0.2.{n}")
    with pytest.raises(Problem, match="too_many"):
        ask(now + timedelta(minutes=16 * 6), visitor="seventh", address="192.0.2.99")


def test_so_many_codes_an_hour_for_one_address(now):
    for n in range(8):
        ask(now, mobile=f"+96650000001{n}")
    with pytest.raises(Problem, match="too_many"):
        ask(now, mobile="+966500000099")
    ask(now, mobile="+966500000099", address="192.0.2.2")


def test_parallel_requests_for_one_number_send_one_code(app, now):
    def request(_):
        with app.app_context():
            try:
                ask(now)
            except Problem as problem:
                return problem.code
            return "sent"

    with ThreadPoolExecutor(6) as workers:
        answers = list(workers.map(request, range(6)))
    assert answers.count("sent") == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 1


def test_neither_code_nor_browser_is_kept_in_clear(now):
    code = ask(now)
    kept = db.session.scalars(db.select(SignInCode)).one()
    assert code not in (kept.code_mac, kept.visitor)
    assert BROWSER not in (kept.code_mac, kept.visitor)
    assert len(kept.code_mac) == len(kept.visitor) == 64


def test_the_day_has_a_budget_of_messages(app, now):
    app.config["MESSAGES_PER_DAY"] = 2
    ask(now, mobile="+966500000011")
    ask(now, mobile="+966500000012")
    with pytest.raises(Problem, match="messages_spent"):
        ask(now, mobile="+966500000013")
    ask(now + timedelta(days=1), mobile="+966500000013")


def test_a_refused_request_leaves_nothing_behind(app, now):
    app.config["MESSAGES_PER_DAY"] = 0
    with pytest.raises(Problem, match="messages_spent"):
        ask(now)
    assert db.session.scalar(db.select(db.func.count()).select_from(SignInCode)) == 0
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 0


def test_ended_codes_are_forgotten_after_a_day(now):
    ask(now)
    assert accounts.forget_passed(now + timedelta(hours=24)) == 0
    assert accounts.forget_passed(now + timedelta(hours=24, minutes=10)) == 1
