"""Problems as values: a stable code and the facts a sentence about them needs."""


class Problem(Exception):
    """Something a person can put right; `web/errors.py` turns the code into a sentence.

    The code is part of the public interface (pages, JSON, tests) and never changes meaning.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotFound(Problem):
    """The thing does not exist, or not for this person: both look the same from outside."""

    def __init__(self, what: str = "page") -> None:
        super().__init__("not_found", what=what)


class Conflict(Problem):
    """Somebody else was faster, or the same id came back with other content."""
