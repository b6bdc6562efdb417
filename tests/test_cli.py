"""The `checkin` command: what it prints, how it fails, and that it serves."""

import io
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import click
import pytest
import zxingcpp
from PIL import Image

import checkin.cli
from checkin import create_app
from checkin.cli import main, serving
from checkin.config import PREFIX
from checkin.database import db


@pytest.fixture(autouse=True)
def instance(tmp_path, monkeypatch) -> Path:
    """An installation of its own, whatever this machine's settings are."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    folder = tmp_path / "instance"
    monkeypatch.setenv("CHECKIN_INSTANCE_PATH", str(folder))
    return folder


@pytest.fixture
def command(capsys):
    """Runs a command; its exit code, what it said, and what it said went wrong."""

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def ready(instance, sqlite_template) -> None:
    """What `init` makes of an empty installation."""
    instance.mkdir()
    shutil.copy(sqlite_template, instance / "checkin.sqlite3")


@pytest.fixture
def demo(instance, demo_of_today) -> None:
    """An installation with people in it."""
    shutil.copytree(demo_of_today, instance)


@pytest.fixture
def database(instance):
    """The database's file, opened beside the application."""
    with closing(sqlite3.connect(instance / "checkin.sqlite3")) as connection:
        yield connection


def one(database, query: str):
    return database.execute(query).fetchone()[0]


def commands(group: click.Group, *names: str):
    for name, found in group.commands.items():
        yield [*names, name]
        if isinstance(found, click.Group):
            yield from commands(found, *names, name)


# --- the command itself --------------------------------------------------------------------


@pytest.mark.parametrize("names", list(commands(checkin.cli.checkin)), ids=" ".join)
def test_every_command_explains_itself(command, names):
    code, said, _ = command(*names, "--help")
    assert code == 0
    assert said.startswith(f"Usage: checkin {' '.join(names)}")
    assert len(said.splitlines()) > 3


def test_what_the_readme_names_is_there():
    assert set(checkin.cli.checkin.commands) >= {
        *("init", "serve", "demo", "doctor", "create-admin", "report", "jobs", "verify-audit"),
        "token",
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["walk"], "No such command 'walk'."),
        (["init", "--hard"], "No such option '--hard'."),
        (["serve", "--port", "door"], "Invalid value for '--port'"),
        (["create-admin"], "Missing argument 'EMAIL'."),
    ],
)
def test_a_slip_of_the_pen_gets_one_sentence(command, arguments, sentence):
    code, said, fault = command(*arguments)
    assert (code, said) == (2, "")
    assert fault.startswith(sentence)
    assert len(fault.splitlines()) == 1


@pytest.mark.parametrize("name", ["demo", "serve", "verify-audit", "create-admin a@b.org Ali"])
def test_a_command_that_needs_tables_says_how_to_get_them(command, name):
    code, _, fault = command(*name.split())
    assert code == 1
    assert fault == "The database is not up to date: run `checkin init` first.\n"


def test_unsafe_settings_are_refused_in_one_sentence(command, monkeypatch):
    monkeypatch.setenv("CHECKIN_SECRET_KEY", "changeme")
    code, _, fault = command("init")
    assert (code, fault) == (
        1,
        "CHECKIN_SECRET_KEY is weak: use 32 or more random characters.\n",
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/nothing",
        "sqlite:////proc/nowhere/checkin.sqlite3",
        "mystery://somewhere",
        "not an address",
    ],
)
def test_a_database_out_of_reach_is_one_sentence(command, monkeypatch, url):
    monkeypatch.setenv("CHECKIN_DATABASE_URL", url)
    code, _, fault = command("init")
    assert code == 1
    assert len(fault.splitlines()) == 1
    assert "CHECKIN_DATABASE_URL" in fault


# --- init, demo ----------------------------------------------------------------------------


def test_init_makes_the_tables_and_then_changes_nothing(command, instance):
    assert command("init") == (0, "The database is ready.\n", "")
    assert command("init") == (0, "The database is up to date.\n", "")
    assert (instance / "checkin.sqlite3").is_file()


def test_the_demo_is_made_once_and_marks_its_own_database(ready, command, tmp_path, database):
    assert command("demo", "--size", "today") == (0, "The demo is ready.\n", "")
    entries = one(database, "SELECT count(*) FROM audit_entries")
    assert command("demo", "--size", "today") == (0, "The demo is up to date.\n", "")
    assert one(database, "SELECT count(*) FROM audit_entries") == entries
    assert create_app().config["DEMO"] is True
    elsewhere = {"DATABASE_URL": f"sqlite:///{tmp_path / 'real.sqlite3'}"}
    assert create_app(elsewhere).config["DEMO"] is False


