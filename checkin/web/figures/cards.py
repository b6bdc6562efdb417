"""The big figures of the dashboard, each with what waits, what changed and where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext

from checkin.operations.figures import Measure, Totals, Waiting
from checkin.operations.past import Earlier
from checkin.web import value_words
from checkin.web.digits import num
from checkin.web.figures import earlier
from checkin.web.figures.amounts import hours_alone, in_percent
from checkin.web.figures.goals import Goal
from checkin.web.figures.narrowing import Wanted


@dataclass(frozen=True, slots=True)
class Card:
    """One figure as the reader sees it; empty texts are not shown."""

    key: str
    name: str
    value: str
    href: str = ""
    waiting: str = ""
    waiting_href: str = ""
    change: str = ""
    between: str = ""
    """What others would say it is, where they say something else."""
    note: str = ""
    imported: str = ""
    """How much of it was told of earlier years, and where from."""
    goal: Goal | None = None

    @property
    def is_in_words(self) -> bool:
        """Whether it says why there is no number."""
        return not any(map(str.isdigit, self.value))


NAMES: dict[str, Any] = {
    "approved_minutes": _l("Approved volunteer hours"),
    "beneficiaries": _l("Beneficiaries"),
    "volunteers": _l("Volunteers"),
    "attendances": _l("Approved records"),
    "opportunities": _l("Opportunities with volunteers"),
    "course_attendances": _l("Course and meeting attendance"),
}
WAITS: dict[str, str] = {"approved_minutes": "minutes"}
"""Where what waits has another name than the figure."""

KEPT_AS = {"value": "value_halalas"}
"""Where a card has another name than its figure."""

CARD_OF = {"hours": "approved_minutes", "courses": "course_attendances"}
"""Where a target's figure has another name."""


def cards(
    totals: Totals,
    waiting: Waiting,
    before: Totals | None,
    goals: Sequence[Goal],
    asked: Wanted,
    told: Earlier = earlier.NOTHING,
    told_before: Earlier = earlier.NOTHING,
) -> list[Card]:
    """Hours first; the value of them stands last. What was `told` of earlier years is added, and
    said."""
    own_before = before or Totals()
    before = told_before.added_to(before) if before else None
    aims = {CARD_OF.get(goal.key, goal.key): goal for goal in goals}
    both = told.added_to(totals)
    found = [_card(key, both, waiting, before, aims.get(key), asked) for key in NAMES]
    found += [_value(totals, both, before, aims.get("value"), asked)]
    if told:
        found = [_marked(card, totals, both, told) for card in found]
    return [_compared(card, own_before, told, told_before) for card in found]


def _compared(card: Card, own_before: Totals, told: Earlier, told_before: Earlier) -> Card:
    """Nothing is compared with what nobody told, nor with a year told in part."""
    figure = KEPT_AS.get(card.key, card.key)
    if earlier.lacks(figure, told_before, own_before):
        return replace(card, change="")
    if card.change and (told.in_part(figure) or told_before.in_part(figure)):
        return replace(card, change=_("Not compared: told of some parts alone"))
    return card


def _marked(card: Card, totals: Totals, both: Totals, told: Earlier) -> Card:
    """How much of it was told; where that is all, no attendance stands behind it."""
    figure = KEPT_AS.get(card.key, card.key)
    ours, sum_ = getattr(totals, figure), getattr(both, figure)
    if earlier.lacks(figure, told, totals):
        return replace(card, value=pgettext("figure", "Not told"), change="", href="", note="")
    said = earlier.mark(figure, sum_ - ours, sum_, totals, told)
    if card.key == "value":
        bare = earlier.without_value(told) if said else []
        said = " · ".join([said or _without_value(totals, told), *bare])
        card = replace(card, note=earlier.of_ours(card.note))
    return replace(card, imported=said, href=card.href if ours else "")


def _without_value(totals: Totals, told: Earlier) -> str:
    """Which hours a value covers, where those that were told have none."""
    if not told.figures.approved_minutes:
        return ""
    more = told.figures.approved_minutes + totals.approved_minutes - totals.valued_minutes
    told_hours, own = hours_alone(more), hours_alone(totals.valued_minutes)
    return _(
        "Hours with a value: %(hours)s. Hours without one: %(more)s", hours=own, more=told_hours
    )


def _card(
    key: str,
    totals: Totals,
    waiting: Waiting,
    before: Totals | None,
    goal: Goal | None,
    asked: Wanted,
) -> Card:
    value, waits = getattr(totals, key), getattr(waiting, WAITS.get(key, key))
    courses = key == "course_attendances"
    return Card(
        key=key,
        name=str(NAMES[key]),
        value=amount(key, value),
        href=asked.address(Measure.COURSES if courses else Measure.APPROVED),
        waiting=_("%(number)s waiting for approval", number=amount(key, waits)) if waits else "",
        waiting_href=asked.address(Measure.COURSES_WAITING if courses else Measure.WAITING),
        change=change(value, getattr(before, key)) if before else "",
        goal=goal,
    )


def _value(
    totals: Totals, both: Totals, before: Totals | None, goal: Goal | None, asked: Wanted
) -> Card:
    """What the hours are worth, with how that was found for those of this system."""
    known = value_words.is_set(both) and before is not None and value_words.is_set(before)
    return Card(
        key="value",
        name=_("Economic return (SAR)"),
        value=value_words.shown(both),
        href=asked.address() if value_words.is_set(totals) else "",
        change=change(both.value_halalas, before.value_halalas) if known and before else "",
        between=value_words.between(both),
        note=value_words.note(totals),
        goal=goal,
    )


def amount(key: str, value: int) -> str:
    return hours_alone(value) if key == "approved_minutes" else num(value)


def change(value: int, before: int) -> str:
    """12% more than the same time before, in words."""
    if value < 0 or before < 0:
        return ""
    if not before:
        return _("None before") if value else ""
    share = in_percent(abs(value - before) * 100 // before)
    if value == before:
        return _("As many as before")
    if abs(value - before) * 100 < before:
        return _("Almost as many as before")
    return _("%(share)s more", share=share) if value > before else _("%(share)s less", share=share)
