"""Styles say start and end, never left and right, and colours live in one file."""

import re

import pytest

from tests.house.tree import ROOT, files

SIDE = r"(?:left|right)"
PHYSICAL = re.compile(
    rf"(?:^|[;{{\s])(?:(?:scroll-)?(?:margin|padding)-{SIDE}|border-{SIDE}(?:-\w+)?"
    rf"|border-(?:top|bottom)-{SIDE}-radius|{SIDE})\s*:"
    rf"|(?:float|clear|text-align|justify-\w+|caption-side)\s*:\s*{SIDE}\b"
    rf"|(?:[;{{\s])(?:overflow-[xy]|resize)\s*:\s*horizontal"
)
FOUR_SIDES = re.compile(r"(?:margin|padding|inset|border-(?:width|style|color))\s*:\s*([^;}]+)")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab|lch)a?\(")


def rules_only(text: str) -> str:
    """The style sheet without comments and quoted text."""
    return re.sub(r"/\*.*?\*/|\"[^\"]*\"|'[^']*'", "", text, flags=re.DOTALL)


def selectors(css: str) -> list[str]:
    return [part.strip() for part in re.findall(r"([^{};]+)\{", css)]


def uneven_sides(css: str) -> list[str]:
    """Shorthands whose second and fourth value differ: these are left and right in disguise."""
    found = []
    for values in FOUR_SIDES.findall(css):
        sides = re.findall(r"[\w.%-]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?", values)
        if len(sides) == 4 and sides[1] != sides[3]:
            found.append(values.strip())
    return found


def faults_in(text: str, *, holds_colours: bool = False) -> list[str]:
    css = rules_only(text)
    names = selectors(css)
    seen = [
        (PHYSICAL.findall(css), "left or right: say inline-start or inline-end"),
        (uneven_sides(css), "four sides that differ: use the -inline and -block properties"),
        (re.findall(r"!\s*important", css), "!important: put the rule in a later layer"),
        ([s for s in names if re.search(r"#[\w-]", s)], "an id selector: use a class"),
        (
            [s for s in names if re.search(r"\[\s*dir\b|:dir\(", s) and ".flip" not in s],
            "[dir]: logical properties need none; only .flip turns icons",
        ),
        ([] if holds_colours else COLOUR.findall(css), "a colour: name it in tokens.css"),
    ]
    return [why for found, why in seen if found]


def test_styles_keep_the_rules():
    sheets = files("static/css/*.css")
    assert sheets, "No style sheet was found: is static/css/ in git?"
    faults = [
        f"{path.relative_to(ROOT)} has {fault}."
        for path in sheets
        for fault in faults_in(path.read_text(), holds_colours=path.name == "tokens.css")
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_the_layers_are_named_in_the_first_line():
    first = rules_only((ROOT / "static/css/app.css").read_text()).strip().splitlines()[0]
    assert re.match(r"@layer [\w, .-]+;", first), "app.css begins with the order of its layers."


@pytest.mark.parametrize(
    "css",
    [
        "p{margin-left:1em}",
        "p { border-right: 1px solid }",
        "p { border-top-left-radius: 4px }",
        "p { right: 0 }",
        "p { text-align: left }",
        "p { float:right }",
        "p { margin: 0 1px 0 calc(2px + (1px * 2)) }",
        "p { color: var(--x) !important }",
        "#main { color: var(--x) }",
        "[dir=rtl] p { color: var(--x) }",
        "p { color: #fff }",
        "p { color: rgba(0, 0, 0, .5) }",
    ],
)
def test_each_fault_is_seen(css):
    assert faults_in(css)


def test_logical_styles_pass():
    css = """
    /* left */ .flip:dir(rtl) { scale: -1 1 }
    p { margin: 0 1px 2px 1px; padding-inline-start: 1em; inset-inline-end: 0; content: "left" }
    """
    assert faults_in(css) == []
