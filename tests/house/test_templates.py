"""Templates hold no script, no style and no unescaped text, and import what they use."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files

FOLDER = ROOT / "templates"
NAMED = re.compile(r"\{%-?\s*(?:extends|include|from|import)\s+[\"']([^\"']+)[\"']")
FROM = re.compile(r"\{%-?\s*from\s+[\"']([^\"']+)[\"']\s+import\s+(.+?)-?%\}", re.DOTALL)
IMPORT = re.compile(r"\{%-?\s*import\s+[\"'][^\"']+[\"']\s+as\s+(\w+)")
MACRO = re.compile(r"\{%-?\s*(?:macro|set)\s+(\w+)")

FORBIDDEN = [
    (r"<script(?![^>]*\ssrc=)[^>]*>", "an inline script: put it in static/js/modules/"),
    (r"<style\b", "an inline style sheet: put it in static/css/components/"),
    (r"<[^>]*\sstyle\s*=", "a style attribute: give it a class, or a data attribute"),
    (r"<[^>]*\son[a-z]+\s*=", "an on… attribute: use data-module"),
    (r"(?i)javascript:", "a javascript: address: use a button and data-module"),
    (r"<[^>]*(?:src|href)\s*=\s*[\"']?(?:https?:)?//", "something from another host: vendor it"),
]
UNSAFE = [
    (r"\|\s*safe\b", "|safe: return Markup from the filter that knows it is safe"),
    (r"autoescape\s+false", "autoescape off: return Markup from the filter that knows"),
]


def without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


def markup_only(text: str) -> str:
    """The HTML with every Jinja block replaced by one letter."""
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "x", without_comments(text), flags=re.DOTALL)


def active_parts(text: str) -> list[str]:
    html, jinja = markup_only(text), without_comments(text)
    return [why for pattern, why in FORBIDDEN if re.search(pattern, html)] + [
        why for pattern, why in UNSAFE if re.search(pattern, jinja)
    ]


def imported_names(text: str) -> Iterator[tuple[str | None, str, str]]:
    """(file, name there, name here) of every import; no file when all of it is imported."""
    for file, names in FROM.findall(text):
        for part in re.sub(r"\swith(out)?\scontext\s*$", "", names.strip()).split(","):
            name, _, alias = (piece.strip() for piece in part.partition(" as "))
            yield file, name, alias or name
    for alias in IMPORT.findall(text):
        yield None, alias, alias


def unused(text: str) -> list[str]:
    text = without_comments(text)
    body = re.sub(FROM, "", re.sub(IMPORT, "", text))
    return [
        f"imports {here} and does not use it: remove it"
        for _, _, here in imported_names(text)
        if not re.search(rf"\b{here}\b", body)
    ]


def missing(text: str, folder: Path) -> list[str]:
    text = without_comments(text)
    faults = [
        f"names {name}, which does not exist"
        for name in NAMED.findall(text)
        if not (folder / name).is_file()
    ]
    return faults + [
        f"imports {name} from {file}, which has no such macro"
        for file, name, _ in imported_names(text)
        if file
        and (folder / file).is_file()
        and name not in MACRO.findall((folder / file).read_text())
    ]


def test_templates_keep_the_rules():
    templates = files("templates/*")
    assert templates, "No template was found: is templates/ in git?"
    faults = [
        f"{path.relative_to(ROOT)}: {fault}"
        for path in templates
        for text in [path.read_text()]
        for fault in [*active_parts(text), *unused(text), *missing(text, FOLDER)]
    ]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    "text",
    [
        "<script>go()</script>",
        "<style>p {}</style>",
        '<p class="{{ "a" if b > c }}" style="color: red">',
        "<button {% if x %}disabled{% endif %} onclick=go()>",
        '<a href="javascript:go()">',
        '<script src="https://cdn.example/x.js"></script>',
        "{{ name|safe }}",
        "{% autoescape false %}",
    ],
)
def test_each_active_part_is_seen(text):
    assert active_parts(text)


def test_a_plain_template_passes(tmp_path):
    (tmp_path / "c.html").write_text("{% macro row(x) %}{% endmacro %}")
    text = '{% from "c.html" import row as line %}<p class="a">{{ line(1) }}</p>{# |safe #}'
    assert active_parts(text) + unused(text) + missing(text, tmp_path) == []


def test_wrong_imports_are_seen(tmp_path):
    (tmp_path / "c.html").write_text("{% macro row(x) %}{% endmacro %}")
    assert unused('{% from "c.html" import row %}')
    assert missing('{% from "c.html" import cell %}{{ cell() }}', tmp_path)
    assert missing('{% extends "gone.html" %}', tmp_path)
