"""What an address of a report means: by what, of which days and places, with which figures.

The address is the definition: page, paper and files read it here, each for its own reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from checkin.domain.errors import NotFound, Problem
from checkin.operations.figures import Dimension
from checkin.operations.permissions import Reach
from checkin.web.figures import earlier
from checkin.web.figures.narrowing import Wanted, narrowed
from checkin.web.figures.report_days import Stretch, asked_days
from checkin.web.figures.report_words import FIGURES, USUAL, title_of

BETWEEN = "-"
"""Between the figures that an address shows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A report before anything is counted; `figures` are keys of `FIGURES`, in that order."""

    dimensions: tuple[Dimension, ...]
    wanted: Wanted
    figures: tuple[str, ...]
    with_earlier: bool = False
    """Whether what was told of years before this system stands beside it."""

    @property
    def days(self) -> Stretch:
        stretch: Stretch = self.wanted.period
        return stretch

    @property
    def title(self) -> str:
        return title_of(self.dimensions)

    @property
    def about(self) -> list[str]:
        """What it is narrowed to, then its days, in the reader's words."""
        return [*self.wanted.about, self.days.text]

    @property
    def address(self) -> dict[str, str]:
        """The shortest that means the same, in one order."""
        by, *then = (one.value for one in self.dimensions)
        asked = {"by": by, **({"then": then[0]} if then else {})}
        return {**asked, **self.days.address, **self.wanted.said, **self.how}

    @property
    def how(self) -> dict[str, str]:
        """What of its address says how it is shown, whatever it is of."""
        show = {} if self.figures == USUAL else {"show": BETWEEN.join(self.figures)}
        return {**show, **({earlier.SWITCH: "1"} if self.with_earlier else {})}

    @property
    def query(self) -> str:
        """The same as it stands behind the question mark, and as it is kept under a name."""
        return query_of(self.address)


def query_of(address: Mapping[str, Any]) -> str:
    return urlencode(address)


def asked(reach: Reach) -> Asked | None:
    """What the current request's address asks for; nothing when it does not say by what.

    NotFound for what there is not, or not for this reader. Problems `report_by_the_same` and
    those of `asked_days`.
    """
    if not request.args.get("by"):
        return None
    return Asked(_dimensions(), narrowed_to(reach), figures_asked(), earlier.is_on())


def narrowed_to(reach: Reach) -> Wanted:
    days = asked_days()
    return narrowed(reach, days, days.first, days.last, [])


def _dimensions() -> tuple[Dimension, ...]:
    found = [_dimension(request.args.get(name, "")) for name in ("by", "then")]
    outer, inner = found
    if outer is inner:
        raise Problem("report_by_the_same")
    return tuple(one for one in found if one is not None)


def _dimension(text: str) -> Dimension | None:
    try:
        return Dimension(text) if text else None
    except ValueError:
        raise NotFound from None


def figures_asked() -> tuple[str, ...]:
    """Those the address shows; the usual ones where it says none."""
    said = {one for text in request.args.getlist("show") for one in text.split(BETWEEN) if one}
    if said - FIGURES.keys():
        raise NotFound
    return tuple(one for one in FIGURES if one in said) or USUAL
