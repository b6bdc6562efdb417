"""What a volunteer is told about one attendance: what counted, and why."""

from collections.abc import Iterator
from datetime import datetime

from babel.lists import format_list
from flask_babel import gettext as _

from checkin.domain.evidence import Flag
from checkin.domain.hours import MOST_MINUTES, Interval, worked_minutes
from checkin.models import Attendance
from checkin.operations.hours import Ruling
from checkin.web.filters import duration, isolate, time_short
from checkin.web.i18n import current_prefs
from checkin.web.record_words import FLAGS, reason_words


def stints_of(attendance: Attendance) -> list[tuple[datetime, datetime | None]]:
    """The stretches from in to out, as instants."""
    return [
        (datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None)
        for begin, end in attendance.stints
    ]


# --- the day in one sentence ---------------------------------------------------------------


def in_words(attendance: Attendance, ruling: Ruling | None = None) -> str | None:
    """How long somebody was there and how much of it counts, with the reasons for a difference.

    Before anybody decided, only that it waits and how much would count. Nothing while that is not
    known: still there, the end missing, taken back, set aside.
    """
    spans = _closed(attendance)
    counts = 0 if attendance.state == "rejected" else attendance.minutes
    if not spans or counts is None or attendance.state not in _TOLD_IN_WORDS:
        return None
    worked = worked_minutes(spans)
    reasons = list(_because(attendance, worked, ruling))
    tell = _difference if attendance.state in ("approved", "rejected") else _prospect
    return tell(worked, counts, format_list(reasons, locale=current_prefs().lang))


def _closed(attendance: Attendance) -> list[Interval]:
    return [(begin, end) for begin, end in stints_of(attendance) if end is not None]


def _most(attendance: Attendance) -> int:
    """What one attendance of this opportunity is credited with at most."""
    return attendance.shift.opportunity.most_minutes or MOST_MINUTES


_TOLD_IN_WORDS = ("closed", "proposed", "approved", "rejected")


def _prospect(worked: int, counts: int, because: str) -> str:
    """What would count: nothing does before somebody has approved it."""
    facts = {"worked": duration(worked), "counts": duration(counts), "because": because}
    if worked == counts:
        return _("%(worked)s, waiting for approval", **facts)
    if counts == 0:
        words = _("%(worked)s. Nothing of it counts so far", **facts)
        more = _("%(worked)s. Nothing of it counts so far because %(because)s", **facts)
    else:
        words = _("%(worked)s, waiting for approval. Once approved, %(counts)s count", **facts)
        more = _(
            "%(worked)s, waiting for approval. Once approved, %(counts)s count because %(because)s",
            **facts,
        )
    return more if because else words


def _difference(worked: int, counts: int, because: str) -> str:
    facts = {"worked": duration(worked), "counts": duration(counts), "because": because}
    if worked == counts:
        return _("%(worked)s, all of it counted", **facts)
    if counts == 0:
        words = _("%(worked)s, with nothing counted", **facts)
        more = _("%(worked)s, with nothing counted because %(because)s", **facts)
    elif counts < worked:
        words = _("%(worked)s, with %(counts)s counted", **facts)
        more = _("%(worked)s, with %(counts)s counted because %(because)s", **facts)
    else:
        words = _("%(worked)s, and %(counts)s counted", **facts)
        more = _("%(worked)s, and %(counts)s counted because %(because)s", **facts)
    return more if because else words


def _because(attendance: Attendance, worked: int, ruling: Ruling | None) -> Iterator[str]:
    """What the plan takes off; where somebody decided otherwise, only that."""
    if attendance.state == "rejected" or _was_changed(attendance):
        if ruling is not None and ruling.reason:
            yield _ruled(attendance.state, isolate(reason_words(ruling.reason)))
        return
    shift, spans = attendance.shift, stints_of(attendance)
    if spans[0][0] < shift.starts_at:
        yield _("the time before the shift is not counted")
    if attendance.out_at and attendance.out_at > shift.ends_at:
        yield _("the time after the shift is not counted")
    most = _most(attendance)
    if worked > most:
        yield _("no more than %(most)s count in one shift", most=duration(most))


