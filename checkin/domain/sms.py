"""What a text costs as SMS: parts are paid for, and some letters make them shorter."""

import unicodedata
from dataclasses import dataclass

_PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_PAIRED = frozenset("^{}\\[~]|€\f")
"""The alphabet of 3GPP TS 23.038; each of the second row takes the room of two."""
_ALONE, _JOINED = 160, 153
_ALONE_WIDE, _JOINED_WIDE = 70, 67
"""Room in the only part and in each of several; the second pair for any other letters (UCS-2)."""
_STEERING = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
_FROM_RIGHT = {"R", "AL", "AN", "RLE", "RLO", "RLI"}


@dataclass(frozen=True, slots=True)
class Cost:
    """How long a text is, in characters as gateways count them, and how many parts it takes."""

    characters: int
    parts: int
    wide: bool
    """Whether it holds letters that make every part shorter, as all Arabic ones do."""


def cost(text: str) -> Cost:
    wide = not set(text) <= _PLAIN | _PAIRED
    if wide:
        length = len(text.encode("utf-16-be")) // 2
        alone, joined = _ALONE_WIDE, _JOINED_WIDE
    else:
        length = sum(2 if letter in _PAIRED else 1 for letter in text)
        alone, joined = _ALONE, _JOINED
    return Cost(length, 1 if length <= alone else -(-length // joined), wide)


def thrifty(text: str) -> str:
    """Without marks that isolate directions where all letters run one way: they cost, unseen."""
    if any(unicodedata.bidirectional(letter) in _FROM_RIGHT for letter in text):
        return text
    return text.translate(_STEERING)
