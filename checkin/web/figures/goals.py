"""How targets and their pace are said."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import pgettext

from checkin.domain.pace import Pace
from checkin.domain.pace import Standing as Stands
from checkin.operations.targets import ALL, Standing
from checkin.web.digits import num
from checkin.web.figures.amounts import in_percent
from checkin.web.figures.periods import name_of
from checkin.web.figures.targets_forms import FIGURE_NAMES
from checkin.web.filters import plain_label

KINDS: dict[Stands, tuple[str, str]] = {
    Stands.REACHED: ("ok", "check"),
    Stands.ON_COURSE: ("ok", "check"),
    Stands.BEHIND: ("note", "alert"),
    Stands.MISSED: ("bad", "x"),
    Stands.AHEAD_OF_US: ("plain", "calendar"),
}
"""Kind and icon of the tag that says how a target stands."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A target in the reader's words."""

    standing: Standing
    figure: str
    year: str
    whose: str
    progress: str
    tag: tuple[str, str, str]
    pace: str
    """What it takes a day, while there are days left; from its first one where it has not begun."""

    @property
    def key(self) -> str:
        """The figure it is of."""
        return self.standing.target.figure

    @property
    def target_id(self) -> int:
        return self.standing.target.id

    @property
    def reached(self) -> int:
        return self.standing.reached

    @property
    def amount(self) -> int:
        return self.standing.target.amount

    @property
    def due(self) -> int:
        return self.standing.pace.due


def goal(one: Standing) -> Goal:
    target, stands = one.target, one.pace.standing
    return Goal(
        standing=one,
        figure=str(FIGURE_NAMES[target.figure]),
        year=name_of(one.span),
        whose=_("Everybody") if target.scope == ALL else plain_label(one),
        progress=_(
            "%(percent)s of target (%(number)s of %(total)s)",
            percent=in_percent(max(one.pace.percent, 0)),
            number=num(one.reached),
            total=num(target.amount),
        ),
        tag=(*KINDS[stands], _stands(one.pace)),
        pace=_a_day(one.pace),
    )


def _stands(how: Pace) -> str:
    if how.standing is Stands.REACHED:
        return pgettext("target", "Reached")
    if how.standing is Stands.ON_COURSE:
        return _("On course")
    if how.standing is Stands.BEHIND:
        return _("Behind by %(number)s", number=num(how.short))
    if how.standing is Stands.MISSED:
        return _("Missed by %(number)s", number=num(how.short))
    return _("Not begun")


def _a_day(how: Pace) -> str:
    if not how.a_day:
        return ""
    if how.standing is Stands.AHEAD_OF_US:
        return _("Needed a day once it begins: %(number)s", number=num(how.a_day))
    return _("Needed a day from today: %(number)s", number=num(how.a_day))
