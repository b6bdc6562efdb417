"""The two pages of a group: on the supervisor's tablet, and on its leader's own phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from checkin.models import Site
from checkin.operations import groups, manual
from checkin.operations.groups import Line, Naming, Standing
from checkin.web import clock, record_words
from checkin.web.digits import num
from checkin.web.errors import sentence
from checkin.web.groups.forms import HeadcountForm, ListForm, NameForm, TimedForm
from checkin.web.qr import qr_svg


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be taken: its number, what was typed, and why."""

    number: int
    text: str
    why: str


def bad_lines(lines: Sequence[Line], naming: Naming) -> list[BadLine]:
    """In the order of the list."""
    return [
        BadLine(lines[at].number, lines[at].text, sentence(problem))
        for at, problem in sorted(naming.problems.items())
    ]


def tell(naming: Naming) -> None:
    """What has just been named."""
    number = naming.named
    flash(ngettext("%(number)s named", "%(number)s named", number, number=num(number)), "done")
    if naming.waiting:
        flash(
            _("Waiting for the guardian to agree: %(number)s", number=num(naming.waiting)), "look"
        )


def supervisors_page(site: Site, standing: Standing, **filled: Any) -> str:
    """Forms that were sent stand as they were; `typed` searches people."""
    typed = request.values.get("q", "")[:80]
    return render_template(
        "groups/show.html",
        site=site,
        typed=typed,
        found=_found(standing, typed) if standing.is_open else [],
        leaving=filled.get("leaving") or TimedForm(formdata=None, prefix="leaving"),
        recounting=filled.get("recounting")
        or HeadcountForm(formdata=None, prefix="recount", headcount=standing.group.headcount),
        code=qr_svg(_leaders_address(standing), "M"),
        removal=lambda person_id: url_for(
            "groups.remove", site_id=site.id, group_id=standing.group.id, person_id=person_id
        ),
        **_shared(standing, filled),
    )


def leaders_page(standing: Standing, **filled: Any) -> str:
    return render_template(
        "groups/own.html",
        removal=lambda person_id: url_for(
            "groups.take_off", group_id=standing.group.id, person_id=person_id
        ),
        **_shared(standing, filled),
    )


def _shared(standing: Standing, filled: dict[str, Any]) -> dict[str, Any]:
    members = groups.members_of(standing.group.id)
    forms = [filled.get(name) for name in ("naming", "listing", "leaving", "recounting")]
    return {
        "standing": standing,
        "group": standing.group,
        "shift": standing.shift,
        "zone": standing.shift.site.zone,
        "now": clock.now(),
        "members": members,
        "ready": groups.ready_among(members) if standing.is_open else [],
        "words": record_words,
        "naming": filled.get("naming") or NameForm(formdata=None),
        "listing": filled.get("listing") or ListForm(formdata=None, prefix="list"),
        "bad": filled.get("bad", ()),
        "form": next((one for one in forms if one is not None), None),
    }


def _found(standing: Standing, typed: str) -> list[Any]:
    """People who may be meant, without those who are named."""
    named = {one.person_id for one in groups.members_of(standing.group.id)}
    return [one for one in manual.find(typed, [standing.shift.id]) if one.id not in named]


def _leaders_address(standing: Standing) -> str:
    path = url_for("groups.own", group_id=standing.group.id)
    return f"{current_app.config['BASE_URL'].rstrip('/')}{path}"
