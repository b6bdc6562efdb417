"""The catalogue's command loses no translation: not of silent sentences, not between people."""

import shutil
import subprocess
import sys

import pytest

from tests.house.tree import ROOT
from tools.catalogue import HEADER

PAGES = 8


@pytest.fixture
def tree(tmp_path):
    """A small project with one page and nothing translated."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "catalogue.py", tmp_path / "tools")
    shutil.copy(ROOT / "babel.cfg", tmp_path)
    (tmp_path / "checkin" / "translations").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    return tmp_path


def say(tree, **pages):
    for name, sentence in pages.items():
        (tree / "templates" / f"{name}.html").write_text(f"{{{{ _('{sentence}') }}}}")


def translation(tree, name, source, arabic):
    path = tree / f"{name}.po"
    path.write_text(f'{HEADER}\nmsgid "{source}"\nmsgstr "{arabic}"\n', encoding="utf-8")
    return path


def catalogue(tree):
    return tree / "checkin" / "translations" / "ar" / "LC_MESSAGES" / "messages.po"


def start(tree, *arguments):
    command = [sys.executable, "tools/catalogue.py", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def run(tree, *arguments):
    process = start(tree, *arguments)
    printed, _ = process.communicate()
    return process.returncode, printed


def test_a_sentence_without_arabic_is_named_and_fails_the_command(tree):
    say(tree, page="Save")
    status, printed = run(tree)
    assert status == 1
    assert "no Arabic: 'Save'  in templates/page.html" in printed


def test_a_translation_waits_until_its_sentence_is_said_and_after_it_was(tree):
    assert run(tree, "merge", translation(tree, "early", "Save", "حفظ"))[0] == 0
    assert "حفظ" not in catalogue(tree).read_text(encoding="utf-8")
    for _visit in range(2):
        say(tree, page="Save")
        assert run(tree)[0] == 0
        assert 'msgid "Save"\nmsgstr "حفظ"' in catalogue(tree).read_text(encoding="utf-8")
        (tree / "templates" / "page.html").unlink()
        assert run(tree)[0] == 0
        assert "حفظ" not in catalogue(tree).read_text(encoding="utf-8")


def test_a_changed_translation_is_told(tree):
    say(tree, page="Save")
    run(tree, "merge", translation(tree, "first", "Save", "حفظ"))
    status, printed = run(tree, "merge", translation(tree, "second", "Save", "تخزين"))
    assert status == 0
    assert "changed: 'Save'" in printed


@pytest.mark.parametrize(
    ("name", "broken"),
    [("templates/page.html", "{% if %}"), ("checkin/page.py", "def f(:\n  x = (\n y")],
)
def test_a_file_that_cannot_be_read_is_named_and_nothing_changes(tree, name, broken):
    say(tree, other="Save")
    run(tree, "merge", translation(tree, "save", "Save", "حفظ"))
    before = catalogue(tree).read_bytes()
    (tree / name).write_text(broken)
    status, printed = run(tree)
    assert status == 1
    assert printed.startswith(f"{name} cannot be read")
    assert catalogue(tree).read_bytes() == before


def test_people_who_merge_at_once_lose_nothing(tree):
    say(tree, **{f"page{n}": f"Sentence {n}" for n in range(PAGES)})
    running = [
        start(tree, "merge", translation(tree, f"part{n}", f"Sentence {n}", f"جملة {n}"))
        for n in range(PAGES)
    ]
    for process in running:
        process.communicate()
    assert run(tree)[0] == 0
