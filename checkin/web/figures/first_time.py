"""The records behind the chart of new and returning volunteers, of one month at most."""

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.operations import figures
from checkin.operations.figures import first_time, spans
from checkin.operations.figures.first_time import NEW, RETURNING, Served
from checkin.operations.permissions import Reach
from checkin.web import clock, export_words, record_words
from checkin.web.digits import clock_hours
from checkin.web.figures import ways
from checkin.web.figures.amounts import hours_alone
from checkin.web.figures.blueprint import bp
from checkin.web.figures.charts import new_here
from checkin.web.figures.listing import PAGE_SIZE
from checkin.web.figures.narrowing import Wanted, number, wanted
from checkin.web.figures.periods import Period, chosen
from checkin.web.guard import requires
from checkin.web.words import counted

HEADINGS: dict[str, Any] = {
    NEW: _l("Records of new volunteers"),
    RETURNING: _l("Records of returning volunteers"),
}
MOST_DAYS = 31


@bp.get("/people")
@requires(Permission.SEE_FIGURES)
def people():
    asked, who = asked_people(current_user.reach(Permission.SEE_FIGURES))
    served = first_time.served(asked.filter, who)
    page, pages = number("page", 1), max(-(-served.attendances // PAGE_SIZE), 1)
    if not 1 <= page <= pages:
        raise NotFound
    ids = first_time.served_by(asked.filter, who, page=page, size=PAGE_SIZE)
    return render_template(
        "figures/attendances.html",
        heading=str(HEADINGS[who]),
        about=asked.in_words,
        adds_up=_adds_up(served),
        note=new_here(asked) if who == NEW else "",
        rows=figures.attendances_of(ids),
        page=page,
        pages=pages,
        back=ways.back(url_for(".index", **asked.place)),
        here=asked.of_people(who, page=page),
        href=lambda number: asked.of_people(who, page=number),
        words=record_words,
        hours=clock_hours,
        may_export=current_user.may(Permission.EXPORT),
        kinds=export_words.kinds(export_words.OF_LISTS),
        what="new_and_returning",
        query=urlencode({"who": who, **asked.place}),
    )


def asked_people(reach: Reach) -> tuple[Wanted, str]:
    """Whom the address asks for; of this month where it says no days. NotFound for more than the
    chart has in one column."""
    who = request.args.get("who", NEW)
    asked = wanted(reach, chosen())
    if asked.filter.first is asked.filter.last is None:
        asked = wanted(reach, Period(spans.around(local_day(clock.now()))[0]))
    first, last = asked.filter.first, asked.filter.last
    if first is None or last is None or not 0 <= (last - first).days < MOST_DAYS:
        raise NotFound
    if who not in HEADINGS:
        raise NotFound
    return asked, who


def _adds_up(served: Served) -> list[str]:
    return [
        counted("records", served.attendances),
        _("Hours: %(hours)s", hours=hours_alone(served.approved_minutes)),
        counted("beneficiaries", served.beneficiaries),
        counted("volunteers", served.volunteers),
    ]
