"""What a phone asks before its network goes, how programs are known, and the description."""

import uuid
from datetime import timedelta

import msgspec
import pytest
import time_machine

from checkin.operations import api_tokens, receipts
from checkin.web.api import shapes
from checkin.web.api.description import EXAMPLES
from tests import factories
from tests.web.api import act, outcomes, send

HOUR = timedelta(hours=1)


def test_anybody_may_ask_the_time_and_gets_it_signed(client, now):
    with time_machine.travel(now, tick=False):
        told = client.get("/api/v1/time").get_json()
    assert told["server_time"] == "2026-11-22T10:00:00Z"
    assert receipts.read_time(told["time_receipt"], now + HOUR) == now


def test_a_phone_learns_whose_it_is_and_what_is_open(browser_of, cast, now):
    browser = browser_of(cast.noura, lang="en")
    with time_machine.travel(now, tick=False):
        before = browser.get("/api/v1/me").get_json()
        factories.check_in(cast.noura, cast.poster, now - HOUR / 2)
        told = browser.get("/api/v1/me").get_json()
    assert before["open"] is None
    assert told["open"] == {
        "site": "Mataf courtyard",
        "site_id": cast.mataf.id,
        "shift_id": cast.shift.id,
        "in_at": "2026-11-22T09:30:00Z",
        "counts": True,
    }
    assert receipts.is_reference_of(told["volunteer"], cast.noura.id)
    assert receipts.read_time(told["time_receipt"], now) == now


def test_a_name_that_says_nothing_is_the_same_each_time(browser_of, cast):
    names = {browser_of(cast.noura).get("/api/v1/me").get_json()["volunteer"] for _ in range(2)}
    assert len(names) == 1
    assert str(cast.noura.id) not in names


def test_a_stranger_has_nothing_to_be_told(client):
    answer = client.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.get_json()["error"]["sentence"] == "يرجى تسجيل الدخول للمتابعة"


@pytest.mark.parametrize(("path", "status"), [("/api/v1/no-such", 404), ("/api/v1/scans", 405)])
def test_what_is_not_there_is_said_in_json(client, path, status):
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (status, str(status))


# --- programs ------------------------------------------------------------------------------


@pytest.fixture
def token(cast, now) -> str:
    return api_tokens.create(cast.noura.id, "a program", lives=24 * HOUR, now=now)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_program_acts_as_its_person_without_a_browser(client, cast, token, now):
    shown = act("in", f"S/{cast.poster.code}")
    assert outcomes(send(client, shown, now=now, headers=bearer(token))) == ["checked_in"]


@pytest.mark.parametrize(
    "shown", ["Bearer", "Bearer x", "Basic {}", "Bearer {}x", "Bearer " + "x" * 200]
)
def test_what_is_not_a_token_opens_nothing(client, cast, token, now, shown):
    headers = {"Authorization": shown.format(token)}
    assert send(client, act("in"), now=now, headers=headers).status_code == 401


def test_a_wrong_token_is_not_made_good_by_a_cookie(browser_of, cast, now):
    noura = browser_of(cast.noura)
    assert send(noura, act("in"), now=now, headers=bearer("wrong")).status_code == 401


@pytest.mark.parametrize("ended", ["revoked", "too old", "person erased"])
def test_a_token_that_has_ended_opens_nothing(client, cast, token, now, ended):
    later = now
    if ended == "revoked":
        api_tokens.revoke(api_tokens.in_force(now)[0].id, now=now)
    elif ended == "too old":
        later = now + 24 * HOUR
    else:
        factories.alter(cast.noura, erased_at=now)
    with time_machine.travel(later, tick=False):
        assert client.get("/api/v1/me", headers=bearer(token)).status_code == 401


def test_a_token_opens_nothing_but_the_interface(client, token, now):
    with time_machine.travel(now, tick=False):
        assert client.get("/hours", headers=bearer(token)).status_code == 303


def test_the_use_of_a_token_is_noted_not_too_often(client, cast, token, now):
    for minutes, noted in ((0, 0), (30, 0), (61, 61)):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200
        (kept,) = api_tokens.in_force(now)
        assert kept.used_at == now + timedelta(minutes=noted)


# --- the description -----------------------------------------------------------------------


@pytest.fixture
def document(client) -> dict:
    return client.get("/api/v1/openapi.json").get_json()


def references(value) -> set[str]:
    if isinstance(value, dict):
        found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return found.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_every_address_of_the_interface_is_described(app, document):
    built = {
        rule.rule.replace("<int:", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    } - {"/api/v1/openapi.json"}
    assert set(document["paths"]) == built


def test_every_reference_leads_somewhere_and_every_shape_is_used(document):
    schemas = document["components"]["schemas"]
    names = {f"#/components/schemas/{name}" for name in schemas}
    assert references(document) == names
    assert all(name.isidentifier() for name in schemas), "names are for people"


def test_every_operation_is_told_with_its_answers(document):
    operations = [one for path in document["paths"].values() for one in path.values()]
    ids = [one["operationId"] for one in operations]
    assert len(set(ids)) == len(ids) >= 4
    for one in operations:
        assert one["summary"]
        assert not one["summary"].endswith(">"), "the view's docstring says what it does"
        assert "200" in one["responses"]
    scans = document["paths"]["/api/v1/scans"]["post"]
    assert set(scans["responses"]) == {"200", "401", "403", "413", "415", "422", "429", "503"}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_examples_are_what_is_read_and_written(document, name):
    (example,) = document["components"]["schemas"][name]["examples"]
    msgspec.convert(example, getattr(shapes, name))


def test_the_example_of_a_batch_is_accepted_as_it_stands(client, cast, token, now):
    example = {**EXAMPLES["Scans"]}
    for scan in example["scans"]:
        scan |= {"uid": str(uuid.uuid4()), "code": f"S/{cast.poster.code}"}
    with time_machine.travel("2026-11-22T12:40:11Z", tick=False):
        answer = client.post("/api/v1/scans", json=example, headers=bearer(token))
    assert outcomes(answer) == ["checked_in", "checked_out"]
