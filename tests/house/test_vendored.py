"""What others wrote and we ship is exactly what its lock says, with its licence beside it."""

import hashlib
import json

import pytest

from tests.house.tree import ROOT, files

STATIC = ROOT / "static"
LOCK = STATIC / "vendor" / "lock.json"


def entries() -> list[dict]:
    return json.loads(LOCK.read_text())


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["file"])
def test_the_file_is_the_locked_one(entry):
    found = hashlib.sha256((STATIC / entry["file"]).read_bytes()).hexdigest()
    assert found == entry["sha256"], (
        f"static/{entry['file']} differs from the lock: run tools/vendor.py, never edit it."
    )


def test_nothing_is_vendored_outside_the_lock():
    locked = {entry["file"] for entry in entries()}
    present = {
        str(path.relative_to(STATIC))
        for folder in ("static/vendor/*", "static/fonts/*")
        for path in files(folder)
        if path != LOCK
    }
    assert present == locked, f"Not the same as static/vendor/lock.json: {present ^ locked}"


def test_every_vendored_part_carries_its_licence():
    bare = [
        entry["file"]
        for entry in entries()
        if not any((STATIC / entry["file"]).parent.glob("LICENSE*"))
    ]
    assert not bare, f"No LICENSE beside {bare}: tools/vendor.py copies it from the package."
    assert all(entry["licence"] and entry["version"] for entry in entries())
