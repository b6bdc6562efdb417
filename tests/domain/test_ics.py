"""Calendars: another program reads back what was written, whatever stood in it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from checkin.domain.ics import LONGEST, Event, write

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"))


def event(**values) -> Event:
    known = {"uid": "shift-1@example.org", "starts_at": NOW, "ends_at": NOW + HOUR}
    return Event(**{**known, "summary": "تنظيم المسارات", **values})


def read(*events, name="فتراتي"):
    return Calendar.from_ical(write(events, name=name, at=NOW, minutes=60))


def test_times_are_utc_and_the_end_is_the_end():
    (one,) = read(event()).walk("VEVENT")
    assert (one["DTSTART"].dt, one["DTEND"].dt) == (NOW, NOW + HOUR)
    assert one["DTSTART"].to_ical() == b"20261122T100000Z"


def test_a_shift_that_is_called_off_says_so():
    states = [event(is_cancelled=True), event(is_tentative=True), event(sequence=7)]
    found = read(*states).walk("VEVENT")
    assert [one["STATUS"] for one in found] == ["CANCELLED", "TENTATIVE", "CONFIRMED"]
    assert [one["TRANSP"] for one in found] == ["TRANSPARENT", "TRANSPARENT", "OPAQUE"]
    assert found[2]["SEQUENCE"] == 7


def test_no_line_is_too_long_and_no_letter_is_cut():
    long = event(summary="حشود" * 60, description="a" * 74 + "م")
    text = write([long], name="ف", at=NOW, minutes=5)
    lines = text.encode().split(b"\r\n")
    assert max(len(line) for line in lines) == LONGEST
    for line in lines:
        line.decode()
    assert text.endswith("END:VCALENDAR\r\n")


def test_what_means_something_in_the_format_is_only_text():
    told = "a;b,c\\d\nBEGIN:VEVENT"
    (one,) = read(event(summary=told, location="x,y", description=told)).walk("VEVENT")
    assert (one["SUMMARY"], one["LOCATION"], one["DESCRIPTION"]) == (told, "x,y", told)


@given(WORDS, WORDS, WORDS)
def test_whatever_was_typed_is_read_back(summary, location, description):
    (one,) = read(event(summary=summary, location=location, description=description)).walk("VEVENT")
    assert one["SUMMARY"] == summary
    assert (one.get("LOCATION", ""), one.get("DESCRIPTION", "")) == (location, description)
