"""Making badges for a group, and one person's badge: its state, a new one, the end of one."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import Badge, Partner, Person, Shift, Site
from checkin.operations import badges
from checkin.operations.permissions import AROUND, shifts_within, sites_within
from checkin.web import clock, errors
from checkin.web.badge_sheet import grouped
from checkin.web.badges.blueprint import bp
from checkin.web.badges.groups import MAKE, MOST, chosen, named, person_within, reach
from checkin.web.digits import num
from checkin.web.fields import row_number
from checkin.web.guard import requires

AHEAD = timedelta(days=7)


@bp.get("/badges")
@requires(MAKE)
def index() -> Any:
    """Choose whose badges: a shift of the coming week, a site, a partner."""
    now, within = clock.now(), reach()
    soon = shifts_within(within).where(Shift.ends_at > now - AROUND, Shift.starts_at < now + AHEAD)
    return render_template(
        "badges/index.html",
        shifts=db.session.scalars(
            soon.where(Shift.cancelled_at.is_(None))
            .options(joinedload(Shift.site), joinedload(Shift.lane))
            .options(joinedload(Shift.opportunity))
            .order_by(Shift.starts_at, Shift.id)
        ).all(),
        sites=db.session.scalars(
            sites_within(within).where(Site.closed_at.is_(None)).order_by(Site.name_ar, Site.id)
        ).all(),
        partners=_partners(),
        zone=current_app.config["ZONE"],
    )


def _partners() -> Any:
    if not reach().everywhere:
        return []
    return db.session.scalars(select(Partner).order_by(Partner.name_ar, Partner.id)).all()


@bp.post("/badges")
@requires(MAKE)
def create() -> Any:
    """Make what is missing for the chosen people, then show all of them ready to print."""
    now = clock.now()
    people = db.session.scalars(
        chosen(request.form, now).with_only_columns(Person.id).limit(MOST + 1)
    ).all()
    if not people:
        flash(_("Nobody is expected there. Fill the roster first"), "look")
        return redirect(url_for(".index"), 303)
    if len(people) > MOST:
        flash(_("Choose at most %(most)s people at once", most=num(MOST)), "look")
        return redirect(url_for(".index"), 303)
    badges.make(people, by=current_user.id, now=now)
    return redirect(url_for(".sheets", **named(request.form)), 303)


@bp.get("/people/<int:person_id>/badge")
@requires(MAKE)
def show(person_id: int) -> Any:
    """One person's badge, and all there were."""
    person = person_within(person_id, clock.now())
    history = badges.history_of(person.id)
    current = _working(history)
    code = badges.code_of(current) if current else None
    return render_template(
        "badges/show.html",
        person=person,
        current=current,
        history=[(badge, _state(badge)) for badge in history],
        typed=grouped(code) if code else None,
        zone=current_app.config["ZONE"],
    )


@bp.post("/people/<int:person_id>/badge")
@requires(MAKE)
def make(person_id: int) -> Any:
    person, now = person_within(person_id, clock.now()), clock.now()
    badges.make([person.id], by=current_user.id, now=now)
    flash(_("The badge is ready to print"), "done")
    return redirect(url_for(".show", person_id=person_id), 303)


@bp.route("/people/<int:person_id>/badge/replacement", methods=["GET", "POST"])
@requires(MAKE)
def replacement(person_id: int) -> Any:
    """A new badge; the old one is refused from now on."""
    return _end(person_id, "badges/replacement.html", _replace)


@bp.route("/people/<int:person_id>/badge/revocation", methods=["GET", "POST"])
@requires(MAKE)
def revocation(person_id: int) -> Any:
    """No badge any more."""
    return _end(person_id, "badges/revocation.html", _stop)


def _end(person_id: int, template: str, act: Any) -> Any:
    now = clock.now()
    person = person_within(person_id, now)
    current = _working(badges.history_of(person.id))
    if request.method != "POST":
        if current is None:
            return redirect(url_for(".show", person_id=person_id), 303)
        return render_template(template, person=person, current=current)
    try:
        act(person.id, request.form.get("version", 0, row_number), now)
    except NotFound:
        raise
    except Problem as problem:
        flash(errors.sentence(problem), "look")
    return redirect(url_for(".show", person_id=person_id), 303)


def _replace(person_id: int, version: int, now: datetime) -> None:
    badges.reissue(person_id, replacing=version, by=current_user.id, now=now)
    flash(_("The new badge is ready to print. The old one no longer works"), "done")


def _stop(person_id: int, version: int, now: datetime) -> None:
    badges.revoke(person_id, version=version, by=current_user.id, now=now)
    flash(_("The badge was stopped"), "done")


def _working(history: Any) -> Badge | None:
    return next((badge for badge in history if badge.revoked_at is None), None)


def _state(badge: Badge) -> tuple[str, str, str]:
    """The tag of a badge: kind, icon, words."""
    if badge.revoked_at is None:
        return "done", "check", pgettext("badge", "Works")
    return "stop", "x", pgettext("badge", "Stopped")
