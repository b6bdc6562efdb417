"""Every pair of colours that stands on a page, computed from tokens.css in all three themes."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
THEMES = ("light", "dark", "contrast")
TEXT, OUTLINE, HIGH = 4.5, 3.0, 7.0

# (ink, paper, least ratio of WCAG 2.2): text 4.5, what only must be seen (borders, marks) 3.
PAIRS = [
    ("text", "surface", HIGH),
    ("text", "canvas", HIGH),
    ("text-2", "surface", HIGH),
    ("text-2", "canvas", HIGH),
    ("text-3", "surface", HIGH),
    ("text-3", "canvas", HIGH),
    ("control", "surface", OUTLINE),
    ("control", "canvas", OUTLINE),
    ("on-primary", "primary", TEXT),
    ("on-primary", "primary-press", HIGH),
    ("primary", "surface", OUTLINE),
    ("primary", "canvas", OUTLINE),
    ("link", "surface", HIGH),
    ("link", "canvas", HIGH),
    ("focus", "surface", HIGH),
    ("focus", "canvas", HIGH),
    ("focus-ring", "focus", HIGH),
    ("on-done", "done", HIGH),
    ("on-again", "again", HIGH),
    ("again-edge", "canvas", OUTLINE),
    ("on-look", "look", HIGH),
    ("on-stop", "stop", TEXT),
    ("on-stop", "stop-press", HIGH),
    ("on-info", "info", TEXT),
    ("on-queued", "queued", HIGH),
    ("on-ok-soft", "ok-soft", HIGH),
    ("on-note-soft", "note-soft", HIGH),
    ("on-bad-soft", "bad-soft", HIGH),
    ("on-info-soft", "info-soft", HIGH),
    ("error", "surface", TEXT),
    ("error", "canvas", TEXT),
    ("chart", "surface", OUTLINE),
    ("chart-2", "surface", OUTLINE),
    ("chart-3", "surface", OUTLINE),
    ("code-ink", "code-paper", HIGH),
]


def test_the_formula_knows_black_on_white():
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#6c737f", "#ffffff") == pytest.approx(4.78, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "paper", "least"), PAIRS)
def test_a_pair_can_be_read(theme, ink, paper, least):
    colours = tokens(theme)
    found = ratio(colours[ink], colours[paper])
    assert found >= least, f"--{ink} on --{paper} is {found:.2f} in the {theme} theme, not {least}"


def test_every_ink_is_tried():
    inks = {name for name in tokens("light") if name.startswith("on-")}
    untried = inks - {ink for ink, _, _ in PAIRS}
    assert not untried, f"add these to PAIRS: {sorted(untried)}"


@pytest.mark.parametrize(
    ("asked", "theme"),
    [("prefers-color-scheme: dark", "dark"), ("prefers-contrast: more", "contrast")],
)
def test_what_the_device_asks_for_looks_like_the_chosen_theme(asked, theme):
    automatic = re.search(rf'{asked}\).*?data-theme="auto"\] \{{(.*?)\}}', styles(), re.DOTALL)
    assert declared(automatic[1]) == declared(block(theme)), f"copy the {theme} tokens to {asked}"


def tokens(theme: str) -> dict[str, str]:
    light = colours_in(re.search(r"^html \{(.*?)^\}", styles(), re.DOTALL | re.MULTILINE)[1])
    return light if theme == "light" else light | colours_in(block(theme))


def block(theme: str) -> str:
    return re.search(rf'data-theme="{theme}"\] \{{(.*?)\}}', styles(), re.DOTALL)[1]


def colours_in(text: str) -> dict[str, str]:
    return {name: value for name, value in declared(text).items() if value.startswith("#")}


def declared(text: str) -> dict[str, str]:
    return {name.lstrip("-"): value for name, value in re.findall(r"([\w-]+): ([^;]+);", text)}


def styles() -> str:
    return TOKENS.read_text(encoding="utf-8")


def ratio(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, of #rrggbb."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
