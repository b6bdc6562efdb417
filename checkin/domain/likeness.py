"""Whether two folded names may be one person's, written twice."""

_LONG_ENOUGH = 4
"""From so many letters on, one may be wrong."""


def alike(one: str, other: str) -> bool:
    """The same first name, and whatever else the shorter name says is said by the longer one.

    Names are folded (`fold_name`). People of one family share a mobile, the father's name and the
    family's, so the first name decides; in a longer word one letter may differ.
    """
    shorter, longer = sorted((one.split(), other.split()), key=lambda words: (len(words), words))
    if not shorter or not _near(shorter[0], longer[0]):
        return False
    left = longer[1:]
    for word in shorter[1:]:
        met = next((known for known in left if _near(word, known)), None)
        if met is None:
            return False
        left.remove(met)
    return True


def _near(one: str, other: str) -> bool:
    """The same word, or one letter more, less or different in a word that is not short."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < _LONG_ENOUGH or len(longer) - len(shorter) > 1:
        return False
    at = next((n for n, letter in enumerate(shorter) if letter != longer[n]), len(shorter))
    return shorter[at + (len(shorter) == len(longer)) :] == longer[at + 1 :]
