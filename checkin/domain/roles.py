"""Who may do what: one table from role to permissions, and nothing else decides."""

from enum import StrEnum


class Role(StrEnum):
    VOLUNTEER = "volunteer"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    PARTNER_READER = "partner_reader"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    OWN_ATTENDANCE = "own_attendance"
    """Check oneself in and out, see and question own hours, own data."""
    SEE_FLOOR = "see_floor"
    """See who is on the floor at the sites (or the shift) of one's grant."""
    ENTER_ATTENDANCE = "enter_attendance"
    """Check somebody in or out by hand, with a reason."""
    DECIDE = "decide"
    """Approve, adjust, return, reject; never one's own record or entry."""
    REOPEN = "reopen"
    """Reopen or void what was decided."""
    CONFIRM_ADJUSTMENT = "confirm_adjustment"
    """Be the second person for a large adjustment."""
    CONFIRM_SIGN_IN = "confirm_sign_in"
    """Vouch for a person in front of you whose phone is new."""
    MANAGE_POSTERS = "manage_posters"
    MANAGE_DISPLAYS = "manage_displays"
    """Pair and stop the screens that show a site's rotating code."""
    SHOW_CODE = "show_code"
    """Show the rotating code of a site (or of a led shift's site) on one's own device."""
    MANAGE_BADGES = "manage_badges"
    """Make, print, replace and stop the badges of people on one's rosters."""
    READ_BADGES = "read_badges"
    """Check somebody in or out by the badge they hand over."""
    CALL_ROLL = "call_roll"
    """Say who is really there: tick whom one sees, count heads."""
    TALLY = "tally"
    """Count the people a lane serves, where the lane counts and not each volunteer."""
    ALLOW_CONCERNS = "allow_concerns"
    """Let somebody serve although a welfare limit speaks against it."""
    PLAN = "plan"
    """Create and edit sites, services, campaigns, opportunities, shifts, rosters."""
    MANAGE_PEOPLE = "manage_people"
    READ_MEMBERS = "read_members"
    """See and export the attendance of a partner's members, of their days with it."""
    SEE_FIGURES = "see_figures"
    EXPORT = "export"
    ENTER_PAST = "enter_past"
    """Enter figures of years before this system, and take them back."""
    CLOSE_MONTHS = "close_months"
    """Close a month's figures, and open it again."""
    SEE_AUDIT = "see_audit"
    ADMINISTER = "administer"
    """Accounts, grants, settings, keys; not approval."""


class Scope(StrEnum):
    """How far a grant of a role reaches."""

    SELF = "self"
    SHIFT = "shift"
    SITE = "site"
    PARTNER = "partner"
    ALL = "all"


SCOPE: dict[Role, Scope] = {
    Role.VOLUNTEER: Scope.SELF,
    Role.LEAD: Scope.SHIFT,
    Role.SUPERVISOR: Scope.SITE,
    Role.COORDINATOR: Scope.ALL,
    Role.PARTNER_READER: Scope.PARTNER,
    Role.AUDITOR: Scope.ALL,
    Role.ADMINISTRATOR: Scope.ALL,
}

_P = Permission
MAY: dict[Role, frozenset[Permission]] = {
    Role.VOLUNTEER: frozenset({_P.OWN_ATTENDANCE}),
    Role.LEAD: frozenset(
        {
            _P.OWN_ATTENDANCE,
            _P.SEE_FLOOR,
            _P.READ_BADGES,
            _P.SHOW_CODE,
            _P.CALL_ROLL,
            _P.TALLY,
            _P.ALLOW_CONCERNS,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            _P.OWN_ATTENDANCE,
            _P.SEE_FLOOR,
            _P.ENTER_ATTENDANCE,
            _P.DECIDE,
            _P.CONFIRM_SIGN_IN,
            _P.MANAGE_POSTERS,
            _P.MANAGE_DISPLAYS,
            _P.SHOW_CODE,
            _P.MANAGE_BADGES,
            _P.READ_BADGES,
            _P.CALL_ROLL,
            _P.TALLY,
            _P.ALLOW_CONCERNS,
            _P.SEE_FIGURES,
        }
    ),
    Role.COORDINATOR: frozenset(_P) - {_P.ADMINISTER},
    Role.PARTNER_READER: frozenset({_P.SEE_FIGURES, _P.READ_MEMBERS}),
    Role.AUDITOR: frozenset({_P.SEE_FIGURES, _P.SEE_AUDIT}),
    Role.ADMINISTRATOR: frozenset(
        {
            *(_P.OWN_ATTENDANCE, _P.MANAGE_PEOPLE, _P.SEE_FIGURES, _P.ENTER_PAST),
            *(_P.SEE_AUDIT, _P.ADMINISTER),
        }
    ),
}


def may(role: Role, permission: Permission) -> bool:
    return permission in MAY[role]


def roles_that_may(permission: Permission) -> frozenset[Role]:
    return frozenset(role for role in Role if may(role, permission))
