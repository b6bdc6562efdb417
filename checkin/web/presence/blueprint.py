"""The blueprint that these pages share, their sentences, and where somebody may call the roll."""

import uuid

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Site
from checkin.operations import floor
from checkin.web import errors
from checkin.web.digits import in_digits

bp = Blueprint("presence", __name__, url_prefix="/floor/<int:site_id>")

CALL = Permission.CALL_ROLL

errors.sentences(
    not_here=_l("Not checked in at this site"),
    look_at_oneself=_l("Somebody else has to say that you are here"),
    look_too_old=_l("Sent too late: more than three days have passed"),
    look_reused=_l("The same tick came twice with different content"),
    count_reused=_l("This count was sent already with another number. Count again"),
    nobody_to_draw=_l("Nobody is checked in here"),
    not_drawn=_l("These names are not asked for any more. Pick new ones"),
)


def site_within(site_id: int, permission: Permission = CALL) -> Site:
    """The site, where this person holds the permission there; else it is not there at all."""
    for site in floor.sites_of(current_user.reach(permission)):
        if site.id == site_id:
            return site
    raise NotFound("site")


def may_at(site: Site, permission: Permission) -> bool:
    """Whether this person may do that at the whole of this site."""
    reach = current_user.reach(permission)
    return reach.everywhere or site.id in reach.site_ids


def own_id(text: str | None) -> str:
    """The id that a page was made with; nothing where somebody wrote another thing there."""
    try:
        return str(uuid.UUID(text or ""))
    except ValueError:
        return ""


def last_digits(mobile: str | None) -> str:
    """Enough of a mobile to tell two people of one name apart."""
    return in_digits((mobile or "")[-4:])
