"""House tests read the source and run next to nothing of it: coverage rests meanwhile."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.measured_elsewhere)
