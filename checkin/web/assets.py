"""Styles, scripts, fonts, icons: read once at start, addressed by content, cached for ever."""

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, current_app, request
from werkzeug.wrappers import Request, Response

from checkin.config import folder
from checkin.web.guard import headers_of

PREFIX = "/static/"
FOLDERS = ("fonts", "icons", "vendor", "js")
"""In this order: scripts name the version of what they import from vendor/."""
NOT_SERVED = ("vendor/fonts-pdf/",)
STYLESHEET = "css/app.css"
PAGE_STYLES = "css/pages"
"""What one page alone needs is a stylesheet of its own, so that the others stay light."""
A_YEAR = 365 * 24 * 60 * 60

# Said here, because a Windows machine's registry may call a script plain text. What is not in
# this list (licences, the lock) is not served.
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
ALREADY_SMALL = (".png", ".woff2")

_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
_URL = re.compile(r'url\("([^"]+)"\)')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_VENDORED = re.compile(rb'"((?:\.\./)+)(vendor/[^"]+)"')


@dataclass(frozen=True)
class Asset:
    body: bytes
    packed: bytes | None
    mimetype: str


class Assets:
    """Every file that may be served, in memory, and the version of each kind.

    A version stands in the address before the file's own path, not in its name, so that scripts
    import each other by plain relative addresses and still get the version they were made with.
    """

    def __init__(self, root: Path):
        self.files: dict[str, Asset] = {}
        self.versions: dict[str, str] = {}
        for kind in FOLDERS:
            bodies = _bodies(root, kind)
            if kind == "js":
                bodies = {path: self._with_versions(path, body) for path, body in bodies.items()}
            self._add(kind, bodies)
        styles = {STYLESHEET: join_styles(root / STYLESHEET, self._from_stylesheet)}
        for file in sorted((root / PAGE_STYLES).glob("*.css")):
            styles[f"{PAGE_STYLES}/{file.name}"] = join_styles(file, self._from_page_styles)
        self._add("css", styles)

    def address(self, path: str) -> tuple[str, str, str]:
        """Kind (its folder), version and the rest of a path; a wrong path fails at once."""
        if path not in self.files:
            raise LookupError(f"static/{path} does not exist or is not served")
        kind, rest = path.split("/", 1)
        return kind, self.versions[kind], rest

    def _add(self, kind: str, bodies: dict[str, bytes]) -> None:
        for path, body in bodies.items():
            self.files[path] = _asset(path, body)
        content = hashlib.sha256()
        for path in sorted(bodies):
            content.update(path.encode() + b"\0" + hashlib.sha256(bodies[path]).digest())
        self.versions[kind] = content.hexdigest()[:12]

    def _from_stylesheet(self, path: str) -> str:
        """Relative to /static/css/<version>/app.css, so that it holds under any prefix."""
        return "../../" + "/".join(self.address(path))

    def _with_versions(self, path: str, body: bytes) -> bytes:
        """Imports from static/vendor/ by their paths in this project, as addresses that last.

        Relative to /static/js/<version>/…, one step deeper than the file lies.
        """

        def addressed(match: re.Match[bytes]) -> bytes:
            address = "/".join(self.address(match[2].decode()))
            return b'"' + match[1] + b"../" + address.encode() + b'"'

        return _VENDORED.sub(addressed, body) if path.endswith(".js") else body

    def _from_page_styles(self, path: str) -> str:
        return "../" + self._from_stylesheet(path)


class Server:
    """Answers for /static/ before the app is asked.

    A file needs no session, and must not vary with one: browsers would fetch it again after every
    sign-in.
    """

    def __init__(
        self, app: Callable[..., Iterable[bytes]], assets: Assets, headers: Mapping[str, str]
    ):
        self.app = app
        self.assets = assets
        self.headers = headers

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PREFIX):
            return self.app(environ, start_response)
        response = self._answer(Request(environ))
        response.headers.update(self.headers)
        return response(environ, start_response)

    def _answer(self, wanted: Request) -> Response:
        kind, _, rest = wanted.path.removeprefix(PREFIX).partition("/")
        version, _, path = rest.partition("/")
        found = self.assets.files.get(f"{kind}/{path}")
        if found is None:
            return Response("Not found", 404)
        if wanted.method not in ("GET", "HEAD"):
            return Response("Only GET and HEAD", 405, {"Allow": "GET, HEAD"})
        response = _packed(found) if "gzip" in wanted.accept_encodings else _plain(found)
        _keep(response, for_ever=version == self.assets.versions[kind])
        return response.make_conditional(wanted)


def init_app(app: Flask) -> None:
    """Serve the files and give templates `asset("js/app.js")`."""
    assets = Assets(folder("static"))
    app.extensions["assets"] = assets
    app.wsgi_app = Server(app.wsgi_app, assets, headers_of(app))  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = asset


def asset(path: str) -> str:
    """The address of a file of static/, which changes whenever its content does."""
    parts = current_app.extensions["assets"].address(path)
    return request.script_root + PREFIX + "/".join(parts)


def join_styles(entry: Path, address: Callable[[str], str]) -> bytes:
    """The files that `entry` imports, in its order and each in its layer, as one stylesheet."""

    def imported(match: re.Match[str]) -> str:
        file = entry.parent / match[1]
        return f"@layer {match[2]} {{ {_with_addresses(file, entry.parents[1], address)} }}"

    joined = _IMPORT.sub(imported, entry.read_text(encoding="utf-8"))
    return " ".join(_COMMENT.sub("", joined).split()).encode()


def _with_addresses(file: Path, root: Path, address: Callable[[str], str]) -> str:
    def addressed(match: re.Match[str]) -> str:
        target = (file.parent / match[1]).resolve().relative_to(root.resolve())
        return f'url("{address(target.as_posix())}")'

    return _URL.sub(addressed, file.read_text(encoding="utf-8"))


def _bodies(root: Path, kind: str) -> dict[str, bytes]:
    files = (file for file in (root / kind).rglob("*") if file.is_file())
    named = {file.relative_to(root).as_posix(): file for file in files}
    return {path: file.read_bytes() for path, file in named.items() if _served(path)}


def _served(path: str) -> bool:
    return Path(path).suffix in TYPES and not path.startswith(NOT_SERVED)


def _asset(path: str, body: bytes) -> Asset:
    suffix = Path(path).suffix
    return Asset(body, None if suffix in ALREADY_SMALL else _squeezed(body), TYPES[suffix])


@cache
def _squeezed(body: bytes) -> bytes:
    """Packed once a process, however many apps it makes: a megabyte takes a tenth of a second."""
    return gzip.compress(body, 9, mtime=0)


def _packed(found: Asset) -> Response:
    if found.packed is None:
        return _plain(found)
    response = _answer(found, found.packed)
    response.content_encoding = "gzip"
    return response


def _plain(found: Asset) -> Response:
    return _answer(found, found.body)


def _answer(found: Asset, body: bytes) -> Response:
    response = Response(body, mimetype=found.mimetype)
    if found.packed:
        response.vary.add("Accept-Encoding")
    response.add_etag()
    return response


def _keep(response: Response, *, for_ever: bool) -> None:
    if for_ever:
        response.cache_control.public = True
        response.cache_control.max_age = A_YEAR
        response.cache_control.immutable = True
    else:
        # A page of the version before this one: its address gets today's file, but not for ever.
        response.cache_control.no_cache = True
