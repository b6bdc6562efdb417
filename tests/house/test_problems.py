"""Every problem code has a sentence that can be filled, and a test that speaks of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkin import create_app
from checkin.domain.errors import Problem
from checkin.web.errors import SENTENCES, sentence
from tests.house.tree import Module, files, modules, read

KINDS = {"Problem", "Conflict"}
FACT = re.compile(r"%\((\w+)\)")
FILLED_BY_WEB = {"duration": "seconds", "passed": "minutes"}


def raised(module: Module) -> Iterator[tuple[str, set[str], str]]:
    """Code, the names of its facts, and where: of each problem made with a literal code."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in KINDS or not node.args:
            continue
        code = node.args[0]
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            facts = {keyword.arg or "**" for keyword in node.keywords}
            yield code.value, facts, f"{module.path}:{node.lineno}"


@pytest.fixture(scope="module")
def codes() -> list[tuple[str, set[str], str]]:
    own = [module for module in modules() if not module.name.startswith("checkin.demo")]
    found = [one for module in own for one in raised(module)]  # the demo speaks in the terminal
    assert len(found) > 50
    return found


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """Its rooms bring their sentences."""
    folder = tmp_path_factory.mktemp("problems")
    key = "a key for tests that is long enough, 0123456789"
    url = f"sqlite:///{folder / 'problems.sqlite3'}"
    return create_app({"TESTING": True, "DATABASE_URL": url, "SECRET_KEY": key})


def beginnings(app, code: str) -> Iterator[str]:
    """The first words of a code's sentence, in English and Arabic."""
    for language in ("en", "ar"):
        with app.test_request_context(headers={"Accept-Language": language}):
            first = re.split("[%,.،]", str(SENTENCES[code]))[0].strip()
        if len(first) > 8:
            yield first


def test_every_code_has_a_sentence(app, codes):
    silent = {where: code for code, _, where in codes if code not in SENTENCES}
    assert not silent, f"Give each one a sentence with errors.sentences(…): {silent}"


def test_every_sentence_finds_its_facts(app, codes):
    """A sentence that asks for a fact nobody gives would be a fault instead of an answer."""
    with app.test_request_context():
        for code, facts, where in codes:
            asked = {FILLED_BY_WEB.get(one, one) for one in FACT.findall(str(SENTENCES[code]))}
            assert asked <= facts, f"{where}: “{code}” is raised without {asked - facts}"


def test_every_code_is_spoken_of_in_a_test(app, codes):
    """By its code, or by what its sentence begins with in either language."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in files("tests/*.py"))
    words = {*re.findall(r"\w+", text)}
    untested = {
        where: code
        for code, _, where in codes
        if code not in words and not any(beginning in text for beginning in beginnings(app, code))
    }
    assert not untested, f"Nobody checks when these are said: {untested}"


def test_no_sentence_is_left_over(codes):
    """A code that nothing makes any more takes its sentence with it."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in files("checkin/*.py"))
    unused = SENTENCES.keys() - {*re.findall(r"[\"'](\w+)[\"']", text)}
    assert not unused, f"Remove these sentences: {unused}"


def test_each_fault_would_be_seen(app):
    source = 'raise Problem("abc", most=3)\nraise Conflict(code)\nraise ValueError("x")'
    made = list(raised(read(Path("checkin/operations/a.py"), source)))
    assert [(code, facts) for code, facts, _ in made] == [("abc", {"most"})]
    with app.test_request_context(), pytest.raises(KeyError):
        sentence(Problem("too_many"))