def test_the_demo_stays_away_from_real_records(ready, command, instance, database):
    command("create-admin", "majed@example.org", "ماجد علي")
    code, _, fault = command("demo")
    assert code == 1
    assert fault.startswith("This database holds real records")
    assert one(database, "SELECT count(*) FROM people") == 1
    assert create_app().config["DEMO"] is False


def test_a_demo_that_was_interrupted_is_not_gone_on_with(ready, command, database):
    begun = (
        "INSERT INTO audit_entries (at, act, thing, facts) VALUES (?, 'demo.begin', 'demo', '{}')"
    )
    database.execute(begun, ("2026-11-22 10:00:00.000000",))
    database.commit()
    code, _, fault = command("demo", "--size", "today")
    assert code == 1
    assert fault.startswith("The demo was interrupted while it filled this database")
    assert one(database, "SELECT count(*) FROM people") == 0


def test_production_has_no_demo(ready, command, monkeypatch, database):
    monkeypatch.setenv("CHECKIN_PRODUCTION", "true")
    monkeypatch.setenv("CHECKIN_BASE_URL", "https://checkin.example.org")
    monkeypatch.setenv("CHECKIN_SENDER", "file")
    code, _, fault = command("demo")
    assert (code, fault) == (1, "The demo shows sign-in codes: it is not for production.\n")
    assert one(database, "SELECT count(*) FROM people") == 0


# --- questions -----------------------------------------------------------------------------


def test_the_sums_of_figures_are_made_anew(ready, command, database):
    assert command("figures", "recompute") == (0, "Every sum agrees with the records.\n", "")
    database.execute(
        "INSERT INTO period_totals"
        " VALUES ('2026', 'all', 'all', 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0)"
    )
    database.commit()
    assert command("figures", "recompute") == (0, "Lines corrected: 1.\n", "")
    assert one(database, "SELECT count(*) FROM period_totals") == 0


def test_totals_have_the_agreed_names(ready, command):
    code, said, _ = command("report", "totals", "--json")
    assert code == 0
    assert json.loads(said) == {
        "approved_minutes": 0,
        "waiting_minutes": 0,
        "beneficiaries": 0,
        "volunteers": 0,
        "attendances": 0,
        "opportunities": 0,
        "course_attendances": 0,
        "value_halalas": None,
        "valued_minutes": 0,
        "low_halalas": None,
        "high_halalas": None,
    }


def test_totals_are_those_of_the_records(demo, command, database):
    told = json.loads(command("report", "totals", "--json")[1])
    waiting = one(
        database,
        "SELECT sum(credited_minutes) FROM attendances"
        " JOIN shifts ON shifts.id = shift_id"
        " JOIN opportunities ON opportunities.id = opportunity_id"
        " WHERE state = 'closed' AND opportunities.kind = 'service'",
    )
    assert told["waiting_minutes"] == waiting > 0
    assert told["approved_minutes"] == 0
    long_ago = json.loads(command("report", "totals", "--json", "--year", "1999")[1])
    assert long_ago["waiting_minutes"] == 0
    assert f"waiting_minutes     {waiting:>14,}" in command("report", "totals")[1]


def test_an_untouched_audit_log_is_whole(demo, command):
    code, said, _ = command("verify-audit", "--json")
    told = json.loads(said)
    assert (code, told["whole"], told["at"]) == (0, True, None)
    assert f"{told['sealed']:,} sealed entries" in command("verify-audit")[1]


def test_a_changed_audit_log_is_found(demo, command, database):
    database.executescript(
        "DROP TRIGGER audit_entries_no_update;"
        "UPDATE audit_entries SET act = 'nothing' WHERE id = 7;"
    )
    code, said, fault = command("verify-audit", "--json")
    assert code == 1
    assert json.loads(said)["at"] == 7
    assert fault == "The audit log is broken at link 7.\n"


# --- the first administrator ---------------------------------------------------------------


