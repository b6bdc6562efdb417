"""Choosing a site, and the floor of one or of all: counters that filter, search, who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.models import Shift, Site
from checkin.operations import accounts, floor
from checkin.operations.attendance import derived_uid
from checkin.web import clock, record_words
from checkin.web.floor import polling
from checkin.web.floor.blueprint import bp, may_at, site_within
from checkin.web.floor.codes import code_facts
from checkin.web.guard import requires

FILTERS = ("here", "awaited", "left", "review")
MOST_TOGETHER = 12
"""Sites on one board; somebody with more chooses."""
SEE = Permission.SEE_FLOOR
STAGES: dict[floor.Stage, Any] = {
    floor.Stage.COMING: _l("Not begun"),
    floor.Stage.OPEN: _l("Check-in is open"),
    floor.Stage.ENDED: _l("Over"),
    floor.Stage.CLOSED: lazy_pgettext("shift", "Closed"),
    floor.Stage.CANCELLED: _l("Cancelled"),
}
"""What is said of a shift that does not simply run."""


@bp.get("/floor")
@requires(SEE)
def index():
    """The one site of this person, all of a few, or a choice."""
    reach = current_user.reach(SEE)
    sites = floor.sites_of(reach)
    if len(sites) == 1:
        return redirect(url_for("floor.show", site_id=sites[0].id), 303)
    if 1 < len(sites) <= MOST_TOGETHER and not reach.everywhere:
        return redirect(url_for("floor.everywhere"), 303)
    people = floor.people_now(sites, clock.now())
    together = 1 < len(sites) <= MOST_TOGETHER
    return render_template("floor/index.html", sites=sites, people=people, together=together)


@bp.get("/floor/<int:site_id>")
@requires(SEE)
def show(site_id: int):
    """The floor now; a live refresh gets only the parts that change, when they have changed."""
    now = clock.now()
    if _is_refresh():
        return polling.answer(lambda: _look(site_within(site_id, SEE), now), now)
    site = site_within(site_id, SEE)
    return render_template(
        "floor/show.html",
        **_facts(site, now),
        **code_facts(site, now),
        entered=floor.entry_by(current_user.id, request.args.get("entered", ""), now),
    )


@bp.get("/floor/all")
@requires(SEE)
def everywhere():
    """Everybody at all of one's own sites; whoever has too many for one board chooses."""
    now = clock.now()
    if _is_refresh():
        return polling.answer(lambda: _look(None, now), now)
    if len(floor.sites_of(current_user.reach(SEE))) > MOST_TOGETHER:
        return redirect(url_for("floor.index"), 303)
    return render_template("floor/show.html", **_facts(None, now))


def _is_refresh() -> bool:
    return "HX-Request" in request.headers


def _look(site: Site | None, now: datetime) -> polling.Look:
    facts = _facts(site, now)
    return polling.Look(
        facts["etag"],
        facts["board"].until,
        lambda known: render_template("floor/_board.html", **{**facts, "known": known}),
    )


# --- what a board shows --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody waits for an answer: a kept check-in (`request`) or a phone (`sign_in`)."""

    kind: str
    of: Any

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.of.id}"

    @property
    def mark(self) -> str:
        return floor.mark_of(self.kind, tuple(self.of) if self.kind == "request" else self.of)


def _facts(site: Site | None, now: datetime) -> dict[str, Any]:
    """Of one site, or of all that this person sees."""
    sites = floor.sites_of(current_user.reach(SEE))
    here = [site] if site else sites[:MOST_TOGETHER]
    shifts = floor.shifts_among(here, current_user.reach(SEE), now)
    chosen = _chosen(shifts)
    board = floor.board([chosen] if chosen else shifts, now)
    which, typed = request.args.get("show", ""), request.args.get("q", "")[:80].strip()
    which = which if which in FILTERS else "here"
    # a search looks at everybody, whatever counter was pressed
    lines = board.shown("" if typed else which, typed)
    asks, delivered = _asks(here, now), _delivered(here, typed, now)
    stages = {shift.id: floor.stage_of(shift, now) for shift in shifts}
    return {
        "site": site,
        "sites": {one.id: one for one in here},
        "all_sites": sites if len(sites) <= MOST_TOGETHER else [],
        "zone": site.zone if site else here[0].zone if here else None,
        "now": now,
        "board": board,
        "shifts": {shift.id: shift for shift in shifts},
        "stages": stages,
        "stage_words": STAGES,
        "to_close": [
            shift
            for shift in board.shifts
            if stages[shift.id] is floor.Stage.ENDED and may_at(shift.site, Permission.DECIDE)
        ],
        "chosen": chosen,
        "which": which,
        "typed": typed,
        "lines": lines,
        "asks": asks,
        "delivered": delivered,
        "asks_receipt": floor.is_receipt_number(typed) and any(map(_may_enter, here)),
        "entry_uid": lambda asked: derived_uid(asked.scan_uid, f"by {current_user.id}"),
        "may_enter": {one.id for one in here if _may_enter(one)},
        "may_scan": current_user.may(Permission.READ_BADGES),
        "opens_at": floor.opens_at,
        "words": record_words,
        "known": frozenset(),
        "etag": floor.mark_of(
            [line.mark for line in lines],
            [board.count(name) for name in FILTERS],
            [ask.mark for ask in asks],
            [scan.scan_uid for scan in delivered],
            [(shift.id, shift.row_version, stages[shift.id].value) for shift in shifts],
        ),
    }


def _chosen(shifts: Sequence[Shift]) -> Shift | None:
    """The one shift that was asked for; one that is not there any more is not asked for."""
    wanted = request.args.get("shift", type=int)
    return next((shift for shift in shifts if shift.id == wanted), None)


def _may_enter(site: Site) -> bool:
    return may_at(site, Permission.ENTER_ATTENDANCE)


def _asks(sites: Sequence[Site], now: datetime) -> list[Ask]:
    """Who waits for something here; only for those who can give it."""
    entered = [site.id for site in sites if _may_enter(site)]
    vouched = [site.id for site in sites if may_at(site, Permission.CONFIRM_SIGN_IN)]
    sign_ins = accounts.pending_sign_ins(vouched, now) if vouched else []
    requests = floor.requests_at(entered, now) if entered else []
    return [Ask("sign_in", one) for one in sign_ins] + [Ask("request", one) for one in requests]


def _delivered(sites: Sequence[Site], typed: str, now: datetime) -> list[Any]:
    if not floor.is_receipt_number(typed):
        return []
    asked = [site for site in sites if _may_enter(site)]
    return [scan for site in asked for scan in floor.delivered(site.id, typed, now)]
