"""How amounts are shown in the room of figures."""

from checkin.web.digits import clock_hours, in_digits, num
from checkin.web.filters import isolate
from checkin.web.words import Case, counted


def hours(minutes: int) -> str:
    """5:00 or 1,204:30, for columns, where a bare 5 among these would read as minutes."""
    return clock_hours(minutes)


def hours_alone(minutes: int) -> str:
    """77,337 or 243:54, for a figure that stands alone: minutes only where there are any."""
    return hours(minutes) if minutes % 60 else num(minutes // 60)


def in_hours(minutes: int, case: Case = "subject") -> str:
    """«4 ساعات»: whole hours, rounded, in a sentence, where the minutes stand in the table beside
    it."""
    return counted("hours", (minutes + 30) // 60, case)


def percent(part: int, whole: int) -> str:
    """12% of the whole, rounded; less than 1% where it would be nought of something."""
    share = (part * 100 + whole // 2) // whole if whole else 0
    return in_percent(share) if share or not part else isolate(in_digits("<1%"))


def in_percent(share: int) -> str:
    """266%, isolated, because among Arabic words the sign changes sides."""
    return isolate(in_digits(f"{share:,}%"))
