"""Every address is guarded, typed, a lower-case noun, and those on paper never change."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule

from checkin import create_app
from tests.house.tree import Module, modules, read

ON_PAPER = {"/S/<code>", "/R/<token>", "/B/<code>", "/V/<code>", "/E/<code>"}
"""Printed, framed and hung on walls: nothing here may ever be removed or renamed."""

BUILT = {"/S/<code>", "/R/<token>", "/B/<code>", "/E/<code>"}
"""Those that lead somewhere today; it only grows."""

CODE = "0123456789ABCDEFGHJKMNPQRS"
SAFE = {"GET", "HEAD", "OPTIONS"}
PARAMETER = re.compile(r"<(?:(?P<type>[^:<>]+):)?(?P<name>\w+)>")
NOUN = re.compile(r"[a-z0-9.]+(?:-[a-z0-9.]+)*")
VERBS = {
    "add", "approve", "cancel", "change", "close", "create", "delete", "do", "get", "make",
    "reject", "remove", "revoke", "save", "set", "submit", "undo", "update",
}  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Flask:
    folder = tmp_path_factory.mktemp("routes")
    return create_app(
        {
            "TESTING": True,
            "DATABASE_URL": f"sqlite:///{folder / 'routes.sqlite3'}",
            "SECRET_KEY": "a key for tests that is long enough, 0123456789",
        }
    )


@pytest.fixture(scope="module")
def rules(app) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def is_on_paper(address: str) -> bool:
    """One letter, then the code: short, because a shorter address makes a smaller picture."""
    return bool(re.match(r"/[A-Za-z]/", address))


def untyped(address: str) -> list[str]:
    return [match["name"] for match in PARAMETER.finditer(address) if not match["type"]]


def odd_words(address: str) -> list[str]:
    words = [word for word in PARAMETER.sub("", address).split("/") if word]
    return [word for word in words if not NOUN.fullmatch(word) or word in VERBS]


def badly_guarded_views(module: Module) -> list[str]:
    return [
        f"{module.path}:{node.lineno} {node.name} has {count} guards: give each view exactly one "
        "of @public and @requires(Permission.X), below its route."
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef) and _is_view(node)
        if (count := sum(map(_is_guard, node.decorator_list))) != 1
    ]


def _is_view(node: ast.FunctionDef) -> bool:
    routing = {"route", "get", "post", "put", "patch", "delete"}
    return any(
        isinstance(item, ast.Call)
        and isinstance(item.func, ast.Attribute)
        and item.func.attr in routing
        for item in node.decorator_list
    )


def _is_guard(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(called).split(".")[-1] in ("public", "requires")


def acting_on_head(module: Module) -> list[str]:
    return [
        f"{module.path}:{node.lineno} asks for GET, so HEAD would act: compare with POST."
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Compare) and ast.unparse(node) == "request.method == 'GET'"
    ]


def test_every_address_is_guarded(app, rules):
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in rules}
    open_doors = sorted(name for name, view in views.items() if not getattr(view, "guard", None))
    assert not open_doors, f"Give each one of @public and @requires(…): {open_doors}"


def test_every_view_has_exactly_one_guard():
    faults = [fault for module in modules() for fault in badly_guarded_views(module)]
    assert not faults, "\n" + "\n".join(faults)


def test_every_parameter_is_typed(rules):
    loose = [rule.rule for rule in rules if not is_on_paper(rule.rule) and untyped(rule.rule)]
    assert not loose, f"Give the parameters a converter, as <int:…> or <uuid:…>: {loose}"


def test_addresses_are_lower_case_nouns_with_hyphens(rules):
    odd = {rule.rule for rule in rules if not is_on_paper(rule.rule) and odd_words(rule.rule)}
    assert not odd, f"Name the thing and let POST, PUT or DELETE say the act: {sorted(odd)}"


def test_addresses_on_paper_never_change(rules):
    printed = {rule.rule for rule in rules if re.match(r"/[A-Z]/", rule.rule)}
    whole = {address for address in printed if address.count("/") == 2}
    assert whole >= BUILT, f"These hang on walls and must keep working: {BUILT - whole}"
    assert whole <= ON_PAPER, f"Not agreed as an address for paper: {whole - ON_PAPER}"


@pytest.mark.parametrize("address", sorted(BUILT))
def test_addresses_on_paper_work_in_either_case(app, address):
    wanted = PARAMETER.sub(CODE, address)
    adapter = app.url_map.bind("example.org")
    endpoint, _ = adapter.match(wanted)
    assert adapter.match(wanted.lower())[0] == endpoint
    with pytest.raises(NotFound):
        adapter.match(f"/Q{wanted[2:]}")


def test_showing_and_acting_are_two_views(rules):
    """Only a form may share its page's view; other acts would have to ask for the method."""
    mixed = {
        rule.rule for rule in rules if "GET" in rule.methods and rule.methods - SAFE - {"POST"}
    }
    assert not mixed, f"Give the acts (PUT, PATCH, DELETE) a view of their own: {sorted(mixed)}"


def test_a_head_request_is_never_an_act():
    faults = [fault for module in modules() for fault in acting_on_head(module)]
    assert not faults, "\n" + "\n".join(faults)


def test_each_fault_is_seen():
    assert acting_on_head(read(Path("checkin/web/a.py"), "if request.method == 'GET': show()"))
    assert untyped("/sites/<site_id>") == ["site_id"]
    assert untyped("/sites/<int:site_id>/lanes/<string(length=6):code>") == []
    assert odd_words("/sites/<int:site_id>/approve_all") == ["approve_all"]
    assert odd_words("/Sites/delete") == ["Sites", "delete"]
    assert odd_words("/attendance/<int:id>/second-person") == []
    source = "@bp.get('/')\ndef index(): ...\n@bp.get('/a')\n@public\n@requires(P.X)\ndef a(): ..."
    assert len(badly_guarded_views(read(Path("checkin/web/a.py"), source))) == 2
