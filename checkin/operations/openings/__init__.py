"""Openings: how volunteers find what is published, join it, wait for a place, leave it.

Whoever writes here locks the shift first, then the people concerned in order of id, as rosters and
plans do. A walk-in's scan has locked its volunteer before it asks for the shift it takes a seat in.
"""

from checkin.operations.openings.finding import places_of
from checkin.operations.openings.fitting import Obstacle, obstacles, obstacles_of
from checkin.operations.openings.joining import JOINED, WAITING, join, leave, move_up

__all__ = [
    "JOINED",
    "WAITING",
    "Obstacle",
    "join",
    "leave",
    "move_up",
    "obstacles",
    "obstacles_of",
    "places_of",
]
