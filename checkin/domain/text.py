"""What people type, made comparable: digits, names for search, names and notes for keeping."""

import re
import unicodedata

from checkin.domain.errors import Problem

LONGEST_NAME = 120
LONGEST_TEXT = 1000

_DIGITS = str.maketrans(
    "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬٪",
    "01234567890123456789.,%",
)

# Marks that steer the direction of text. They are invisible and can make a name swallow the
# words beside it, so they are dropped rather than refused: phones paste them without being asked.
_DIRECTION_MARKS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = dict.fromkeys(map(ord, _DIRECTION_MARKS + "\u200b\u2060\ufeff\u00ad"))

# Joiners shape Persian and Urdu letters, so a name may hold them.
_JOINERS = "\u200c\u200d"
_UNREADABLE = {"Cc", "Cf", "Cs", "Co", "Cn"}

_SAME_LETTER = str.maketrans(
    {
        "ٱ": "ا",
        "ة": "ه",
        "ۃ": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ء": None,
        "ـ": None,
        **dict.fromkeys("'`´‘’ʼʿʾʻ" + _JOINERS),
    }
)
_SON_OF = {"بن", "ابن", "بنت", "bin", "ibn", "bint", "al", "el"}
_JOINS_NEXT = {"عبد", "ابو"}
_BEGINS_A_NAME = _JOINS_NEXT | {"ام", "abdul", "abd", "abu", "umm"}
_NOT_LETTERS = re.compile(r"[\W_]+")
_SPACES = re.compile(r"\s+")


def latin_digits(text: str) -> str:
    """Arabic-Indic and Persian digits and their separators as Latin ones; the rest untouched."""
    return text.translate(_DIGITS)


def fold_name(text: str) -> str:
    """The key under which a name is searched, never shown.

    People write one name in many ways: أحمد or احمد, فاطمة or فاطمه, هدى or هدي, with vowel
    marks or tatweel, عبد الله or عبدالله, with or without «ال» and «بن». All of them get one key.
    Folding a key again changes nothing.
    """
    words = _NOT_LETTERS.sub(" ", _plain_letters(text)).split()
    kept = [word for word in words if word not in _SON_OF] or words
    return " ".join(_without_article(word) for word in _joined(kept))


def clean_name(text: str, longest: int = LONGEST_NAME) -> str:
    """A person's or a place's name as it is kept: composed letters, one space between words.

    Raises Problem `name_missing` (no letter in it), `name_too_long` (fact `longest`), and
    `name_unreadable` (control or unassigned characters).
    """
    name = _SPACES.sub(" ", _visible(text)).strip()
    if not any(character.isalpha() for character in name):
        raise Problem("name_missing")
    if len(name) > longest:
        raise Problem("name_too_long", longest=longest)
    if not _readable(name):
        raise Problem("name_unreadable")
    return name


def first_name(name: str) -> str:
    """The first name alone, for people who share a post: «عبد الله» and «أم كلثوم» are one name."""
    words = name.split()
    begun = 2 if words and _plain_letters(words[0]) in _BEGINS_A_NAME else 1
    return " ".join(words[:begun])


def clean_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """A note or a reason as it is kept: lines are kept, blank edges are not; may be empty.

    Raises Problem `text_too_long` (fact `longest`) and `text_unreadable`.
    """
    lines = [_SPACES.sub(" ", line).strip() for line in _visible(text).splitlines()]
    note = "\n".join(lines).strip()
    if len(note) > longest:
        raise Problem("text_too_long", longest=longest)
    if not _readable(note.replace("\n", " ")):
        raise Problem("text_unreadable")
    return note


def _visible(text: str) -> str:
    return unicodedata.normalize("NFC", text.translate(_INVISIBLE))


def _readable(line: str) -> bool:
    return all(
        character in _JOINERS or unicodedata.category(character) not in _UNREADABLE
        for character in line
    )


def _plain_letters(text: str) -> str:
    # Taking letters apart and dropping the marks turns أإآ into ا, ؤ into و, ئ into ي, é into e.
    # Lower case may itself make marks (İ), so letters are taken apart on both sides of it.
    apart = unicodedata.normalize("NFKD", text.translate(_INVISIBLE)).casefold()
    apart = unicodedata.normalize("NFKD", latin_digits(apart))
    bare = "".join(c for c in apart if not unicodedata.category(c).startswith("M"))
    return bare.translate(_SAME_LETTER)


def _joined(words: list[str]) -> list[str]:
    """«عبد العزيز» and «عبدالعزيز» are one name, and so are «أبو بكر» and «أبوبكر»."""
    joined: list[str] = []
    prefix = ""
    for word in words:
        if word in _JOINS_NEXT:
            prefix += word
        else:
            joined.append(prefix + word)
            prefix = ""
    return [*joined, prefix] if prefix else joined


def _without_article(word: str) -> str:
    """الحربي and Alharbi without the article; short words (الاء, Alia) keep their first letters."""
    while word.startswith("ال") and len(word) >= 5:
        word = word[2:]
    while word.startswith("al") and len(word) >= 7:
        word = word[2:]
    return word


# full-width signs too: an East Asian spreadsheet reads them as the others
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def guarded(cell: str) -> str:
    """Nothing in a CSV file is run by a spreadsheet that opens it; plain numbers are left alone."""
    if cell.startswith(_BEGINS_A_FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
