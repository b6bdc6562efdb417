"""Styles, scripts and fonts arrive once, small and for ever; pages arrive packed and padded."""

import gzip
import re
from urllib.parse import urljoin

import pytest
from flask import Flask, Response, session

from checkin.config import folder
from checkin.web import assets, compression
from checkin.web.assets import Assets, asset, join_styles

LONG = "<p>" + "سلام " * 400


@pytest.fixture
def app():
    app = Flask(__name__, static_folder=None)
    assets.init_app(app)
    compression.init_app(app)
    app.add_url_rule("/long", "long", lambda: LONG)
    app.add_url_rule("/short", "short", lambda: "ok")
    app.add_url_rule("/tagged", "tagged", tagged)
    return app


def tagged():
    response = Response(LONG)
    response.set_etag("v1")
    return response


def touch_the_session(response):
    session.get("anything")
    return response


@pytest.fixture
def client(app):
    return app.test_client()


def address(app, path):
    with app.test_request_context():
        return asset(path)


class TestAddresses:
    def test_hold_for_a_year(self, app, client):
        answer = client.get(address(app, "js/app.js"))
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_stand_under_the_prefix_of_the_site(self, app):
        with app.test_request_context(base_url="https://example.org/volunteers/"):
            assert asset("js/app.js").startswith("/volunteers/static/js/")

    def test_change_with_the_content(self, tmp_path):
        for kind in (*assets.FOLDERS, "css"):
            (tmp_path / kind).mkdir()
        (tmp_path / "css" / "app.css").write_text("@layer base;")
        script = tmp_path / "js" / "app.js"
        script.write_text("one()")
        before = Assets(tmp_path)
        script.write_text("two()")
        after = Assets(tmp_path)
        assert before.address("js/app.js") != after.address("js/app.js")
        assert before.address("css/app.css") == after.address("css/app.css")

    def test_of_vendored_parts_stand_in_the_scripts_that_import_them(self, tmp_path):
        for kind in (*assets.FOLDERS, "css"):
            (tmp_path / kind).mkdir()
        (tmp_path / "css" / "app.css").write_text("@layer base;")
        (tmp_path / "vendor" / "part.js").write_text("export default 1;")
        (tmp_path / "js" / "page.js").write_text('import part from "../vendor/part.js";')
        there = Assets(tmp_path)
        kind, version, rest = there.address("vendor/part.js")
        wanted = f'import part from "../../{kind}/{version}/{rest}";'
        assert there.files["js/page.js"].body.decode() == wanted
        (tmp_path / "js" / "page.js").write_text('import part from "../vendor/gone.js";')
        with pytest.raises(LookupError, match="gone"):
            Assets(tmp_path)

    def test_of_an_older_version_are_answered_but_not_for_ever(self, client):
        answer = client.get("/static/js/000000000000/app.js")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-cache"

    def test_of_nothing_are_mistakes_in_the_template(self, app):
        with app.test_request_context(), pytest.raises(LookupError, match="absent"):
            asset("js/absent.js")

    @pytest.mark.parametrize(
        "path",
        [
            "/static/js/x/absent.js",
            "/static/js/x/../../setup.cfg",
            "/static/js/x/%2e%2e/%2e%2e/setup.cfg",
            "/static/vendor/x/lock.json",
            "/static/vendor/x/fonts-pdf/IBMPlexSansArabic-Bold.ttf",
            "/static/css/x/tokens.css",
        ],
    )
    def test_of_what_is_not_served_are_not_found(self, client, path):
        assert client.get(path).status_code == 404


