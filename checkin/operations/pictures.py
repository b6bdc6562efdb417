"""The organisation's logo: taken as it comes, encoded anew by us, so that nothing hides in it."""

import hashlib
from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import delete, select

from checkin.database import db, transaction, upsert
from checkin.domain.errors import Problem
from checkin.models import Picture
from checkin.operations import audit, settings

MOST_BYTES = 1024 * 1024
MOST_PIXELS = 16_000_000
"""What takes 64 MB in memory; a small file may say that it is far larger."""
SIDE = 512
_FORMATS = ("PNG", "JPEG", "WEBP")
_LOGO = settings.LOGO
_UNREADABLE = (
    *(UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
)


# --- questions -----------------------------------------------------------------------------


def logo() -> dict[str, Any] | None:
    """`sha`, `width` and `height` of the logo; asked together with the settings."""
    found: dict[str, Any] | None = settings.kept(_LOGO)
    return found


def content_of(sha: str) -> bytes | None:
    """The logo's PNG while it is the one of this hash."""
    return db.session.scalar(
        select(Picture.content).where(Picture.name == _LOGO, Picture.sha == sha)
    )


# --- acts ----------------------------------------------------------------------------------


def keep_logo(content: bytes, *, by: int, now: datetime) -> None:
    """Use this picture; Problem `picture_too_large` (fact `most`) or `picture_unreadable`."""
    if len(content) > MOST_BYTES:
        raise Problem("picture_too_large", most=MOST_BYTES // 1024 // 1024)
    png, size = encoded(content)
    _store(png, size, by, now)


@transaction
def _store(png: bytes, size: tuple[int, int], by: int, now: datetime) -> None:
    sha = hashlib.sha256(png).hexdigest()
    said = {"content": png, "sha": sha, "changed_at": now, "changed_by_id": by}
    adding = upsert(Picture).values(name=_LOGO, **said)
    db.session.execute(adding.on_conflict_do_update(index_elements=[Picture.name], set_=said))
    settings.keep(_LOGO, {"sha": sha, "width": size[0], "height": size[1]}, by, now)
    audit.note("settings.logo", "settings", None, by=by, at=now, bytes=len(png))


@transaction
def remove_logo(*, by: int, now: datetime) -> None:
    """Back to the drawing every page has without one."""
    if logo() is None:
        return
    db.session.execute(delete(Picture).where(Picture.name == _LOGO))
    settings.forget(_LOGO)
    audit.note("settings.logo", "settings", None, by=by, at=now, bytes=0)


def encoded(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """A PNG of at most 512 by 512 points that holds the points and nothing else, and its size."""
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as given:
            if given.width * given.height > MOST_PIXELS:
                raise Problem("picture_unreadable")
            drawn = ImageOps.exif_transpose(given).convert("RGB" if _opaque(given) else "RGBA")
    except _UNREADABLE as fault:
        raise Problem("picture_unreadable") from fault
    drawn.thumbnail((SIDE, SIDE))
    bare = Image.new(drawn.mode, drawn.size)
    bare.paste(drawn)
    out = BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue(), bare.size


def _opaque(picture: Image.Image) -> bool:
    return not picture.has_transparency_data
