"""Starting: which setting wins, how text becomes a value, and what is refused in one sentence."""

import os
from pathlib import Path

import pytest
from flask import Config
from sqlalchemy import text

from checkin import config, create_app
from checkin.config import DEFAULTS, Refused, file_system, sqlite_warnings
from checkin.database import standalone_engine

KEY = "a key for tests that is long enough, 0123456789"
GOOD = {
    "PRODUCTION": True,
    "SECRET_KEY": KEY,
    "BASE_URL": "https://checkin.example.org",
    "SENDER": "file",
    "DATABASE_URL": "postgresql://localhost/checkin",
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith(config.PREFIX):
            monkeypatch.delenv(name)


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir()
    return folder


def loaded(instance: Path, **overrides) -> Config:
    made = Config(str(instance))
    config.load(made, instance, overrides)
    return made


def checked(instance: Path, debug: bool = False, **overrides) -> list[str]:
    return config.check(loaded(instance, **overrides), debug)


# --- which setting wins --------------------------------------------------------------------


def test_a_demo_needs_no_setting_at_all(instance):
    assert checked(instance) == sqlite_warnings()
    assert loaded(instance)["DATABASE_URL"] == f"sqlite:///{instance / 'checkin.sqlite3'}"


def test_each_source_wins_over_the_one_before(instance, monkeypatch):
    def sender() -> str:
        return loaded(instance)["SENDER_NAME"]

    assert sender() == DEFAULTS["SENDER_NAME"]
    (instance.parent / ".env").write_text("CHECKIN_SENDER_NAME=dotenv\n")
    assert sender() == "dotenv"
    monkeypatch.setenv("CHECKIN_SENDER_NAME", "environment")
    assert sender() == "environment"
    (instance / "config.py").write_text("SENDER_NAME = 'file'\n")
    assert sender() == "file"
    assert loaded(instance, SENDER_NAME="override")["SENDER_NAME"] == "override"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("JOBS", "0", False),
        ("JOBS", "No", False),
        ("DEMO", " TRUE ", True),
        ("DEMO", "on", True),
        ("DEVICE_DAYS", "30", 30),
        ("TRUSTED_PROXIES", "2", 2),
        ("SECRET_KEY_FALLBACKS", "old, older ,", ["old", "older"]),
        ("TRUSTED_HOSTS", "a.example, .b.example", ["a.example", ".b.example"]),
        ("ORGANISATION_AR", "جمعية", "جمعية"),
        ("SOMETHING_ELSE", "1", "1"),
    ],
)
def test_text_becomes_the_type_of_its_setting(instance, monkeypatch, name, text, value):
    monkeypatch.setenv(f"CHECKIN_{name}", text)
    assert loaded(instance)[name] == value


def test_a_number_that_is_none_is_refused(instance, monkeypatch):
    monkeypatch.setenv("CHECKIN_DEVICE_DAYS", "half a year")
    with pytest.raises(Refused, match="CHECKIN_DEVICE_DAYS must be a whole number"):
        loaded(instance)


def test_the_installations_own_key_is_made_once_for_its_owner_only(instance):
    key = loaded(instance)["SECRET_KEY"]
    assert len(key) >= 32
    assert loaded(instance)["SECRET_KEY"] == key
    assert (instance / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("base", "name", "secure"),
    [("https://a.example", "__Host-s", True), ("http://127.0.0.1:8000", "s", False)],
)
def test_cookies_fit_the_address(instance, base, name, secure):
    made = loaded(instance, BASE_URL=base)
    assert (made["SESSION_COOKIE_NAME"], made["SESSION_COOKIE_SECURE"]) == (name, secure)


def test_production_answers_by_its_own_name_only_unless_told_others(instance):
    assert loaded(instance, **GOOD)["TRUSTED_HOSTS"] == ["checkin.example.org"]
    told = ["a.example", "b.example"]
    assert loaded(instance, **GOOD, TRUSTED_HOSTS=told)["TRUSTED_HOSTS"] == told
    assert loaded(instance)["TRUSTED_HOSTS"] is None


