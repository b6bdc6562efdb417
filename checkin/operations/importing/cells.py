"""What single cells mean as spreadsheets leave them: mobiles, births in both calendars, words."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from hijridate import Hijri

from checkin.domain.errors import Problem
from checkin.domain.text import fold_name, latin_digits
from checkin.operations.mobiles import normal_mobile

GROWN_UP = 18
OLDEST = 110
YOUNGEST = 5
_LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[^@\s,;]{1,64}@[^@\s.,;]+(\.[^@\s.,;]+)+")

# --- mobiles -------------------------------------------------------------------------------

_QUICK = re.compile(r"(?:(?:\+|00)?9660?|0)?(5(?:[013-689][0-9]|7[0-8])[0-9]{6})")
"""Saudi mobiles as phonenumbers knows them, twenty times as fast; all else goes through it."""
_SHORTENED = re.compile(r"[0-9](?:[.,](?P<rest>[0-9]+))?[eE]\+?(?P<power>[0-9]{1,2})")
_WHOLE = re.compile(r"[.,]0+$")
_JOINTS = re.compile(r"[/\\|,;،؛\n]|\s+(?:و|أو|or|and)\s+|\s+-\s+")
_BESIDE = str.maketrans(dict.fromkeys(" \u00a0-‐‑–—().'\u2019`"))


def mobile(cell: str) -> str | None:
    """The E.164 number, or nothing when the cell is blank.

    Spreadsheets drop a leading zero, add a decimal, or shorten to 9.66E+11: what is whole is
    taken. Problems: `mobile_invalid`, `mobile_shortened` (digits are lost), `mobile_several`.
    """
    typed = latin_digits(cell).strip()
    if not typed or typed.translate(_BESIDE) in ("", "0"):
        return None
    typed = _WHOLE.sub("", _written_out(typed))
    quick = _QUICK.fullmatch(typed.translate(_BESIDE))
    if quick:
        return "+966" + quick[1]
    try:
        return normal_mobile(typed, foreign=True)
    except Problem:
        if sum(has_mobile(part) for part in _JOINTS.split(typed)) > 1:
            raise Problem("mobile_several") from None
        raise


def _written_out(typed: str) -> str:
    """9.66551234567E+11 in full; Problem `mobile_shortened` when digits are missing."""
    short = _SHORTENED.fullmatch(typed)
    if short is None:
        return typed
    kept, power = short["rest"] or "", int(short["power"])
    if len(kept) < power - 1:  # a single zero at the end may be left out, more are lost digits
        raise Problem("mobile_shortened")
    return typed[0] + kept.ljust(power, "0")[:power]


def has_mobile(cell: str) -> bool:
    """Whether the cell is a mobile as they are written here."""
    return bool(_QUICK.fullmatch(latin_digits(cell).strip().translate(_BESIDE)))


# --- births --------------------------------------------------------------------------------

_NUMBERS = re.compile(r"[0-9]+")
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_HIJRI_MONTHS = {
    fold_name(name): number
    for number, names in enumerate(
        (
            "محرم",
            "صفر",
            "ربيع الأول، ربيع أول",
            "ربيع الثاني، ربيع الآخر، ربيع ثاني، ربيع آخر",
            "جمادى الأولى، جمادى الأول، جماد أول، جماد الأول",
            "جمادى الآخرة، جمادى الثانية، جمادى الثاني، جماد ثاني، جماد الآخر",
            "رجب",
            "شعبان",
            "رمضان",
            "شوال",
            "ذو القعدة، ذي القعدة، ذوالقعدة",
            "ذو الحجة، ذي الحجة، ذوالحجة",
        ),
        1,
    )
    for name in names.split("، ")
}
_GREGORIAN_MONTHS = {
    fold_name(name): number
    for number, names in enumerate(
        (
            "يناير، كانون الثاني، january، jan",
            "فبراير، شباط، february، feb",
            "مارس، آذار، march، mar",
            "أبريل، نيسان، april، apr",
            "مايو، أيار، may",
            "يونيو، حزيران، june، jun",
            "يوليو، تموز، july، jul",
            "أغسطس، آب، august، aug",
            "سبتمبر، أيلول، september، sep، sept",
            "أكتوبر، تشرين الأول، october، oct",
            "نوفمبر، تشرين الثاني، november، nov",
            "ديسمبر، كانون الأول، december، dec",
        ),
        1,
    )
    for name in names.split("، ")
}


@dataclass(frozen=True, slots=True)
class Birth:
    """The Gregorian year, which is kept, and whether that makes a minor today."""

    year: int
    is_minor: bool


def birth(cell: str, today: date) -> Birth | None:
    """From a year or a date, Hijri or Gregorian, or a spreadsheet's day number.

    Without a day, somebody who turns 18 in this year is still a minor. Problems:
    `birth_unreadable`, `birth_implausible` (too old, too young or still to come).
    """
    typed = latin_digits(cell).strip()
    if not typed:
        return None
    try:
        born_at_latest = latest_day(typed)
    except ValueError as fault:
        raise Problem("birth_unreadable") from fault
    year = born_at_latest.year
    if not today.year - OLDEST <= year <= today.year - YOUNGEST:
        raise Problem("birth_implausible")
    return Birth(year, _birthday(born_at_latest, GROWN_UP) > today)


def _birthday(born: date, age: int) -> date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # born on 29 February
        return date(born.year + age, 3, 1)


def latest_day(typed: str) -> date:
    """The day written in Latin digits, in either calendar; of a year alone its last one.

    ValueError for what is no day.
    """
    try:
        numbers = [int(one) for one in _NUMBERS.findall(typed)]
        if len(numbers) == 1 or re.fullmatch(r"[0-9]+\.0*", typed):
            return _from_number(numbers[0])
        if len(numbers) == 2:
            return _from_words(typed, numbers)
        year_or_day, month, day_or_year, *_time = numbers
        return _from_parts(year_or_day, month, day_or_year)
    except OverflowError as fault:
        raise ValueError(typed) from fault


def _from_number(number: int) -> date:
    if 1300 <= number < 1500:
        return _last_of_hijri_year(number)
    if 1900 <= number < 2100:
        return date(number, 12, 31)
    if 3000 <= number < 80_000:  # a day as spreadsheets count it
        return _EXCEL_DAY_ZERO + timedelta(days=number)
    if 13_000_101 <= number <= 20_991_231:  # 20050131
        return _from_parts(number // 10_000, number // 100 % 100, number % 100)
    raise ValueError(number)


def _last_of_hijri_year(year: int) -> date:
    """Its last day in the calendar of Umm al-Qura, or nearly so before its tables begin."""
    if year < 1343:
        return date(int(year * 0.970224 + 621.5774), 12, 31)
    gregorian = Hijri(year, 12, 29).to_gregorian()
    return date(gregorian.year, gregorian.month, gregorian.day)


def _from_words(typed: str, numbers: list[int]) -> date:
    """«12 رجب 1420» or "3 March 2001"."""
    words = fold_name(" ".join(re.findall(r"[^\W\d_]+", typed)))
    day, year = (numbers[1], numbers[0]) if numbers[0] > 31 else (numbers[0], numbers[1])
    for months in (_HIJRI_MONTHS, _GREGORIAN_MONTHS):
        for name in sorted(months, key=len, reverse=True):
            if re.search(rf"\b{re.escape(name)}\b", words):
                return _from_parts(year, months[name], day)
    raise ValueError(typed)


def _from_parts(one: int, month: int, other: int) -> date:
    """Year first or last; where month and day could be either, the day comes first."""
    year, day = (one, other) if one > 31 else (other, one)
    if month > 12:
        month, day = day, month
    if 1300 <= year < 1500:
        return _from_hijri(year, month, day)
    return date(year, month, day)


def _from_hijri(year: int, month: int, day: int) -> date:
    if year < 1343:
        return _last_of_hijri_year(year)
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError(day)
    length = Hijri(year, month, 1).month_length()
    gregorian = Hijri(year, month, min(day, length)).to_gregorian()
    return date(gregorian.year, gregorian.month, gregorian.day)


# --- words ---------------------------------------------------------------------------------

_GENDERS = {
    fold_name(word): gender
    for gender, words in {
        "woman": "أنثى، انثي، امرأة، بنت، نساء، إناث، طالبة، female، f، woman، w",
        "man": "ذكر، رجل، ولد، رجال، ذكور، طالب، male، m، man",
    }.items()
    for word in words.split("، ")
}
_CATEGORIES = {
    fold_name(word): category
    for category, words in {
        "volunteer": "متطوع، متطوعة، عام، volunteer",
        "student": "طالب، طالبة، طلاب، طالبات، student",
        "scout": "كشاف، كشافة، جوال، جوالة، scout",
        "partner": "جهة، جهة شريكة، شريك، موظف، موظفة، partner",
    }.items()
    for word in words.split("، ")
}


def gender(cell: str) -> str | None:
    """Problem `gender_unknown`."""
    key = fold_name(cell)
    if not key:
        return None
    if key not in _GENDERS:
        raise Problem("gender_unknown")
    return _GENDERS[key]


def category(cell: str) -> str:
    """Problem `category_unknown`; blank is a volunteer."""
    if not cell:
        return "volunteer"
    found = _CATEGORIES.get(fold_name(cell))
    if found is None:
        raise Problem("category_unknown")
    return found


def email(cell: str) -> str | None:
    """Problem `email_invalid`."""
    typed = cell.strip().removeprefix("mailto:").lower()
    if not typed:
        return None
    if len(typed) > _LONGEST_EMAIL or not _EMAIL.fullmatch(typed):
        raise Problem("email_invalid")
    return typed
