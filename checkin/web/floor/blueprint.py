"""The blueprint that all pages of the floor share, their sentences, and whose floor it is."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Site
from checkin.operations import floor
from checkin.web import errors

bp = Blueprint("floor", __name__)

errors.sentences(
    held=_l("The coordinator has to see this volunteer before they can check in"),
    not_checked_in=_l("No open record in this shift. Check in first"),
    decided_already=_l("This record is decided. Undo the decision first"),
    time_same=_l("The record says this time already"),
    time_between=_l("Choose a time between %(since)s and %(until)s"),
    was_elsewhere=_l(
        "This volunteer was checked in elsewhere from %(since)s to %(until)s. "
        "Correct that record first"
    ),
    not_running=_l("This shift is not running now. Choose another"),
    target_missing=_l("Choose the site or lane"),
    person_missing=_l("Press a name to check in"),
    time_missing=_l("Choose or type a time"),
    end_missing=_l("Choose what to correct"),
    note_missing=_l("Write the note first"),
)


def site_within(site_id: int, permission: Permission) -> Site:
    """The site, where this person holds the permission there; else it is not there at all."""
    for site in floor.sites_of(current_user.reach(permission)):
        if site.id == site_id:
            return site
    raise NotFound("site")


def may_at(site: Site, permission: Permission) -> bool:
    """Whether this person may do that at this very site."""
    reach = current_user.reach(permission)
    return reach.everywhere or site.id in reach.site_ids
