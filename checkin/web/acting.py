"""An act of one press: done, and what came of it is said on the page that is shown next."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect

from checkin.domain.errors import NotFound, Problem
from checkin.web import errors


def acted(act: Callable[[], Any], said: str | Callable[[Any], str], to: str) -> Any:
    """Do it, say `said` (of what came of it) or what speaks against it, and lead on.

    NotFound is a page of its own.
    """
    try:
        made = act()
    except NotFound:
        raise
    except Problem as problem:
        flash(errors.sentence(problem), "stop")
    else:
        flash(said(made) if callable(said) else said, "done")
    return redirect(to, 303)
