"""What the tablet and the leader's phone do alike: name one, name a list, enter who waited."""

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from checkin.domain.errors import Problem
from checkin.operations import groups
from checkin.operations.groups import Named
from checkin.web import clock
from checkin.web.digits import num
from checkin.web.errors import sentence
from checkin.web.groups.forms import ListForm, NameForm
from checkin.web.groups.showing import BadLine, bad_lines, tell

_BESIDE = {"guardian_same_mobile": "guardian_mobile"}


def name_one(group_id: int, named: Named, form: NameForm) -> bool:
    """Whether it was done; else the form says why not."""
    try:
        naming = groups.name_members(group_id, [named], by=current_user.id, now=clock.now())
        for problem in naming.problems.values():
            raise problem
    except Problem as problem:
        form.refuse(problem, **_BESIDE)
        return False
    tell(naming)
    return True


def name_list(group_id: int, form: ListForm) -> list[BadLine] | None:
    """Nothing when the whole list is named; else the lines with a problem, or the form's own.

    The second button takes the good lines, and leaves the bad ones in the field to correct.
    """
    only_good = "only_good" in request.form
    if not form.validate_on_submit():
        return []
    try:
        lines = groups.read_lines(form.people.data or "")
        naming = groups.name_members(
            group_id,
            [line.meant for line in lines],
            by=current_user.id,
            now=clock.now(),
            only_good=only_good,
        )
    except Problem as problem:
        form.refuse(problem, list_too_long="people")
        return []
    if naming.named:
        tell(naming)
    if not naming.problems:
        return None
    bad = bad_lines(lines, naming)
    if naming.named:
        form.people.data = "\n".join(one.text for one in bad)
    form.people.errors = [*form.people.errors, _said(len(bad), len(lines))]
    return bad


def _said(bad: int, lines: int) -> str:
    """How many of the lines hold everything up."""
    return ngettext(
        "%(number)s line of %(lines)s has a problem",
        "%(number)s lines of %(lines)s have a problem",
        bad,
        number=num(bad),
        lines=num(lines),
    )


def strike(group_id: int, person_id: int) -> None:
    """Take a name off, or say why not."""
    try:
        groups.strike(group_id, person_id, by=current_user.id, now=clock.now())
    except Problem as problem:
        flash(sentence(problem), "look")
    else:
        flash(_("The name was taken off"), "done")


def enter_ready(group_id: int) -> None:
    try:
        number = groups.enter_waiting(group_id, by=current_user.id, now=clock.now())
    except Problem as problem:
        flash(sentence(problem), "look")
    else:
        flash(_("Entered: %(number)s", number=num(number)), "done")
