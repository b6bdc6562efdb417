#!/usr/bin/env python3
"""Set up once, then run: `python3 run.py` serves the demo, `python3 run.py test` tests everything.

Standard library only: this is the one file that runs before anything is installed.
"""

from __future__ import annotations  # so that an older Python gets as far as the sentence below

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / "installed"
ASKED = VENV / "browser-asked-for"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
TO_RUN = ("postgres",)
TO_TEST = ("postgres", "test", "dev")
CHECKS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",))
BY_FILE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
ONE_BY_ONE = ("-n", "3", "--dist", "load")
WITHOUT_BROWSER = ("-m", "not browser")
BROWSER = ("tests/browser", "-o", "cache_dir=.pytest_cache/browser")
SOME_FAILED = 1
COVERED = ("--cov", "--cov-report", "term")
APT = ("apt-get", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10")
PACKAGES = ("chromium-headless-shell", "chromium")
BROWSERS = (*PACKAGES, "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first is the same browser without its windows: it needs half the work."""


def main() -> int:
    """Answer with the exit code of what was asked for."""
    if sys.version_info < (3, 11):  # noqa: UP036, it runs before pip can refuse
        sys.exit(f"Checkin needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    os.chdir(HERE)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what was compiled once need not be again
    commands = {"test": test, "coverage": coverage, "check": check, "format": reformat}
    if len(sys.argv) > 1 and sys.argv[1] in commands:
        return commands[sys.argv[1]](sys.argv[2:])
    return serve(_arguments())


def serve(wanted: argparse.Namespace) -> int:
    """Set up, bring the database up to date, fill in the demo and serve."""
    install(TO_RUN)
    first = ["--prepare", *(["--demo"] if wanted.demo else [])]
    return run("-m", "checkin", "serve", "--host", wanted.host, "--port", str(wanted.port), *first)


def test(arguments: list[str]) -> int:
    """Set up and run every test, the checks among them; with arguments, only pytest, with these."""
    install(TO_TEST)
    browser = _provide_browser()
    if arguments:
        return run("-m", "pytest", *([] if browser else WITHOUT_BROWSER), *arguments)
    codes = [run("-m", "pytest", *BY_FILE, "--ignore", BROWSER[0])]
    if browser:
        # a third one works while the others wait for a page
        codes.append(_once_more(run("-m", "pytest", *ONE_BY_ONE, *BROWSER)))
    else:
        print("No Chromium could be had: the tests marked `browser` are left out.", flush=True)
    if not browser and _is_ci():
        print("CI is set and the browser tests did not run: that is a failure.")
        codes.append(1)
    return next((code for code in codes if code), 0)


def _once_more(code: int) -> int:
    """The code of the tests in a browser, once those that failed were tried alone."""
    if code != SOME_FAILED:
        return code
    print("What failed beside other browsers is tried once more, alone.", flush=True)
    return run("-m", "pytest", "--last-failed", *BROWSER)


def coverage(_: list[str]) -> int:
    """Which lines and branches the tests run; what a browser shows is run without one too."""
    install(TO_TEST)
    return run("-m", "pytest", *BY_FILE, *COVERED, "--ignore", BROWSER[0])


def check(_: list[str]) -> int:
    """Lint, format and types."""
    install(TO_TEST)
    return max([run("-m", *command) for command in CHECKS])


def reformat(_: list[str]) -> int:
    """Put the Python into one style."""
    install(TO_TEST)
    return run("-m", "ruff", "check", "--fix", ".") or run("-m", "ruff", "format", ".")


def install(extras: tuple[str, ...]) -> None:
    """Make .venv hold the package and these extras, unless it already does."""
    wanted = {_fingerprint(), *extras}
    if STAMP.is_file() and wanted <= set(STAMP.read_text().split()):
        return
    print("Setting up .venv; this takes a minute the first time.", flush=True)
    uv = shutil.which("uv")
    if not _works(uv):
        _make_environment(uv)
    target = f".[{','.join(extras)}]"
    exactly = ("--quiet", "-c", "constraints.txt", "-e", target)
    if not any(_ran(*installer, *exactly) for installer in _installers(uv)):
        sys.exit("The installation failed; the lines above say why. Nothing else was changed.")
    STAMP.write_text("\n".join(sorted(wanted)))


def _installers(uv: str | None) -> Iterator[tuple[str | Path, ...]]:
    """First uv where it can be had, in a tenth of pip's time; then pip, if it is there."""
    pip = (PYTHON, "-m", "pip", "install")
    if uv:
        yield uv, "pip", "install", "--python", PYTHON
        return
    if _ran(*pip, "--quiet", "uv"):
        yield PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON
    yield pip


def _ran(*command: str | Path) -> bool:
    return subprocess.run(command).returncode == 0


def run(*arguments: str) -> int:
    """Run the environment's Python and answer with its exit code; Ctrl-C is not a fault."""
    process = subprocess.Popen([PYTHON, *arguments])
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the program got it too and is stopping in its own way


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Set up and serve Checkin, with its demo.",
        epilog="Also: run.py test [pytest arguments], coverage, check, format",
    )
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on (%(default)s)")
    parser.add_argument("--port", default=8000, type=int, help="port to listen on (%(default)s)")
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="start empty")
    return parser.parse_args()


def _fingerprint() -> str:
    """Changes whenever the environment would be installed differently."""
    seen = hashlib.sha256(f"{HERE} {sys.version_info[:2]}".encode())
    for name in ("setup.cfg", "pyproject.toml", "constraints.txt"):
        seen.update((HERE / name).read_bytes())
    return seen.hexdigest()


def _works(uv: str | None) -> bool:
    """Whether .venv is an environment of the Python that runs us, with something to install by."""
    show = f"import sys{'' if uv else ', pip'}; print(sys.version_info[:2])"
    if not PYTHON.exists():
        return False
    seen = subprocess.run([PYTHON, "-c", show], capture_output=True, text=True)
    return seen.stdout.strip() == str(sys.version_info[:2])


def _make_environment(uv: str | None) -> None:
    if not uv and not find_spec("ensurepip"):
        sys.exit("Python's venv is missing. On Debian and Ubuntu: sudo apt install python3-venv")
    maker = [uv, "venv", "--clear", "--python"] if uv else []
    command = (
        [*maker, sys.executable, VENV] if uv else [sys.executable, "-m", "venv", "--clear", VENV]
    )
    if not _ran(*command):
        sys.exit(f"The environment {VENV} could not be made; the lines above say why.")


def _provide_browser() -> bool:
    """Find a Chromium or get one; CHROMIUM then names it, unless it is Playwright's own."""
    if not os.environ.get("CHROMIUM") and not shutil.which(PACKAGES[0]):
        _install_browser()
    if found := _find_browser():
        os.environ["CHROMIUM"] = found
        return True
    return run("-m", "playwright", "install", "chromium") == 0


def _install_browser() -> None:
    """The lighter one where Debian has it, asked for once, and any where there is none yet."""
    if not _may_install_packages() or (ASKED.exists() and _find_browser()):
        return
    subprocess.run([*APT, "update", "-q"])
    for package in PACKAGES:
        if not _find_browser() or package == PACKAGES[0]:
            subprocess.run([*APT, "install", "-qy", "--no-install-recommends", package])
    ASKED.touch()


def _find_browser() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def _may_install_packages() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and bool(shutil.which("apt-get"))


def _is_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


if __name__ == "__main__":
    sys.exit(main())
