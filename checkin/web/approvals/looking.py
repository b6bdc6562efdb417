"""What a page about one record shows: its time line, what stands behind it, the forms."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.days import local_time
from checkin.domain.evidence import NEUTRAL, Flag
from checkin.domain.roles import Permission
from checkin.models import Attendance, Shift
from checkin.operations import approvals
from checkin.web import clock, month_words, record_words
from checkin.web.approvals.forms import AdjustForm, AskForm, RejectForm, VersionedForm, WordsForm
from checkin.web.approvals.wording import deciders_sentence, reason_sentence, why_suggested
from checkin.web.errors import SENTENCES
from checkin.web.filters import time_short


def page_of(attendance: Attendance, **filled: VersionedForm) -> dict[str, Any]:
    """Everything the templates of one record ask for; `filled` are forms as they were sent."""
    shift, record = approvals.record_of(attendance, current_user.id, clock.now())
    one = record.attendance
    return {
        **words_of(shift),
        "record": record,
        "attendance": one,
        "shift": shift,
        "scans": approvals.scans_of(one),
        "decisions": approvals.decisions_of(one.id),
        "month_closed": month_words.before(one.work_on),
        "notes": [record_words.FLAGS[flag] for flag in one.flags if Flag(flag) in NEUTRAL],
        "told_already": _told(record, shift),
        "bar": _bar(record, shift),
        "stints": [_ends(stint) for stint in one.stints],
        "quick_ends": _quick_ends(record, shift),
        "form": next(iter(filled.values()), None),
        **_forms(record, shift, filled),
        "modules": "" if "HX-Request" in request.headers else "submit-once",
        "may_reopen": current_user.may(Permission.REOPEN),
    }


def words_of(shift: Shift) -> dict[str, Any]:
    """How records of this shift are told."""
    service = shift.opportunity.service
    counted_by = service.counted_by if service else "nobody"
    return {
        "sentences": SENTENCES,
        "words": record_words,
        "reason_sentence": reason_sentence,
        "why_suggested": why_suggested,
        "deciders_sentence": deciders_sentence,
        # time at a course or meeting is attendance and never reaches hours
        "is_service": shift.opportunity.kind == "service",
        "counts_people": counted_by != "nobody",
        "counts_each": counted_by == "volunteer",
    }


def _told(record: approvals.Record, shift: Shift) -> set[str]:
    flags = {str(record_words.FLAGS[Flag(flag)]) for flag in record.attendance.flags}
    return flags | {reason_sentence(reason, shift.site.zone) for reason in record.reasons}


# --- forms ---------------------------------------------------------------------------------


def _forms(
    record: approvals.Record, shift: Shift, filled: dict[str, VersionedForm]
) -> dict[str, VersionedForm]:
    """The forms as they were sent, or fresh with what is suggested."""
    version = record.attendance.row_version
    made: dict[str, Any] = {
        "adjusting": lambda: _adjusting(record, shift),
        "rejecting": lambda: RejectForm(formdata=None, prefix="rejecting", version=version),
        "asking": lambda: AskForm(formdata=None, prefix="asking", version=version),
        "refusing": lambda: WordsForm(formdata=None, prefix="refusing", version=version),
        "reopening": lambda: WordsForm(formdata=None, prefix="reopening", version=version),
        "voiding": lambda: WordsForm(formdata=None, prefix="voiding", version=version),
    }
    return {name: filled.get(name) or make() for name, make in made.items()}


def _adjusting(record: approvals.Record, shift: Shift) -> AdjustForm:
    one, zone = record.attendance, shift.site.zone
    hours, minutes = divmod(record.suggested, 60)
    return AdjustForm(
        formdata=None,
        version=one.row_version,
        how="times",
        begins=local_time(one.in_at or shift.starts_at, zone).time(),
        ends=local_time(one.out_at or one.proposed_out_at or shift.ends_at, zone).time(),
        hours=hours,
        minutes=minutes,
        beneficiaries="" if record.served is None else record.served,
    )


def _quick_ends(record: approvals.Record, shift: Shift) -> list[tuple[str, str]]:
    """Ends that one tap fills in: the planned one, and the proposed one where it is another."""
    zone = shift.site.zone
    ends = {shift.ends_at: _("Planned end, %(time)s", time=time_short(shift.ends_at, zone))}
    proposed = record.attendance.proposed_out_at
    if proposed is not None and proposed not in ends:
        ends[proposed] = _("Proposed, %(time)s", time=time_short(proposed, zone))
    return [(f"{local_time(at, zone):%H:%M}", text) for at, text in ends.items()]


# --- the time line -------------------------------------------------------------------------

_Stretch = tuple[float, float]
_MARGIN = 1 / 12
"""Of the whole, at each side: half of the words of a time have room there."""
_TOO_CLOSE = 1 / 4
"""Of the whole: two times closer than this are written as one."""


def _ends(stint: list[Any]) -> tuple[datetime, datetime | None]:
    begin, end = stint
    return datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None


def _bar(record: approvals.Record, shift: Shift) -> dict[str, Any]:
    """The time line's figures, in seconds: from the earliest instant to the latest."""
    attendance = record.attendance
    stints = [
        (begin.timestamp(), end.timestamp() if end else None)
        for begin, end in map(_ends, attendance.stints)
    ]
    planned = shift.starts_at.timestamp(), shift.ends_at.timestamp()
    likely = attendance.proposed_out_at.timestamp() if attendance.proposed_out_at else None
    unproved = [(begin, likely) for begin, end in stints if end is None and likely is not None]
    known = [one for stint in stints for one in stint if one is not None]
    start, end = min([planned[0], *known]), max([planned[1], *known])
    margin = (end - start) * _MARGIN
    return {
        "start": start - margin,
        "end": end + margin,
        "planned": planned,
        "stints": stints,
        "credited": _within(planned, [(begin, end) for begin, end in stints if end is not None]),
        # a check-out that nobody made proves nothing
        "likely": _within(planned, unproved),
        "planned_marks": _marks([*planned], end - start, shift.site.zone),
        "marks": _marks([min(known), max(known)] if known else [], end - start, shift.site.zone),
    }


def _within(planned: _Stretch, stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """What of these lies inside the planned time."""
    cut = [(max(begin, planned[0]), min(end, planned[1])) for begin, end in stretches]
    return [(begin, end) for begin, end in cut if end > begin]


def _marks(instants: list[float], whole: float, zone: str) -> list[tuple[float, str]]:
    """The first and the last time with their words; one for both where two would overlap."""
    ends = sorted({instants[0], instants[-1]}) if instants else []
    texts = [time_short(datetime.fromtimestamp(at, UTC), zone) for at in ends]
    if len(ends) == 2 and ends[1] - ends[0] < whole * _TOO_CLOSE:
        return [(sum(ends) / 2, " – ".join(texts))]
    return list(zip(ends, texts, strict=True))
