"""Numbers in the digits the reader chose; nothing else in the web writes digits its own way."""

from decimal import ROUND_HALF_UP, Decimal

from checkin.web.i18n import current_prefs

_ARABIC_INDIC = str.maketrans("0123456789.,%", "٠١٢٣٤٥٦٧٨٩٫٬٪")
_LEFT_TO_RIGHT, _POP = "\u2066", "\u2069"


def in_digits(text: str) -> str:
    """Latin digits and separators in `text`, in the reader's digits."""
    return text.translate(_ARABIC_INDIC) if current_prefs().digits == "arab" else text


def other_digits(number: int) -> str:
    """٨٧ for a reader of 87 and 87 for a reader of ٨٧, when two people compare their screens."""
    text = str(number)
    return text if current_prefs().digits == "arab" else text.translate(_ARABIC_INDIC)


def clock_hours(minutes: int) -> str:
    """5:00 or 1,204:30, and −4:00 where more was taken back than done."""
    whole, rest = divmod(abs(minutes), 60)
    shown = num(whole) + in_digits(f":{rest:02}")
    return f"{_LEFT_TO_RIGHT}−{shown}{_POP}" if minutes < 0 else shown


def signed(number: int, shown: str) -> str:
    """+4 or −4: what was added or taken off."""
    return shown if number <= 0 else f"{_LEFT_TO_RIGHT}+{shown}{_POP}"


def num(value: float | Decimal, decimals: int = 0) -> str:
    """77,337 or ٧٧٬٣٣٧; `decimals` digits after the point, halves rounded up."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits = in_digits(f"{abs(rounded):,}")
    # Isolated, because between Arabic words a bare minus moves to the other side.
    return f"{_LEFT_TO_RIGHT}−{digits}{_POP}" if rounded < 0 else digits