def test_production_always_asks_for_a_second_factor(instance):
    assert loaded(instance, **GOOD, REQUIRE_TOTP=False)["REQUIRE_TOTP"]


# --- gates ---------------------------------------------------------------------------------


def test_a_good_production_starts(instance):
    assert checked(instance, **GOOD) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SECRET_KEY": ""}, "CHECKIN_SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "CHECKIN_SECRET_KEY is weak"),
        ({"SECRET_KEY": "changeme"}, "CHECKIN_SECRET_KEY is weak"),
        ({"SECRET_KEY": "a" * 64}, "CHECKIN_SECRET_KEY is weak"),
        ({"SECRET_KEY": "abcabcabc" * 8}, "CHECKIN_SECRET_KEY is weak"),
        ({"DEMO": True}, "CHECKIN_DEMO shows sign-in codes"),
        ({"BASE_URL": "http://checkin.example.org"}, "CHECKIN_BASE_URL must begin with https://"),
        ({"BASE_URL": "checkin.example.org"}, "CHECKIN_BASE_URL must begin with https://"),
        ({"SENDER": "console"}, "CHECKIN_SENDER=console prints sign-in codes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_unsafe_setting_is_refused_with_one_sentence(instance, change, sentence):
    with pytest.raises(Refused, match=sentence) as refusal:
        checked(instance, **{**GOOD, **change})
    said = str(refusal.value)
    assert "\n" not in said
    assert said.endswith(".")
    assert not change.get("SECRET_KEY") or change["SECRET_KEY"] not in said


def test_debug_is_refused_in_production_and_only_there(instance):
    with pytest.raises(Refused, match="Debug mode shows secrets"):
        checked(instance, debug=True, **GOOD)
    assert checked(instance, debug=True, **{**GOOD, "PRODUCTION": False}) == []


def test_the_app_does_not_start_either(tmp_path):
    with pytest.raises(Refused, match="weak"):
        create_app({"SECRET_KEY": "short", "DATABASE_URL": f"sqlite:///{tmp_path / 'a'}"})


# --- where SQLite may live -----------------------------------------------------------------

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /mnt/share nfs4 rw 0 0
//server/share /mnt/share/windows cifs rw 0 0
/dev/sdb1 /mnt/share/local ext4 rw 0 0
tmpfs /mnt/sharedtmp tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/srv/checkin.sqlite3", "ext4"),
        ("/mnt/share/checkin.sqlite3", "nfs4"),
        ("/mnt/share/windows/a/checkin.sqlite3", "cifs"),
        ("/mnt/share/local/checkin.sqlite3", "ext4"),
        ("/mnt/sharedtmp/checkin.sqlite3", "tmpfs"),
    ],
)
def test_the_nearest_mount_tells_the_file_system(tmp_path, file, kind):
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert file_system(Path(file), mounts) == kind


def test_where_nothing_tells_nothing_is_assumed(tmp_path):
    assert file_system(Path("/srv/a"), tmp_path / "none") == ""


def test_a_network_file_system_is_refused(instance, tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/export {instance.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr(file_system, "__defaults__", (mounts,))
    with pytest.raises(Refused, match=r"network file system \(nfs4\), where SQLite loses data"):
        checked(instance)


@pytest.mark.parametrize(
    ("version", "warned"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_sqlite_with_the_wal_fault_is_told_of(version, warned):
    warnings = sqlite_warnings(version)
    assert len(warnings) == warned
    assert all(".".join(map(str, version)) in one for one in warnings)


def test_postgresql_plans_a_statement_once_for_a_connection(postgres_url):
    engine = standalone_engine(postgres_url)
    asked = text("SELECT count(*) FROM people WHERE id = :id")
    known = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%people%'")
    with engine.connect() as connection:
        for number in range(2):
            connection.execute(asked, {"id": number})
        assert connection.scalar(known) == 1
    engine.dispose()


def test_postgresql_goes_on_with_the_connection_used_last(postgres_url):
    engine = standalone_engine(postgres_url)
    both = [engine.connect(), engine.connect()]
    used = [one.scalar(text("SELECT pg_backend_pid()")) for one in both]
    for one in both:
        one.close()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == used[-1]
    engine.dispose()
