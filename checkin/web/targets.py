"""Where to go next, and links to hand over: only ever to addresses of our own."""

from urllib.parse import urlsplit

from flask import current_app


def safe_target(target: str | None, otherwise: str = "/") -> str:
    """`target` when it is a plain path on this site, else `otherwise`.

    Refuses other hosts, `//host`, back slashes and control characters, which browsers read as
    addresses of other sites.
    """
    if not target or len(target) > 500 or not target.startswith("/") or target.startswith("//"):
        return otherwise
    if "\\" in target or any(ord(char) < 33 or ord(char) == 127 for char in target):
        return otherwise
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else otherwise


def absolute(path: str) -> str:
    """A path of ours as a link to hand over; from BASE_URL, never from what a browser calls us."""
    return str(current_app.config["BASE_URL"]).rstrip("/") + path
