"""Long lists, one page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from checkin.database import db

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a list, and how many there are in all; pages count from 1."""

    items: Sequence[Any]
    total: int
    page: int
    pages: int

    @classmethod
    def of(cls, items: Sequence[Any], total: int, number: int) -> "Page":
        return cls(items, total, number, max(-(-total // PER_PAGE), 1))


def shown(query: Select[Any], number: int) -> Select[Any]:
    """Only what stands on this page."""
    return query.offset((number - 1) * PER_PAGE).limit(PER_PAGE)


def count(query: Select[Any]) -> int:
    """How many rows the whole list has."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return db.session.scalar(counted) or 0
