"""People entered twice: the list of pairs, one pair side by side, merging, taking apart."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Person
from checkin.operations import merging, partners, people
from checkin.operations.merging import Comparison, Reason
from checkin.web import clock, errors
from checkin.web.digits import in_digits
from checkin.web.fields import Form, row_number
from checkin.web.filters import bdi, mobile, plain_label
from checkin.web.guard import requires
from checkin.web.people_choosing import looked_for
from checkin.web.people_forms import CATEGORIES, GENDERS

bp = Blueprint("merging", __name__, url_prefix="/people")

errors.sentences(
    merge_same=_l("Choose two people"),
    merge_own=_l("Nobody merges or separates their own entry. Ask a colleague"),
    merge_office=_l("%(name)s holds a role. End it first, or keep this entry"),
    merge_open=_l("%(name)s is checked in now. Merge after the check-out, or keep this entry"),
    merge_undecided=_l("Hours of %(name)s wait for a decision. They are decided first"),
    merge_undone=_l("This was taken apart already"),
    merge_old=_l("Merged more than 30 days ago. It stays"),
    merge_covered=_l("This entry was merged again since. Take that apart first"),
)
REASONS = {
    Reason.MOBILE: _l("The same mobile"),
    Reason.BIRTH_YEAR: _l("The same name and year of birth"),
    Reason.PARTNER: _l("The same name and partner"),
    Reason.NAME: _l("The same full name"),
}
NAMES = {
    "name": _l("Full name"),
    "name_latin": _l("Name in Latin letters"),
    "mobile": _l("Mobile"),
    "email": _l("E-mail"),
    "category": _l("Category"),
    "gender": _l("Gender"),
    "birth_year": _l("Year of birth"),
    "partner": _l("Partner"),
    "team": _l("Volunteer team"),
    "guardian": _l("Guardian’s mobile"),
}


@bp.get("/duplicates")
@requires(Permission.MANAGE_PEOPLE)
def index():
    found = merging.page_of(request.args.get("page", 1, row_number))
    shown = {person.id for pair in found.items for person in (pair.first, pair.second)}
    return render_template(
        "merging/index.html", found=found, standings=merging.standings(shown), reasons=REASONS
    )


@bp.post("/duplicates/apart")
@requires(Permission.MANAGE_PEOPLE)
def set_apart():
    pair = [request.form.get(name, 0, row_number) for name in ("first", "second")]
    merging.set_apart(*pair, by=current_user.id, now=clock.now())
    flash(_("Two people. They are not offered again"), "done")
    return redirect(url_for(".index"), 303)


@bp.get("/<int:person_id>/merges")
@requires(Permission.MANAGE_PEOPLE)
def choose(person_id: int):
    """The other entry of somebody: those of one mobile or name, or whoever is looked for."""
    one, asked = people.find(person_id), looked_for(but=person_id)
    if asked["found"] is None and (near := merging.beside(one)):
        asked["found"] = people.Page(near, len(near), 1, 1)
    return render_template("merging/choose.html", one=one, **asked)


@bp.route("/<int:person_id>/merges/<int:other_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new(person_id: int, other_id: int):
    """`other_id` is to become part of `person_id`: what differs, what moves, what is against."""
    if people.who_is(other_id) == person_id:  # pressed twice, or by two coordinators
        return redirect(url_for("people.show", person_id=person_id), 303)
    now = clock.now()
    seen = merging.compare(person_id, other_id, by=current_user.id, now=now)
    form = _form(seen)
    if form.carry_out(
        lambda: merging.merge(person_id, other_id, form.taking, by=current_user.id, now=now)
    ):
        flash(_("Merged into one person"), "done")
        return redirect(url_for("people.show", person_id=person_id), 303)
    page = render_template(
        "merging/new.html",
        seen=seen,
        form=form,
        against=errors.sentence(seen.obstacle) if seen.obstacle else None,
    )
    return page, form.status


@bp.post("/merges/<int:merge_id>/reversal")
@requires(Permission.MANAGE_PEOPLE)
def undo(merge_id: int):
    try:
        person_id = merging.undo(merge_id, by=current_user.id, now=clock.now())
    except NotFound:
        raise
    except Problem as problem:
        flash(errors.sentence(problem), "stop")
        return redirect(url_for(".index"), 303)
    flash(_("Two people again"), "done")
    return redirect(url_for("people.show", person_id=person_id), 303)


class MergeForm(Form):
    """For each field in which the two differ: which of them is right."""

    chosen: tuple[str, ...] = ()

    @property
    def taking(self) -> set[str]:
        return {name for name in self.chosen if self[name].data == "other"}


def _form(seen: Comparison) -> MergeForm:
    fields: dict[str, Any] = {"chosen": tuple(seen.choosable)}
    for name in seen.choosable:
        choices = [
            SelectChoice("kept", _value(seen.kept, name)),
            SelectChoice("other", _value(seen.other, name)),
        ]
        default = "other" if name in seen.suggested else "kept"
        fields[name] = RadioField(NAMES[name], choices=choices, default=default)
    return type("MergeForm", (MergeForm,), fields)()


def _value(person: Person, name: str) -> Any:
    """What one of the two says, as the page shows it."""
    kept = _PLAIN[name](person) if name in _PLAIN else getattr(person, name)
    if not kept:
        return _("Not recorded")
    return kept if isinstance(kept, Markup) else bdi(kept)


_PLAIN = {
    "mobile": lambda person: person.mobile and mobile(person.mobile),
    "category": lambda person: CATEGORIES[person.category],
    "gender": lambda person: person.gender and GENDERS[person.gender],
    "partner": lambda person: person.partner_id and plain_label(partners.find(person.partner_id)),
    "team": lambda person: person.team_name,
    "birth_year": lambda person: person.birth_year and in_digits(str(person.birth_year)),
    "guardian": lambda person: person.guardian_mobile and mobile(person.guardian_mobile),
}
