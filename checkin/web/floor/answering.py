"""What every act on the floor ends with: the entry named on the board, or the mistake beside it."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from checkin.domain.errors import NotFound, Problem
from checkin.domain.scanning import Verdict
from checkin.models import Site
from checkin.operations.attendance import Answer
from checkin.web import clock, concern_words
from checkin.web.errors import sentence
from checkin.web.filters import time_short


def mark(form: Any, problem: Problem) -> None:
    """Say it beside the field that can put it right; the rest stands at the reason."""
    if isinstance(problem, NotFound):
        raise problem
    beside = {
        "time_outside_shift": "at",
        "time_between": "at",
        "time_same": "at",
        "time_missing": "at",
        "end_missing": "end",
        "was_elsewhere": "at",
        "why_missing": "words",
        "text_too_long": "words",
        "text_unreadable": "words",
        "note_missing": "words",
    }
    name = beside.get(problem.code, "")
    field = form[name] if name in form else form["reason"] if "reason" in form else form["words"]
    field.errors = [*field.errors, sentence(problem)]


def entered(site: Site, answer: Answer) -> Any:
    """Back to the floor, where the entry is named and can be taken back."""
    if answer.verdict in (Verdict.CHECKED_IN, Verdict.CHECKED_OUT):
        concern_words.say_after(answer, clock.now())
        return to_floor(site, entered=answer.uid)
    if answer.verdict is Verdict.ALREADY_IN:
        at = time_short(answer.effective_at, site.zone)
        flash(_("Already checked in. The time %(time)s was noted as well", time=at), "info")
    else:
        flash(_("The entry was noted for review; it did not change the record"), "look")
    return to_floor(site)


def to_floor(site: Site, **query: str) -> Any:
    return redirect(url_for("floor.show", site_id=site.id, **query), 303)
