"""The public list of what can be joined, and one call with its shifts."""

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.operations import openings
from checkin.operations.openings import finding
from checkin.web import clock
from checkin.web.fields import planned_day, row_number
from checkin.web.guard import public
from checkin.web.openings.blueprint import bp
from checkin.web.openings.wording import said, whom

TYPES = {
    "general": _l("General"),
    "skilled": _l("Skilled"),
    "professional": _l("Professional"),
}
KINDS = {"course": _l("Course"), "meeting": _l("Meeting")}


@bp.get("/openings")
@public
def index():
    """No sign-in to look; somebody known sees which ones are their own."""
    now = clock.now()
    number = min(max(request.args.get("page", 1, row_number) or 1, 1), 10_000)
    chosen = {
        "day": request.args.get("day", type=planned_day),
        "site": request.args.get("site", type=row_number),
        "type": request.args.get("type") if request.args.get("type") in TYPES else None,
    }
    found, pages = finding.page_of(
        number,
        now,
        day=chosen["day"],
        site_id=chosen["site"],
        type=chosen["type"],
        person_id=_reader(),
    )
    return render_template(
        "openings/index.html",
        found=found,
        chosen=chosen,
        filtered=any(chosen.values()),
        days=finding.days_offered(now),
        sites=finding.sites_offered(now),
        types=TYPES,
        kinds=KINDS,
        whom=whom,
        page=number,
        pages=pages,
        page_address=lambda to: url_for(".index", **{**chosen, "page": to}),
    )


@bp.get("/openings/<int:opportunity_id>")
@public
def show(opportunity_id: int):
    opportunity = finding.find(opportunity_id)
    seats = finding.seats_of(opportunity_id, clock.now(), _reader())
    waiting = [seat.shift.id for seat in seats if seat.how == "waiting"]
    refusing, told = _against([seat.shift.id for seat in seats if seat.how is None])
    return render_template(
        "openings/show.html",
        opportunity=opportunity,
        seats=seats,
        places=finding.places_of(current_user.id, waiting) if waiting else {},
        refusing=refusing,
        told=told,
        types=TYPES,
        kinds=KINDS,
        whom=whom,
    )


def _against(shift_ids: list[int]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """By shift, in sentences to whoever is signed in: what refuses joining it, what is told."""
    if not shift_ids or _reader() is None:
        return {}, {}
    found = openings.obstacles_of(current_user.id, shift_ids, clock.now())
    return tuple(
        {
            number: [said(one) for one in several if one.refuses is refuses]
            for number, several in found.items()
        }
        for refuses in (True, False)
    )


def _reader() -> int | None:
    return current_user.id if current_user.is_authenticated else None
