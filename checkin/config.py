"""Settings: defaults, `.env`, environment, `instance/config.py`, overrides; and start-up gates."""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from flask import Config

from checkin.database import sqlite_file
from checkin.domain.errors import Problem
from checkin.domain.quiet import read_windows

PREFIX = "CHECKIN_"
DEFAULTS: dict[str, Any] = {
    "DATABASE_URL": "",
    "SECRET_KEY": "",
    "SECRET_KEY_FALLBACKS": [],
    "BASE_URL": "http://127.0.0.1:8000",
    "PRODUCTION": False,
    "DEMO": False,
    "ORGANISATION_AR": "حضور المتطوعين",
    "ORGANISATION_EN": "Volunteer attendance",
    "ZONE": "Asia/Riyadh",
    "DIGITS": "latn",
    "QUIET_TIMES": "",
    "QUIET_BEFORE": 0,
    "QUIET_AFTER": 0,
    "TRUSTED_PROXIES": 0,
    "TRUSTED_HOSTS": None,
    "SENDER": "console",
    "SENDER_FILE": "",
    "SENDER_URL": "",
    "SENDER_TOKEN": "",
    "SENDER_NAME": "",
    "EXPORT_PATH": "",
    "MESSAGES_PER_DAY": 5000,
    "MESSAGE_DAYS": 90,
    "IMPORT_DAYS": 7,
    "EXPORT_DAYS": 2,
    "POSTER_DAYS": 14,
    "OPENS_MINUTES": 30,
    "CODES_PER_ADDRESS": 20,
    "FOREIGN_NUMBERS": False,
    "REQUIRE_TOTP": False,
    "JOBS": True,
    "MAX_CONTENT_LENGTH": 256 * 1024,
    "MAX_FORM_MEMORY_SIZE": 64 * 1024,
    "MAX_FORM_PARTS": 100,
    "DEVICE_DAYS": 180,
    "STAFF_HOURS": 12,
    "BABEL_DEFAULT_LOCALE": "ar",
    "WTF_CSRF_TIME_LIMIT": 7 * 24 * 3600,
    # our pages send no Referer, so asking for one would refuse every form over https
    "WTF_CSRF_SSL_STRICT": False,
}
"""What each setting is when nobody says otherwise; a demo needs nothing else."""

_EXAMPLES = {"changeme", "change-me", "secret", "dev", "development", "example", "password"}
MINIMUM_KEY = 32
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "sshfs", "fuse.sshfs", "9p", "afs"}


class Refused(Exception):
    """The app will not start like this; the message says what to change."""


def folder(name: str) -> Path:
    """`templates` or `static`: inside an installed package, beside it in a checkout."""
    here = Path(__file__).resolve().parent
    for place in (here / name, here.parent / name):
        if place.is_dir():
            return place
    raise Refused(f"{name}/ is missing from this installation; install Checkin again.")


def instance_folder() -> Path:
    """Where the database, keys and config.py live: never inside the package or git."""
    given = os.environ.get(PREFIX + "INSTANCE_PATH")
    if given:
        return Path(given).resolve()
    checkout = Path(__file__).resolve().parent.parent
    return (checkout if (checkout / "setup.cfg").is_file() else Path.cwd()) / "instance"


def load(config: Config, instance: Path, overrides: Mapping[str, Any] | None) -> None:
    """Fill `config`, weakest first: defaults, `.env`, environment, config.py, overrides."""
    config.from_mapping(DEFAULTS)
    given = {**dotenv_values(instance.parent / ".env"), **os.environ}
    for name, text in given.items():
        if name.startswith(PREFIX) and text is not None:
            key = name.removeprefix(PREFIX)
            config[key] = _typed(key, text)
    config.from_pyfile(str(instance / "config.py"), silent=True)
    config.from_mapping(overrides or {})
    _complete(config, instance)


