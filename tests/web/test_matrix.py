"""Who may open what: one row for each address, tried as everybody, at the Mataf and elsewhere."""

import re
from itertools import product

import pytest
from werkzeug.routing import Rule

from tests.house.test_routes import SAFE
from tests.web import everything
from tests.web.everything import NOBODY, PARAMETER, PEOPLE
from tests.web.truth import ACTS, ROWS, allowed, expected, form, message

pytestmark = pytest.mark.measured_elsewhere


def outcome(response) -> str:
    """`in` is whatever only those who may be there are told, also that something is missing."""
    if response.status_code in (403, 404):
        return str(response.status_code)
    if response.status_code == 401 and response.request.path.startswith("/api/"):
        return "door"  # programs are told that they have to sign in
    if response.status_code >= 500:
        return f"fault {response.status_code}"
    to_door = re.match(r"/(staff/)?sign-in\?next=", response.headers.get("Location", ""))
    return "door" if response.status_code == 303 and to_door else "in"


def acts(rule: Rule) -> set[str]:
    return rule.methods - (SAFE - {"GET"})


def test_every_address_has_a_row_and_every_row_an_address(app):
    built = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in acts(rule)}
    assert not built - ROWS.keys(), f"No row says who may: {sorted(built - ROWS.keys())}"
    assert not ROWS.keys() - built, f"No such address: {sorted(ROWS.keys() - built)}"


def test_every_view_asks_for_the_permission_of_its_row(app):
    for rule in app.url_map.iter_rules():
        for method in acts(rule):
            guard = app.view_functions[rule.endpoint].guard
            assert ROWS[method, rule.rule][0] == guard, f"{method} {rule.rule}"


@pytest.mark.parametrize("who", [NOBODY, *PEOPLE])
def test_everybody_sees_exactly_the_pages_that_are_theirs(pages_of, who):
    pages = [(path, row) for (method, path), row in ROWS.items() if method == "GET"]
    seen = {rule.rule: outcome(answer) for rule, _, answer in pages_of(who)}
    assert seen == {path: expected(*row, who) for path, row in pages}


@pytest.mark.parametrize(("method", "path"), ACTS)
def test_everybody_does_exactly_what_is_theirs(app, world, database, method, path):
    """Those who may not come first: nothing they send changes anything."""
    welcome = allowed(method, path)
    refused = [who for who in (NOBODY, *PEOPLE) if who not in welcome]
    before = everything.content(database)
    for who in refused:
        wanted = expected(*ROWS[method, path], who)
        assert send(app, world, who, method, path) == wanted, f"{who} must get {wanted}"
    assert everything.content(database) == before
    done = {who: send(app, world, who, method, path) for who in welcome}
    assert done == dict.fromkeys(welcome, "in")


def send(app, world, who: str, method: str, path: str) -> str:
    browser = everything.browser(app, world, who)
    address, fields = everything.address(path, world.ids), form(path, world.ids)
    if path.startswith("/api/"):
        asked = {"json": message(path), "headers": {"Sec-Fetch-Site": "same-origin"}}
        return outcome(browser.open(address, method=method, **asked))
    sent = {**fields, "csrf_token": browser.token()}
    return outcome(browser.open(address, method=method, data=sent))


NO_PARENT = {
    "/people/<int:person_id>/merges/<int:other_id>",
    "/partners/<int:partner_id>/members/<int:person_id>",
    "/teams/<int:team_id>/members/<int:person_id>",
    "/teams/<int:team_id>/members/<int:person_id>/removal",
    "/imports/<int:import_id>/names/<int:place>/partner",
}
"""Any two people may be merged, anybody may become a member, and who is none is out already. Names
of a file are counted and no records."""


def test_a_record_is_only_found_below_its_own_parent(app, world):
    """`/sites/<one>/lanes/<of another>` is no address, whoever asks."""
    browser = everything.browser(app, world, "layla")
    nested = [(method, path) for method, path in ROWS if len(PARAMETER.findall(path)) > 1]
    # asked for at another site it is still the same request, within reach of who confirms it
    nested.remove(("POST", "/floor/<int:site_id>/sign-ins/<int:request_id>"))
    nested = [(method, path) for method, path in nested if path not in NO_PARENT]
    assert nested
    for (method, path), (outer, inner) in product(
        nested, ((world.other, world.ids), (world.ids, world.other))
    ):
        parent = everything.sample(path, PARAMETER.findall(path)[0])
        ids = {**inner, parent: outer[parent]}
        fields = {"csrf_token": browser.token()}
        address = everything.address(path, ids)
        status = browser.open(address, method=method, data=fields).status_code
        assert status == 404, f"{method} {address} ({path}) answered {status}"


def test_a_place_in_a_form_is_as_far_away_as_one_in_an_address(app, world, database):
    huda = everything.browser(app, world, "huda")
    before = everything.content(database)
    for place in ("site-{site_id}", "shift-{shift_id}"):
        for field in ("only", "place", "shift"):
            answer = huda.send("/posters", **{field: place.format_map(world.ids)})
            assert answer.status_code == 404
    pair = f"{world.ids['attendance_id']}.1"
    for act in ("approvals", "withdrawals"):
        own = f"/shifts/{world.other['shift_id']}/{act}"
        assert huda.send(own, records=pair, shown=pair).status_code in (303, 422)
    assert everything.content(database) == before
