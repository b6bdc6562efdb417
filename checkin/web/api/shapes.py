"""What goes in and out as JSON: names, types and limits, from which the description is made."""

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import msgspec
from flask import Response, abort, request
from msgspec import Meta, Struct

from checkin.domain.errors import Problem
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.plausibility import MOST_BENEFICIARIES
from checkin.operations.sync import Act

MOST_SCANS = 50
Shape = TypeVar("Shape")

Instant = Annotated[datetime, Meta(tz=True)]
Id = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Receipt = Annotated[str, Meta(max_length=60)]


class Scan(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One act, as the phone or tablet kept it before it was sent."""

    uid: Annotated[UUID, Meta(description="Made before anything is sent; names this act for ever")]
    act: Annotated[
        Act,
        Meta(
            description="`in` and `out` are one's own, by the code of a poster (S/…) or a display "
            "(R/…). `badge` is a supervisor's reading of a badge (B/…) at `site_id`. `manual_in` "
            "and `manual_out` are entered by a supervisor, with `person_id`, `shift_id`, `reason`. "
            "`undo` takes `undoes` back within ten minutes, with the badge's code or `person_id` "
            "when it was about somebody else."
        ),
    ]
    code: (
        Annotated[str, Meta(max_length=300, description="S/…, R/…, B/… or the whole address read")]
        | None
    ) = None
    device_at: Annotated[
        Instant,
        Meta(
            description="The device's clock at the act. More than ten seconds before `sent_at`: "
            "the act was kept, and its instant is judged by what can be proved"
        ),
    ]
    elapsed_ms: (
        Annotated[
            int,
            Meta(
                ge=0,
                le=10**12,
                description="A steady clock's count from act to sending; left out when the device "
                "slept in between",
            ),
        ]
        | None
    ) = None
    receipt: (
        Annotated[
            Receipt,
            Meta(description="The newest time receipt held at the act; else that of the batch"),
        ]
        | None
    ) = None
    beneficiaries: Annotated[int, Meta(ge=0, le=MOST_BENEFICIARIES)] | None = None
    joins: Annotated[bool, Meta(description="Joins a shift without being expected")] = False
    moves: Annotated[bool, Meta(description="Leaves another site at the same instant")] = False
    undoes: Annotated[UUID, Meta(description="The `uid` to take back")] | None = None
    volunteer: (
        Annotated[
            str,
            Meta(max_length=60, description="Who was signed in at the act, as GET /me names them"),
        ]
        | None
    ) = None
    site_id: Id | None = None
    person_id: Id | None = None
    shift_id: Id | None = None
    reason: (
        Annotated[
            str,
            Meta(
                max_length=300, description="`no_phone`, `phone_fails`, `cannot_scan`, `other: …`"
            ),
        ]
        | None
    ) = None
    distance_m: Annotated[int, Meta(ge=0, le=50_000_000)] | None = None
    accuracy_m: Annotated[int, Meta(ge=0, le=50_000_000)] | None = None


class Scans(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Acts that are sent together; each is judged by itself, in the order of `device_at`."""

    sent_at: Annotated[Instant, Meta(description="The device's clock at sending")]
    receipt: (
        Annotated[
            Receipt,
            Meta(description="A time receipt held before the first of these acts"),
        ]
        | None
    ) = None
    scans: Annotated[list[Scan], Meta(min_length=1, max_length=MOST_SCANS)]


class Batch(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The same, its scans not read yet: one that cannot be read must not hold up the others."""

    sent_at: Instant
    receipt: Receipt | None = None
    scans: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST_SCANS)]


class Result(Struct, kw_only=True, frozen=True):
    """What became of one act; asked again with the same content, the same answer."""

    uid: str
    status: Annotated[
        Literal[200, 403, 409, 422, 503],
        Meta(
            description="200: kept, whatever it was judged to be. 403: made by another volunteer "
            "of this phone, who has to send it. 409: the same id came before with other content. "
            "422: cannot be accepted; show it. 503: send it again"
        ),
    ]
    outcome: Annotated[str, Meta(description="The verdict's code, or the problem's")]
    sentence: Annotated[str, Meta(description="The same in the reader's language")]
    act: Annotated[
        Literal["in", "out", "undo", "forgot"] | None, Meta(description="What a badge caused")
    ] = None
    attendance_id: int | None = None
    address: Annotated[str, Meta(description="The volunteer's own receipt page")] | None = None
    site: str | None = None
    name: Annotated[str, Meta(description="Of the volunteer")] | None = None
    effective_at: Annotated[Instant, Meta(description="The instant that counts")] | None = None
    in_at: Instant | None = None
    out_at: Instant | None = None
    evidence: Evidence | None = None
    flags: list[Flag] = []
    concerns: Annotated[
        list[str],
        Meta(description="For who read the badge: what speaks for a rest or a course first"),
    ] = []
    receipt: Annotated[str, Meta(description="Our signed word that we have it")] | None = None
    replayed: bool = False


class Results(Struct, kw_only=True, frozen=True):
    """One result for each scan, in the order they were sent; written after all were kept."""

    results: list[Result]
    server_time: Instant
    time_receipt: str


class Uids(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Scans that were answered once, offered again."""

    uids: Annotated[list[UUID], Meta(max_length=MOST_SCANS)]


class Unknown(Struct, kw_only=True, frozen=True):
    """Those of them that are not kept here any more, or never were: send them again."""

    unknown: list[str]


class Time(Struct, kw_only=True, frozen=True):
    """The server's time, and our signature under it."""

    server_time: Instant
    time_receipt: str


class Open(Struct, kw_only=True, frozen=True):
    """The attendance somebody has open."""

    site: str
    site_id: int
    shift_id: int
    in_at: Instant
    counts: Annotated[bool, Meta(description="Whether checking out asks how many were helped")]


class Me(Struct, kw_only=True, frozen=True):
    """Who is signed in, by a name that says nothing, and what they have open."""

    volunteer: str
    open: Open | None
    server_time: Instant
    time_receipt: str


class Fault(Struct, kw_only=True, frozen=True):
    """A problem's stable code, and its sentence in the reader's language."""

    code: str
    sentence: str


class Error(Struct, kw_only=True, frozen=True):
    """Why nothing was done."""

    error: Fault


def read(shape: type[Shape]) -> Shape:
    """The body of this request; anything but JSON is refused, because forms can send that."""
    if request.mimetype != "application/json":
        abort(415)
    return decode(request.get_data(), shape)


def decode(text: bytes | msgspec.Raw, shape: type[Shape]) -> Shape:
    """Raises Problem `unreadable` (fact `fault`: what and where)."""
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as fault:
        raise Problem("unreadable", fault=str(fault)) from None


def uid_of(raw: msgspec.Raw) -> str:
    """The id of something that cannot be read otherwise; empty without one."""
    try:
        named = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])["uid"]
        return msgspec.json.decode(named, type=str)[:60]
    except (msgspec.DecodeError, RecursionError, KeyError):
        return ""


def in_utc(name: str, at: datetime) -> datetime:
    """In UTC; a phone whose battery died says 1970, but nothing says the year 9999."""
    if not 1970 <= at.year <= 2200:
        raise Problem("unreadable", fault=f"{name}: {at.year}")
    return at.astimezone(UTC)


def answer(value: Struct) -> Response:
    """A shape as this request's answer."""
    return Response(msgspec.json.encode(value), mimetype="application/json")
