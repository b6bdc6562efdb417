"""The blueprint that everything in JSON shares, and what it asks before anything is read.

A browser's cookie is only believed when the browser itself says that a page of ours is asking; a
program shows a token instead. Forms of other sites can send neither JSON nor that header.
"""

from urllib.parse import urlsplit

from flask import Blueprint, abort, request
from flask_babel import lazy_gettext as _l

from checkin.web import errors
from checkin.web.guard import csrf

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)

errors.sentences(
    unreadable=_l("The message can’t be read: %(fault)s"),
    other_volunteer=_l("This was saved by another volunteer on this phone. It waits for them"),
    code_missing=_l("No code was given"),
    code_unknown=_l("Code not recognised"),
    code_too_old=_l("This code has expired"),
    unavailable=_l("The service can’t be reached for a moment. Nothing is lost"),
)


@bp.before_request
def refuse_foreign_pages() -> None:
    """A cookie alone proves nothing about who makes the browser ask."""
    if request.method != "POST" or "Authorization" in request.headers:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        origin = urlsplit(request.headers.get("Origin", ""))
        is_ours = origin.netloc == request.host and origin.scheme == request.scheme
    else:
        is_ours = site == "same-origin"
    if not is_ours:
        abort(403)
