"""What stands in the header: the organisation's name, and the rooms a person may enter."""

from typing import Any, NamedTuple

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.config import DEFAULTS
from checkin.domain.roles import Permission
from checkin.operations import pictures, settings
from checkin.web.i18n import current_locale


class Door(NamedTuple):
    """A room with a place in the header, and the permission that opens it.

    `own`: only for whoever has it for places of their own, not everywhere. `without`: only for
    whoever lacks this permission, which leads there through another room.
    """

    permission: Permission
    endpoint: str
    text: Any
    icon: str
    own: bool = False
    without: Permission | None = None


DOORS = (
    Door(Permission.SEE_FLOOR, "floor.index", _l("On the floor"), "users"),
    Door(Permission.DECIDE, "approvals.index", _l("Approvals"), "check"),
    Door(Permission.PLAN, "plan.index", _l("Shift plan"), "calendar"),
    Door(Permission.PLAN, "opportunities.index", _l("Opportunities"), "flag"),
    Door(Permission.PLAN, "sites.index", _l("Sites"), "pin"),
    Door(Permission.MANAGE_PEOPLE, "people.index", _l("People"), "user"),
    Door(Permission.PLAN, "partners.index", _l("Partners"), "building"),
    Door(Permission.READ_MEMBERS, "desk.index", _l("Members"), "users", own=True),
    Door(Permission.MANAGE_POSTERS, "posters.index", _l("Posters"), "qr"),
    Door(Permission.SEE_FIGURES, "figures.index", _l("Figures"), "chart"),
    Door(
        *(Permission.SEE_AUDIT, "audit.index", _l("Audit log"), "list"),
        without=Permission.MANAGE_PEOPLE,
    ),
    Door(Permission.MANAGE_PEOPLE, "settings.show", _l("Settings"), "settings"),
)


BEHIND = {
    "displays": "posters",
    "services": "opportunities",
    "campaigns": "opportunities",
    "shifts": "plan",
    "roster": "plan",
    "imports": "people",
    "badges": "posters",
    "merging": "people",
    "teams": "people",
    "access": "settings",
    "audit": "settings",
    "outbox": "settings",
    "message_texts": "settings",
    "prayers": "settings",
    "rates": "figures",
    "exports": "figures",
    "months": "figures",
    "past": "figures",
    "platform": "figures",
}
"""Rooms that are entered through another one."""


def init_app(app: Flask) -> None:
    app.context_processor(lambda: {"nav": doors()})
    app.add_template_global(organisation)
    app.add_template_global(pictures.logo, "logo")
    app.add_template_global(named_organisation)


def organisation() -> str:
    """The organisation's name in the reader's language."""
    return str(settings.value(f"organisation_{current_locale().lang}"))


def named_organisation() -> str | None:
    """The organisation's name where its settings say one; otherwise the app bears its own."""
    own = {DEFAULTS["ORGANISATION_AR"], DEFAULTS["ORGANISATION_EN"]}
    name = organisation()
    return None if name in own else name


def doors() -> list[dict[str, Any]]:
    """The rooms this person may enter; nothing for strangers and on a mere phone."""
    if not current_user.is_authenticated or current_user.device.kind != "staff":
        return []
    room = (request.endpoint or "").partition(".")[0]
    here = BEHIND.get(room, room)
    return [
        {
            "text": str(door.text),
            "href": url_for(door.endpoint),
            "icon": door.icon,
            "current": door.endpoint.partition(".")[0] in (room, here),
        }
        for door in DOORS
        if _opens(door)
    ]


def _opens(door: Door) -> bool:
    if door.without is not None and current_user.may(door.without):
        return False
    reach = current_user.reach(door.permission)
    return not (reach.is_empty or (door.own and reach.everywhere))
