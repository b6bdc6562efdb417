"""Where to go next, and links to hand over: only ever to addresses of our own."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect


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


def this_page() -> str | None:
    """Where to load this page again; none for the answer to a form at an address without a page."""
    return request.full_path if request.method != "POST" or _answers(request.path) else None


def nearest_page(target: str) -> str:
    """`target`, or when only forms are sent there, the page above it."""
    path = urlsplit(target).path
    if _answers(path) is not False:
        return target
    while path and not _answers(path):
        path = path.rpartition("/")[0]
    return path or "/"


def _answers(path: str) -> bool | None:
    """Whether a page is shown at `path`; None when there is nothing at all."""
    try:
        current_app.create_url_adapter(request).match(path, "GET")
    except RequestRedirect:
        return True
    except MethodNotAllowed:
        return False
    except NotFound:
        return None
    return True


def absolute(path: str) -> str:
    """A path of ours as a link to hand over; from BASE_URL, never from what a browser calls us."""
    return str(current_app.config["BASE_URL"]).rstrip("/") + path
