"""Choosing a site, and the floor of one or of all: counters that filter, search, who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.models import Shift, Site
from checkin.operations import accounts, floor, tally, welfare
from checkin.web import clock, record_words
from checkin.web.floor import polling
from checkin.web.floor.blueprint import bp, may_at, site_within
from checkin.web.floor.choosing import asked_for
from checkin.web.floor.codes import code_facts
from checkin.web.floor.group_rows import GROUPS, group_facts
from checkin.web.guard import requires

FILTERS = ("here", "awaited", "left", "review", GROUPS)
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
    sites = [site] if site else floor.sites_of(current_user.reach(SEE))[:MOST_TOGETHER]
    since = now - floor.REACHES_BACK
    again = partial(floor.mark_at, [one.id for one in sites], since=since)
    near, facts = again(now), _facts(site, now)
    ends = (ask.of.expires_at for ask in facts["asks"] if ask.kind == "sign_in")
    return polling.Look(
        facts["etag"],
        min([facts["board"].until, *ends]),
        near,
        again,
        lambda known: render_template("floor/_board.html", **{**facts, "known": known}),
    )


# --- what a board shows --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody waits for an answer: a kept check-in (`request`) or a phone (`sign_in`)."""

    kind: str
    of: Any
    shifts: Sequence[Shift] = ()
    """Of a request: those that a press can check in to."""

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.of.id}"

    @property
    def mark(self) -> str:
        if self.kind != "request":
            return floor.mark_of(self.kind, self.of)
        return floor.mark_of(self.kind, tuple(self.of), [shift.id for shift in self.shifts])


def _facts(site: Site | None, now: datetime) -> dict[str, Any]:
    """Of one site, or of all that this person sees."""
    sites = floor.sites_of(current_user.reach(SEE))
    here = [site] if site else sites[:MOST_TOGETHER]
    shifts = floor.shifts_among(here, current_user.reach(SEE), now)
    chosen = _chosen(shifts)
    board = floor.board([chosen] if chosen else shifts, now)
    stages = {shift.id: floor.stage_of(shift, now) for shift in shifts}
    facts = {
        "site": site,
        "sites": {one.id: one for one in here},
        "all_sites": sites if len(sites) <= MOST_TOGETHER else [],
        "zone": here[0].zone if here else None,
        "now": now,
        "board": board,
        "shifts": {shift.id: shift for shift in shifts},
        "chosen": chosen,
        "stages": stages,
        "stage_words": STAGES,
        "opens_at": floor.opens_at,
        "words": record_words,
        "known": frozenset(),
        **_ways(board, stages, here),
        **_listed(board, here, now),
        **group_facts(board, now),
        "asks": _asks(here, shifts, now),
    }
    return {**facts, "etag": _etag(facts)}


def _ways(board: floor.Board, stages: Mapping[int, floor.Stage], here: Sequence[Site]) -> Any:
    """What else this person can do here."""
    lanes = [shift for shift in board.shifts if _is_counted(shift, stages)]
    to_close = [
        shift
        for shift in board.shifts
        if stages[shift.id] is floor.Stage.ENDED and may_at(shift.site, Permission.DECIDE)
    ]
    tallies = tally.taps_of([shift.id for shift in lanes]) if lanes else {}
    return {
        "may_enter": {site.id for site in here if _may_enter(site)},
        "may_scan": current_user.may(Permission.READ_BADGES),
        "may_call": current_user.may(Permission.CALL_ROLL),
        "to_close": to_close,
        "lanes": lanes,
        "tallies": tallies,
        "ways_mark": floor.mark_of(
            [shift.id for shift in to_close], [(one.id, tallies.get(one.id, 0)) for one in lanes]
        ),
    }


def _is_counted(shift: Shift, stages: Mapping[int, floor.Stage]) -> bool:
    """Whether its lane has a tally to tap, for this person."""
    begun = stages[shift.id] in (floor.Stage.RUNNING, floor.Stage.ENDED)
    return begun and tally.counts_by_lane(shift) and current_user.may(Permission.TALLY)


def _listed(board: floor.Board, here: Sequence[Site], now: datetime) -> dict[str, Any]:
    """The people behind the pressed counter, or those that somebody searches for."""
    which, typed = request.args.get("show", ""), request.args.get("q", "")[:80].strip()
    which = which if which in FILTERS else "here"
    return {
        "which": which,
        "typed": typed,
        # a search looks at everybody, whatever counter was pressed
        "lines": _looked_after(board.shown("" if typed else which, typed), now),
        "delivered": _delivered(here, typed, now),
        "asks_receipt": floor.is_receipt_number(typed) and any(map(_may_enter, here)),
    }


def _looked_after(lines: list[floor.Line], now: datetime) -> list[floor.Line]:
    """The same people, with what those who are here may need: rest, a course."""
    here = [one.attendance.id for one in lines if one.presence is floor.Presence.HERE]
    if not here:
        return lines
    told = welfare.unallowed(here, now)
    codes = {one: tuple(str(each.code) for each in found) for one, found in told.items() if found}
    return [
        replace(one, concerns=codes[one.attendance.id])
        if one.attendance and one.attendance.id in codes
        else one
        for one in lines
    ]


def _etag(facts: Mapping[str, Any]) -> str:
    """Another one as soon as anything else is to be shown; minutes that pass are counted there."""
    board, stages = facts["board"], facts["stages"]
    return floor.mark_of(
        [line.mark for line in facts["lines"]],
        [board.count(name) for name in FILTERS],
        [ask.mark for ask in facts["asks"]],
        [scan.scan_uid for scan in facts["delivered"]],
        [(shift.id, shift.row_version, stages[shift.id].value) for shift in board.shifts],
        facts["ways_mark"],
        [(row.mark, row.is_here) for row in facts["groups"]],
    )


def _chosen(shifts: Sequence[Shift]) -> Shift | None:
    """The one shift that was asked for; one that is not there any more is not asked for."""
    wanted = request.args.get("shift", type=int)
    return next((shift for shift in shifts if shift.id == wanted), None)


def _may_enter(site: Site) -> bool:
    return may_at(site, Permission.ENTER_ATTENDANCE)


def _asks(sites: Sequence[Site], shifts: Sequence[Shift], now: datetime) -> list[Ask]:
    """Who waits for something here; only for those who can give it."""
    entered = [site.id for site in sites if _may_enter(site)]
    vouched = [site.id for site in sites if may_at(site, Permission.CONFIRM_SIGN_IN)]
    sign_ins = accounts.pending_sign_ins(vouched, now) if vouched else []
    requests = floor.requests_at(entered, now) if entered else []
    meant = asked_for(requests, shifts) if requests else {}
    asking = [Ask("request", one, meant[one.id]) for one in requests]
    return [Ask("sign_in", one) for one in sign_ins] + asking


def _delivered(sites: Sequence[Site], typed: str, now: datetime) -> list[Any]:
    if not floor.is_receipt_number(typed):
        return []
    asked = [site for site in sites if _may_enter(site)]
    return [scan for site in asked for scan in floor.delivered(site.id, typed, now)]
