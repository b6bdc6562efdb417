"""What speaks for looking after a volunteer, in whole sentences: for staff, and for the volunteer.

No sentence blames: to the volunteer each says what was noticed and what may help.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash
from flask_babel import gettext as _

from checkin.domain.days import MAKKAH
from checkin.domain.scanning import Verdict
from checkin.domain.welfare import Limit
from checkin.operations import welfare
from checkin.operations.attendance import Answer
from checkin.operations.welfare import Allowance, Concern
from checkin.web.filters import (
    date_short,
    duration,
    duration_after,
    isolate,
    plain_label,
    time_short,
)
from checkin.web.record_words import reason_words


def about(concern: Concern) -> str:
    """What a supervisor or lead is told."""
    return _said(_ABOUT, concern)


def kindly(concern: Concern) -> str:
    """What the volunteer is told."""
    return _said(_KINDLY, concern)


def allowed_by(allowance: Allowance) -> str:
    """Who let it stand, and why."""
    return _(
        "Allowed by %(name)s: %(reason)s",
        name=isolate(allowance.by),
        reason=isolate(reason_words(allowance.reason)),
    )


def say_after(answer: Answer, now: datetime) -> None:
    """After a check-in: to whoever stands before the volunteer, on the page that comes next."""
    if answer.verdict is not Verdict.CHECKED_IN or answer.attendance_id is None:
        return
    for concern in welfare.unallowed([answer.attendance_id], now)[answer.attendance_id]:
        flash(about(concern), "look")


Say = Callable[[Mapping[str, Any]], str]


def _said(sentences: Mapping[tuple[str, bool], Say], concern: Concern) -> str:
    key = (concern.code, concern.is_ahead)
    say = sentences.get(key) or sentences[concern.code, False]
    return say(concern.facts)


def _hour(clock: time) -> str:
    """A time of day by any site's own clock, said as other times are."""
    here = ZoneInfo(MAKKAH)
    return time_short(datetime(2000, 1, 1, clock.hour, clock.minute, tzinfo=here), MAKKAH)


def _night(facts: Mapping[str, Any]) -> dict[str, str]:
    return {"begins": _hour(facts["begins"]), "ends": _hour(facts["ends"])}


def _course(facts: Mapping[str, Any]) -> str:
    return isolate(plain_label(facts["course"]))


def _service(facts: Mapping[str, Any]) -> str:
    return isolate(plain_label(facts["service"]))


_ABOUT: dict[tuple[str, bool], Say] = {
    (Limit.MINOR_AT_NIGHT, False): lambda facts: _(
        "Under 18, and serving at night, from %(begins)s to %(ends)s", **_night(facts)
    ),
    (Limit.MINOR_AT_NIGHT, True): lambda facts: _(
        "Under 18, and the shift reaches into the night, from %(begins)s to %(ends)s",
        **_night(facts),
    ),
    (Limit.LITTLE_REST, False): lambda facts: _(
        "Rest before this service: %(rest)s. Advised: %(least)s or more",
        rest=duration(facts["minutes"]),
        least=duration(facts["most"]),
    ),
    (Limit.LONG_DAY, False): lambda facts: _(
        "Service on this day: %(length)s. Advised: %(most)s at most",
        length=duration(facts["minutes"]),
        most=duration(facts["most"]),
    ),
    (Limit.LONG_DAY, True): lambda facts: _(
        "Service on this day by the shift’s end: %(length)s. Advised: %(most)s at most",
        length=duration(facts["minutes"]),
        most=duration(facts["most"]),
    ),
    (Limit.HEAVY_TOO_LONG, False): lambda facts: _(
        "%(service)s on this day: %(length)s. Advised: %(most)s at most",
        service=_service(facts),
        length=duration(facts["minutes"]),
        most=duration(facts["most"]),
    ),
    (Limit.HEAVY_TOO_LONG, True): lambda facts: _(
        "%(service)s by the shift’s end: %(length)s. Advised: %(most)s at most",
        service=_service(facts),
        length=duration(facts["minutes"]),
        most=duration(facts["most"]),
    ),
    (Limit.COURSE_MISSING, False): lambda facts: _(
        "No attendance at the required course: %(course)s", course=_course(facts)
    ),
    (Limit.COURSE_EXPIRED, False): lambda facts: _(
        "The required course was valid until %(date)s: %(course)s",
        date=date_short(facts["good_until"]),
        course=_course(facts),
    ),
}
_KINDLY: dict[tuple[str, bool], Say] = {
    (Limit.MINOR_AT_NIGHT, False): lambda facts: _(
        "Under 18, service from %(begins)s to %(ends)s needs the supervisor’s agreement. "
        "Please speak to the supervisor",
        **_night(facts),
    ),
    (Limit.LITTLE_REST, False): lambda facts: _(
        "Your rest since your last service: %(rest)s. If you feel tired, the supervisor can "
        "arrange something easier",
        rest=duration(facts["minutes"]),
    ),
    (Limit.LONG_DAY, False): lambda facts: _(
        "You have served %(length)s today, thank you. A good rest is advised",
        length=duration_after(facts["minutes"]),
    ),
    (Limit.LONG_DAY, True): lambda facts: _(
        "By the end of this shift your service today comes to %(length)s. A good rest is advised",
        length=duration_after(facts["minutes"]),
    ),
    (Limit.HEAVY_TOO_LONG, False): lambda facts: _(
        "%(service)s is heavy work: %(most)s a day is enough for one person. Taking turns is "
        "advised",
        service=_service(facts),
        most=duration(facts["most"]),
    ),
    (Limit.COURSE_MISSING, False): lambda facts: _(
        "This service asks for the course %(course)s. Please speak to the supervisor",
        course=_course(facts),
    ),
    (Limit.COURSE_EXPIRED, False): lambda facts: _(
        "Your course %(course)s was valid until %(date)s. The supervisor can help with renewing it",
        course=_course(facts),
        date=date_short(facts["good_until"]),
    ),
}
