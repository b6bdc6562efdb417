"""What phones keep for times without a network says nothing about anybody, and is always whole."""

import json
import re
from urllib.parse import urljoin

import pytest

from checkin.web.assets import Assets


def kept(browser, **query):
    """What the worker is told to keep."""
    answer = browser.get("/sw.js", query_string=query)
    return json.loads(re.search(r"self\.kept = (\{.*\});", answer.text)[1])


class TestThePage:
    def test_is_the_same_for_everybody(self, client, browser_of, cast):
        """Kept for a shared phone, it may hold no name, no token and no session."""
        mine = browser_of(cast.noura).get("/offline")
        salems = browser_of(cast.salem, kind="staff").get("/offline")
        assert mine.data == salems.data == client.get("/offline").data
        assert "csrf" not in mine.text
        assert "Set-Cookie" not in mine.headers

    @pytest.mark.parametrize(
        ("lang", "heading"), [("ar", "التسجيلات المحفوظة"), ("en", "Scans kept")]
    )
    def test_speaks_the_last_language(self, client, lang, heading):
        client.set_cookie("prefs", f"{lang}.arab.dark")
        answer = client.get("/offline")
        assert heading in answer.text
        assert answer.headers["Look"] == f"{lang}.arab.dark"

    def test_is_linked_from_my_hours(self, browser_of, cast):
        assert 'href="/offline"' in browser_of(cast.noura).get("/hours").text


class TestTheWorker:
    def test_is_a_script_asked_for_anew_each_time(self, client):
        answer = client.get("/sw.js")
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Cache-Control"] == "no-cache"

    def test_keeps_only_what_is_there(self, client):
        told = kept(client)
        for file in (told["shell"], *told["files"]):
            assert client.get(file).status_code == 200, file

    def test_keeps_every_script_that_its_page_can_ask_for(self, client):
        files = {file for file in kept(client)["files"] if file.endswith(".js")}
        page = client.get("/offline").text
        modules = set(re.findall(r'data-module="([\w-]+)"', page))
        missing = {
            name for name in modules if not any(f"/modules/{name}.js" in one for one in files)
        }
        for file in files:
            for other in re.findall(r'(?:from|import\()\s*"(\.[^"]+)"', client.get(file).text):
                missing |= {urljoin(file, other)} - files
        assert not missing

    def test_has_a_new_version_when_a_text_changes(self, app, client, monkeypatch):
        before = kept(client)["version"]
        assert kept(client)["version"] == before
        app.extensions.pop("offline_versions")
        monkeypatch.setitem(app.config, "ZONE", "Asia/Dubai")  # stands in the page
        assert kept(client)["version"] != before

    def test_comes_for_browsers_without_modules_too(self, client):
        plain = client.get("/sw.js?plain=1").text
        assert "importScripts(" in plain
        assert "import " not in plain
        assert kept(client, plain=1) == kept(client)

    def test_itself_needs_no_modules(self, app):
        worker: Assets = app.extensions["assets"]
        body = worker.files["js/offline/worker.js"].body.decode()
        assert not re.search(r"^\s*(import|export)\b", body, re.MULTILINE)


class TestTheManifest:
    @pytest.mark.parametrize(
        ("lang", "name", "direction"),
        [("ar", "حضور المتطوعين", "rtl"), ("en", "Volunteer attendance", "ltr")],
    )
    def test_names_the_app_in_the_readers_language(self, client, lang, name, direction):
        told = json.loads(client.get("/manifest.webmanifest", query_string={"lang": lang}).text)
        assert (told["name"], told["lang"], told["dir"]) == (name, lang, direction)
        assert told["start_url"] == "/hours"

    def test_has_icons_of_the_sizes_it_says(self, client):
        told = json.loads(client.get("/manifest.webmanifest?lang=xx").text)
        assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
        for icon in told["icons"]:
            picture = client.get(icon["src"]).data
            width, height = (int.from_bytes(picture[at : at + 4]) for at in (16, 20))
            assert (picture[:4], f"{width}x{height}") == (b"\x89PNG", icon["sizes"])

    def test_is_named_by_the_pages_of_phones(self, client):
        manifest = re.search(r'rel="manifest" href="([^"]+)"', client.get("/help").text)[1]
        assert client.get(manifest.replace("&amp;", "&")).mimetype == "application/manifest+json"


class TestPages:
    def test_of_somebody_begin_to_keep_scans(self, client, browser_of, cast):
        assert 'data-offline="person"' in browser_of(cast.noura).get("/hours").text
        assert 'data-offline="anyone"' in client.get("/").text
