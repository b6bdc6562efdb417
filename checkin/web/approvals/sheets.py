"""A shift's hours: what waits where, exceptions first, and the matching rest in one tap."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.database import AnyRow, db
from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Attendance, Group, Shift
from checkin.operations import approvals, groups
from checkin.operations.approvals import sampling
from checkin.operations.permissions import shifts_within
from checkin.web import clock, month_words
from checkin.web.approvals.answers import Toast, kept_words
from checkin.web.approvals.blueprint import bp
from checkin.web.approvals.looking import words_of
from checkin.web.approvals.wording import approved
from checkin.web.errors import SENTENCES
from checkin.web.filters import duration
from checkin.web.guard import requires
from checkin.web.words import counted

_FAILED = "approvals_failed"
_DECIDED = ("approved", "rejected", "proposed", "voided")
_FAILURES_KEPT = 250
"""More would not fit into the session's cookie; the sheet itself still shows every record."""


@dataclass(slots=True)
class Failure:
    """Records that could not be approved for one reason, or that one person decided meanwhile."""

    why: object
    attendances: list[Attendance] = field(default_factory=list)
    by: AnyRow | None = None
    """The latest of that person's decisions."""

    def add(self, attendance: Attendance, by: AnyRow | None) -> None:
        self.attendances.append(attendance)
        if by is not None and (self.by is None or by.at > self.by.at):
            self.by = by

    @property
    def is_approved(self) -> bool:
        """Whether all is well: somebody else did what was wanted here."""
        return self.by is not None and self.attendances[0].state == "approved"


@bp.get("/approvals")
@requires(Permission.DECIDE)
def index():
    """Shifts with something waiting, the oldest first."""
    reach = current_user.reach(Permission.DECIDE)
    waiting, total = approvals.waiting_shifts(reach, current_user.id, clock.now())
    oversees = current_user.may(Permission.REOPEN)
    return render_template(
        "approvals/index.html",
        waiting=waiting,
        total=total,
        oversees=oversees,
        drawn=sampling.waiting_count() if oversees else 0,
    )


@bp.get("/shifts/<int:shift_id>/approvals")
@requires(Permission.DECIDE)
def show(shift_id: int):
    """One shift: exceptions with reasons, the matching group, what was decided."""
    shift = _shift(shift_id)
    sheet = approvals.sheet_of(shift.id, current_user.id, clock.now())
    return render_template(
        "approvals/show.html",
        **words_of(sheet.shift),
        sheet=sheet,
        shift=sheet.shift,
        **(kept_words(sheet) or {"told": _batch(sheet.shift)}),
        failed=_failed(sheet),
        listed="list" in request.args,
        has_ended=sheet.shift.ends_at <= clock.now(),
        groups=groups.standings(Group.shift_id == shift.id),
        may_name=_may_name(shift),
        month_closed=month_words.before(shift.work_on),
    )


@bp.post("/shifts/<int:shift_id>/approvals")
@requires(Permission.DECIDE)
def create(shift_id: int):
    """Approve the records that were shown as matching; the others are named."""
    shift, now = _shift(shift_id), clock.now()
    shown = _of_shift(shift.id, _shown())
    result = approvals.approve_many(shown, by=current_user.id, now=now)
    _keep_failed(result)
    done = _instant_text(now) if result.done else None
    return redirect(url_for("approvals.show", shift_id=shift.id, done=done), 303)


@bp.post("/shifts/<int:shift_id>/withdrawals")
@requires(Permission.DECIDE)
def withdraw(shift_id: int):
    """Take back what one press approved."""
    shift = _shift(shift_id)
    shown = _of_shift(shift.id, _shown())
    result = approvals.withdraw_many(shown, by=current_user.id, now=clock.now())
    _keep_failed(result)
    if result.done:
        undone = counted("records", len(result.done))
        flash(_("Approval undone: %(records)s", records=undone), "info")
    return redirect(url_for("approvals.show", shift_id=shift.id), 303)


def _shift(shift_id: int) -> Shift:
    reach = current_user.reach(Permission.DECIDE)
    shift = db.session.scalar(shifts_within(reach).where(Shift.id == shift_id))
    if shift is None:
        raise NotFound("shift")
    return shift


def _may_name(shift: Shift) -> bool:
    reach = current_user.reach(Permission.ENTER_ATTENDANCE)
    return reach.everywhere or shift.site_id in reach.site_ids


def _shown() -> list[tuple[int, int]]:
    """Pairs of record and version as the page wrote them: `12.3 13.1`; anything else is left."""
    words = " ".join(request.form.getlist("records")).split()
    pairs = (word.partition(".") for word in words)
    return [
        (int(record), int(version))
        for record, _dot, version in pairs
        if record.isdecimal() and version.isdecimal() and len(record + version) < 18
    ]


def _of_shift(shift_id: int, shown: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A form reaches only records of the shift it was made for."""
    wanted = db.select(Attendance.id).where(Attendance.shift_id == shift_id)
    ids = set(db.session.scalars(wanted))
    return [pair for pair in shown if pair[0] in ids]


def _keep_failed(result: approvals.Result) -> None:
    if result.failed:
        kept: dict[str, list[int]] = {}
        for attendance_id, code in result.failed[:_FAILURES_KEPT]:
            kept.setdefault(code, []).append(attendance_id)
        session[_FAILED] = kept


def _failed(sheet: approvals.Sheet) -> list[Failure]:
    """What could not be approved, by why, once; first what others decided meanwhile."""
    kept = session.pop(_FAILED, {})
    codes = {one: code for code, ids in kept.items() for one in ids if code in SENTENCES}
    records = [one.attendance for one in sheet.records if one.attendance.id in codes]
    changed = [one.id for one in records if codes[one.id] == "changed"]
    decisions = approvals.latest_decisions(changed) if changed else {}
    found: dict[object, Failure] = {}
    for one in records:
        by = decisions.get(one.id) if one.state in _DECIDED else None
        why = (one.state, by.decided_by_id) if by else codes[one.id]
        found.setdefault(why, Failure(SENTENCES[codes[one.id]])).add(one, by)
    return sorted(found.values(), key=lambda failure: failure.by is None)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _instant_text(instant: datetime) -> str:
    """An instant for an address, to the microsecond: it names what one press approved."""
    return str((instant - _EPOCH) // _MICROSECOND)


def _batch(shift: Shift) -> Toast | None:
    """What to say about the press that led here, and the records it may be taken back from."""
    done = request.args.get("done", "")
    if not done.isdecimal() or len(done) > 17:
        return None
    batch = approvals.batch_of(shift.id, current_user.id, _EPOCH + int(done) * _MICROSECOND)
    if not batch.shown:
        return None
    number, length = len(batch.shown), duration(batch.minutes)
    records = counted("records", number, "after")
    of_hours = _("Approved %(records)s, %(duration)s in total", records=records, duration=length)
    text = approved(shift, counted("records", number), of_hours)
    text = month_words.with_after(text, batch.shown[0][0])
    shown = " ".join(f"{record}.{version}" for record, version in batch.shown)
    return Toast(text, url_for("approvals.withdraw", shift_id=shift.id), {"records": shown})
