"""Points on the map: how far apart they are, and how fast somebody would have to be."""

import re
from dataclasses import dataclass
from datetime import timedelta
from math import asin, cos, hypot, radians, sin, sqrt

from checkin.domain.errors import Problem
from checkin.domain.text import latin_digits

EARTH_M = 6_371_009
"""Mean radius of the earth (IUGG)."""
HALF_WAY_ROUND_M = 20_016_000
"""No two points are further apart."""
FASTEST_M_PER_HOUR = 120_000
"""Nobody gets from one site to another faster than this, in a straight line."""
APART_UNKNOWN = timedelta(minutes=2)
"""What going from one site to another takes at least, where the map does not know them."""
TRAVEL_LOOKS_BACK = timedelta(hours=2)
"""Scans further apart in time than this are not held against each other."""
Point = tuple[float, float]
ROUNDED_TO_M = 50
RADIUS_M = 300
"""How far from its point a site reaches, unless the site says otherwise."""


@dataclass(frozen=True, slots=True)
class Place:
    """A site, and its point on the map (latitude, longitude in degrees) where that is known."""

    site_id: int
    point: Point | None = None


_DEGREES = r"([+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?)"
_POINT = re.compile(rf"\(?\s*{_DEGREES}\s*°?\s*[,،;؛\s]\s*{_DEGREES}\s*°?\s*\)?")


def read_point(text: str) -> Point | None:
    """A point as maps give it to copy ("21.42249, 39.82619"), in any digits; blank is none.

    Kept to a millionth of a degree, a hand's breadth. Raises Problem `point_unreadable` for
    anything else, and for points not on the earth.
    """
    typed = latin_digits(text).strip()
    if not typed:
        return None
    found = _POINT.fullmatch(typed)
    if found is None:
        raise Problem("point_unreadable")
    latitude, longitude = round(float(found[1]), 6), round(float(found[2]), 6)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Problem("point_unreadable")
    return latitude, longitude


def write_point(point: Point) -> str:
    """As a person would type it: reading it gives the same again."""
    return ", ".join(f"{degrees:.6f}".rstrip("0").rstrip(".") for degrees in point)


def distance_m(one: Point, other: Point) -> float:
    """Metres between two points, by the haversine formula."""
    (lat_a, lon_a), (lat_b, lon_b) = one, other
    north, east = radians(lat_b - lat_a) / 2, radians(lon_b - lon_a) / 2
    across = hypot(sin(north), sqrt(cos(radians(lat_a)) * cos(radians(lat_b))) * sin(east))
    return 2 * EARTH_M * asin(min(across, 1.0))


def rounded_m(metres: float) -> int:
    """To 50 m: enough to say near or far, too little to say where somebody stood."""
    return int((metres + ROUNDED_TO_M / 2) // ROUNDED_TO_M) * ROUNDED_TO_M


def is_far(distance: int, accuracy: int | None, radius: int | None) -> bool:
    """Whether a phone was outside a site however its accuracy is read; all in metres."""
    return distance > (RADIUS_M if radius is None else radius) + (accuracy or 0)


def too_soon(one: Place, other: Place, apart: timedelta) -> bool:
    """Whether nobody could be at both places with only this much time between."""
    if one.site_id == other.site_id or apart > TRAVEL_LOOKS_BACK:
        return False
    if one.point is None or other.point is None:
        return apart < APART_UNKNOWN
    metres = distance_m(one.point, other.point)
    return metres * 3600 > FASTEST_M_PER_HOUR * apart.total_seconds()
