"""Films for Chromium's fake camera: codes held before it one after the other, with pauses."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

WIDTH, HEIGHT, FRAMES_PER_SECOND = 640, 480, 10
HEAD = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n"
SHOWN, PAUSE = 20, 10
"""Frames: two seconds a code, one second of nothing after it."""


def film(path: Path, texts: Sequence[str], *, pixels: int = 7) -> Path:
    """An uncompressed film (Y4M) of these codes; the camera plays it over and over."""
    with path.open("wb") as file:
        file.write(
            f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n".encode()
        )
        for text in texts:
            for picture, frames in ((_picture(text, pixels), SHOWN), (_paper(), PAUSE)):
                for _ in range(frames):
                    file.write(b"FRAME\n" + picture.tobytes() + _grey())
    return path


def still(path: Path, text: str | None, *, pixels: int = 7) -> Path:
    """A photo of one code, or of nothing."""
    Image.fromarray(_picture(text, pixels) if text else _paper()).save(path)
    return path


def _picture(text: str, pixels: int) -> np.ndarray:
    qr = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    qr.add_data(text)
    dark = np.kron(np.array(qr.get_matrix()), np.ones((pixels, pixels)))
    picture = _paper()
    top, start = (HEIGHT - dark.shape[0]) // 2, (WIDTH - dark.shape[1]) // 2
    picture[top : top + dark.shape[0], start : start + dark.shape[1]] = np.where(dark, 20, 235)
    return picture


def _paper() -> np.ndarray:
    return np.full((HEIGHT, WIDTH), 235, dtype=np.uint8)


def _grey() -> bytes:
    """No colour: both colour planes at their middle, a quarter of the size each."""
    return bytes([128]) * (2 * (WIDTH // 2) * (HEIGHT // 2))
