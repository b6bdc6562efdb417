"""How times, days, lengths, mobiles and names are shown, in the reader's language and digits."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, Protocol

import phonenumbers
from babel.dates import get_day_names, get_month_names
from flask import Flask, current_app
from flask_babel import lazy_pgettext, pgettext
from hijridate import Gregorian, Hijri
from markupsafe import Markup

from checkin.domain.days import local_day, local_time
from checkin.web import clock
from checkin.web.digits import in_digits, num, other_digits
from checkin.web.i18n import current_prefs
from checkin.web.words import Case, counted

Day = date | datetime

_FIRST_STRONG, _POP = "\u2068", "\u2069"
_NO_BREAK = "\u00a0"
_AFTER_NUMBER = re.compile(r"(?<=\d) ")
_BEFORE_TIME = re.compile(r" (?=\d+:)")

_HIJRI_MONTHS = (
    lazy_pgettext("hijri month", "Muharram"),
    lazy_pgettext("hijri month", "Safar"),
    lazy_pgettext("hijri month", "Rabi I"),
    lazy_pgettext("hijri month", "Rabi II"),
    lazy_pgettext("hijri month", "Jumada I"),
    lazy_pgettext("hijri month", "Jumada II"),
    lazy_pgettext("hijri month", "Rajab"),
    lazy_pgettext("hijri month", "Sha‘ban"),
    lazy_pgettext("hijri month", "Ramadan"),
    lazy_pgettext("hijri month", "Shawwal"),
    lazy_pgettext("hijri month", "Dhu al-Qa‘dah"),
    lazy_pgettext("hijri month", "Dhu al-Hijjah"),
)


class Named(Protocol):
    """Anything with a name in both languages: a site, a service, an opportunity."""

    name_ar: str | None
    name_en: str | None


def init_app(app: Flask) -> None:
    """Every filter under its own name, and the range of two times as a global too."""
    together = (time_long, time_short, time_range, duration, duration_after)
    for filter_ in together:
        app.jinja_env.filters[filter_.__name__] = unbroken(filter_)
    app.jinja_env.filters[date_lines.__name__] = _whole_date_lines
    app.jinja_env.filters[date_long.__name__] = _whole_date_long
    shown = (
        *(num, in_digits, other_digits, clock_duration),
        *(date_short, hijri, hijri_short, gregorian, weekday, month_long),
        *(mobile, mobile_masked, last3, bdi, label, plain_label, isolate),
    )
    for filter_ in shown:
        app.jinja_env.filters[filter_.__name__] = filter_
    app.jinja_env.globals["time_range"] = unbroken(time_range)


def unbroken(filter_: Callable[..., str]) -> Callable[..., str]:
    """On pages no line ends between a number and its unit, nor before a time's number.

    Messages and posters take the plain functions: they have no use for such spaces.
    """

    @wraps(filter_)
    def glued(*args: Any, **kwargs: Any) -> str:
        after = _AFTER_NUMBER.sub(_NO_BREAK, filter_(*args, **kwargs))
        return _BEFORE_TIME.sub(_NO_BREAK, after)

    return glued


def _whole_date_lines(day: Day, zone: str | None = None) -> tuple[str, ...]:
    """On pages a line may end behind the weekday, never within a date."""
    first, *rest = date_lines(day, zone)
    named, _space, date_itself = first.partition(" ")
    return (f"{named} {_whole(date_itself)}", *map(_whole, rest))


def _whole_date_long(day: Day, zone: str | None = None) -> str:
    """On pages a line may also end between the two calendars, behind what parts them."""
    return f"{_NO_BREAK}/ ".join(_whole_date_lines(day, zone))


def _whole(words: str) -> str:
    return words.replace(" ", _NO_BREAK)


# Times of day


def time_long(instant: datetime, zone: str | None = None) -> str:
    """1:05 مساءً or 1:05 PM, for the large panel, where «م» could be read as the year's."""
    at = _local(instant, zone)
    if at.hour < 12:
        return pgettext("time in full", "%(time)s AM", time=_clock(at))
    return pgettext("time in full", "%(time)s PM", time=_clock(at))


