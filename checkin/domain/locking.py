"""When a tablet left alone locks itself, and which short numbers may open it again."""

import re
from collections.abc import Iterable
from datetime import timedelta

from checkin.domain.errors import Problem
from checkin.domain.roles import Role
from checkin.domain.text import latin_digits

IDLE: dict[Role, timedelta] = {
    Role.SUPERVISOR: timedelta(minutes=5),
    Role.ADMINISTRATOR: timedelta(minutes=15),
    Role.COORDINATOR: timedelta(minutes=30),
    Role.AUDITOR: timedelta(minutes=30),
    Role.PARTNER_READER: timedelta(minutes=30),
    Role.LEAD: timedelta(minutes=30),
}
"""How long nobody need touch a staff browser before it locks. A supervisor's tablet lies about
among people; a desk does not."""
SHORTEST_IDLE = min(IDLE.values())
SHORTEST_PIN, LONGEST_PIN = 4, 6
TRIES = 5
"""Wrong PINs or passwords in a row before the device is signed out."""

_RUNS = ("01234567890", "09876543210")
_PATHS = frozenset(
    [
        "2580",
        "0852",
        "1470",
        "0741",
        "3690",
        "0963",
        "1397",
        "1793",
        "7931",
        "9713",
        "159357",
        "147258",
    ]
)
"""Ways across the keypad that fingers like."""
_YEAR = re.compile(r"(19\d\d|20[0-3]\d|1[34]\d\d)(\d\d)?")
"""A year of birth in either calendar, with or without a month."""


def idle_limit(roles: Iterable[Role]) -> timedelta:
    """The shortest limit among somebody's roles; that of a tablet for who holds none."""
    return min((IDLE[role] for role in roles if role in IDLE), default=SHORTEST_IDLE)


def read_pin(typed: str) -> str:
    """Four to six digits in any script, as they are compared; Problem `unlock_pin_length`."""
    digits = latin_digits(typed).strip()
    if not re.fullmatch(rf"[0-9]{{{SHORTEST_PIN},{LONGEST_PIN}}}", digits):
        raise Problem("unlock_pin_length", shortest=SHORTEST_PIN, longest=LONGEST_PIN)
    return digits


def check_pin(pin: str, *, mobile: str | None = None) -> None:
    """Refuse, with Problem `unlock_pin_weak`, what a passer-by would try first.

    Those are repeats, runs, ways across the keypad, years, and digits of the own mobile: about a
    tenth of all PINs, below which a list of refusals helps little (evidence 5.2).
    """
    if _is_pattern(pin) or pin in (mobile or ""):
        raise Problem("unlock_pin_weak")


def _is_pattern(pin: str) -> bool:
    return (
        re.fullmatch(r"(\d{1,3})\1+", pin) is not None  # 1111, 1212, 123123
        or re.fullmatch(r"((\d)\2)+", pin) is not None  # 1122, 998877
        or any(pin in run for run in _RUNS)
        or pin == pin[::-1]
        or pin in _PATHS
        or _YEAR.fullmatch(pin) is not None
    )
