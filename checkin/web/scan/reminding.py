"""Messages about a shift: that check-in opens, and that a check-out is missing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.domain.scanning import Verdict
from checkin.operations import hours, messages, reminders
from checkin.web import errors, intent, scanned
from checkin.web.filters import isolate, time_short
from checkin.web.guard import requires
from checkin.web.i18n import current_prefs
from checkin.web.message_words import Said, say, text_of
from checkin.web.scan.blueprint import bp
from checkin.web.scan.looking import Seen, look_at, once_open
from checkin.web.scanned import Scanned


@bp.post("/S/<code>/reminder")
@requires(Permission.OWN_ATTENDANCE)
def remind(code: str) -> Any:
    """A message when check-in opens, once however often it is asked for."""
    return _remind(scanned.printed_with_site(code), url_for(".show", code=code))


@bp.post("/R/<token>/reminder")
@requires(Permission.OWN_ATTENDANCE)
def remind_rotating(token: str) -> Any:
    return _remind(scanned.rotating_with_site(token), url_for(".show_rotating", token=token))


@bp.post("/typed-code/reminder")
@requires(Permission.OWN_ATTENDANCE)
def remind_typed() -> Any:
    return _remind(intent.code(), url_for(".show_typed"))


def _remind(code: Scanned | None, page: str) -> Any:
    seen = look_at(code)
    if seen.verdict is Verdict.EARLY and seen.person and seen.person.mobile:
        try:
            _queue(seen)
        except Problem as problem:
            flash(errors.sentence(problem), "look")
        else:
            flash(_("We will send a message when check-in opens"), "done")
    return redirect(page, 303)


def _queue(seen: Seen) -> None:
    shift = hours.shift_of(seen.candidate.shift_id)
    facts = {
        "site_ar": shift.site.name_ar,
        "site_en": shift.site.name_en,
        "starts_at": shift.starts_at.isoformat(),
        "zone": shift.site.zone,
    }
    messages.queue(
        once_open(shift.id, seen.person.id),
        "check_in_opens",
        seen.person.mobile,
        facts,
        language=current_prefs().lang,
        now=seen.now,
        due_at=seen.candidate.opens_at,
    )


@text_of("check_in_opens")
def _check_in_opens(facts: Mapping[str, Any]) -> Said:
    return say(
        "check_in_opens",
        "Check-in for your shift at %(site)s is open. The shift starts at %(time)s",
        needs=("site",),
        site=isolate(facts[f"site_{current_prefs().lang}"]),
        time=time_short(datetime.fromisoformat(facts["starts_at"]), facts["zone"]),
    )


@text_of(reminders.TEMPLATE)
def _still_checked_in(facts: Mapping[str, Any]) -> Said:
    zone = facts["zone"]
    return say(
        reminders.TEMPLATE,
        "Your shift at %(site)s ended at %(end)s and you are still checked in. If you have "
        "finished, please scan the code there to check out before %(close)s",
        needs=("site", "close"),
        site=isolate(facts[f"site_{current_prefs().lang}"]),
        end=time_short(datetime.fromisoformat(facts["ends_at"]), zone),
        close=time_short(datetime.fromisoformat(facts["closes_at"]), zone),
    )
