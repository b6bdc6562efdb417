"""Reports that everybody finds ready: what is asked every month, of the latest approved hours."""

from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from checkin.operations.figures import spans
from checkin.operations.figures.spans import Span
from checkin.web.figures.periods import name_of
from checkin.web.figures.report_days import latest_ramadan


class ReadyMade(NamedTuple):
    name: Any
    about: Any
    address: dict[str, str]


def ready_made(latest: date) -> list[ReadyMade]:
    """Of the year, the Hijri year and the Ramadan that this day ends."""
    year = {"period": str(latest.year)}
    when = name_of(Span(latest.year))
    found = [
        ReadyMade(
            _l("Hours by site and month"),
            _("%(year)s, each site with its months", year=when),
            {"by": "site", "then": "month", **year},
        ),
        ReadyMade(
            _l("What each partner gave"),
            _("%(year)s, each partner with its services", year=when),
            {"by": "partner", "then": "service", **year},
        ),
        ReadyMade(
            _l("By service"),
            _("%(year)s, each service with its sites", year=when),
            {"by": "service", "then": "site", **year},
        ),
        ReadyMade(
            _l("Men and women by team"),
            _("%(year)s, each team with its men and women", year=when),
            {"by": "team", "then": "gender", **year},
        ),
    ]
    ramadan = latest_ramadan(latest)
    if ramadan is not None:
        season = {"by": "site", "then": "day", "period": ramadan.key}
        found.append(ReadyMade(_l("Ramadan by site"), _l("Each site with its days"), season))
    hijri = spans.around(latest)[3:]
    if hijri:
        months = {"by": "hijri_month", "then": "site", "period": hijri[0].key}
        about = _("%(year)s, each month with its sites", year=name_of(hijri[0]))
        found.append(ReadyMade(_l("By Hijri month and site"), about, months))
    return found
