"""Pages stay light: bytes, requests and layout shift, the first time and with a warm cache."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from checkin.operations import displays
from tests import factories
from tests.browser.weighing import Scales

pytestmark = pytest.mark.kept_pages(after_a_rest=True)

KB = 1000
PEOPLE = 100
VOLUNTEERS_SHIFT, STAFF_SHIFT = 0.02, 0.05


@dataclass(frozen=True)
class Budget:
    """Kilobytes and requests, cold and warm; warm is nothing for what one opens once."""

    cold: int
    warm: int
    requests: int
    requests_warm: int
    shift: float = STAFF_SHIFT


VOLUNTEER = Budget(80, 6, 8, 2, VOLUNTEERS_SHIFT)
BUDGETS = {
    "phone number": ("stranger", "/S/{code}", VOLUNTEER),
    "result": ("noura", "/attendances/{receipt}", VOLUNTEER),
    "check-out": ("noura", "/S/{code}", VOLUNTEER),
    "my hours": ("noura", "/hours", Budget(90, 12, 8, 2, VOLUNTEERS_SHIFT)),
    "floor": ("salem", "/floor/{site}", Budget(110, 20, 10, 3)),
    "approvals": ("salem", "/shifts/{shift}/approvals?list=1", Budget(110, 25, 10, 2)),
    "figures": ("layla", "/figures", Budget(170, 60, 12, 4)),
    "poster": ("layla", "/posters/sheets?poster={poster}", Budget(70, 70, 6, 6)),
}


@pytest.fixture
def places(cast, now):
    """A busy shift of yesterday, Noura on the floor for two hours, a display at its door."""
    crowd = factories.shift(now, cast.mataf, starts=-20 * 60, minutes=300)
    wall = factories.poster(now, cast.mataf, crowd)
    factories.alter(wall, created_at=crowd.starts_at - timedelta(hours=1))
    for number in range(PEOPLE):
        who = factories.person(now, f"متطوع رقم {number}")
        factories.assign(now - timedelta(days=1), who, crowd)
        factories.check_in(who, wall, crowd.starts_at)
        factories.check_out(who, crowd, crowd.ends_at, beneficiaries=30)
    receipt = factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=50))
    displays.open_here(cast.mataf.id, "4815", by=cast.salem.id, now=now)
    return {
        "code": cast.poster.code,
        "receipt": receipt.attendance_id,
        "site": cast.mataf.id,
        "shift": crowd.id,
        "poster": cast.poster.id,
    }


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_pages_keep_to_their_budgets(cast, visit, places, lang):
    over = []
    for name, (who, path, budget) in BUDGETS.items():
        device = "tablet" if who in ("salem", "layla") else "phone"
        person = getattr(cast, who, None)
        scales = Scales(visit(device, person=person, lang=lang).page)
        address = path.format(**places)
        cold, warm = scales.weigh(address), scales.weigh(address)
        print(name, cold, warm, sep="\n  ")  # noqa: T201 shown when the test fails
        over += [
            f"{name}: {what} is {found}, the budget {allowed}"
            for what, found, allowed in (
                ("cold KB", cold.size / KB, budget.cold),
                ("warm KB", warm.size / KB, budget.warm),
                ("cold requests", cold.requests, budget.requests),
                ("warm requests", warm.requests, budget.requests_warm),
                ("cold layout shift", cold.shift, budget.shift),
                ("warm layout shift", warm.shift, budget.shift),
            )
            if found > allowed
        ]
        assert cold.requests > 3, "a cold visit fetches style, script and font"
        assert "متطوع" in scales.text or name != "approvals"
    assert not over, "\n".join(over)
