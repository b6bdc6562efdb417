"""The blueprint that the pages of groups share, their sentences, and which group it is."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Group, Shift, Site
from checkin.operations import floor, groups
from checkin.operations.groups import Standing
from checkin.operations.permissions import shifts_within
from checkin.web import errors

bp = Blueprint("groups", __name__)

ENTER = Permission.ENTER_ATTENDANCE

errors.sentences(
    group_closed=_l("This shift is closed. Nobody can be named any more"),
    group_reused=_l("This group was sent before with other details. Load the page again"),
    headcount_invalid=_l("Enter how many came, from 1 to %(most)s"),
    headcount_named=_l("Named already: %(named)s. The group cannot have fewer people"),
    leader_missing=_l("Search for the leader and choose a name"),
    own_name=_l("Somebody else has to name you"),
    named_twice=_l("The same person as in a line above"),
    named_elsewhere=_l("Named in another group of this shift already"),
    open_elsewhere=_l("Checked in at another shift now. Check out there first"),
    group_full=_l("All %(headcount)s are named. If more came, correct the headcount first"),
    guardian_same_mobile=_l("The guardian’s mobile cannot be the volunteer’s own"),
    member_mobile_missing=_l("Add the mobile behind the name"),
    member_name_missing=_l("Add the name before the mobile"),
    mobiles_many=_l("More than two mobiles in one line. Write one person a line"),
    nobody_chosen=_l("Nobody is chosen. Search again"),
    list_too_long=_l("The list is too long. Send it in parts"),
)


def site_within(site_id: int) -> Site:
    """The site, where this person enters attendances; else it is not there at all."""
    for site in floor.sites_of(current_user.reach(ENTER)):
        if site.id == site_id:
            return site
    raise NotFound("site")


def group_at(site: Site, group_id: int) -> Standing:
    """A group of a shift at this site."""
    within = shifts_within(current_user.reach(ENTER)).with_only_columns(Shift.id)
    return groups.find(group_id, Shift.site_id == site.id, Group.shift_id.in_(within))


def own_group(group_id: int) -> Standing:
    """A group that the reader leads."""
    return groups.find(group_id, groups.led_by(current_user.id))