def time_short(instant: datetime, zone: str | None = None) -> str:
    """1:05 م or 1:05 PM, for tables and sentences."""
    at = _local(instant, zone)
    if at.hour < 12:
        return pgettext("time", "%(time)s AM", time=_clock(at))
    return pgettext("time", "%(time)s PM", time=_clock(at))


def time_range(start: datetime, end: datetime, zone: str | None = None) -> str:
    """من 1:00 م إلى 5:00 م; over midnight each end names its weekday."""
    first, last = time_short(start, zone), time_short(end, zone)
    if _day(start, zone) == _day(end, zone):
        return pgettext("times", "%(start)s to %(end)s", start=first, end=last)
    return pgettext(
        "times",
        "%(start)s %(start_day)s to %(end)s %(end_day)s",
        start=first,
        start_day=_weekday(start, zone, "abbreviated"),
        end=last,
        end_day=_weekday(end, zone, "abbreviated"),
    )


def _clock(at: datetime) -> str:
    return in_digits(f"{at.hour % 12 or 12}:{at:%M}")


# Days


def date_long(day: Day, zone: str | None = None) -> str:
    """Weekday and both calendars on one line, the reader's own calendar first."""
    return " / ".join(date_lines(day, zone))


def date_lines(day: Day, zone: str | None = None) -> tuple[str, ...]:
    """Weekday with the reader's own calendar, then the other one, for two lines of a panel.

    Arabic puts the Hijri date first. Years the Umm al-Qura tables do not hold have one line.
    """
    calendars = [gregorian(day, zone), hijri(day, zone)]
    if current_prefs().lang == "ar":
        calendars.reverse()
    first, *rest = filter(None, calendars)
    named = pgettext("date", "%(weekday)s %(date)s", weekday=weekday(day, zone), date=first)
    return (named, *rest)


def hijri(day: Day, zone: str | None = None) -> str:
    """12 جمادى الآخرة 1448هـ by the Umm al-Qura calendar, or nothing outside its tables.

    The civil day counts: the date changes at midnight, not at sunset.
    """
    civil = _day(day, zone)
    try:
        there = Gregorian(civil.year, civil.month, civil.day).to_hijri()
    except OverflowError:
        return ""
    return pgettext(
        "hijri date",
        "%(day)s %(month)s %(year)s AH",
        day=in_digits(str(there.day)),
        month=_HIJRI_MONTHS[there.month - 1],
        year=in_digits(str(there.year)),
    )


def hijri_short(day: Day, zone: str | None = None) -> str:
    """12 جمادى الآخرة, where the year is said elsewhere; nothing outside the tables."""
    civil = _day(day, zone)
    try:
        there = Gregorian(civil.year, civil.month, civil.day).to_hijri()
    except OverflowError:
        return ""
    number = in_digits(str(there.day))
    return pgettext("date", "%(day)s %(month)s", day=number, month=_HIJRI_MONTHS[there.month - 1])


def hijri_months(first: date, last: date) -> str:
    """جمادى الأولى – جمادى الآخرة 1448هـ, for reports by month; nothing outside the tables."""
    try:
        begin, end = Gregorian.fromdate(first).to_hijri(), Gregorian.fromdate(last).to_hijri()
    except OverflowError:
        return ""
    if (begin.year, begin.month) == (end.year, end.month):
        return _hijri_month(end)
    if begin.year == end.year:
        return f"{_HIJRI_MONTHS[begin.month - 1]} – {_hijri_month(end)}"
    return f"{_hijri_month(begin)} – {_hijri_month(end)}"


def _hijri_month(there: Hijri) -> str:
    year, month = in_digits(str(there.year)), _HIJRI_MONTHS[there.month - 1]
    return pgettext("hijri date", "%(month)s %(year)s AH", month=month, year=year)


def gregorian(day: Day, zone: str | None = None) -> str:
    """22 نوفمبر 2026م or 22 November 2026."""
    civil = _day(day, zone)
    return pgettext(
        "gregorian date",
        "%(day)s %(month)s %(year)s",
        day=in_digits(str(civil.day)),
        month=_month(civil, "wide"),
        year=in_digits(str(civil.year)),
    )


