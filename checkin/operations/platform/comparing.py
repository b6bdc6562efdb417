"""Two lists of volunteers and hours held against each other: by mobile, then by name."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from checkin.domain.text import fold_name
from checkin.operations.platform.reading import Said
from checkin.operations.platform.shape import Hours, as_said

_title = lru_cache(maxsize=10_000)(fold_name)
"""Of an opportunity, which stands in many rows."""


@dataclass(slots=True)
class Own:
    """What our records say of one volunteer in one opportunity, or in all of them."""

    person_id: int
    opportunity_id: int | None
    names: tuple[str, ...]
    """Folded, in Arabic and in Latin letters."""
    mobile: str | None
    title: str
    """Of the opportunity, folded; empty for all of them."""
    minutes: int


@dataclass(slots=True)
class Sides:
    """Both lists, ours first, with nobody twice in either; where the platform names no
    opportunity, people are compared by all of their hours."""

    by_opportunity: bool
    titles: dict[str, str] = field(default_factory=dict)
    """The Arabic name of each of our opportunities by either of its names, or by what somebody
    said it is called there, all folded."""
    unknown: Counter[str] = field(default_factory=Counter)
    """What the platform calls opportunities that none of ours is called, with its rows."""
    own: dict[tuple[int, str], Own] = field(default_factory=dict)
    said: dict[tuple[str, str, str], Said] = field(default_factory=dict)
    faulty: list[Said] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    """The opportunities in the platform's list, as `titles` has them."""

    def add_own(self, row: Any) -> None:
        """A row of `rows.listed`; two opportunities of one name are one to the platform."""
        title = _title(row.name_ar) if self.by_opportunity else ""
        for name in (row.name_ar, row.name_en) if self.by_opportunity else ():
            self.titles.setdefault(_title(name), title)
        known = self.own.get((row.person_id, title))
        if known is not None:
            known.minutes += int(row.minutes)
            return
        latin = fold_name(row.name_latin) if row.name_latin else ""
        self.own[row.person_id, title] = Own(
            person_id=row.person_id,
            opportunity_id=row.opportunity_id if self.by_opportunity else None,
            names=tuple({row.name_folded, latin} - {""}),
            mobile=row.mobile,
            title=title,
            minutes=int(row.minutes),
        )

    def add_said(self, one: Said) -> None:
        """Several rows of one volunteer and opportunity add up."""
        said = _title(one.opportunity) if self.by_opportunity else ""
        title = self.titles.get(said, said)
        self.named.add(title)
        if one.fault:
            self.faulty.append(one)
            return
        if said and said not in self.titles:
            self.unknown[one.opportunity] += 1
        known = self.said.setdefault((one.mobile or "", one.folded, title), one)
        if known is not one:
            known.minutes += one.minutes
            known.rows += 1

    def own_named(self) -> list[Own]:
        """Ours of the opportunities in the platform's list."""
        return [own for own in self.own.values() if own.title in self.named]


@dataclass(frozen=True, slots=True)
class Pair:
    """What belongs together, or stands on one side alone."""

    own: Own | None
    said: Said | None
    hours_differ: bool = False
    names_differ: bool = False

    @property
    def is_alike(self) -> bool:
        both = self.own is not None and self.said is not None
        return both and not (self.hours_differ or self.names_differ)


Key = tuple[str, ...]


def pairs(sides: Sides, hours: Hours) -> Iterator[Pair]:
    """Everybody of both sides once, those on both first.

    Pairs are made of what agrees most: mobile and name, then the mobile alone, then the name
    alone; the latter two only where nobody else could be meant.
    """
    left = {id(own): own for own in sides.own.values()}
    waiting = [(title, one) for (_mobile, _name, title), one in sides.said.items()]
    for keys_of, key_of, is_sure in _WAYS:
        offered = _offered(left.values(), keys_of)
        unmet = []
        for title, said in waiting:
            key = key_of(said, title)
            found = [own for own in offered.get(key, []) if id(own) in left] if key else []
            if found and (is_sure or len(found) == 1):
                own = left.pop(id(found[0]))
                yield _pair(own, said, hours)
            else:
                unmet.append((title, said))
        waiting = unmet
    yield from (Pair(own, None) for own in left.values())
    yield from (Pair(None, said) for _title, said in waiting)


def _offered(owns: Iterable[Own], keys_of: Callable[[Own], Iterable[Key]]) -> dict[Key, list[Own]]:
    offered: dict[Key, list[Own]] = defaultdict(list)
    for own in owns:
        for key in keys_of(own):
            offered[key].append(own)
    return offered


def _by_both(own: Own) -> Iterator[Key]:
    if own.mobile:
        yield from ((own.mobile, name, own.title) for name in own.names)


def _by_mobile(own: Own) -> Iterator[Key]:
    if own.mobile:
        yield own.mobile, own.title


def _by_name(own: Own) -> Iterator[Key]:
    yield from ((name, own.title) for name in own.names)


_WAYS: tuple[
    tuple[Callable[[Own], Iterable[Key]], Callable[[Said, str], Key | None], bool], ...
] = (
    (
        _by_both,
        lambda said, title: (said.mobile, said.folded, title) if said.mobile else None,
        True,
    ),
    (_by_mobile, lambda said, title: (said.mobile, title) if said.mobile else None, False),
    (_by_name, lambda said, title: (said.folded, title) if said.folded else None, False),
)
"""How ours are found, by what a row of theirs finds them, and whether the first will do."""


def _pair(own: Own, said: Said, hours: Hours) -> Pair:
    return Pair(
        own,
        said,
        hours_differ=said.minutes not in (own.minutes, as_said(own.minutes, hours)),
        names_differ=bool(said.folded) and said.folded not in own.names,
    )
