"""Imports only point down, nothing is hidden in a function, and each power has one owner."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import Import, Module, imports, modules, read, resolve

FLOORS = (
    "domain", "database", "config", "models", "migrations", "operations", "demo", "web", "", "cli",
    "__main__",
)  # fmt: skip
"""From the ground up; the empty name is `checkin/__init__.py`, which knows every part."""

HEAVY = {"fpdf", "uharfbuzz"}
"""Libraries slow enough to load that a function may import them, with a comment saying so."""

CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}


def _ours(found: list[Module]) -> dict[str, Module]:
    return {module.name: module for module in found}


def _room(module: str) -> str:
    return [*module.split("."), ""][1]


def _edges(found: list[Module]) -> Iterator[tuple[Module, Import, str]]:
    known = set(_ours(found))
    for module in found:
        for item in imports(module):
            target = resolve(item.target, known)
            if target and target != module.name:
                yield module, item, target


def pointing_up(found: list[Module]) -> list[str]:
    return [
        f"{module.path}:{item.line} imports {target}: {_room(target) or 'the root'} is above "
        f"{_room(module.name) or 'the root'}. Move the shared part down, or hand the value in."
        for module, item, target in _edges(found)
        if _room(module.name) != _room(target)
        and FLOORS.index(_room(target)) >= FLOORS.index(_room(module.name))
    ]


def cycles(found: list[Module]) -> list[str]:
    graph: dict[str, set[str]] = {module.name: set() for module in found}
    for module, item, target in _edges(found):
        if not item.for_types_only:
            graph[module.name].add(target)
    loose = dict(graph)
    while free := [name for name, targets in loose.items() if not targets & loose.keys()]:
        for name in free:
            del loose[name]
    return [
        f"{name} is in or above a circle through {', '.join(sorted(targets & loose.keys()))}: "
        "move what both need into a third module."
        for name, targets in sorted(loose.items())
    ]


def views_importing_views(found: list[Module]) -> list[str]:
    rooms = {
        module.name: ".".join(module.name.split(".")[:3])
        for module in found
        if _room(module.name) == "web" and "Blueprint(" in module.text
    }
    return [
        f"{module.path}:{item.line} imports the view module {target}: views are leaves. Move "
        "the question to operations/, or the page part to a module without a blueprint."
        for module, item, target in _edges(found)
        if module.name in rooms and target in rooms and rooms[module.name] != rooms[target]
    ]


def hidden_imports(found: list[Module]) -> list[str]:
    return [
        f"{module.path}:{item.line} imports {item.target} inside a function: import it at the "
        "top; if that makes a circle, the floors are wrong. (Only "
        f"{', '.join(sorted(HEAVY))} may stay, with a comment on the line.)"
        for module in found
        for item in imports(module)
        if item.in_function and not _excused(module, item)
    ]


def _excused(module: Module, item: Import) -> bool:
    line = module.text.splitlines()[item.line - 1]
    return item.target.split(".")[0] in HEAVY and "#" in line


def foreign_to_the_domain(found: list[Module]) -> list[str]:
    return [
        f"{module.path}:{item.line} imports {item.target}: domain/ is the standard library only, "
        "so that its rules can be read and tested alone."
        for module in found
        if _room(module.name) == "domain"
        for item in imports(module)
        if item.target.split(".")[0] not in {"checkin", *sys.stdlib_module_names}
    ]


def reading_the_clock(found: list[Module]) -> list[str]:
    return [
        f"{module.path}:{node.lineno} reads the clock: take `now` as an argument; the web edge "
        "gets it from checkin.web.clock."
        for module in found
        if _room(module.name) in ("domain", "models", "operations")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ".".join(ast.unparse(node.func).split(".")[-2:]) in CLOCKS
    ]


def committing(found: list[Module]) -> list[str]:
    return [
        f"{module.path}:{number} commits: end the act through `with transaction()`; only "
        "checkin/database.py knows how."
        for module in found
        if module.name != "checkin.database"
        for number, line in enumerate(module.text.splitlines(), 1)
        if ".commit(" in line
    ]


RULES = [
    pointing_up,
    cycles,
    views_importing_views,
    hidden_imports,
    foreign_to_the_domain,
    reading_the_clock,
    committing,
]


@pytest.mark.parametrize("rule", RULES)
def test_the_package_keeps(rule):
    found = modules()
    assert found, "The house tests read nothing: is this a git checkout?"
    faults = rule(found)
    assert not faults, "\n" + "\n".join(faults)


def test_every_module_stands_on_a_floor():
    strays = {_room(module.name) for module in modules()} - set(FLOORS)
    assert not strays, f"Say on which floor {strays} stands: FLOORS in this file, and the README."


BAD = [
    (pointing_up, {"checkin/models/a.py": "from checkin.web import b", "checkin/web/b.py": ""}),
    (pointing_up, {"checkin/models/a.py": "from ..web.b import c", "checkin/web/b.py": ""}),
    (pointing_up, {"checkin/web/a.py": "from checkin import db", "checkin/__init__.py": ""}),
    (
        cycles,
        {"checkin/web/a.py": "import checkin.web.b", "checkin/web/b.py": "from .a import x"},
    ),
    (
        views_importing_views,
        {
            "checkin/web/a.py": "from checkin.web import b\nbp = Blueprint('a')",
            "checkin/web/b.py": "bp = Blueprint('b')",
        },
    ),
    (hidden_imports, {"checkin/web/a.py": "def f():\n    import json  # why"}),
    (hidden_imports, {"checkin/web/a.py": "def f():\n    import fpdf"}),
    (foreign_to_the_domain, {"checkin/domain/a.py": "from flask import g"}),
    (reading_the_clock, {"checkin/operations/a.py": "x = datetime.datetime.now(UTC)"}),
    (committing, {"checkin/web/a.py": "db.session.commit()"}),
]


@pytest.mark.parametrize(("rule", "sources"), BAD)
def test_each_rule_sees_its_fault(rule, sources):
    assert rule([read(Path(path), text) for path, text in sources.items()])


def test_what_is_allowed_passes():
    sources = {
        "checkin/models/a.py": "if TYPE_CHECKING:\n    from checkin.models.b import B",
        "checkin/models/b.py": "from checkin.models.a import A\nfrom checkin.domain import c",
        "checkin/domain/c.py": "import datetime",
        "checkin/web/d.py": "def f():\n    from fpdf import FPDF  # slow to load",
    }
    found = [read(Path(path), text) for path, text in sources.items()]
    assert [fault for rule in RULES for fault in rule(found)] == []
