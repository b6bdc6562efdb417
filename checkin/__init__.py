"""Checkin: volunteer check-in by QR code. `create_app` is the only module that knows every part."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from checkin import config, database
from checkin.web import (
    assets,
    compression,
    errors,
    filters,
    guard,
    i18n,
    message_words,
    navigation,
    sessions,
    usual,
    words,
)
from checkin.web.rooms import BLUEPRINTS

__version__ = "0.1.0"


class Id(IntegerConverter):
    """A record's number in an address; one no database can hold is no address at all."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": 2**31 - 1, **kwargs})


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The application, configured and checked; refuses to start when it would not be safe.

    `overrides` win over the environment and `instance/config.py`; what is unsafe but guarded
    against stands in `WARNINGS`. Raises `config.Refused`.
    """
    instance = config.instance_folder()
    app = Flask(
        "checkin",
        instance_path=str(instance),
        template_folder=str(config.folder("templates")),
        static_folder=None,
    )
    app.url_map.converters["int"] = Id
    config.load(app.config, instance, overrides)
    app.config["WARNINGS"] = config.check(app.config, app.debug)
    _trust_proxies(app)
    database.init_app(app)
    for part in (
        *(sessions, compression, i18n, usual, filters, words, guard, errors),
        *(navigation, message_words, assets),
    ):
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _trust_proxies(app: Flask) -> None:
    """Forwarded addresses count only when the number of proxies in front is set."""
    hops = app.config["TRUSTED_PROXIES"]
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