@pytest.fixture
def typed(monkeypatch):
    """What somebody types, or pipes in."""

    def typed(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return typed


def test_an_administrator_chooses_a_password_by_the_link(ready, command):
    code, said, _ = command("create-admin", "Majed@Example.org", "ماجد علي الشهري")
    assert code == 0
    assert said.startswith("majed@example.org is an administrator.\n")
    (path,) = re.findall(r"^http://127\.0\.0\.1:8000(/\S+)$", said, flags=re.M)
    app = create_app()
    with app.app_context():
        answer = app.test_client().get(path)
        db.session.remove()
        db.engine.dispose()
    assert answer.status_code == 200
    assert 'type="password"' in answer.get_data(as_text=True)


def test_a_password_can_come_from_a_pipe(ready, command, database, typed):
    typed("a quiet evening at the well\n")
    code, said, _ = command("create-admin", "majed@example.org", "ماجد علي", "--password-stdin")
    assert (code, said) == (0, "majed@example.org is an administrator.\n")
    assert one(database, "SELECT password_hash FROM people").startswith("$argon2id$")
    assert one(database, "SELECT role FROM grants") == "administrator"


@pytest.mark.parametrize(
    ("email", "name", "password", "sentence"),
    [
        ("majed", "ماجد", "", "majed is no e-mail address."),
        ("majed@", "ماجد", "", "majed@ is no e-mail address."),
        ("majed@example.org", "ماجد", "short", "Use at least 12 characters."),
        ("majed@example.org", "123", "a quiet evening at the well", "Enter your name."),
    ],
)
def test_a_refused_administrator_leaves_nothing(
    ready, command, database, typed, email, name, password, sentence
):
    typed(f"{password}\n")
    code, said, fault = command("create-admin", email, name, "--password-stdin")
    assert (code, said, fault) == (1, "", f"{sentence}\n")
    assert one(database, "SELECT count(*) FROM people") == 0


def test_asking_again_makes_no_second_person(ready, command, database):
    for _ in range(2):
        assert command("create-admin", "majed@example.org", "ماجد علي")[0] == 0
    assert one(database, "SELECT count(*) FROM people") == 1
    assert one(database, "SELECT count(*) FROM grants") == 1


# --- tokens of programs --------------------------------------------------------------------


@pytest.fixture
def majed(ready, command) -> None:
    command("create-admin", "majed@example.org", "ماجد علي")


def test_a_token_is_told_once_and_only_its_hash_is_kept(majed, command, database):
    code, said, _ = command("token", "create", "Majed@example.org", "the gate's tablet")
    token = said.strip()
    assert (code, len(token)) == (0, 43)
    assert token not in str(database.execute("SELECT * FROM api_tokens").fetchall())
    app = create_app()
    with app.app_context():
        shown = {"Authorization": f"Bearer {token}"}
        assert app.test_client().get("/api/v1/me", headers=shown).status_code == 200
        db.session.remove()
        db.engine.dispose()


def test_tokens_are_listed_and_ended(majed, command):
    command("token", "create", "majed@example.org", "the gate's tablet", "--days", "30")
    _, said, _ = command("token", "list", "--json")
    (kept,) = json.loads(said)
    assert (kept["person"], kept["name"]) == ("majed@example.org", "the gate's tablet")
    assert kept["used_at"] is None
    assert "the gate's tablet" in command("token", "list")[1]
    assert command("token", "revoke", str(kept["id"])) == (
        *(0, f"Token {kept['id']} no longer works.\n", ""),
    )
    assert command("token", "list", "--json")[1] == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "nobody@example.org", "tablet"), "Nobody here is reached at nobody@example"),
        (("create", "0512345678", "tablet"), "Nobody here is reached at 0512345678."),
        (("create", "majed@example.org", " "), "Say what the token is for."),
        (("create", "majed@example.org", "x" * 61), "The text is too long."),
        (("revoke", "7"), "There is no token 7."),
    ],
)
def test_a_refused_token_is_one_sentence(majed, command, database, arguments, sentence):
    code, said, fault = command("token", *arguments)
    assert (code, said) == (1, "")
    assert fault.startswith(sentence)
    assert len(fault.splitlines()) == 1
    assert one(database, "SELECT count(*) FROM api_tokens") == 0


# --- doctor, jobs --------------------------------------------------------------------------


def findings(command) -> dict[str, tuple[str, str]]:
    _, said, _ = command("doctor", "--json")
    return {
        found["check"]: (found["level"], found["sentence"])
        for found in json.loads(said)["findings"]
    }


def test_a_fresh_installation_is_sound(ready, command):
    code, said, fault = command("doctor")
    assert (code, fault) == (0, "")
    for check in ("python", "sqlite", "settings", "secret", "address", "disk", "database", "jobs"):
        assert check in said