class TestFiles:
    @pytest.mark.parametrize(
        ("path", "mimetype"),
        [
            ("css/app.css", "text/css; charset=utf-8"),
            ("js/app.js", "text/javascript; charset=utf-8"),
            ("fonts/plex-arabic-700.woff2", "font/woff2"),
            ("icons/icon.svg", "image/svg+xml; charset=utf-8"),
        ],
    )
    def test_say_what_they_are(self, app, client, path, mimetype):
        assert client.get(address(app, path)).headers["Content-Type"] == mimetype

    def test_are_packed_for_those_who_accept_it(self, app, client):
        plain = client.get(address(app, "css/app.css"))
        packed = client.get(address(app, "css/app.css"), headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
        assert plain.headers["ETag"] != packed.headers["ETag"]

    def test_do_not_depend_on_who_asks(self, app, client):
        app.config["SECRET_KEY"] = "k" * 40
        app.after_request(touch_the_session)
        assert "Cookie" in client.get("/short").headers["Vary"]
        assert "Cookie" not in client.get(address(app, "js/app.js")).headers["Vary"]

    def test_are_only_read(self, app, client):
        answer = client.post(address(app, "js/app.js"))
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
        head = client.head(address(app, "js/app.js"))
        assert (head.status_code, head.data) == (200, b"")

    def test_fonts_are_not_packed_twice(self, app, client):
        font = client.get(
            address(app, "fonts/plex-arabic-400.woff2"), headers={"Accept-Encoding": "gzip"}
        )
        assert "Content-Encoding" not in font.headers
        assert font.data[:4] == b"wOF2"

    def test_are_not_sent_again_unchanged(self, app, client):
        there = address(app, "js/app.js")
        etag = client.get(there).headers["ETag"]
        again = client.get(there, headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")

    def test_keep_within_the_budget_of_a_phone_page(self, app, client):
        packed = {"Accept-Encoding": "gzip"}
        sizes = {
            path: len(client.get(address(app, path), headers=packed).data)
            for path in (
                "css/app.css",
                "js/app.js",
                "js/modules/submit-once.js",
                "js/modules/number-picker.js",
                "fonts/plex-arabic-400.woff2",
                "fonts/plex-arabic-700.woff2",
            )
        }
        fonts = sum(size for path, size in sizes.items() if path.startswith("fonts"))
        scripts = sum(size for path, size in sizes.items() if path.startswith("js"))
        assert sizes["css/app.css"] <= 8 * 1024
        assert scripts <= 10 * 1024
        assert fonts <= 55 * 1024


class TestTheStylesheet:
    def test_names_its_layers_first_and_imports_nothing(self, app, client):
        text = client.get(address(app, "css/app.css")).text
        assert text.startswith("@layer tokens, reset, base, layout, components, utilities, print;")
        assert "@import" not in text

    def test_holds_every_file_of_the_folder(self):
        root = folder("static") / "css"
        named = set(re.findall(r'url\("([^"]+)"\)', (root / "app.css").read_text()))
        there = {file.relative_to(root).as_posix() for file in root.rglob("*.css")} - {"app.css"}
        shared = {path for path in there if not path.startswith("pages/")}
        assert named == shared, "every file of static/css/ but pages/ needs its line in app.css"

    def test_leaves_a_page_s_own_styles_to_that_page(self, tmp_path):
        for kind in (*assets.FOLDERS, "css/pages"):
            (tmp_path / kind).mkdir(parents=True)
        (tmp_path / "css" / "app.css").write_text("@layer base;")
        (tmp_path / "css" / "pages" / "one.css").write_text("@layer base { p { color: red; } }")
        found = Assets(tmp_path)
        assert found.files["css/pages/one.css"].body == b"@layer base { p { color: red; } }"
        assert b"red" not in found.files["css/app.css"].body

    def test_finds_its_fonts(self, app, client):
        there = address(app, "css/app.css")
        text = client.get(there).text
        fonts = re.findall(r'url\("([^"]+)"\)', text)
        assert len(fonts) == 2
        for font in fonts:
            assert client.get(urljoin(there, font)).status_code == 200
        with app.test_request_context():
            preloaded = asset("fonts/plex-arabic-700.woff2")
        assert any(preloaded.endswith(font.removeprefix("../..")) for font in fonts)

    def test_keeps_order_and_layers(self, tmp_path):
        (tmp_path / "css").mkdir()
        entry = tmp_path / "css" / "app.css"
        entry.write_text(
            '@layer a, b;\n@import url("one.css") layer(a);\n@import url("two.css") layer(b);\n'
        )
        (tmp_path / "css" / "one.css").write_text("/* why */\np {\n  color: red;\n}\n")
        (tmp_path / "css" / "two.css").write_text('q { background: url("../icons/i.svg") }')
        joined = join_styles(entry, lambda path: f"to/{path}")
        assert joined == (
            b"@layer a, b; @layer a { p { color: red; } } "
            b'@layer b { q { background: url("to/icons/i.svg") } }'
        )


class TestPages:
    def test_are_packed_for_those_who_accept_it(self, client):
        answer = client.get("/long", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.data).decode() == LONG
        assert len(answer.data) == int(answer.headers["Content-Length"]) < len(LONG.encode()) / 4

    def test_are_plain_for_those_who_do_not(self, client):
        answer = client.get("/long")
        assert answer.text == LONG
        assert answer.headers["Vary"] == "Accept-Encoding"

    def test_that_are_short_are_left_alone(self, client):
        answer = client.get("/short", headers={"Accept-Encoding": "gzip"})
        assert answer.data == b"ok"

    def test_of_the_same_content_differ_in_size(self, client):
        sizes = {
            len(client.get("/long", headers={"Accept-Encoding": "gzip"}).data) for _ in range(40)
        }
        assert len(sizes) > 10

    def test_keep_their_tag_as_a_weak_one(self, client):
        answer = client.get("/tagged", headers={"Accept-Encoding": "gzip"})
        assert answer.get_etag() == ("v1", True)
