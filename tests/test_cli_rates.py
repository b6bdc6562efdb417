"""`checkin rates`: valuing anew from a terminal, shown before it is done."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from checkin.cli import main


@pytest.fixture
def database(tmp_path, monkeypatch, demo_of_today) -> Path:
    """A small demo of today with one approval and a rate set afterwards."""
    for name, value in {"INSTANCE_PATH": tmp_path, "JOBS": "false"}.items():
        monkeypatch.setenv(f"CHECKIN_{name}", str(value))
    shutil.copytree(demo_of_today, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "checkin.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "UPDATE attendances SET state = 'approved', approved_minutes = 90 WHERE id IN ("
            "SELECT a.id FROM attendances a JOIN shifts s ON s.id = a.shift_id JOIN opportunities o"
            " ON o.id = s.opportunity_id WHERE a.state = 'closed' AND o.kind = 'service' LIMIT 1)"
        )
        connection.execute(
            "INSERT INTO rates (type, from_on, halalas_per_hour, source, set_by_id, set_at)"
            " VALUES ('general', '2000-01-01', 2100, 'test', 1, '2026-01-01 00:00:00.000000')"
        )
        connection.commit()
    return path


def test_what_would_change_is_shown_and_done_only_when_told(database, capsys):
    capsys.readouterr()
    assert main(["rates", "recompute", "--json"]) == 0
    seen = {"attendances": 1, "before_halalas": 0, "after_halalas": 3150, "closed": 0}
    seen |= {"low_halalas": 3150, "high_halalas": 3150, "losing": 0, "losing_minutes": 0}
    assert json.loads(capsys.readouterr().out) == {**seen, "changed": 0}
    assert main(["rates", "recompute"]) == 0
    assert "SAR after" in capsys.readouterr().out
    assert main(["rates", "recompute", "--yes"]) == 0
    assert "Changed: 1." in capsys.readouterr().out
    with closing(sqlite3.connect(database)) as connection:
        valued = "SELECT sum(value_halalas), count(rate_id) FROM attendances"
        assert connection.execute(valued).fetchone() == (3150, 1)
        noted = "SELECT count(*) FROM audit_entries WHERE act = 'value.recompute'"
        assert connection.execute(noted).fetchone() == (1,)
        connection.execute("UPDATE opportunities SET type = 'skilled'")
        connection.commit()
    assert main(["rates", "recompute", "--yes"]) == 1, "it would lose its value"
    assert "Would lose their value: 1 (1:30 hours)" in capsys.readouterr().err
    assert main(["rates", "recompute", "--yes", "--lose"]) == 0
    assert "Changed: 1." in capsys.readouterr().out


def test_while_values_are_recomputed_figures_say_so_and_nothing_else_begins(database, capsys):
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "INSERT INTO value_runs (state, total, leased_until, created_at)"
            " VALUES ('valuing', 9, '2999-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000')"
        )
        connection.commit()
    capsys.readouterr()
    for report in (("totals", "--json"), ("by", "site")):
        assert main(["report", *report]) == 0
        assert "some values are the old ones" in capsys.readouterr().err
    assert main(["rates", "recompute", "--yes"]) == 1
    assert "being valued anew already" in capsys.readouterr().err
