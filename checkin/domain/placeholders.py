"""Sentences with places to be filled, like {code}: read strictly, checked, filled."""

import re
from collections.abc import Collection, Iterator, Mapping

from checkin.domain.errors import Problem

_PLACE = re.compile(r"\{([^{}]*)\}")


def names_in(words: str) -> list[str]:
    """What stands between braces, as typed, in its order."""
    return [name.strip() for name in _PLACE.findall(words)]


def fill(words: str, values: Mapping[str, str]) -> str:
    """Every place filled once, from the table alone: a value's own braces are never read."""
    return _PLACE.sub(lambda place: values[place[1].strip()], words)


def respelled(words: str, names: Mapping[str, str]) -> str:
    """The same with its places named by the table, whatever their case; the rest is untouched."""
    known = {_plain(name): said for name, said in names.items()}

    def spell(place: re.Match[str]) -> str:
        said = known.get(_plain(place[1]))
        return place[0] if said is None else f"{{{said}}}"

    return _PLACE.sub(spell, words)


def check(words: str, allowed: Collection[str], needed: Collection[str]) -> None:
    """Raises the first of `faults`."""
    for fault in faults(words, allowed, needed):
        raise fault


def faults(words: str, allowed: Collection[str], needed: Collection[str]) -> Iterator[Problem]:
    """Problems `brace_alone`, and `placeholder_unknown` or `placeholder_missing` (fact `name`)."""
    if "{" in (rest := _PLACE.sub("", words)) or "}" in rest:
        yield Problem("brace_alone")
    said = names_in(words)
    for name in dict.fromkeys(said):
        if name not in allowed:
            yield Problem("placeholder_unknown", name=name)
    for name in needed:
        if name not in said:
            yield Problem("placeholder_missing", name=name)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
