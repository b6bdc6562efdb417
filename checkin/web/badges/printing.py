"""Badges on paper: ten to a sheet, as a page for the browser to print and as a PDF."""

from typing import Any

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from checkin.domain.errors import NotFound
from checkin.operations import badges
from checkin.operations.badges import Printable
from checkin.web import clock
from checkin.web.badge_pdf import badges_pdf
from checkin.web.badge_sheet import PER_SHEET, card_of
from checkin.web.badges.blueprint import bp
from checkin.web.badges.groups import MAKE, MOST, chosen, named
from checkin.web.guard import requires
from checkin.web.qr import leads_nowhere, qr_svg, short_host


@bp.get("/badges/sheets")
@requires(MAKE)
def sheets() -> Any:
    """The sheets as they will be printed."""
    found = _found()
    cards = [(card, qr_svg(card.url, "Q")) for card in _cards(found)]
    return render_template(
        "badges/sheets.html",
        sheets=[cards[start : start + PER_SHEET] for start in range(0, len(cards), PER_SHEET)],
        number=len(cards),
        unprintable=[one.person for one in found if one.code is None],
        choice=named(request.args),
        unreachable_host=short_host() if leads_nowhere() else None,
    )


@bp.get("/badges/sheets.pdf")
@requires(MAKE)
def pdf() -> Response:
    body = badges_pdf(_cards(_found()), title=_("Badges"), now=clock.now())
    response = make_response(body)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="badges.pdf"'
    return response


def _found() -> list[Printable]:
    """Working badges of the chosen people; NotFound where there is none."""
    found = badges.printables(chosen(request.args, clock.now()), MOST)
    if not found:
        raise NotFound("badge")
    return found


def _cards(found: list[Printable]) -> Any:
    return [card_of(one) for one in found if one.code is not None]
