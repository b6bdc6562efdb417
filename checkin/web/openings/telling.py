"""What messages about one's shifts say."""

from datetime import datetime

from flask_babel import gettext as _

from checkin.operations.openings import reminding, telling
from checkin.web.filters import date_long, isolate, time_range
from checkin.web.i18n import current_locale
from checkin.web.message_words import Facts, text_of
from checkin.web.targets import absolute


@text_of(telling.SEAT_GIVEN)
def _seat_given(facts: Facts) -> str:
    return _(
        "A place is free and it is yours: %(site)s, %(day)s, %(times)s. To give it back: %(link)s",
        **_about(facts),
    )


@text_of(telling.MOVED)
def _moved(facts: Facts) -> str:
    return _(
        "Your shift was changed. It is now at %(site)s, %(day)s, %(times)s. Your shifts: %(link)s",
        **_about(facts),
    )


@text_of(telling.RESTORED)
def _restored(facts: Facts) -> str:
    return _(
        "Your shift takes place after all: %(site)s, %(day)s, %(times)s. Your shifts: %(link)s",
        **_about(facts),
    )


@text_of(reminding.EVENING)
def _tomorrow(facts: Facts) -> str:
    return _(
        "Your shift tomorrow: %(site)s, %(day)s, %(times)s. If you cannot come, please say so "
        "here: %(link)s",
        **_about(facts),
    )


@text_of(reminding.SOON)
def _soon(facts: Facts) -> str:
    return _("Your shift begins soon: %(site)s, %(times)s. Your shifts: %(link)s", **_about(facts))


@text_of(telling.CANCELLED)
def _called_off(facts: Facts) -> str:
    return _(
        "Your shift at %(site)s, %(day)s, %(times)s, was cancelled. Other shifts: %(link)s",
        **(_about(facts) | {"link": "\n" + absolute("/openings")}),
    )


def _about(facts: Facts) -> dict[str, str]:
    zone = facts["zone"]
    begin, end = (datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at"))
    return {
        "site": isolate(facts[f"site_{current_locale().lang}"]),
        "day": date_long(begin, zone),
        "times": time_range(begin, end, zone),
        "link": "\n" + absolute("/hours"),
    }
