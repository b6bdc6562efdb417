"""A small round of `tests/load/machine.py`: any acts in any order leave the record whole."""

from checkin.operations import audit
from tests.load import machine


def test_whatever_is_done_in_whatever_order_the_record_holds():
    machine.seen.clear()
    machine.explore(examples=25, steps=30, seed=2026)
    assert machine.seen["examples"] >= 25
    for passed in ("scan checked_in", "badge checked_in", "manual checked_in", "approve passed"):
        assert machine.seen[passed], f"this round proves little: nothing was {passed}"
    while audit.seal():
        pass
    assert audit.broken_at() is None
