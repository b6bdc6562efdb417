"""A badge's address: a stranger learns whose organisation it is; a supervisor checks in or out."""

import uuid
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.fold import Kind
from checkin.domain.roles import Permission
from checkin.domain.scanning import Verdict
from checkin.models import Attendance, Site
from checkin.operations import badges, floor, welfare
from checkin.operations.attendance import derived_uid
from checkin.operations.badges import Owner, Read
from checkin.operations.permissions import Reach
from checkin.web import clock, record_words
from checkin.web.badges.blueprint import bp
from checkin.web.badges.forms import ReadingForm
from checkin.web.errors import sentence
from checkin.web.filters import isolate, plain_label, time_short
from checkin.web.guard import public, requires

READ = Permission.READ_BADGES


@bp.get("/b/<code>")
@bp.get("/B/<code>")
@public
def handed(code: str) -> Any:
    """Who this is and the one button, for who may press it; to others every code looks alike."""
    if not _sites():
        return render_template("badges/stranger.html")
    return _page(code, ReadingForm(formdata=None, uid=str(uuid.uuid4())))


@bp.post("/b/<code>")
@bp.post("/B/<code>")
@requires(READ)
def read(code: str) -> Any:
    """Check in or out, as the button said."""
    form = ReadingForm()
    if not form.validate():
        return _page(code, form), 422
    try:
        answer = badges.read(
            code,
            site_id=form.site.data or 0,
            by=current_user.id,
            reach=_reach(),
            uid=form.name,
            now=clock.now(),
            beneficiaries=form.count if _is_asked(code, form) else None,
            direction=form.kind,
        )
    except NotFound:
        raise
    except Problem as problem:
        flash(sentence(problem), "look")
    else:
        _say(answer)
    return redirect(url_for(".handed", code=code), 303)


@bp.post("/b/<code>/withdrawal")
@bp.post("/B/<code>/withdrawal")
@requires(READ)
def take_back(code: str) -> Any:
    """Undo one's own reading within ten minutes; pressed twice it undoes once."""
    form = ReadingForm()
    answer = badges.undo(
        code,
        form.name,
        by=current_user.id,
        uid=derived_uid(form.name, "undo"),
        now=clock.now(),
    )
    if answer.verdict is Verdict.UNDONE:
        flash(_("The entry was taken back"), "info")
    else:
        flash(_("It is too late to undo. Correct the record when approving"), "look")
    return redirect(url_for(".handed", code=code), 303)


def _is_asked(code: str, form: ReadingForm) -> bool:
    """Whether the page asked how many were served."""
    now = clock.now()
    owner = badges.owner_of(code, now)
    leaves = badges.kind_at(owner.person.id, form.site.data or 0, now) is Kind.OUT
    return leaves and _asks_count(owner.attendance)


def _reach() -> Reach:
    return current_user.reach(READ) if current_user.is_authenticated else Reach()


def _sites() -> list[Site]:
    """Where this person, on this browser, reads badges."""
    reach = _reach()
    return [] if reach.is_empty else floor.sites_of(reach)


def _page(code: str, form: ReadingForm) -> Any:
    now = clock.now()
    try:
        owner = badges.owner_of(code, now)
    except Problem as problem:
        page = render_template("badges/unknown.html", heading=sentence(problem))
        return page, 410 if problem.code == "badge_revoked" else 404
    sites = _sites()
    if not sites:
        raise NotFound("site")
    here = _here(owner, sites)
    kind = badges.kind_at(owner.person.id, here.id, now)
    form.site.choices = [(site.id, plain_label(site)) for site in sites]
    form.site.data = form.site.data or here.id
    return render_template(
        "badges/person.html",
        code=code,
        form=form,
        owner=owner,
        site=here,
        several=len(sites) > 1,
        kind=kind,
        inside=_inside(owner, here),
        stranded=all(badges.cannot_move(owner.person, site.id, now) for site in sites),
        may_enter=_may_enter(here),
        fresh=_is_fresh(owner, here, now),
        asks_count=kind is Kind.OUT and _asks_count(owner.attendance),
        mine=owner.person.id == current_user.id,
        done=badges.own_reading(owner.person.id, current_user.id, now),
        concerns=_concerns(owner, now),
        may_allow=current_user.may(Permission.ALLOW_CONCERNS),
    )


def _concerns(owner: Owner, now: datetime) -> list[welfare.Concern]:
    """Of the record that is open, else of the shift they are expected on."""
    if owner.attendance is not None:
        return welfare.concerns([owner.attendance.id], now)[owner.attendance.id]
    if owner.expected is not None:
        return welfare.foreseen(owner.person.id, owner.expected.id, now)
    return []


def _here(owner: Owner, sites: list[Site]) -> Site:
    """Where the supervisor stands with this person: where they are in, expected, or the first."""
    likely = [one.shift.site_id for one in (owner.attendance,) if one is not None]
    likely += [owner.expected.site_id] if owner.expected else []
    found = (site for wanted in likely for site in sites if site.id == wanted)
    return next(found, sites[0])


def _inside(owner: Owner, here: Site) -> bool:
    return owner.attendance is not None and owner.attendance.site_id == here.id


def _is_fresh(owner: Owner, here: Site, now) -> bool:
    """In for less than ten minutes: a second reading is somebody making sure."""
    if owner.attendance is None or not _inside(owner, here):
        return False
    return badges.kind_at(owner.person.id, here.id, now) is Kind.IN


def _asks_count(attendance: Attendance | None) -> bool:
    service = attendance.shift.opportunity.service if attendance else None
    return service is not None and service.counted_by == "volunteer"


def elsewhere(answer: Read) -> str:
    """Where somebody is in who could not be moved here."""
    site = badges.open_at(answer.volunteer_id, clock.now())
    if site is None:
        return _("Still checked in elsewhere")
    name, there = isolate(answer.name), isolate(plain_label(site))
    return _(
        "%(name)s is checked in at %(site)s. Check in by hand to move them here",
        name=name,
        site=there,
    )


def _may_enter(site: Site) -> bool:
    reach = current_user.reach(Permission.ENTER_ATTENDANCE)
    return reach.everywhere or site.id in reach.site_ids


def _say(answer: Read) -> None:
    """What is not seen from the page itself."""
    name = isolate(answer.name)
    if answer.verdict is Verdict.ALREADY_IN and answer.in_at is not None:
        time = time_short(answer.in_at)
        flash(_("%(name)s already checked in at %(time)s", name=name, time=time), "info")
    elif answer.verdict in record_words.REQUESTS:
        reason = record_words.REQUESTS[answer.verdict]
        flash(_("%(reason)s. The scan is kept as a request", reason=reason), "look")
    elif answer.verdict is Verdict.OPEN_ELSEWHERE:
        flash(elsewhere(answer), "look")
    elif answer.verdict not in (Verdict.CHECKED_IN, Verdict.CHECKED_OUT):
        flash(_("The entry was noted for review; it did not change the record"), "look")
