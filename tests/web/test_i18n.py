"""Arabic unless the reader says otherwise; one cookie holds the choices, and forging it is idle."""

import pytest
from flask import make_response, render_template_string, request
from flask_babel import gettext, pgettext

from checkin.web import i18n
from tests.web.reader import reading_app


@pytest.fixture
def client():
    app = reading_app()

    @app.get("/")
    def page():
        return render_template_string(
            "{% macro html() %}{{ locale.lang }} {{ locale.dir }} {{ prefs.digits }} "
            "{{ prefs.theme }} {{ locale.other.lang }}{% endmacro %}{{ html() }}"
        )

    @app.post("/preferences")
    def preferences():
        response = make_response("", 204)
        i18n.set_prefs(response, **request.form)
        return response

    @app.get("/figures")
    def figures():
        return {"hours": 4}

    return app.test_client()


@pytest.mark.parametrize(
    ("browser", "lang"),
    [
        (None, "ar"),
        ("", "ar"),
        ("ar-SA,ar;q=0.9,en;q=0.8", "ar"),
        ("en-US,en;q=0.9", "en"),
        ("en-GB,en;q=0.9,ar;q=0.8", "en"),
        ("en,ar", "ar"),
        ("ar,en", "ar"),
        ("ar;q=0.5,en;q=0.9", "en"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "ar"),
        ("ur-PK,en;q=0.5", "ar"),
        ("*", "ar"),
        ("en;q=0", "ar"),
        ("end", "ar"),
        (";;;q=x,,,", "ar"),
    ],
)
def test_english_only_for_a_browser_that_puts_it_first(client, browser, lang):
    headers = {} if browser is None else {"Accept-Language": browser}
    assert client.get("/", headers=headers).text.split()[0] == lang


def test_language_and_direction_agree(client):
    assert client.get("/").text == "ar rtl latn auto en"
    client.set_cookie("prefs", "en.arab.dark")
    assert client.get("/").text == "en ltr arab dark ar"


def test_the_cookie_wins_over_the_browser(client):
    client.set_cookie("prefs", "ar.latn.auto")
    page = client.get("/", headers={"Accept-Language": "en-US"})
    assert page.text.startswith("ar rtl")


@pytest.mark.parametrize(
    ("cookie", "shown"),
    [
        ("", "ar rtl latn auto en"),
        ("garbage", "ar rtl latn auto en"),
        ("en", "en ltr latn auto ar"),
        ("fr.roman.pink", "ar rtl latn auto en"),
        ("dark.en", "en ltr latn dark ar"),
        ("en." * 500, "en ltr latn auto ar"),
        ("<script>", "ar rtl latn auto en"),
    ],
)
def test_a_strange_cookie_does_no_harm(client, cookie, shown):
    client.set_cookie("prefs", cookie)
    page = client.get("/")
    assert (page.status_code, page.text) == (200, shown)


def test_choices_are_remembered_together(client):
    client.post("/preferences", data={"lang": "en"})
    client.post("/preferences", data={"theme": "contrast"})
    client.post("/preferences", data={"digits": "arab"})
    assert client.get("/").text == "en ltr arab contrast ar"


@pytest.mark.parametrize(
    "forged", [{"lang": "xx"}, {"theme": "en"}, {"digits": ""}, {"csrf_token": "ar", "other": "x"}]
)
def test_a_forged_choice_changes_nothing(client, forged):
    client.post("/preferences", data={"lang": "en", "theme": "dark"})
    assert client.post("/preferences", data=forged).status_code == 204
    assert client.get("/").text == "en ltr latn dark ar"


def test_only_what_was_chosen_is_remembered(client):
    said = [{"lang": "en"}, {"digits": "arab"}, {"lang": "ar"}]
    cookies = [client.post("/preferences", data=one).headers["Set-Cookie"] for one in said]
    kept = [cookie.partition(";")[0] for cookie in cookies]
    assert kept == ["prefs=en", "prefs=en.arab", "prefs=ar.arab"]


def test_the_cookie_lasts_and_is_closed_to_scripts(client):
    cookie = client.post("/preferences", data={"lang": "en"}).headers["Set-Cookie"]
    assert "prefs=en;" in cookie
    assert "Max-Age=31536000" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_the_cookie_is_secure_where_sessions_are(client):
    client.application.config["SESSION_COOKIE_SECURE"] = True
    assert "Secure" in client.post("/preferences", data={"lang": "en"}).headers["Set-Cookie"]


def test_caches_are_told_what_a_page_depends_on(client):
    page = client.get("/", headers={"Accept-Language": "en"})
    assert set(page.vary) == {"Cookie", "Accept-Language"}
    assert page.headers["Content-Language"] == "en"
    assert "Content-Language" not in client.get("/figures").headers


def test_the_new_language_speaks_in_the_same_answer():
    app = reading_app()
    with app.test_request_context():
        assert pgettext("hijri month", "Rajab") == "رجب"
        i18n.set_prefs(make_response(""), lang="en")
        assert pgettext("hijri month", "Rajab") == "Rajab"


def test_a_poster_speaks_its_own_language_for_a_while():
    app = reading_app()
    with app.test_request_context(headers={"Cookie": "prefs=en.arab.dark"}):
        with i18n.in_language("ar"):
            assert pgettext("hijri month", "Safar") == "صفر"
            assert i18n.current_locale().dir == "rtl"
            assert i18n.current_prefs().digits == "arab"
            with i18n.in_language("en"):
                assert pgettext("hijri month", "Safar") == "Safar"
            assert pgettext("hijri month", "Safar") == "صفر"
        assert pgettext("hijri month", "Safar") == "Safar"
        assert i18n.current_prefs() == i18n.Prefs("en", "arab", "dark")


def test_the_language_comes_back_after_a_failure():
    app = reading_app()
    with app.app_context():
        with pytest.raises(RuntimeError), i18n.in_language("en"):
            raise RuntimeError
        assert i18n.current_prefs().lang == "ar"


def test_without_a_request_the_language_is_arabic():
    assert i18n.current_prefs() == i18n.Prefs()
    with reading_app().app_context():
        assert i18n.current_locale() == i18n.Locale("ar")
        assert gettext("Undo") == "تراجع"
