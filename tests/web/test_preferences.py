"""Changing language, digits or theme comes back to a page, whatever page it was pressed on."""

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound

SAMPLES = {"day": "2026-11-22", "month": "2026-10", "draft_name": "0" * 32}
"""Of what is no number in an address."""


def forms_only(app):
    """Addresses where a form is sent but no page is shown, one of each."""
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and rule.endpoint != "static":
            path = rule.build({name: SAMPLES.get(name, 1) for name in rule.arguments})[1]
            try:
                app.url_map.bind("127.0.0.1").match(path, "GET")
            except MethodNotAllowed:
                yield path
            except NotFound:
                raise AssertionError(f"{path} is not an address") from None


def test_no_way_back_leads_to_an_address_without_a_page(app, client):
    addresses = list(forms_only(app))
    assert len(addresses) > 20
    token = client.token()
    for address in addresses:
        sent = {"csrf_token": token, "lang": "en", "next": address}
        back = client.post("/preferences", data=sent).location
        assert back == "/" or address.startswith(back)
        app.url_map.bind("127.0.0.1").match(back, "GET")


@pytest.mark.parametrize("here", ["/help", "/sign-in?foreign=1", "/S/UNKNOWN", "/no-such-page"])
def test_a_page_comes_back_to_itself(client, here):
    assert client.send("/preferences", lang="en", next=here).location == here


def test_an_answer_without_an_address_of_its_own_offers_no_choices(client):
    refused = client.post("/preferences", data={"lang": "en"})  # without the form's token
    assert refused.status_code == 400
    assert 'action="/preferences"' not in refused.text
    assert 'action="/preferences"' in client.get("/").text


def test_an_answer_at_a_pages_address_goes_back_to_that_page(client):
    refused = client.send("/sign-in?foreign=1", mobile="55")
    assert refused.status_code == 422
    assert 'name="next" value="/sign-in?foreign=1"' in refused.text
