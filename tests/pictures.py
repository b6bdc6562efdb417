"""Pictures that somebody might send as a logo."""

from io import BytesIO

from PIL import Image


def made_picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), **saved: object) -> bytes:
    """Green all over, in a format that Pillow writes."""
    out = BytesIO()
    Image.new("RGB", size, (20, 110, 60)).save(out, kind, **saved)
    return out.getvalue()
