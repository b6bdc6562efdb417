"""Reports that everybody finds ready: what is asked every month, with today's year in it."""

from datetime import date
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from checkin.operations.figures import spans
from checkin.web.figures.report_days import latest_ramadan


class ReadyMade(NamedTuple):
    name: Any
    about: Any
    address: dict[str, str]


def ready_made(today: date) -> list[ReadyMade]:
    year = {"period": str(today.year)}
    found = [
        ReadyMade(
            _l("Hours by site and month"),
            _l("This year, each site with its months"),
            {"by": "site", "then": "month", **year},
        ),
        ReadyMade(
            _l("What each partner gave"),
            _l("This year, each partner with its services"),
            {"by": "partner", "then": "service", **year},
        ),
        ReadyMade(
            _l("By service"),
            _l("This year, each service with its sites"),
            {"by": "service", "then": "site", **year},
        ),
        ReadyMade(
            _l("Men and women by team"),
            _l("This year, each team with its men and women"),
            {"by": "team", "then": "gender", **year},
        ),
    ]
    ramadan = latest_ramadan(today)
    if ramadan is not None:
        season = {"by": "site", "then": "day", "period": ramadan.key}
        found.append(ReadyMade(_l("Ramadan by site"), _l("Each site with its days"), season))
    hijri = spans.around(today)[3:]
    if hijri:
        months = {"by": "hijri_month", "then": "site", "period": hijri[0].key}
        about = _l("This Hijri year, each month with its sites")
        found.append(ReadyMade(_l("By Hijri month and site"), about, months))
    return found
