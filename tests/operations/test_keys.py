"""Each purpose has its own key, and a secret that was changed still reads what it signed."""

import pytest
from flask import current_app

from checkin.domain.errors import Problem
from checkin.operations import accounts, keys

NEW = "a new key that is long enough, 98765"


def test_no_two_purposes_share_a_key_and_none_is_the_secret():
    made = {keys.key_for(purpose) for purpose in keys.PURPOSES}
    assert len(made) == len(keys.PURPOSES)
    assert {len(key) for key in made} == {32}
    assert current_app.config["SECRET_KEY"].encode() not in made


def test_another_secret_gives_another_key(monkeypatch):
    before = keys.key_for("rotating")
    monkeypatch.setitem(current_app.config, "SECRET_KEY", NEW)
    assert keys.key_for("rotating") != before


def test_the_secret_before_still_reads(monkeypatch):
    before, secret = keys.key_for("rotating"), current_app.config["SECRET_KEY"]
    monkeypatch.setitem(current_app.config, "SECRET_KEY", NEW)
    monkeypatch.setitem(current_app.config, "SECRET_KEY_FALLBACKS", [secret])
    assert keys.keys_for("rotating") == [keys.key_for("rotating"), before]


def test_a_purpose_has_to_be_named_first():
    with pytest.raises(ValueError, match="PURPOSES"):
        keys.key_for("something else")


@pytest.mark.parametrize("kept", [True, False])
def test_a_code_that_was_sent_proves_the_mobile_while_the_secret_before_is_kept(
    now, monkeypatch, kept
):
    mobile, before = "+966500000001", current_app.config["SECRET_KEY"]
    code = accounts.request_code(mobile, visitor="v", address="a", language="ar", now=now)
    monkeypatch.setitem(current_app.config, "SECRET_KEY", NEW)
    monkeypatch.setitem(current_app.config, "SECRET_KEY_FALLBACKS", [before] if kept else [])
    if kept:
        accounts.prove_mobile(mobile, code, visitor="v", now=now)
    else:
        with pytest.raises(Problem, match="code_wrong"):
            accounts.prove_mobile(mobile, code, visitor="v", now=now)


def test_an_invitation_stays_good_while_the_secret_before_is_kept(cast, now, monkeypatch):
    before = current_app.config["SECRET_KEY"]
    token = accounts.invite_staff(cast.salem.id, by=None, now=now)
    monkeypatch.setitem(current_app.config, "SECRET_KEY", NEW)
    with pytest.raises(Problem, match="invitation_over"):
        accounts.invited(token, now)
    monkeypatch.setitem(current_app.config, "SECRET_KEY_FALLBACKS", [before])
    assert accounts.invited(token, now) == cast.salem.id
