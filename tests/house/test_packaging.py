"""The package is whole: its list, its requirements, and the wheel that a server installs."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT, files, imports, modules, tracked

COMES_WITH = {"click": "flask", "itsdangerous": "flask", "jinja2": "flask", "markupsafe": "flask",
              "werkzeug": "flask"}  # fmt: skip
"""Imported by us, required by Flask, and part of what Flask promises."""

NOT_IMPORTED = {"tzdata", "uharfbuzz", "psycopg", "gunicorn"}
"""Required without an import of ours: zone files, fpdf2's shaping, a driver, a server."""

NOT_SHIPPED = ("checkin/translations/*.po", "checkin/translations/*.pot")
"""Sources of compiled files, at any depth."""


def settings() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg")
    return parser


def lines(value: str) -> list[str]:
    return [line.strip() for line in value.splitlines() if line.strip()]


def requirements() -> dict[str, list[Requirement]]:
    """What each extra asks for; the empty name is what everybody gets."""
    parts = {"": settings()["options"]["install_requires"], **settings()["options.extras_require"]}
    return {name: [Requirement(line) for line in lines(value)] for name, value in parts.items()}


def test_setup_cfg_alone_describes_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(project) == {"build-system", "tool"}, "A [project] table switches setup.cfg off."
    assert set(project["tool"]) == {"ruff"}, "Settings of other tools belong in setup.cfg."
    assert not (ROOT / "setup.py").exists(), "setup.cfg says it all: remove setup.py."


def test_the_package_list_is_complete():
    listed = {name for name in lines(settings()["options"]["packages"]) if name != "checkin"}
    data_only = {"checkin.static", "checkin.templates", "checkin.translations"}
    folders = {path.relative_to(ROOT).parent.as_posix() for path in files("checkin/*.py")}
    needed = {
        folder.replace("/", ".")
        for folder in folders
        if not folder.startswith("checkin/migrations/")  # found by Alembic, not imported
    } - {"checkin"}
    assert listed - data_only == needed, "Bring `packages` in setup.cfg up to date."


def test_every_import_is_required():
    given = {canonicalize_name(item.name) for items in requirements().values() for item in items}
    providers = packages_distributions()
    stray = set()
    for module in modules():
        for item in imports(module):
            top = item.target.split(".")[0]
            if top == "checkin" or top in sys.stdlib_module_names:
                continue
            by = {canonicalize_name(name) for name in providers.get(top, [])}
            if not (by | {COMES_WITH.get(top)}) & given:
                stray.add(f"{module.path}:{item.line} imports {top}")
    assert not stray, f"Add to install_requires in setup.cfg, or do without: {sorted(stray)}"


def test_every_requirement_is_used():
    providers = packages_distributions()
    imported = {item.target.split(".")[0] for module in modules() for item in imports(module)}
    used = {canonicalize_name(name) for top in imported for name in providers.get(top, [])}
    idle = {
        item.name
        for item in requirements()[""]
        if canonicalize_name(item.name) not in used and item.name not in NOT_IMPORTED
    }
    assert not idle, f"Nothing imports {sorted(idle)}: remove from install_requires."


def test_constraints_pin_every_requirement():
    pins = [Requirement(line) for line in lines((ROOT / "constraints.txt").read_text())
            if not line.startswith("#")]  # fmt: skip
    versions = {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}
    wrong = [
        str(item)
        for items in requirements().values()
        for item in items
        if not item.marker or item.marker.evaluate()
        if not item.specifier.contains(versions.get(canonicalize_name(item.name), "0"))
    ]
    assert not wrong, f"constraints.txt lacks a fitting version of {wrong}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel built from what git tracks, so that neither leftovers nor luck get in."""
    copy = tmp_path_factory.mktemp("clone")
    for name in tracked():
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"],
        cwd=copy, capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    return next((copy / "dist").glob("*.whl"))


def test_the_wheel_contains_what_git_tracks(wheel):
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = {
        re.sub(r"^(templates|static)/", r"checkin/\1/", name)
        for name in tracked()
        if name.startswith(("checkin/", "templates/", "static/"))
        and not any(_below(name, pattern) for pattern in NOT_SHIPPED)
    }
    assert inside == expected, (
        f"Missing from the wheel: {sorted(expected - inside)}; "
        f"not in git: {sorted(inside - expected)}. See package_data in setup.cfg."
    )


def _below(name: str, pattern: str) -> bool:
    folder, _, ending = pattern.rpartition("/")
    return name.startswith(f"{folder}/") and PurePosixPath(name).match(ending)


VISIT = """
import checkin
app = checkin.create_app({"TESTING": True})
assert checkin.__file__.startswith(%r), checkin.__file__
answer = app.test_client().get("/")
assert answer.status_code in (200, 302, 303), answer.status
"""


def test_the_wheel_runs_outside_the_checkout(wheel, tmp_path):
    place = str(tmp_path / "site")
    zipfile.ZipFile(wheel).extractall(place)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHECKIN_")}
    circumstances = {
        "cwd": tmp_path,
        "env": {**kept, "PYTHONPATH": place, "CHECKIN_INSTANCE_PATH": str(tmp_path / "instance")},
        "capture_output": True,
        "text": True,
    }
    for arguments in (["-m", "checkin", "init"], ["-c", VISIT % place]):
        result = subprocess.run([sys.executable, *arguments], **circumstances)
        assert result.returncode == 0, result.stdout + result.stderr
