"""One's own calendar: its secret address, and what programs read there."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.ics import Event, write
from checkin.domain.roles import Permission
from checkin.models import Assignment
from checkin.operations.openings import feed
from checkin.web import clock
from checkin.web.filters import plain_label
from checkin.web.guard import public, requires
from checkin.web.i18n import current_prefs, in_language
from checkin.web.openings.blueprint import bp
from checkin.web.targets import absolute

ASK_AGAIN = 60
"""Minutes; programs ask less often than they are told to."""


@bp.route("/calendar", methods=["GET", "POST"])
@requires(Permission.OWN_ATTENDANCE)
def subscription() -> Any:
    """Make the address, or another one in its place; it is shown here whenever asked for."""
    if request.method == "POST":
        feed.renew(current_user.id, now=clock.now())
        flash(_("This is your calendar’s address. It is for you alone"), "done")
        return redirect(url_for(".subscription"), 303)
    code = feed.code_of(current_user.id)
    return render_template("openings/calendar.html", address=_address(code) if code else None)


def _address(code: str) -> str:
    lang = current_prefs().lang
    return absolute(url_for(".calendar", code=code, lang=lang))


@bp.post("/calendar/ending")
@requires(Permission.OWN_ATTENDANCE)
def stop_calendar() -> Any:
    feed.stop(current_user.id, now=clock.now())
    flash(_("The calendar’s address leads nowhere any more"), "done")
    return redirect(url_for(".subscription"), 303)


@bp.get("/calendar/<string:code>.ics")
@public
def calendar(code: str) -> Response:
    """Whoever has the address reads it: programs cannot sign in."""
    now = clock.now()
    lang = "en" if request.args.get("lang") == "en" else "ar"
    with in_language(lang):
        events = [_event(one) for one in feed.shifts_behind(code, now)]
        text = write(events, name=_("My shifts"), at=now, minutes=ASK_AGAIN)
    answer = Response(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = "inline; filename=shifts.ics"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _event(expected: Assignment) -> Event:
    shift, waits = expected.shift, expected.how == "waiting"
    place = [plain_label(shift.site), plain_label(shift.lane) if shift.lane else ""]
    return Event(
        uid=f"shift-{shift.id}@{urlsplit(absolute('/')).hostname}",
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        summary=_summary(expected),
        location=" – ".join(part for part in place if part),
        description=_("You are on the waiting list") if waits else "",
        url=absolute(url_for("hours.index")),
        sequence=shift.row_version,
        is_cancelled=shift.cancelled_at is not None,
        is_tentative=waits,
    )


def _summary(expected: Assignment) -> str:
    """Some programs show cancelled events like any other, so the words say it too."""
    name = plain_label(expected.shift.opportunity)
    if expected.shift.cancelled_at is not None:
        return _("Cancelled: %(shift)s", shift=name)
    if expected.how == "waiting":
        return _("Waiting list: %(shift)s", shift=name)
    return name
