"""`checkin import people`: a list of volunteers from a terminal."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from checkin.cli import main
from checkin.config import PREFIX

LIST = """الاسم,الجوال
أمل خالد السلمي,0551112223
فهد سعد الحارثي,٠٥٥١١١٢٢٢٤
رقم خاطئ هنا,0611
"""


@pytest.fixture(autouse=True)
def instance(tmp_path, monkeypatch, sqlite_template) -> Path:
    """An installation of its own, with one administrator."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    folder = tmp_path / "instance"
    monkeypatch.setenv("CHECKIN_INSTANCE_PATH", str(folder))
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "checkin.sqlite3")
    assert main(["create-admin", "majed@example.org", "ماجد علي"]) == 0
    return folder


@pytest.fixture
def bring_in(capsys, tmp_path):
    """Runs the command on a file; its exit code, what it said, and what it said went wrong."""

    def bring_in(content: str | bytes, *more: str, by: str = "majed@example.org"):
        file = tmp_path / "list.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        capsys.readouterr()
        code = main(["import", "people", str(file), "--by", by, *more])
        said = capsys.readouterr()
        return code, said.out, said.err

    return bring_in


def people(instance) -> int:
    with closing(sqlite3.connect(instance / "checkin.sqlite3")) as connection:
        return connection.execute("SELECT count(*) FROM people").fetchone()[0]


def test_good_rows_are_added_and_problems_told_by_row(instance, bring_in):
    code, said, _ = bring_in(LIST)
    assert code == 0
    assert "row 4" in said
    assert "الجوال: This is no complete mobile number" in said
    assert people(instance) == 1 + 2


def test_a_program_reads_what_became_of_the_list(bring_in):
    code, said, _ = bring_in(LIST, "--json")
    told = json.loads(said)
    assert code == 0
    assert (told["added"], told["with_problems"], told["here_already"]) == (2, 1, 0)
    [problem] = told["problems"]
    assert (problem["row"], problem["column"]) == (4, "الجوال")
    again = json.loads(bring_in(LIST, "--json")[1])
    assert (again["added"], again["here_already"]) == (0, 2)


def test_a_check_adds_nobody(instance, bring_in):
    told = json.loads(bring_in(LIST, "--check", "--json")[1])
    assert (told["to_add"], told["added"]) == (2, 0)
    assert people(instance) == 1


@pytest.mark.parametrize(
    ("content", "more", "sentence"),
    [
        (b"\x89PNG\r\n", [], "This is a picture, not a table."),
        (b"", [], "The file is empty."),
        (LIST, ["--partner", "Nobody"], "No partner here is called Nobody."),
        (LIST, ["--sheet", "2"], "The file has no such sheet."),
        ("أ,ب\nج,د\n", [], "Choose a column for the name, and one for the mobile or the e-mail."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(instance, bring_in, content, more, sentence):
    code, said, wrong = bring_in(content, *more)
    assert code == 1
    assert wrong.startswith(sentence.rstrip("."))
    assert len(wrong.splitlines()) == 1
    assert not said
    assert people(instance) == 1


def test_whoever_brings_people_in_may_enter_people(instance, bring_in):
    assert "Nobody here is reached at" in bring_in(LIST, by="nobody@example.org")[2]
    bring_in(LIST)
    code, _, wrong = bring_in("الاسم,الجوال\nهند علي,0551112229\n", by="0551112223")
    assert code == 1
    assert "may not enter people" in wrong
    assert people(instance) == 3
