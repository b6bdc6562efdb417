"""Whether anything on a board has changed, asked in one question instead of drawing it again."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, select

from checkin.database import ask
from checkin.models import (
    Assignment,
    Attendance,
    Group,
    GroupMember,
    Remark,
    Shift,
    SignInRequest,
    Site,
    TallyTap,
)
from checkin.operations.floor.boards import mark_of
from checkin.operations.floor.requests import REQUEST_KEPT, kept_at

REACHES_BACK = timedelta(hours=48)
"""A board shows no shift that began before."""

_SITES: BindParameter[Any] = bindparam("site_ids", expanding=True)
_SHIFTS = select(Shift.id).where(Shift.site_id.in_(_SITES), Shift.starts_at > bindparam("since"))


def mark_at(site_ids: Collection[int], now: datetime, since: datetime) -> str:
    """A word that is another one after any act that a board of these sites shows.

    `since` is `REACHES_BACK` before the first of the looks that are compared. Names that are
    corrected and plans of other days are not in it: a board is drawn anew within a minute anyway.
    """
    after = now - REQUEST_KEPT
    given = {"site_ids": sorted(site_ids), "since": since, "now": now, "after": after}
    return mark_of(tuple(ask(_ALL, given).one()))


def _numbers(*wanted: ColumnElement[Any], of: ColumnElement[bool]) -> list[ColumnElement[Any]]:
    return [select(one).where(of).scalar_subquery() for one in wanted]


def _requests() -> Select[int]:
    asking = kept_at(_SITES, bindparam("after"), bindparam("now")).subquery()
    return select(func.coalesce(func.sum(asking.c.id), 0))


_ALL = select(
    *_numbers(func.count(Site.closed_at), of=Site.id.in_(_SITES)),
    *_numbers(func.count(Shift.id), func.sum(Shift.row_version), of=Shift.id.in_(_SHIFTS)),
    *_numbers(
        *(func.count(Attendance.id), func.sum(Attendance.row_version)),
        of=Attendance.shift_id.in_(_SHIFTS),
    ),
    *_numbers(
        *(func.count(Assignment.id), func.max(Assignment.id)),
        func.count(Assignment.id).filter(Assignment.how == "waiting"),
        of=Assignment.shift_id.in_(_SHIFTS),
    ),
    *_numbers(func.count(TallyTap.id), of=TallyTap.shift_id.in_(_SHIFTS)),
    *_numbers(
        *(func.count(SignInRequest.id), func.count(SignInRequest.confirmed_at)),
        func.count(SignInRequest.refused_at),
        of=SignInRequest.site_id.in_(_SITES) & (SignInRequest.created_at > bindparam("since")),
    ),
    *_numbers(
        func.count(Remark.id),
        of=Remark.attendance_id.in_(select(Attendance.id).where(Attendance.shift_id.in_(_SHIFTS))),
    ),
    *_numbers(
        *(func.count(Group.id), func.count(Group.left_at), func.sum(Group.headcount)),
        of=Group.shift_id.in_(_SHIFTS),
    ),
    *_numbers(
        func.count(GroupMember.person_id),
        of=GroupMember.group_id.in_(select(Group.id).where(Group.shift_id.in_(_SHIFTS))),
    ),
    _requests().scalar_subquery(),
)
