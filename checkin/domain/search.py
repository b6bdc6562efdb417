"""What somebody types to find a person: a name in any spelling, the last digits of a mobile."""

import re
from dataclasses import dataclass

from checkin.domain import sounds
from checkin.domain.text import fold_name, latin_digits

WHOLE_MOBILE = 9
"""From so many digits on, what is typed is a number as it is dialled, with its zeros in front."""
LONG_NAME = 4
_SHORTEST_HEARD = 3
_SERVANTS = {"abdul", "abdel", "abdal"}

_ARTICLES = ("ال", "al", "el")
_IN_NUMBERS = re.compile(r"[\s+().\u2010-\u2015-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question about people, for comparing with a folded name (`fold_name`) and a mobile.

    `words` holds for each word its possible spellings, one of which must be in the name; one with
    a space in front must begin a word there. `run` is the name written without spaces, or empty.
    `digits` end the mobile. Nothing typed wants everybody. `heard` holds for each word typed in
    Latin letters what it may be in Arabic, which an index finds and `finds` does not look at.
    """

    words: tuple[tuple[str, ...], ...] = ()
    run: str = ""
    digits: str = ""
    heard: tuple[tuple[str, ...], ...] = ()

    @property
    def length(self) -> int:
        """How much was typed, in letters and digits."""
        return sum(len(spellings[0]) for spellings in self.words) + len(self.digits)

    def finds(self, folded: str, mobile: str | None) -> bool:
        """Whether this person is meant."""
        if self.digits and not (mobile or "").endswith(self.digits):
            return False
        return self._names(folded)

    def _names(self, folded: str) -> bool:
        spaced = f" {folded}"
        if all(any(one in spaced for one in spellings) for spellings in self.words):
            return True
        return bool(self.run) and self.run in written_as_one(folded)


def wanted(typed: str) -> Wanted:
    """What is meant by this much of a name or a number, also when the last word has only begun.

    Stored names are folded: «القحطاني» is kept without its article. Whoever has typed «سعد الق»
    has not typed enough for folding to take the article off, so such a word has two spellings.
    """
    latin = latin_digits(typed)
    alone = _IN_NUMBERS.sub("", latin)
    if alone.isdecimal():
        return Wanted(digits=_dialled(alone))
    parts = latin.split()
    digits = "".join(part for part in parts if part.isdecimal())
    folded = fold_name(" ".join(part for part in parts if not part.isdecimal()))
    words = tuple(_spellings(word) for word in folded.split() if word not in _ARTICLES)
    before = ((), *words)[: len(words)]
    heard = tuple(_heard(one, after) for one, after in zip(words, before, strict=True))
    return Wanted(words, _run(folded), _dialled(digits), heard)


def written_as_one(folded: str) -> str:
    """«نور دين» and «نورالدين» alike: without spaces and without any article."""
    return folded.replace(" ", "").replace(_ARTICLES[0], "")


def _run(folded: str) -> str:
    run = written_as_one(folded)
    return run if len(run) >= LONG_NAME else ""


def _spellings(word: str) -> tuple[str, ...]:
    for article in _ARTICLES:
        rest = word.removeprefix(article)
        if rest != word:
            return (word, f" {rest}")
    return (word,)


def _heard(spellings: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    """Also what is heard after an article: Arabic names are kept without. «Abdul Rahman» is one."""
    word, *rests = (one.strip() for one in spellings)
    if _SERVANTS.intersection(before):
        return sounds.spellings(f"abdul{word}")
    words = [word, *(rest for rest in rests if len(rest) >= _SHORTEST_HEARD)]
    return tuple(heard for one in words for heard in sounds.spellings(one))


def _dialled(digits: str) -> str:
    """050 123 4567 and 00966… are the ends of +966501234567; 0123 alone is what it is."""
    return digits.lstrip("0") if len(digits) >= WHOLE_MOBILE else digits
