"""Codes that are almost right: a small round of `tests/load/tokens.py`, which has its control."""

import random

from tests.load import tokens


def test_no_altered_or_made_up_code_is_accepted_or_breaks_a_page(app):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    tried = tokens.run(app, 600, 100, random.Random(14))
    assert set(tried.kinds) == {*tokens.CHANGES, "of two screens", "made up"}
    assert (tried.accepted, tried.broke) == ([], [])
