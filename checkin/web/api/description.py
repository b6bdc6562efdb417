"""What the JSON interface says about itself, in OpenAPI, made from the shapes and the views."""

from collections.abc import Callable
from typing import Any

from flask import jsonify
from spectree import (
    Response,
    SecurityScheme,
    SecuritySchemeData,
    SpecTree,
    Tag,
    get_msgspec_model_adapter,
)

from checkin.web.api import shapes
from checkin.web.api.blueprint import bp
from checkin.web.guard import public

ABOUT = (
    "Scans kept on phones and tablets, sent together when the network is back. Every act has an id "
    "made before it is sent: sent twice it has one effect and one answer. What was answered with "
    "200 is kept durably. Instants are ISO 8601 with an offset. A browser is known by its cookie "
    "and must ask from a page of ours; a program shows a token (`checkin token create`)."
)
SCANS = Tag(name="scans", description="Checking in and out")
TALLIES = Tag(name="tallies", description="People served, counted by their lane")
FACTS = Tag(name="facts", description="What a phone has to know")
FAULTS = {
    "HTTP_401": (shapes.Error, "Nobody is signed in: keep everything and ask to sign in"),
    "HTTP_403": (shapes.Error, "A page of another site asked, or somebody who may not"),
    "HTTP_404": (shapes.Error, "Not there, or not for whoever asks"),
    "HTTP_413": (shapes.Error, "More than 256 kB"),
    "HTTP_415": (shapes.Error, "Not `application/json`"),
    "HTTP_422": (shapes.Error, "The message cannot be read; the sentence says where"),
    "HTTP_429": (shapes.Error, "Too many at once: wait for `Retry-After` seconds"),
    "HTTP_503": (shapes.Error, "Nothing was kept: send it again after `Retry-After` seconds"),
}
SENDING_FAULTS = tuple(code for code in FAULTS if code != "HTTP_404")
ASKING_FAULTS = ("HTTP_401", "HTTP_503")
READING_FAULTS = ("HTTP_401", "HTTP_403", "HTTP_404", "HTTP_503")

_tree = SpecTree(
    "flask",
    model_adapter=get_msgspec_model_adapter(),
    naming_strategy=lambda shape: shape.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    validation_error_model=shapes.Error,
    mode="strict",
    annotations=False,
    title="Checkin",
    description=ABOUT,
    version="1",
    security_schemes=[
        SecurityScheme(name="token", data=SecuritySchemeData(type="http", scheme="bearer")),
        SecurityScheme(
            name="cookie",
            data=SecuritySchemeData(type="apiKey", name="device", field_in="cookie"),
        ),
    ],
    security=[{"token": []}, {"cookie": []}],
)

EXAMPLES: dict[str, Any] = {
    "Scans": {
        "sent_at": "2026-11-22T15:40:10+03:00",
        "receipt": None,
        "scans": [
            {
                "uid": "6f1f0f0e-5d43-4b7e-9b55-2f1f3a1f7c01",
                "act": "in",
                "code": "S/0123456789ABCDEFGHJKMNPQRS",
                "device_at": "2026-11-22T13:02:00+03:00",
                "joins": True,
            },
            {
                "uid": "6f1f0f0e-5d43-4b7e-9b55-2f1f3a1f7c02",
                "act": "out",
                "code": "S/0123456789ABCDEFGHJKMNPQRS",
                "device_at": "2026-11-22T15:38:30+03:00",
                "beneficiaries": 25,
            },
        ],
    },
    "Result": {
        "uid": "6f1f0f0e-5d43-4b7e-9b55-2f1f3a1f7c01",
        "status": 200,
        "outcome": "checked_in",
        "sentence": "You’re checked in",
        "act": "in",
        "attendance_id": 7,
        "address": "/attendances/7",
        "site": "Mataf courtyard",
        "name": "نورة سعد القحطاني",
        "effective_at": "2026-11-22T10:02:00Z",
        "in_at": "2026-11-22T10:02:00Z",
        "out_at": None,
        "evidence": "offline",
        "flags": ["offline", "late_upload"],
        "receipt": None,
        "replayed": False,
    },
}


def described(
    tag: Tag, answer: Any, *, takes: Any = None, faults: tuple[str, ...] = SENDING_FAULTS
) -> Callable[[Any], Any]:
    """Put a view into the description; reading and checking what comes in is the view's own."""
    told = Response(HTTP_200=answer, **{code: FAULTS[code] for code in faults})
    return _tree.validate(json=takes, resp=told, tags=(tag,), skip_validation=True)


@bp.get("/openapi.json")
@public
def openapi() -> Any:
    document = {**_tree.spec}
    for name, example in EXAMPLES.items():
        document["components"]["schemas"][name]["examples"] = [example]
    return jsonify(document)