def date_short(day: Day, zone: str | None = None) -> str:
    """22 نوفمبر or 22 Nov, for tables; a day of another year names it."""
    civil = _day(day, zone)
    month, number = _month(civil, "abbreviated"), in_digits(str(civil.day))
    if civil.year == _day(clock.now(), zone).year:
        return pgettext("date", "%(day)s %(month)s", day=number, month=month)
    year = in_digits(str(civil.year))
    return pgettext(
        "gregorian date", "%(day)s %(month)s %(year)s", day=number, month=month, year=year
    )


def month_long(day: Day, zone: str | None = None) -> str:
    """نوفمبر 2026م or November 2026, for reports by month."""
    civil = _day(day, zone)
    year = in_digits(str(civil.year))
    return pgettext("date", "%(month)s %(year)s", month=_month(civil, "wide"), year=year)


def month_short(day: Day, zone: str | None = None) -> str:
    """نوفمبر or Nov, where the year stands beside it."""
    return _month(_day(day, zone), "abbreviated")


def weekday(day: Day, zone: str | None = None) -> str:
    """الأحد or Sunday."""
    return _weekday(day, zone, "wide")


def _weekday(day: Day, zone: str | None, width: str) -> str:
    names = get_day_names(width, locale=current_prefs().lang)
    return names[_day(day, zone).weekday()]


def _month(day: date, width: str) -> str:
    return get_month_names(width, locale=current_prefs().lang)[day.month]


def _day(day: Day, zone: str | None) -> date:
    return local_day(day, _zone(zone)) if isinstance(day, datetime) else day


def _local(instant: datetime, zone: str | None) -> datetime:
    return local_time(instant, _zone(zone))


def _zone(zone: str | None) -> str:
    return zone or current_app.extensions["babel"].default_timezone


# Lengths of time


def duration(minutes: int) -> str:
    """4 ساعات و10 دقائق; a part that is zero is dropped, nothing at all is «أقل من دقيقة»."""
    return _duration(minutes, "subject")


def duration_after(minutes: int) -> str:
    """ساعتين و5 دقائق: the form after بعد, قبل, منذ and بـ."""
    return _duration(minutes, "after")


def clock_duration(minutes: int) -> str:
    """4:10 for tables."""
    return in_digits(f"{minutes // 60}:{minutes % 60:02}")


def _duration(minutes: int, case: Case) -> str:
    hours, rest = divmod(max(minutes, 0), 60)
    if not hours and not rest:
        return pgettext("length of time", "less than a minute")
    if not hours:
        return counted("minutes", rest, case)
    if not rest:
        return counted("hours", hours, case)
    return pgettext(
        "length of time",
        "%(hours)s %(minutes)s",
        hours=counted("hours", hours, case),
        minutes=counted("minutes", rest, case),
    )


# People and places


def mobile(number: str) -> Markup:
    """+966 50 123 4567, kept left to right among Arabic words."""
    parsed = phonenumbers.parse(number)
    spaced = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return _left_to_right(spaced)


def mobile_masked(number: str, shown: int = 3) -> Markup:
    """••• 567: enough to know one's own number, not to call it."""
    return _left_to_right(f"••• {number[-shown:]}")


def last3(number: str) -> str:
    """The last three digits of a mobile number, for a sentence."""
    return in_digits(number[-3:])


def _left_to_right(text: str) -> Markup:
    digits = in_digits(text)
    # Spaces part Arabic-Indic numbers into runs that line up from the right; these do not.
    joined = digits.replace(" ", "\u00a0") if digits != text else digits
    return Markup('<bdi dir="ltr">{}</bdi>').format(joined)


def bdi(text: object) -> Markup:
    """What a person typed, isolated so that its direction cannot disturb the words around it."""
    return Markup('<bdi dir="auto">{}</bdi>').format(text)


def label(thing: Named | None) -> Markup:
    """A thing's name in the reader's language, or in the other one, isolated."""
    return bdi(plain_label(thing)) if thing is not None else Markup()


def plain_label(thing: Named | None) -> str:
    """The same name without markup, for titles, options and attributes."""
    if thing is None:
        return ""
    names = (thing.name_ar, thing.name_en)
    first, second = names if current_prefs().lang == "ar" else reversed(names)
    return first or second or ""


def isolate(text: object) -> str:
    """A value inside plain text (a message, a title, a flash), isolated by invisible marks."""
    return f"{_FIRST_STRONG}{text}{_POP}"
