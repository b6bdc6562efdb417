"""A shift's roster: a pasted list is read, looked at, confirmed; people are led, invited."""

import json
import re
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Shift
from checkin.operations import roster, shifts
from checkin.operations.roster import Found, Line
from checkin.web import clock, errors
from checkin.web.acting import acted
from checkin.web.filters import date_long, isolate, time_range
from checkin.web.guard import requires
from checkin.web.i18n import current_locale
from checkin.web.message_words import Facts, Said, say, text_of
from checkin.web.roster_forms import ADVICE, OUTCOMES, RosterForm
from checkin.web.targets import absolute
from checkin.web.words import counted

bp = Blueprint("roster", __name__, url_prefix="/shifts/<int:shift_id>")

errors.sentences(
    too_many_lines=_l("Add %(most)s lines at a time at most"),
    choice_missing=_l("Choose who is meant in line %(number)s, or leave it out"),
    person_suspended=_l("Somebody in the list is suspended. Restore them first"),
    roster_attended=_l("This volunteer attended and stays on the roster"),
    shift_over=_l("This shift is over"),
    shift_draft=_l("This shift is a draft. Publish it first"),
)
_CHOICE = re.compile(r"line-([0-9]{1,4})")
_WAITING = "roster"
"""In the session: a shift's id and the list pasted for it."""
_MOST_BYTES = 2000
"""Of a cookie's 4,093, after which browsers drop it: base64 adds a third, the rest is others'."""


@bp.route("/roster/draft", methods=["GET", "POST"])
@requires(Permission.PLAN)
def draft(shift_id: int):
    """What each pasted line means; nobody is added yet.

    The list waits in the browser's session, so that going back, loading again and changing the
    language find it. One too long for a cookie is answered at once.
    """
    shift, form = _shift(shift_id), RosterForm()
    if request.method != "POST":
        form.people.data = _waiting(shift_id)
    elif _fits(form.people.data or ""):
        session[_WAITING] = [shift_id, form.people.data]
        return redirect(url_for(".draft", shift_id=shift_id), 303)
    return _preview(shift, form)


@bp.post("/roster")
@requires(Permission.PLAN)
def add(shift_id: int):
    """Everybody confirmed in the preview, together."""
    shift, form = _shift(shift_id), RosterForm()
    if form.carry_out(lambda: _add(shift_id, form.people.data)):
        session.pop(_WAITING, None)
        flash(_("Added to the roster: %(volunteers)s", volunteers=_volunteers(form.made)), "done")
        return redirect(url_for("shifts.show", shift_id=shift_id, _anchor="roster"), 303)
    return _preview(shift, form)


@bp.post("/roster/<int:assignment_id>/removal")
@requires(Permission.PLAN)
def remove(shift_id: int, assignment_id: int):
    _belongs(shift_id, assignment_id)
    return _acted(
        lambda: roster.remove(assignment_id, by=current_user.id, now=clock.now()),
        lambda told: (
            _("Taken off the roster. A message says so") if told else _("Taken off the roster")
        ),
        shift_id,
    )


@bp.post("/roster/<int:assignment_id>/lead")
@requires(Permission.PLAN)
def lead(shift_id: int, assignment_id: int):
    """Let somebody lead the shift (`leads=1`), or no longer."""
    _belongs(shift_id, assignment_id)
    leads = request.form.get("leads") == "1"
    return _acted(
        lambda: roster.set_lead(assignment_id, leads, by=current_user.id, now=clock.now()),
        _("Leads this shift now") if leads else _("Leads this shift no more"),
        shift_id,
    )


@bp.route("/invitations", methods=["GET", "POST"])
@requires(Permission.PLAN)
def invite(shift_id: int):
    """Ask first, because messages cost money and cannot be taken back."""
    shift = _shift(shift_id)
    if request.method != "POST":
        said = _volunteers(roster.reachable(shift_id))
        return render_template(
            "roster/invitations.html", shift=shift, volunteers=said, refused=_uninvited(shift)
        )
    link = absolute(url_for("hours.index"))
    return _acted(
        lambda: roster.invite(shift_id, link=link, by=current_user.id, now=clock.now()),
        _("The messages are on their way"),
        shift_id,
    )


def _uninvited(shift: Shift) -> str | None:
    """Why nobody can be invited."""
    try:
        roster.refuse_inviting(shift, clock.now())
    except Problem as problem:
        return errors.sentence(problem)
    return None


def _preview(shift: Shift, form: RosterForm) -> Any:
    lines: list[Line] = []
    if form.people.data and form.people.data.strip():
        try:
            lines = roster.read(shift.id, form.people.data)
        except Problem as problem:
            form.refuse(problem, too_many_lines="people")
    ids = [person.id for line in lines for person in line.people]
    page = render_template(
        "roster/draft.html",
        shift=shift,
        form=form,
        lines=lines,
        outcomes=OUTCOMES,
        advice=ADVICE,
        chosen=_chosen(),
        clashes=shifts.clashes(ids, shift.starts_at, shift.ends_at, but=shift.id),
        addable=sum(line.found in (Found.ONE, Found.SEVERAL, Found.NEW) for line in lines),
    )
    return page, form.status


def _waiting(shift_id: int) -> str:
    """The list of this shift that was looked at last and not yet added."""
    of, text = session.get(_WAITING) or (None, "")
    return text if of == shift_id else ""


def _fits(text: str) -> bool:
    """Whether the session's cookie, which is compressed, has room for the list."""
    return len(zlib.compress(json.dumps(text).encode())) <= _MOST_BYTES


def _add(shift_id: int, text: str) -> int:
    picks = roster.picks(roster.read(shift_id, text), _chosen())
    return roster.add(shift_id, picks, by=current_user.id, now=clock.now())


def _chosen() -> dict[int, str]:
    """The choice of each line in the preview: a person's id, "new" or nothing."""
    found = ((_CHOICE.fullmatch(name), value) for name, value in request.form.items())
    return {int(match[1]): value for match, value in found if match}


def _acted(act: Callable[[], Any], said: str | Callable[[Any], str], shift_id: int) -> Any:
    return acted(act, said, url_for("shifts.show", shift_id=shift_id, _anchor="roster"))


def _shift(shift_id: int) -> Shift:
    return shifts.find(shift_id, current_user.reach(Permission.PLAN))


def _belongs(shift_id: int, assignment_id: int) -> None:
    if roster.find(assignment_id).shift_id != _shift(shift_id).id:
        raise NotFound("assignment")


def _volunteers(number: int) -> str:
    return counted("volunteers", number)


@text_of("shift_invitation")
def _invitation(facts: Facts) -> Said:
    zone = facts["zone"]
    begin, end = (datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at"))
    return say(
        "shift_invitation",
        "You are expected at %(site)s on %(day)s, %(times)s. Your shifts: %(link)s",
        needs=("site", "day", "times"),
        site=isolate(facts[f"site_{current_locale().lang}"]),
        day=date_long(begin, zone),
        times=time_range(begin, end, zone),
        link=facts["link"],
    )
