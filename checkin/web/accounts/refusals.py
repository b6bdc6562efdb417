"""A code that was refused is said on a page of its own, so that Back finds pages and no forms."""

from typing import Any

from flask import redirect, request, session

from checkin.domain.errors import Problem
from checkin.web.accounts.forms import mark

_KEY = "refusal"
_LONGEST = 40


def show_again(form: Any, problem: Problem) -> Any:
    """To the same address, which says once what was wrong with the code that was typed."""
    session[_KEY] = {
        "path": request.path,
        "typed": (form.code.data or "")[:_LONGEST],
        "problem": problem.code,
        "facts": problem.facts,
    }
    return redirect(request.full_path.rstrip("?"), 303)


def recall(form: Any) -> None:
    """Put the refused code back with its sentence, in the language of now."""
    kept = session.get(_KEY)
    if not isinstance(kept, dict) or kept["path"] != request.path:
        return
    del session[_KEY]
    form.code.data = kept["typed"]
    mark(Problem(kept["problem"], **kept["facts"]), form.code)
