"""What paper shows of the dashboard besides its tables: large figures, targets and charts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from checkin.operations.exporting import Column, Figure, Head, Kind, Table
from checkin.web.charts import Chart
from checkin.web.figures.cards import Card
from checkin.web.figures.goals import Goal


def head(above: Head, shown: Mapping[str, Any]) -> Head:
    """With what the page shows."""
    days, is_compared = shown["compared"], any(card.change for card in shown["cards"])
    return replace(
        above,
        compared=_("Compared with %(days)s.", days=days) if days and is_compared else "",
        figures=[figure(card) for card in shown["cards"]],
        targets=targets(shown["goals"]),
        charts=charts(shown),
    )


def figure(card: Card) -> Figure:
    """A card with the way to its target; how that stands is said in the table of targets."""
    goal = card.goal
    way = (goal.reached, goal.amount, goal.due) if goal else None
    progress = goal.progress if goal else ""
    imported = f"{_('Imported')}: {card.imported}" if card.imported else ""
    said = (card.between, imported, card.change, card.waiting, card.note, progress)
    return Figure(card.name, card.value, said, way)


def targets(goals: Sequence[Goal]) -> Table | None:
    """How each stands, and what it takes a day; nothing where none is set."""
    if not goals:
        return None
    rows = [
        [
            *(goal.figure, goal.year, goal.whose, goal.reached, goal.amount),
            max(goal.standing.pace.percent, 0),
            " · ".join(filter(None, (goal.tag[2], goal.pace))),
        ]
        for goal in goals
    ]
    columns = [
        Column("figure", _("Figure"), width=29),
        Column("year", _("Year"), width=12),
        Column("whose", _("For"), width=15),
        Column("reached", _("Reached"), Kind.NUMBER, 13),
        Column("target", _("Target"), Kind.NUMBER, 13),
        Column("percent", _("Of target"), Kind.PERCENT, 12),
        Column("stands", _("Status"), width=35),
    ]
    return Table(columns, rows, len(rows), key="targets", title=_("Targets"), kinds=("pdf",))


def charts(shown: Mapping[str, Any]) -> list[Chart]:
    """Those of the page, in its order."""
    return (
        list(filter(None, _charts(shown))) if any(one["lines"] for one in shown["tables"]) else []
    )


def _charts(shown: Mapping[str, Any]) -> Iterator[Chart | None]:
    yield shown["over_time"]
    yield from shown["courses"]
    spread = [
        Chart(table["title"], table["reading"], (), table["bars"])
        for table in shown["tables"][:3]
        if table["bars"] and table["grouping"] not in shown["known"]
    ]
    yield from (*spread[:1], shown["genders"], *spread[1:])
    yield from (shown[name] for name in ("by_hour", "week", "newcomers"))
