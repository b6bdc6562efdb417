"""Posters: choose places, look at the sheets, print them; replace or stop a code."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import joinedload

from checkin.database import db
from checkin.domain.days import day_bounds, local_day
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Poster, Shift, Site
from checkin.operations import posters, settings
from checkin.operations.permissions import shifts_within, sites_within
from checkin.operations.posters import Place
from checkin.web import clock, errors, filters
from checkin.web.digits import num
from checkin.web.guard import requires
from checkin.web.i18n import current_locale
from checkin.web.poster_pdf import posters_pdf
from checkin.web.poster_sheet import Sheet, sheet_of, spaced
from checkin.web.qr import leads_nowhere, poster_url, qr_svg, short_host

bp = Blueprint("posters", __name__)

MOST = 200
"""Sheets in one go; more is a slip of the finger."""

AHEAD = timedelta(days=366)
_PLACE = re.compile(r"(site|shift)-([0-9]{1,18})")

errors.sentences(
    poster_site_closed=_l("This site is closed. Open it again to make a poster"),
    poster_shift_over=_l("This shift is over or cancelled. Nobody can check in with its poster"),
    poster_not_current=_l("This poster was already replaced or stopped"),
)


@bp.context_processor
def _warning() -> dict[str, Any]:
    """For every page of this room: the host to warn of before paper is printed."""
    return {"unreachable_host": short_host() if leads_nowhere() else None}


@bp.get("/posters")
@requires(Permission.MANAGE_POSTERS)
def index():
    """Every site, and one day's shifts; those without a poster first."""
    now, reach = clock.now(), current_user.reach(Permission.MANAGE_POSTERS)
    zone = current_app.config["ZONE"]
    today = local_day(now, zone)
    day = _day(request.args.get("day"), today)
    return render_template(
        "posters/index.html",
        sites=posters.sites_with_posters(reach),
        shifts=posters.shifts_with_posters(reach, *day_bounds(day, zone), now=now),
        day=day,
        before=day - timedelta(days=1) if day > today else None,
        after=day + timedelta(days=1) if day < today + AHEAD else None,
    )


