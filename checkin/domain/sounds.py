"""How an Arabic name may be written that was typed in Latin letters, as it sounds.

Latin letters stand for several Arabic ones, and short vowels are not written in Arabic: so one
word has many possible spellings, of which the people who are looked among have one or two.
"""

import re
from collections.abc import Iterator

MOST = 96
"""Spellings of one word; a longer word is then known by its beginning."""

_CONSONANTS = {
    **dict(zip("bpjrfvqlmnwy", "ببجرففقلمنوي", strict=True)),
    "sh": "ش",
    "kh": "خ",
    "gh": "غ",
    "th": "ثذ",
    "dh": "ذضظ",
    "ch": "ش",
    "ph": "ف",
    "t": "تط",
    "g": "جقغ",
    "h": "حه",
    "d": "دض",
    "z": "زظذ",
    "s": "سص",
    "k": "كق",
    "c": "كس",
    "x": ("كس",),
}
_LONG = {"a": "ا", "e": "ي", "i": "ي", "o": "و", "u": "و"}
_SERVANT = re.compile(r"abd(?:[aeiou]?l|[aeiou](?=([rsznd])\1))")
_PIECES = re.compile(r"[aeiou]+|sh|kh|gh|th|dh|ch|ph|[a-z]")
_TWICE = re.compile(r"([^aeiou])\1")


def spellings(word: str) -> tuple[str, ...]:
    """Beginnings of folded Arabic words that may be meant by this folded word; none for others.

    «ahmed» is احمد or اهمد or احميد and so on: what nobody is called finds nobody.
    """
    if not (len(word) > 1 and word.isascii() and word.isalpha()):
        return ()
    servant = _SERVANT.match(word)
    rest = _PIECES.findall(_TWICE.sub(r"\1", word[servant.end() :] if servant else word))
    found = ["عبدال" if servant else ""]
    for at, piece in enumerate(rest):
        choices = tuple(_choices(piece, is_first=at == 0, is_last=at == len(rest) - 1))
        longer = list(dict.fromkeys(f"{one}{letters}" for one in found for letters in choices))
        if len(longer) > MOST:
            break
        found = longer
    return tuple(one for one in found if one)


def _choices(piece: str, *, is_first: bool, is_last: bool) -> Iterator[str]:
    if piece[0] not in _LONG:
        yield from _CONSONANTS[piece]
    elif is_first:
        yield from _first_vowels(piece)
    elif is_last:
        yield from _last_vowels(piece)
    else:
        yield from _vowels(piece)


def _first_vowels(piece: str) -> Iterator[str]:
    """Omar and Osama, Isa and Ibrahim: a name begins with alif or ain."""
    long = {"", _LONG[piece[0]], _LONG[piece[-1]]}
    yield from (first + letter for first in "اع" for letter in sorted(long - {"ا"}))
    yield "عا"
    if len(set(piece)) > 1:
        yield f"عا{_LONG[piece[-1]]}"


def _vowels(piece: str) -> Iterator[str]:
    """Unwritten, or long; ain, and hamza that folding took away, stand between two vowels."""
    first, last = _LONG[piece[0]], _LONG[piece[-1]]
    yield ""
    yield last
    if piece == "a":
        yield "ع"
    if len(piece) > 1:
        yield from (first, first + last, "ع", f"ع{last}", f"{first}ع{last}")


def _last_vowels(piece: str) -> Iterator[str]:
    """Fatima, Salma, Huda: the last a is written in three ways. It may go on, too."""
    if piece[-1] in "ae":
        yield from ("", "ا", "ه", "ي")
    else:
        yield _LONG[piece[-1]]
    if len(piece) > 1:
        yield from _vowels(piece)
