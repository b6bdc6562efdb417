"""Counted nouns: six Arabic forms, in two grammatical cases, for everything the pages count."""

from typing import Literal

from flask import Flask
from flask_babel import npgettext

from checkin.web.digits import num

Case = Literal["subject", "after"]


def init_app(app: Flask) -> None:
    app.jinja_env.globals["counted"] = counted


def _noun(context: str, one: str, many: str) -> tuple[str, str, str]:
    """A sentence for the catalogue (tools/catalogue.py looks for this name)."""
    return context, one, many


# "after" is the form behind a preposition or as an object: «بعد ساعتين», not «بعد ساعتان».
NOUNS = {
    ("hours", "subject"): _noun("subject", "%(number)s hour", "%(number)s hours"),
    ("hours", "after"): _noun("after", "%(number)s hour", "%(number)s hours"),
    ("minutes", "subject"): _noun("subject", "%(number)s minute", "%(number)s minutes"),
    ("minutes", "after"): _noun("after", "%(number)s minute", "%(number)s minutes"),
    ("seconds", "subject"): _noun("subject", "%(number)s second", "%(number)s seconds"),
    ("seconds", "after"): _noun("after", "%(number)s second", "%(number)s seconds"),
    ("days", "subject"): _noun("subject", "%(number)s day", "%(number)s days"),
    ("days", "after"): _noun("after", "%(number)s day", "%(number)s days"),
    ("beneficiaries", "subject"): _noun(
        "subject", "%(number)s beneficiary", "%(number)s beneficiaries"
    ),
    ("beneficiaries", "after"): _noun(
        "after", "%(number)s beneficiary", "%(number)s beneficiaries"
    ),
    ("people", "subject"): _noun("subject", "%(number)s person", "%(number)s people"),
    ("people", "after"): _noun("after", "%(number)s person", "%(number)s people"),
    ("volunteers", "subject"): _noun("subject", "%(number)s volunteer", "%(number)s volunteers"),
    ("volunteers", "after"): _noun("after", "%(number)s volunteer", "%(number)s volunteers"),
    ("members", "subject"): _noun("subject", "%(number)s member", "%(number)s members"),
    ("members", "after"): _noun("after", "%(number)s member", "%(number)s members"),
    ("women", "subject"): _noun(
        "subject", "%(number)s woman volunteer", "%(number)s women volunteers"
    ),
    ("women", "after"): _noun("after", "%(number)s woman volunteer", "%(number)s women volunteers"),
    ("records", "subject"): _noun("subject", "%(number)s record", "%(number)s records"),
    ("records", "after"): _noun("after", "%(number)s record", "%(number)s records"),
    ("rows", "subject"): _noun("subject", "%(number)s row", "%(number)s rows"),
    ("rows", "after"): _noun("after", "%(number)s row", "%(number)s rows"),
    ("taps", "subject"): _noun("subject", "%(number)s tap", "%(number)s taps"),
    ("taps", "after"): _noun("after", "%(number)s tap", "%(number)s taps"),
    ("shifts", "subject"): _noun("subject", "%(number)s shift", "%(number)s shifts"),
    ("shifts", "after"): _noun("after", "%(number)s shift", "%(number)s shifts"),
    ("opportunities", "subject"): _noun(
        "subject", "%(number)s opportunity", "%(number)s opportunities"
    ),
    ("opportunities", "after"): _noun(
        "after", "%(number)s opportunity", "%(number)s opportunities"
    ),
    ("riyals", "subject"): _noun("subject", "%(number)s riyal", "%(number)s riyals"),
    ("riyals", "after"): _noun("after", "%(number)s riyal", "%(number)s riyals"),
}


def counted(noun: str, number: int, case: Case = "subject") -> str:
    """«4 ساعات», «ساعتان», "4 hours": the number and its noun in agreement.

    Arabic does not show the digit of one and two. KeyError for a noun that is not in the table.
    """
    return npgettext(*NOUNS[noun, case], number, number=num(number))
