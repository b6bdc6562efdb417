"""`checkin report` and `checkin export`: the figures of the pages, from a terminal."""

import csv
import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from checkin import migrations
from checkin.cli import main
from checkin.database import standalone_engine

VALUED = """
UPDATE attendances SET state = 'approved', approved_minutes = 90, approved_beneficiaries = 20
WHERE id IN (SELECT a.id FROM attendances a JOIN shifts s ON s.id = a.shift_id
JOIN opportunities o ON o.id = s.opportunity_id
WHERE a.state = 'closed' AND o.kind = 'service' LIMIT 2);
INSERT INTO rates (type, from_on, halalas_per_hour, source, set_by_id, set_at)
VALUES ('general', '2000-01-01', 2100, 'test', 1, '2026-01-01 00:00:00.000000');
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory, demo_of_today) -> Path:
    """The small demo of today with two approvals of 1:30, each worth 31.50."""
    folder = tmp_path_factory.mktemp("installation")
    shutil.copytree(demo_of_today, folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHECKIN_INSTANCE_PATH", str(folder))
        patch.setenv("CHECKIN_JOBS", "false")
        with closing(sqlite3.connect(folder / "checkin.sqlite3")) as connection:
            connection.executescript(VALUED)
        assert main(["figures", "recompute"]) == 0
        assert main(["rates", "recompute", "--yes"]) == 0
    return folder


@pytest.fixture
def command(installation, monkeypatch, capsys):
    """Runs a command; its exit code, what it said, and what it said went wrong."""
    monkeypatch.setenv("CHECKIN_INSTANCE_PATH", str(installation))
    monkeypatch.setenv("CHECKIN_JOBS", "false")

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def totals(command, *arguments: str) -> dict[str, int]:
    return json.loads(command("report", "totals", "--json", *arguments)[1])


@pytest.fixture
def copied(installation, tmp_path, monkeypatch) -> Path:
    """A database of its own, which a test may take back to an earlier release."""
    folder = tmp_path / "copied"
    shutil.copytree(installation, folder)
    monkeypatch.setenv("CHECKIN_INSTANCE_PATH", str(folder))
    monkeypatch.setenv("CHECKIN_JOBS", "false")
    return folder / "checkin.sqlite3"


def taken_back(file: Path, revision: str) -> None:
    engine = standalone_engine(f"sqlite:///{file}")
    migrations.downgrade(engine, revision)
    engine.dispose()


def test_an_upgrade_that_empties_the_sums_makes_them_anew(copied, capsys):
    taken_back(copied, "0014")
    assert main(["init"]) == 0
    assert main(["figures", "recompute"]) == 0
    assert "Every sum agrees with the records." in capsys.readouterr().out


def test_an_upgrade_that_keeps_the_sums_reads_no_records(copied, capsys):
    with closing(sqlite3.connect(copied)) as connection:
        connection.execute("UPDATE month_totals SET beneficiaries = beneficiaries + 1")
        wrong = connection.total_changes
        connection.commit()
    taken_back(copied, "0020")
    assert main(["init"]) == 0
    assert main(["figures", "recompute"]) == 0
    assert wrong > 0
    assert f"Lines corrected: {wrong}." in capsys.readouterr().out


def test_a_year_of_either_calendar_narrows_the_totals(command, installation):
    whole = totals(command)
    assert (whole["approved_minutes"], whole["value_halalas"]) == (180, 6300)
    with closing(sqlite3.connect(installation / "checkin.sqlite3")) as connection:
        (worked,) = connection.execute("SELECT max(work_on) FROM attendances").fetchone()
    assert totals(command, "--year", worked[:4]) == whole
    assert totals(command, "--year", "1400h")["approved_minutes"] == 0
    code, said, fault = command("report", "totals", "--year", "1448x")
    assert (code, said) == (2, "")
    assert "write 2026, or 1448h" in fault


def test_a_report_by_two_dimensions_adds_up(command):
    told = json.loads(command("report", "by", "site", "month", "--json")[1])
    assert told["total"] == totals(command)
    outer = [row for row in told["rows"] if row["approved_minutes"]]
    assert sum(row["approved_minutes"] for row in outer) == 180
    assert sum(inner["value_halalas"] for row in outer for inner in row["rows"]) == 6300
    lines = command("report", "by", "type")[1].splitlines()
    assert lines[-1].split()[:5] == ["180", "40", str(told["total"]["volunteers"]), "2", "6,300"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("report", "by", "site", "site"), 2, "A report is by one or two different dimensions."),
        (("report", "by", "colour"), 2, "Invalid value"),
        (("export", "report", "--format", "csv", "--out", "x"), 2, "Say what the report is by"),
        (("export", "totals", "--format", "exe", "--out", "x"), 2, "Invalid value"),
        (
            ("export", "totals", "--format", "csv", "--out", "x", "--address", "site=99999"),
            1,
            "There is nothing at this address.",
        ),
        (
            ("export", "attendances", "--format", "pdf", "--out", "x"),
            1,
            "This list has more columns than paper has room for",
        ),
        (("export", "totals", "--format", "csv", "--out", "no/x"), 1, "no/.x"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    command, tmp_path, monkeypatch, arguments, code, sentence
):
    monkeypatch.chdir(tmp_path)
    failed, said, fault = command(*arguments)
    assert (failed, said) == (code, "")
    assert fault.startswith(sentence)
    assert len(fault.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_each_kind_of_file_is_written_and_noted(command, installation, tmp_path):
    for kind in ("csv", "xlsx", "jsonl", "pdf"):
        file = tmp_path / f"totals.{kind}"
        asked = ("totals", "--format", kind, "--out", str(file), "--language", "en", "--json")
        code, said, fault = command("export", *asked)
        assert (code, fault) == (0, "")
        assert json.loads(said)["rows"] > 0
        assert file.stat().st_mode & 0o777 == 0o600
    (first, *_rest) = map(json.loads, (tmp_path / "totals.jsonl").read_text().splitlines())
    assert {key: first[key] for key in totals(command)} == totals(command)
    heading, row, *_rest = csv.reader(io.StringIO((tmp_path / "totals.csv").read_text("utf-8-sig")))
    assert row[heading.index("Economic return (SAR)")] == "63.00"
    assert openpyxl.load_workbook(tmp_path / "totals.xlsx").sheetnames[0] == "Totals"
    assert (tmp_path / "totals.pdf").read_bytes().startswith(b"%PDF")
    with closing(sqlite3.connect(installation / "checkin.sqlite3")) as connection:
        noted = "SELECT facts FROM audit_entries WHERE act = 'export.ready' ORDER BY id"
        facts = [json.loads(row[0]) for row in connection.execute(noted)]
    assert [(one["what"], one["kind"]) for one in facts[-4:]] == [
        ("dashboard", kind) for kind in ("csv", "xlsx", "jsonl", "pdf")
    ]


def test_lists_and_reports_are_those_of_the_pages(command, tmp_path):
    file = tmp_path / "rows.jsonl"
    command("export", "attendances", "--format", "jsonl", "--out", str(file))
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert sum(row["value_halalas"] for row in rows) == 6300
    asked = ("report", "--by", "site", "--then", "type", "--format", "jsonl", "--out", str(file))
    assert command("export", *asked)[0] == 0
    whole, *lines = (json.loads(line) for line in file.read_text().splitlines())
    assert whole["approved_minutes"] == 180
    assert {line["type"] for line in lines} >= {None, "general"}
