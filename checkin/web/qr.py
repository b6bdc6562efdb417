"""Codes as pictures, and the addresses in them: upper case, so that the picture stays small."""

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address
from itertools import groupby
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from flask import current_app
from markupsafe import Markup
from qrcode import constants
from qrcode.main import QRCode
from qrcode.util import QRData

from checkin.models import Poster

Level = Literal["L", "M", "Q", "H"]

QUIET = 4
"""Empty modules a reader needs on each side (ISO/IEC 18004)."""

_LEVELS = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}


class Run(NamedTuple):
    """Dark modules side by side in one row, counted from the corner of the quiet zone."""

    x: int
    y: int
    width: int


class Code(NamedTuple):
    """A code ready to draw: its version, modules a side with the quiet zone, dark runs."""

    version: int
    side: int
    runs: tuple[Run, ...]


def poster_url(poster: Poster) -> str:
    """What a poster's code says: HTTPS://HOST/S/CODE."""
    return f"{upper_base()}/S/{poster.code}"


def short_host() -> str:
    """The host as printed in words below a code, for typing it and against false stickers."""
    return urlsplit(current_app.config["BASE_URL"]).netloc.removeprefix("www.")


def leads_nowhere() -> bool:
    """Whether codes lead to the computer that made them: a phone that scans one finds nothing."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def upper_base() -> str:
    """Scheme and host in upper case, which they may be; a path keeps its case."""
    base = urlsplit(current_app.config["BASE_URL"])
    host = base.netloc.encode("idna").decode("ascii")
    return f"{base.scheme}://{host}".upper() + base.path.rstrip("/")


@lru_cache(maxsize=512)
def qr_code(text: str, level: Level = "Q") -> Code:
    """The smallest code of `text`. Paper takes Q (a quarter may be damaged), screens M."""
    code = QRCode(error_correction=_LEVELS[level], border=QUIET)
    # As one piece: the library's own splitting would change mode at a long row of digits.
    code.add_data(QRData(text), optimize=0)
    matrix = code.get_matrix()
    return Code(code.version, len(matrix), tuple(_runs(matrix)))


def _runs(matrix: list[list[bool]]) -> Iterator[Run]:
    for y, row in enumerate(matrix):
        x = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                yield Run(x, y, width)
            x += width


@lru_cache(maxsize=512)
def qr_svg(
    text: str, level: Level = "Q", size: str | int | None = None, label: str | None = None
) -> Markup:
    """The code as one SVG path, black on white in every theme.

    `size` is a length for both sides (`640`, `"16cm"`); without it the page decides. `label`
    says to people who cannot see it what the code is for.
    """
    side, path = qr_code(text, level).side, _path(text, level)
    measure = Markup(' width="{0}" height="{0}"').format(size) if size else ""
    name = Markup('role="img" aria-label="{}"').format(label) if label else 'aria-hidden="true"'
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}"{1} {2} focusable="false"'
        ' shape-rendering="crispEdges"><path fill="white" d="M0 0h{0}v{0}H0z"/>'
        '<path fill="black" d="{3}"/></svg>'
    ).format(side, measure, Markup(name), path)


def _path(text: str, level: Level) -> str:
    return "".join(f"M{x} {y}h{width}v1h-{width}z" for x, y, width in qr_code(text, level).runs)
