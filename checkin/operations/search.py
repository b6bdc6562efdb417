"""What a person types into a search box, as a question the database understands."""


def contains(text: str) -> str:
    r"""A LIKE pattern for `text` anywhere, its wildcards taken literally; escape with `\`."""
    return f"%{_literal(text)}%"


def begins(text: str) -> str:
    r"""A LIKE pattern for `text` at the beginning; escape with `\`."""
    return f"{_literal(text)}%"


def ends(text: str) -> str:
    r"""A LIKE pattern for `text` at the end; escape with `\`."""
    return f"%{_literal(text)}"


def _literal(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, "\\" + special)
    return text