def _typed(key: str, text: str) -> Any:
    """Read text from the environment as the type its default has."""
    kind = type(DEFAULTS.get(key, ""))
    if kind is bool:
        return text.strip().lower() in ("1", "true", "yes", "on")
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise Refused(f"{PREFIX}{key} must be a whole number, not “{text}”.") from None
    if kind is list or key == "TRUSTED_HOSTS":
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _complete(config: Config, instance: Path) -> None:
    if not config["DATABASE_URL"]:
        config["DATABASE_URL"] = f"sqlite:///{instance / 'checkin.sqlite3'}"
    config["DEMO"] = config["DEMO"] or demo_marker(instance, config["DATABASE_URL"]).exists()
    secure = config["BASE_URL"].startswith("https://")
    config["SESSION_COOKIE_NAME"] = "__Host-s" if secure else "s"
    config["SESSION_COOKIE_SECURE"] = secure
    config["SESSION_COOKIE_HTTPONLY"] = True
    config["SESSION_COOKIE_SAMESITE"] = "Lax"
    if config["PRODUCTION"] and not config["TRUSTED_HOSTS"]:
        config["TRUSTED_HOSTS"] = [urlsplit(config["BASE_URL"]).hostname or ""]
    # production staff always have a second factor; elsewhere it is a choice
    config["REQUIRE_TOTP"] = config["REQUIRE_TOTP"] or config["PRODUCTION"]
    if config["SENDER"] == "file" and not config["SENDER_FILE"]:
        config["SENDER_FILE"] = str(instance / "messages.jsonl")
    if not config["SECRET_KEY"] and not _must_be_given(config):
        config["SECRET_KEY"] = _kept_key(instance)
    # the last one signs; a form opened under a key before it is taken all the same
    config["WTF_CSRF_SECRET_KEY"] = [*config["SECRET_KEY_FALLBACKS"], config["SECRET_KEY"]]


def demo_marker(instance: Path, database_url: str) -> Path:
    """The file whose being there says that this very database holds the demo, and nothing real."""
    return instance / f"demo-{hashlib.sha256(database_url.encode()).hexdigest()[:16]}"


def _must_be_given(config: Config) -> bool:
    """Several machines must share one key, so it cannot be made up on each of them."""
    return bool(config["PRODUCTION"]) and sqlite_file(config["DATABASE_URL"]) is None


def _kept_key(instance: Path) -> str:
    """This installation's own key, made once and readable by its owner only."""
    path = instance / "secret-key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


# --- gates ---------------------------------------------------------------------------------


def check(config: Config, debug: bool) -> list[str]:
    """Refuse what is unsafe; return warnings about what is guarded.

    Raises `Refused` with one sentence that says what to change.
    """
    _check_key(config)
    _check_words(config)
    if config["PRODUCTION"]:
        _check_production(config, debug)
    file = sqlite_file(config["DATABASE_URL"])
    if file is None:
        return []
    _check_file_system(file)
    return sqlite_warnings()


def _check_key(config: Config) -> None:
    key = config["SECRET_KEY"]
    if not key:
        raise Refused("CHECKIN_SECRET_KEY is missing: set the same 32 or more random characters.")
    if len(key) < MINIMUM_KEY or key.lower() in _EXAMPLES or len(set(key)) < 8:
        raise Refused("CHECKIN_SECRET_KEY is weak: use 32 or more random characters.")


def _check_words(config: Config) -> None:
    if config["DIGITS"] not in ("latn", "arab"):
        raise Refused("CHECKIN_DIGITS must be latn (123) or arab (١٢٣).")
    try:
        read_windows(config["QUIET_TIMES"])
    except Problem as problem:
        said = "CHECKIN_QUIET_TIMES must be times like 22:00–05:00, one after a comma."
        raise Refused(said) from problem


def _check_production(config: Config, debug: bool) -> None:
    if debug:
        raise Refused("Debug mode shows secrets to visitors: switch it off in production.")
    if config["DEMO"]:
        raise Refused("CHECKIN_DEMO shows sign-in codes: switch it off in production.")
    if urlsplit(config["BASE_URL"]).scheme != "https":
        raise Refused("CHECKIN_BASE_URL must begin with https:// in production.")
    if config["SENDER"] == "console":
        raise Refused("CHECKIN_SENDER=console prints sign-in codes: choose http or file.")


def _check_file_system(file: Path) -> None:
    kind = file_system(file)
    if kind in _NETWORK_FILE_SYSTEMS:
        raise Refused(
            f"{file.parent} is on a network file system ({kind}), where SQLite loses data: "
            "use a local disk or PostgreSQL."
        )


def file_system(file: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The kind of file system `file` is on; empty where the system does not tell."""
    if not mounts.exists():
        return ""
    rows = [line.split()[1:3] for line in mounts.read_text().splitlines()]
    path = str(file.resolve())
    holding = [(p, kind) for p, kind in rows if path == p or path.startswith(p.rstrip("/") + "/")]
    return max(holding, default=("", ""), key=lambda row: len(row[0]))[1]


def sqlite_warnings(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> list[str]:
    """A sentence when this SQLite has the WAL-reset fault, which our queue guards against.

    Affected are 3.7.0 to 3.51.2 without the corrected 3.44.6 and 3.50.7 lines.
    """
    corrected = (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )
    if corrected or version < (3, 7, 0):
        return []
    text = ".".join(map(str, version))
    return [f"SQLite {text} can damage its log when two writers meet; Checkin queues writers."]
