"""The names of the prayers, and times that are said by them, in the reader's language."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from checkin.domain.prayer import Prayer
from checkin.web.filters import duration_after

PRAYERS = {
    Prayer.FAJR: lazy_pgettext("prayer", "Fajr"),
    Prayer.SUNRISE: lazy_pgettext("prayer", "Sunrise"),
    Prayer.DHUHR: lazy_pgettext("prayer", "Dhuhr"),
    Prayer.ASR: lazy_pgettext("prayer", "Asr"),
    Prayer.MAGHRIB: lazy_pgettext("prayer", "Maghrib"),
    Prayer.ISHA: lazy_pgettext("prayer", "Isha"),
}


def anchor_words(prayer: str, offset: int) -> str:
    """بعد العشاء بـ30 دقيقة or 30 minutes after Isha: so many minutes from a prayer."""
    name = str(PRAYERS[Prayer(prayer)])
    if offset == 0:
        return _("at %(prayer)s", prayer=name)
    length = duration_after(abs(offset))
    if offset > 0:
        return _joined(_("%(duration)s after %(prayer)s", duration=length, prayer=name))
    return _joined(_("%(duration)s before %(prayer)s", duration=length, prayer=name))


def around_words(before: int, after: int) -> str:
    """Which minutes around each prayer: من 10 دقائق قبل كل صلاة إلى 30 دقيقة بعد دخول وقتها."""
    earlier, later = duration_after(before), duration_after(after)
    if not before:
        return _("For %(duration)s after each prayer begins", duration=later)
    if not after:
        return _("For %(duration)s before each prayer", duration=earlier)
    return _(
        "From %(before)s before each prayer until %(after)s after it begins",
        before=earlier,
        after=later,
    )


def _joined(words: str) -> str:
    """In Arabic «بـ» stands apart before a digit only: بـ30 دقيقة, but بساعتين."""
    return _BEFORE_WORD.sub("ب", words)


_BEFORE_WORD = re.compile("بـ(?=[ء-ي])")
