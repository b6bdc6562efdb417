"""Each purpose has its own key, and a secret that was changed still reads what it signed."""

import pytest
from flask import current_app

from checkin.operations import keys


def test_no_two_purposes_share_a_key_and_none_is_the_secret():
    made = {keys.key_for(purpose) for purpose in keys.PURPOSES}
    assert len(made) == len(keys.PURPOSES)
    assert {len(key) for key in made} == {32}
    assert current_app.config["SECRET_KEY"].encode() not in made


def test_another_secret_gives_another_key(monkeypatch):
    before = keys.key_for("rotating")
    monkeypatch.setitem(current_app.config, "SECRET_KEY", "a new key that is long enough, 98765")
    assert keys.key_for("rotating") != before


def test_the_secret_before_still_reads(monkeypatch):
    before, secret = keys.key_for("rotating"), current_app.config["SECRET_KEY"]
    monkeypatch.setitem(current_app.config, "SECRET_KEY", "a new key that is long enough, 98765")
    monkeypatch.setitem(current_app.config, "SECRET_KEY_FALLBACKS", [secret])
    assert keys.keys_for("rotating") == [keys.key_for("rotating"), before]


def test_a_purpose_has_to_be_named_first():
    with pytest.raises(ValueError, match="PURPOSES"):
        keys.key_for("something else")
