"""What messages about one's shifts say."""

from datetime import datetime

from checkin.operations.openings import reminding, telling
from checkin.web.filters import date_long, isolate, time_range
from checkin.web.i18n import current_locale
from checkin.web.message_words import Facts, Said, say, text_of
from checkin.web.targets import absolute

_WHICH = ("site", "day", "times")


@text_of(telling.SEAT_GIVEN)
def _seat_given(facts: Facts) -> Said:
    return say(
        telling.SEAT_GIVEN,
        "A place is free and it is yours: %(site)s, %(day)s, %(times)s. To give it back: %(link)s",
        needs=_WHICH,
        **_about(facts),
    )


@text_of(telling.TAKEN_OFF)
def _taken_off(facts: Facts) -> Said:
    return say(
        telling.TAKEN_OFF,
        "You are no longer on the list of the shift at %(site)s, %(day)s, %(times)s. Other shifts: "
        "%(link)s",
        needs=_WHICH,
        **_about(facts, "/openings"),
    )


@text_of(telling.MOVED)
def _moved(facts: Facts) -> Said:
    return say(
        telling.MOVED,
        "Your shift was changed. It is now at %(site)s, %(day)s, %(times)s. Your shifts: %(link)s",
        needs=_WHICH,
        **_about(facts),
    )


@text_of(telling.RESTORED)
def _restored(facts: Facts) -> Said:
    return say(
        telling.RESTORED,
        "Your shift takes place after all: %(site)s, %(day)s, %(times)s. Your shifts: %(link)s",
        needs=_WHICH,
        **_about(facts),
    )


@text_of(reminding.EVENING)
def _tomorrow(facts: Facts) -> Said:
    return say(
        reminding.EVENING,
        "Your shift tomorrow: %(site)s, %(day)s, %(times)s. If you cannot come, please say so "
        "here: %(link)s",
        needs=_WHICH,
        **_about(facts),
    )


@text_of(reminding.SOON)
def _soon(facts: Facts) -> Said:
    return say(
        reminding.SOON,
        "Your shift begins soon: %(site)s, %(times)s. Your shifts: %(link)s",
        needs=("site", "times"),
        **_about(facts),
    )


@text_of(telling.CANCELLED)
def _called_off(facts: Facts) -> Said:
    return say(
        telling.CANCELLED,
        "Your shift at %(site)s, %(day)s, %(times)s, was cancelled. Other shifts: %(link)s",
        needs=_WHICH,
        **_about(facts, "/openings"),
    )


def _about(facts: Facts, page: str = "/hours") -> dict[str, str]:
    """Which shift, and the page that the message leads to."""
    zone = facts["zone"]
    begin, end = (datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at"))
    return {
        "site": isolate(facts[f"site_{current_locale().lang}"]),
        "day": date_long(begin, zone),
        "times": time_range(begin, end, zone),
        "link": "\n" + absolute(page),
    }
