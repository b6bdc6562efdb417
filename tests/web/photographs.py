"""What a phone sees of a poster: rendered paper, spoilt as photographs and walls spoil it."""

import io
import math
import re
import xml.etree.ElementTree as ET

import cv2
import numpy
import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

SVG = "{http://www.w3.org/2000/svg}"


def of_svg(svg: str, scale: int = 8) -> Image.Image:
    """The SVG's own path on paper: what is tested is the drawing, not the matrix behind it."""
    root = ET.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    picture = Image.new("L", (side * scale, side * scale), 255)
    pen = ImageDraw.Draw(picture)
    path = root.findall(f"{SVG}path")[1].attrib["d"]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        left, top, right = int(x) * scale, int(y) * scale, (int(x) + int(width)) * scale
        pen.rectangle((left, top, right - 1, top + scale - 1), fill=0)
    return picture


def of_pdf(body: bytes, dots_per_inch: int = 60) -> list[Image.Image]:
    """Every page as a printer would see it."""
    with pypdfium2.PdfDocument(body) as document:
        return [
            page.render(scale=dots_per_inch / 72, grayscale=True).to_pil().convert("L")
            for page in document
        ]


def read_by_zxing(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def read_by_opencv(picture: Image.Image) -> list[str]:
    """OpenCV's own decoder, with whichever of its two ways of finding a code succeeds."""
    pixels = numpy.asarray(picture)
    for detector in (cv2.QRCodeDetectorAruco(), cv2.QRCodeDetector()):
        text, *_ = detector.detectAndDecode(pixels)
        if text:
            return [text]
    return []


def sharp(picture: Image.Image) -> Image.Image:
    return picture


def blurred(picture: Image.Image) -> Image.Image:
    """Out of focus by a quarter of a module."""
    return picture.filter(ImageFilter.GaussianBlur(_module(picture) / 4))


def tilted(picture: Image.Image, degrees: float = 30) -> Image.Image:
    """Seen from the side: turned about its upright middle, from three widths away."""
    width, height = picture.size
    x, y, turn = width / 2, height / 2, math.radians(degrees)
    bend = math.tan(turn) / (3 * width)
    whole = 1 + x * bend
    across = (1 / math.cos(turn) - x * bend, 0, x * whole - x / math.cos(turn))
    down = (-y * bend, 1, y * whole - y)
    seen = [value / whole for value in (*across, *down, -bend, 0)]
    return picture.transform(
        picture.size, Image.Transform.PERSPECTIVE, seen, Image.Resampling.BICUBIC, fillcolor=255
    )


def blotted(picture: Image.Image, share: float = 0.10) -> Image.Image:
    """A dark blot over a tenth of the code, away from its three corners."""
    left, top, right, bottom = _code(picture)
    radius = math.sqrt(share * (right - left) * (bottom - top) / math.pi)
    x, y = left + 0.62 * (right - left), top + 0.56 * (bottom - top)
    spoilt = picture.copy()
    ImageDraw.Draw(spoilt).ellipse((x - radius, y - radius, x + radius, y + radius), fill=60)
    return spoilt


def squeezed(picture: Image.Image, quality: int = 40) -> Image.Image:
    """Sent through a messenger."""
    small = io.BytesIO()
    picture.save(small, "JPEG", quality=quality)
    return Image.open(io.BytesIO(small.getvalue())).convert("L")


def ruined(picture: Image.Image) -> Image.Image:
    """All of it at once."""
    return squeezed(blurred(tilted(blotted(picture))))


WAYS = (sharp, blurred, tilted, blotted, squeezed, ruined)


def _code(picture: Image.Image) -> tuple[int, int, int, int]:
    """Where the code stands, without its quiet zone."""
    (found,) = zxingcpp.read_barcodes(picture)
    corners = found.position.top_left, found.position.bottom_right
    return corners[0].x, corners[0].y, corners[1].x, corners[1].y


def _module(picture: Image.Image) -> float:
    """The size of one module, about: what is inked is the code, or little wider than it."""
    left, top, right, bottom = picture.point(lambda light: 255 - light).getbbox()
    return min(right - left, bottom - top) / 33