def test_missing_tables_are_broken(command, instance):
    instance.mkdir()
    code, said, fault = command("doctor", "--json")
    assert (code, json.loads(said)["sound"]) == (1, False)
    assert fault == "Broken: database.\n"
    assert findings(command)["database"][0] == "broken"


def test_refused_settings_are_broken(ready, command, monkeypatch):
    monkeypatch.setenv("CHECKIN_SECRET_KEY", "changeme")
    assert findings(command)["settings"][0] == "broken"


def test_a_key_that_others_can_read_is_broken(command, instance):
    command("init")
    (instance / "secret-key").chmod(0o644)
    level, sentence = findings(command)["secret"]
    assert level == "broken"
    assert "chmod 600" in sentence


@pytest.mark.parametrize(
    ("base", "level"),
    [
        ("https://checkin.example.org", "ok"),
        ("http://192.0.2.7:8000", "note"),
        ("http://localhost", "note"),
        ("checkin.example.org", "broken"),
    ],
)
def test_the_address_on_posters_is_looked_at(command, monkeypatch, base, level):
    monkeypatch.setenv("CHECKIN_BASE_URL", base)
    assert findings(command)["address"][0] == level


def test_jobs_run_once_and_the_doctor_sees_it(ready, command, database):
    assert findings(command)["jobs"][0] == "note"
    code, said, fault = command("jobs", "run", "--once")
    assert (code, fault) == (0, "")
    assert "seal_audit" in said
    assert findings(command)["jobs"][0] == "ok"
    with database:
        database.execute("UPDATE jobs SET fault = 'OSError' WHERE name = 'seal_audit'")
    assert findings(command)["jobs"] == ("broken", "The last run failed (seal_audit: OSError).")


# --- serve ---------------------------------------------------------------------------------


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serving_process(demo, port):
    """The real command in a process of its own, with the demo; a smaller one than it makes."""
    serve = ["serve", "--host", "0.0.0.0", "--port", str(port), "--prepare", "--demo"]
    process = subprocess.Popen(
        [sys.executable, "-m", "checkin", *serve],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    )
    yield process
    process.kill()
    process.communicate()


def fetch(port: int, path: str, patience: float = 20) -> str:
    """A page of the server, once it answers."""
    until = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_it_serves_runs_jobs_and_says_who_can_sign_in(serving_process, port, database):
    assert json.loads(fetch(port, "/healthz")) == {"status": "ok"}
    poster = one(database, "SELECT code FROM posters WHERE id = 1")
    until = time.monotonic() + 20
    while not one(database, "SELECT count(*) FROM jobs WHERE ran_at IS NOT NULL"):
        assert time.monotonic() < until, "no job ran"
        time.sleep(0.1)
    serving_process.send_signal(signal.SIGTERM)
    said, _ = serving_process.communicate(timeout=20)
    assert f"http://127.0.0.1:{port}" in said
    for part in ("layla@demo.example", "zamzam-well-2026", "0501234567", f"/S/{poster}"):
        assert part in said
    assert "Traceback" not in said


def test_a_taken_port_is_one_sentence(ready, command, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        code, _, fault = command("serve", "--port", str(port))
    assert code == 1
    assert fault.startswith(f"Nothing can listen on 127.0.0.1 port {port}")
    assert len(fault.splitlines()) == 1


def test_addresses_are_those_a_reader_can_open():
    assert serving.addresses("127.0.0.1", 8000) == ["http://127.0.0.1:8000"]
    assert serving.addresses("::1", 80) == ["http://[::1]:80"]
    here, *lan = serving.addresses("0.0.0.0", 8000)
    assert here == "http://127.0.0.1:8000"
    assert [address.startswith("http://127.") for address in lan] == [False] * len(lan)


def test_the_code_in_the_terminal_leads_to_the_address():
    """Painted as a terminal paints it: each character is two modules, light on dark."""
    address = "http://192.0.2.7:8000"
    lines = serving.code_of(address).splitlines()
    halves = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    image = Image.new("L", (max(map(len, lines)), 2 * len(lines)))
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            for half, light in enumerate(halves[character]):
                image.putpixel((column, 2 * row + half), 255 * light)
    enlarged = image.resize((image.width * 8, image.height * 8), Image.Resampling.NEAREST)
    assert [code.text for code in zxingcpp.read_barcodes(enlarged)] == [address]