@bp.post("/posters")
@requires(Permission.MANAGE_POSTERS)
def create():
    """Make what is missing for the chosen places, then show all of them ready to print."""
    places = _chosen()
    if not 0 < len(places) <= MOST:
        flash(_("Choose between 1 and %(most)s places", most=num(MOST)), "look")
        return redirect(url_for("posters.index"), 303)
    try:
        made = posters.make(places, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _refused(problem, url_for("posters.index"))
    return redirect(url_for("posters.sheets", poster=[poster.id for poster in made]), 303)


@bp.get("/posters/sheets")
@requires(Permission.MANAGE_POSTERS)
def sheets():
    """The sheets as they will be printed, one a page."""
    found = _sheets()
    drawn = [(sheet, _picture(sheet)) for sheet in found]
    ids = [sheet.poster_id for sheet in found]
    return render_template("posters/sheets.html", sheets=drawn, ids=ids)


@bp.get("/posters/sheets.pdf")
@requires(Permission.MANAGE_POSTERS)
def pdf() -> Response:
    body = posters_pdf(_sheets(), title=_("Posters"), now=clock.now())
    response = make_response(body)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="posters.pdf"'
    return response


@bp.get("/posters/<int:poster_id>")
@requires(Permission.MANAGE_POSTERS)
def show(poster_id: int):
    poster, now = _poster(poster_id), clock.now()
    return render_template(
        "posters/show.html",
        poster=poster,
        shift=_shift_of(poster),
        picture=qr_svg(poster_url(poster), label=_("Code of this poster")),
        address=poster_url(poster),
        typed=spaced(poster.short_code),
        state=state_of(poster, now),
        history=[(one, state_of(one, now)) for one in posters.history_of(poster)],
    )


@bp.route("/posters/<int:poster_id>/replacement", methods=["GET", "POST"])
@requires(Permission.MANAGE_POSTERS)
def replacement(poster_id: int):
    """A new code for the same place; the old paper works on for some days."""
    poster, now = _poster(poster_id), clock.now()
    last_day = filters.date_long(now + settings.period("poster_days"), poster.site.zone)
    if request.method != "POST":
        return render_template("posters/replacement.html", poster=poster, last_day=last_day)
    try:
        fresh = posters.reissue(poster.id, by=current_user.id, now=now)
    except Problem as problem:
        return _refused(problem, url_for("posters.show", poster_id=poster_id))
    flash(_("The new poster is ready. The old one works until %(day)s", day=last_day), "done")
    return redirect(url_for("posters.show", poster_id=fresh.id), 303)


@bp.route("/posters/<int:poster_id>/revocation", methods=["GET", "POST"])
@requires(Permission.MANAGE_POSTERS)
def revocation(poster_id: int):
    """From now on nobody checks in with this paper."""
    poster = _poster(poster_id)
    if request.method != "POST":
        return render_template("posters/revocation.html", poster=poster)
    posters.revoke(poster.id, by=current_user.id, now=clock.now())
    flash(_("The poster was stopped. Take it off the wall"), "done")
    return redirect(url_for("posters.show", poster_id=poster_id), 303)


def state_of(poster: Poster, now: datetime) -> tuple[str, str, str]:
    """The tag of a poster: kind, icon, words."""
    if poster.revoked_at is not None:
        return "stop", "x", _("Stopped")
    if poster.replaced_at is None:
        return "done", "check", _("Works")
    if poster.replaced_at <= now:
        return "queued", "history", _("Replaced")
    last_day = filters.date_short(poster.replaced_at)
    return "look", "history", _("Replaced, works until %(day)s", day=last_day)


def _sheets() -> list[Sheet]:
    ids = request.args.getlist("poster", type=_number)[:MOST]
    reach = current_user.reach(Permission.MANAGE_POSTERS)
    return [sheet_of(printable) for printable in posters.printables(reach, ids)]


def _number(text: str) -> int:
    """An id of an address; ValueError for one that no database could hold."""
    if len(text) > 18:
        raise ValueError(text)
    return int(text)


def _picture(sheet: Sheet) -> Markup:
    return qr_svg(sheet.url, "Q", label=getattr(sheet, current_locale().lang).code_for)


def _poster(poster_id: int) -> Poster:
    reach = current_user.reach(Permission.MANAGE_POSTERS)
    within = posters.posters_within(reach).options(joinedload(Poster.site))
    found = db.session.scalar(within.where(Poster.id == poster_id))
    if found is None:
        raise NotFound("poster")
    return found


def _shift_of(poster: Poster) -> Shift | None:
    loaded = joinedload(Shift.opportunity), joinedload(Shift.lane)
    within = shifts_within(current_user.reach(Permission.MANAGE_POSTERS)).options(*loaded)
    return db.session.scalar(within.where(Shift.id == poster.shift_id))


def _chosen() -> list[Place]:
    """The one place of the pressed row, or all sites, or the ticked places."""
    form = request.form
    if "only" in form:
        return [_place(form["only"])]
    if "all" in form:
        reach = current_user.reach(Permission.MANAGE_POSTERS)
        return [Place(site.id) for site, _poster in posters.sites_with_posters(reach)]
    return [_place(text) for text in (*form.getlist("place"), *form.getlist("shift"))]


def _place(text: str) -> Place:
    """“site-3” or “shift-7” of a form, when it is within reach."""
    match = _PLACE.fullmatch(text)
    if match is None:
        raise NotFound("place")
    reach, wanted = current_user.reach(Permission.MANAGE_POSTERS), int(match[2])
    if match[1] == "site":
        site = db.session.scalar(sites_within(reach).where(Site.id == wanted))
        found = Place(site.id) if site else None
    else:
        shift = db.session.scalar(shifts_within(reach).where(Shift.id == wanted))
        found = Place(shift.site_id, shift.id) if shift else None
    if found is None:
        raise NotFound("place")
    return found


def _day(text: str | None, today: date) -> date:
    """The day asked for; days gone by need no posters, and nobody plans beyond a year."""
    try:
        asked = date.fromisoformat(text or "")
    except ValueError:
        return today
    return min(max(asked, today), today + AHEAD)


def _refused(problem: Problem, target: str) -> Any:
    flash(errors.sentence(problem), "stop")
    return redirect(target, 303)