def _ruled(state: str, reason: str) -> str:
    if state == "rejected":
        return _("the record was rejected (%(reason)s)", reason=reason)
    return _("the supervisor adjusted it (%(reason)s)", reason=reason)


def _was_changed(attendance: Attendance) -> bool:
    approved, proved = attendance.approved_minutes, attendance.credited_minutes
    return approved is not None and proved is not None and approved != proved


# --- what an objection is against ----------------------------------------------------------


def against(ruling: Ruling) -> list[str]:
    """The decision objected to, and its reason."""
    if ruling.action == "reject":
        said = [_("This record was rejected")]
    else:
        counted = duration(ruling.minutes or 0)
        said = [_("Only %(duration)s of this record were approved", duration=counted)]
    if ruling.reason:
        said.append(_("Reason: %(reason)s", reason=isolate(reason_words(ruling.reason))))
    return said


# --- what made the minutes what they are ---------------------------------------------------


def why(attendance: Attendance) -> list[str]:
    """One sentence for each thing that made the minutes what they are."""
    return [*_about_plan(attendance), *_about_result(attendance)]


def _about_plan(attendance: Attendance) -> Iterator[str]:
    shift, zone = attendance.shift, attendance.shift.site.zone
    spans = stints_of(attendance)
    if spans and spans[0][0] < shift.starts_at:
        yield _(
            "You checked in at %(time)s. Counting starts with the shift, at %(start)s",
            time=_at(spans[0][0], zone),
            start=_at(shift.starts_at, zone),
        )
    if attendance.out_at and attendance.out_at > shift.ends_at:
        yield _(
            "You checked out at %(time)s. Counting stopped with the shift, at %(end)s",
            time=_at(attendance.out_at, zone),
            end=_at(shift.ends_at, zone),
        )
    if len(spans) > 1:
        yield _("The time between going out and coming back is not counted")


def _about_result(attendance: Attendance) -> Iterator[str]:
    if attendance.credited_minutes == 0:
        yield _nothing_counts(attendance)
    most = _most(attendance)
    if attendance.credited_minutes == most and worked_minutes(_closed(attendance)) > most:
        yield _("No more than %(most)s count in one shift", most=duration(most))
    if attendance.state == "unclosed" and attendance.proposed_out_at:
        yield _(
            "No minutes count until the end is settled. The proposed end is %(time)s",
            time=_at(attendance.proposed_out_at, attendance.shift.site.zone),
        )
    if Flag.END_CLAIMED in attendance.flags and not attendance.is_decided:
        yield _("You told us afterwards when you finished. The supervisor will check this time")
    if Flag.OVERLAP in attendance.flags and not attendance.is_decided:
        yield _("Another attendance of yours covers part of this time. The supervisor will decide")
    yield from _about_review(attendance)


def _nothing_counts(attendance: Attendance) -> str:
    """A moment inside the shift is no whole minute, and yet was recorded."""
    shift = attendance.shift
    if any(begin < shift.ends_at and end >= shift.starts_at for begin, end in _closed(attendance)):
        return _("Less than a minute was recorded inside the shift")
    return _("No time inside the shift was recorded")


TOLD = (
    *(Flag.LONG, Flag.OUT_TWICE, Flag.IMPOSSIBLE_TRAVEL, Flag.SHARED_DEVICE, Flag.FAR_AWAY),
    *(Flag.PRINTED_CODE, Flag.OFFLINE, Flag.OFTEN_OFFLINE, Flag.CLOCK_SKEW, Flag.CLOCK_JUMP),
    *(Flag.MANY_BENEFICIARIES, Flag.FEW_BENEFICIARIES),
)
"""What a supervisor will look at and nothing else on the receipt says."""


def _about_review(attendance: Attendance) -> Iterator[str]:
    """Nobody is looked at behind their back; once decided, the decision speaks."""
    reasons = [str(FLAGS[flag]) for flag in TOLD if flag in attendance.flags]
    if reasons and not attendance.is_decided:
        said = format_list(reasons, locale=current_prefs().lang)
        yield _("The supervisor will look at: %(reasons)s", reasons=said)


def _at(instant: datetime, zone: str) -> str:
    return isolate(time_short(instant, zone))
