"""Whatever is sent as JSON gets an answer that says what is wrong, and never breaks anything."""

import json
import string
import uuid
from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.api import SAME_ORIGIN

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
INSTANTS = st.sampled_from(
    [
        *("2026-11-22T10:00:00Z", "2026-11-22T09:10:00+03:00", "1970-01-01T00:00:00Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-22T09:00:00"),
        *("2200-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "tomorrow"),
    ]
)
UIDS = st.sampled_from([str(uuid.UUID(int=number)) for number in range(3)]) | ANY
CODES = st.sampled_from(["S/{poster}", "s/{short}", "B/{poster}", "R/" + "0" * 39, "S/", "/", "{}"])
CODES |= st.text(string.printable, max_size=40)
NUMBERS = st.sampled_from([None, 0, 1, 2, 2**31 - 1, 2**31, -1, 100_000, 100_001, 1.5, "7"])
SCAN = st.fixed_dictionaries(
    {
        "uid": UIDS,
        "act": st.sampled_from(["in", "out", "undo", "badge", "manual_in", "manual_out"]) | ANY,
        "device_at": INSTANTS,
    },
    optional={
        "code": CODES,
        "undoes": UIDS,
        "elapsed_ms": st.integers(-1, 2**70),
        "receipt": st.text(max_size=70),
        "beneficiaries": NUMBERS,
        "site_id": NUMBERS,
        "person_id": NUMBERS,
        "shift_id": NUMBERS,
        "distance_m": NUMBERS,
        "joins": st.booleans() | ANY,
        "moves": st.booleans(),
        "reason": st.text(max_size=310),
        "volunteer": st.text(max_size=70),
    },
)
BATCH = st.fixed_dictionaries({"sent_at": INSTANTS, "scans": st.lists(SCAN, max_size=6)}) | ANY


@pytest.fixture
def browsers() -> dict:
    """Signed in once for all examples."""
    return {}


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=BATCH, who=st.sampled_from(["noura", "salem"]))
def test_no_message_breaks_anything(browser_of, cast, now, browsers, body, who):
    filled = _with_codes(body, cast)
    with time_machine.travel(now, tick=False):
        if who not in browsers:
            kind = "staff" if who == "salem" else "phone"
            browsers[who] = browser_of(getattr(cast, who), kind=kind)
        # a minute for each message, or there would be too many
        browsers["minute"] = browsers.get("minute", 0) + 1
    with time_machine.travel(now + browsers["minute"] * timedelta(minutes=1), tick=False):
        answer = browsers[who].post(
            "/api/v1/scans",
            data=json.dumps(filled),
            content_type="application/json",
            headers=SAME_ORIGIN,
        )
    assert answer.status_code in (200, 422), answer.get_data(as_text=True)
    if answer.status_code == 422:
        assert answer.get_json()["error"]["code"] == "unreadable"
        return
    results = answer.get_json()["results"]
    assert len(results) == len(filled["scans"])
    for result in results:
        assert result["status"] in (200, 409, 422, 403), result
        assert result["sentence"]


def _with_codes(body, cast):
    if not isinstance(body, dict) or not isinstance(body.get("scans"), list):
        return body
    names = {"{poster}": cast.poster.code, "{short}": cast.poster.short_code}
    for scan in body["scans"]:
        if isinstance(scan, dict) and isinstance(scan.get("code"), str):
            for name, code in names.items():
                scan["code"] = scan["code"].replace(name, code)
    return body
