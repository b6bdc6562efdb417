"""Habits of the Python source that cost others dearly."""

import re

import pytest

from tests.house.tree import ROOT, files

CUPBOARDS = {"utils", "helpers", "common", "misc", "manager", "handler", "data", "info"}

FORBIDDEN = [
    (
        r"\btext\(\s*f[\"']|\btext\([^)]*(\.format\(|%\s*[\w(])",
        "builds SQL from strings: bind parameters, or use select().",
    ),
    (r"^\s*(import|from)\s+(pickle|marshal|shelve)\b", "unpickles: keep JSON or columns."),
    (r"\b(eval|exec)\(", "runs text as code: write the code."),
    (r"\bshell\s*=\s*True", "goes through a shell: pass a list of arguments."),
    (r"\b(TODO|FIXME|XXX)\b", "leaves work for later: do it, or leave it out."),
]


def faults_in(text: str) -> list[str]:
    return [
        f"{number}: {why}"
        for number, line in enumerate(text.splitlines(), 1)
        for pattern, why in FORBIDDEN
        if re.search(pattern, line)
    ]


def test_the_source_keeps_clear_of_traps():
    sources = [*files("checkin/*.py"), *files("run.py"), *files("wsgi.py"), *files("tools/*.py")]
    faults = [
        f"{path.relative_to(ROOT)}:{fault}"
        for path in sources
        for fault in faults_in(path.read_text())
    ]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    "line",
    [
        'db.session.execute(text(f"DELETE FROM {table}"))',
        'text("SELECT %s" % column)',
        'text("SELECT {}".format(column))',
        "import pickle",
        "eval(answer)",
        "run(command, shell=True)",
        "# TODO: later",
    ],
)
def test_each_trap_is_seen(line):
    assert faults_in(line)


def test_no_module_is_a_cupboard():
    names = [path.relative_to(ROOT) for path in [*files("checkin/*"), *files("tests/*")]]
    found = [str(name) for name in names if CUPBOARDS & {*name.parts, name.stem}]
    assert not found, f"Name these after what is in them, not after shelves: {found}"
