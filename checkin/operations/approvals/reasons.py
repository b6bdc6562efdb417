"""Why somebody decided so: a code from a short list, with words of their own where needed."""

from checkin.domain.errors import Problem
from checkin.domain.text import clean_text

OTHER = "other"
REJECT_REASONS = ("not_present", "wrong_shift", "duplicate", OTHER)
ADJUST_REASONS = ("seen", "agreed", "outside_plan", OTHER)
LONGEST_WORDS = 400


def written(code: str, words: str = "", allowed: tuple[str, ...] = (OTHER,)) -> str:
    """A reason as it is kept: the code, and after a colon the words somebody added.

    Raises Problem `why_missing` without a code of the list, or for "other" without words;
    `text_too_long` and `text_unreadable` for words that cannot be kept.
    """
    added = clean_text(words, LONGEST_WORDS)
    if code not in allowed or (code == OTHER and not added):
        raise Problem("why_missing")
    return f"{code}: {added}" if added else code


def own_words(kept: str) -> str:
    """What somebody added to the code of a kept reason."""
    return kept.partition(": ")[2]
