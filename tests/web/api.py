"""A phone or a tablet as the JSON interface sees it: acts with ids and clocks, sent in batches."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import time_machine
from werkzeug.test import TestResponse

from tests.pages import Browser

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def act(act: str, code: str | None = None, at: datetime | None = None, **more: Any) -> dict:
    """One act with an id of its own; `at` by the device's clock."""
    made = {"uid": str(uuid.uuid4()), "act": act, "code": code, **more}
    return {**made, "device_at": at.isoformat()} if at else made


def send(
    browser: Browser,
    *acts: dict,
    now: datetime,
    skew: timedelta = timedelta(0),
    receipt: str | None = None,
    headers: dict[str, str] = SAME_ORIGIN,
) -> TestResponse:
    """Send these acts at `now`; acts without a time are of this instant. The device's clock is
    `skew` ahead."""
    sent_at = (now + skew).isoformat()
    body = {
        "sent_at": sent_at,
        "receipt": receipt,
        "scans": [{"device_at": sent_at, **one} for one in acts],
    }
    with time_machine.travel(now, tick=False):
        return browser.post("/api/v1/scans", json=body, headers=headers)


def results(response: TestResponse) -> list[dict]:
    """The results of a batch that was answered."""
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()["results"]


def outcomes(response: TestResponse) -> list[str]:
    return [result["outcome"] for result in results(response)]
