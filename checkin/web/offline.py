"""What phones keep for times without a network: a manifest, a worker, and one page about nobody."""

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request, url_for
from flask_babel import gettext as _

from checkin.domain.plausibility import MOST_BENEFICIARIES
from checkin.web.assets import asset
from checkin.web.guard import public
from checkin.web.i18n import CHOICES, current_locale, current_prefs, in_language
from checkin.web.scan_forms import CheckOutForm

bp = Blueprint("offline", __name__)

GREEN, CANVAS = "#14573a", "#f9fafb"
"""As in tokens.css: browsers paint with these before a page of ours is there."""
ICONS = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"),
         ("icon-maskable.png", "512x512", "maskable"))  # fmt: skip
PARTS = (
    "css/app.css",
    "fonts/plex-arabic-400.woff2",
    "fonts/plex-arabic-700.woff2",
    "icons/icon.svg",
    "js/app.js",
    "js/modules/number-picker.js",
    "js/modules/saved-scans.js",
    "js/tally/sending.js",
    "js/tally/store.js",
    "vendor/idb/index.js",
)
SCRIPTS = "js/offline/"
WORKER = "js/offline/worker.js"


@bp.app_template_global()
def visitor() -> str:
    """`person` on pages of somebody known to be signed in, and no database is asked for it."""
    known = g.get("_login_user")
    return "person" if known is not None and known.is_authenticated else "anyone"


@bp.get("/offline")
@public
def show() -> Response:
    """The scans kept on this phone; without a network it stands in for every other page."""
    response = current_app.make_response(_shell())
    response.headers["Look"] = str(current_prefs())
    return response


@bp.get("/sw.js")
@public
def worker() -> Response:
    """The service worker: which files it keeps, and the script that does it.

    A new version of anything it keeps changes this answer, by which browsers notice.
    """
    kept = {"version": _version(), "shell": url_for(".show"), "files": _files()}
    said = f"self.kept = {json.dumps(kept)};\n"
    body = said + (_plain() if "plain" in request.args else _module())
    response = Response(body, mimetype="text/javascript")
    response.cache_control.no_cache = True
    return response


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """How the app stands on a home screen; `lang` because browsers ask for it without cookies."""
    lang = request.args.get("lang", "")
    with in_language(lang if lang in CHOICES["lang"] else current_prefs().lang):
        response = Response(
            json.dumps(_manifest(), ensure_ascii=False), mimetype="application/manifest+json"
        )
    response.cache_control.no_cache = True
    return response


def _manifest() -> dict[str, Any]:
    locale = current_locale()
    return {
        "id": url_for("pages.home"),
        "name": _("Volunteer attendance"),
        "short_name": _("Volunteer attendance"),
        "lang": locale.lang,
        "dir": locale.dir,
        "start_url": url_for("hours.index"),
        "scope": url_for("pages.home"),
        "display": "standalone",
        "theme_color": GREEN,
        "background_color": CANVAS,
        "icons": [
            {"src": asset(f"icons/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }


def _module() -> str:
    """Where workers may import, this one also sends what waits when no page is open."""
    sending = asset("js/offline/sending.js")
    return (
        f'import "{asset(WORKER)}";\n'
        f'import {{ flush }} from "{sending}";\n'
        'self.addEventListener("sync", (event) => event.waitUntil(flush({ urgent: true })));\n'
    )


def _plain() -> str:
    return f'importScripts("{asset(WORKER)}");\n'


def _files() -> list[str]:
    scripts = (path for path in current_app.extensions["assets"].files if path.startswith(SCRIPTS))
    return [asset(path) for path in (*PARTS, *sorted(scripts)) if path != WORKER]


def _version() -> str:
    """Changes with the worker, with every file it keeps and with what the page says."""
    versions = current_app.extensions.setdefault("offline_versions", {})
    if request.script_root not in versions:
        content = hashlib.sha256(repr((_files(), asset(WORKER))).encode())
        for lang in CHOICES["lang"]:
            with in_language(lang):
                content.update(_shell().encode())
        versions[request.script_root] = content.hexdigest()[:12]
    return str(versions[request.script_root])


def _shell() -> str:
    form = CheckOutForm(meta={"csrf": False})
    facts = {"zone": current_app.config["ZONE"], "most": MOST_BENEFICIARIES}
    return render_template("offline/show.html", form=form, **facts)
