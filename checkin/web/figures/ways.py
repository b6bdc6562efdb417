"""The way back: to the page of figures that a list was reached from, and to the list itself."""

from typing import Any
from urllib.parse import urlsplit

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from checkin.web.targets import nearest_page, safe_target

BACK = "back"
"""The word of the address."""
NAMES: dict[str, Any] = {
    "figures.index": _l("Figures"),
    "figures.sheet": _l("Figures"),
    "figures.reports_index": _l("Report"),
    "figures.report_sheet": _l("Report"),
    "figures.attendances": _l("Records"),
    "figures.people": _l("Records"),
    "months.index": _l("Closed months"),
}


def kept(back: str) -> dict[str, str]:
    """For links that lead back to there; nothing where they lead back by themselves."""
    return {BACK: back} if back else {}


def back(otherwise: str) -> tuple[str, str]:
    """Where this page leads back to, and what that is called."""
    target = nearest_page(safe_target(request.args.get(BACK), otherwise))
    path = urlsplit(target).path
    names = {url_for(endpoint): name for endpoint, name in NAMES.items()}
    return target, str(names.get(path) or _("Back"))
