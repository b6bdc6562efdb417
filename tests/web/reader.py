"""A reader of pages: the language and digits that a test looks through."""

from contextlib import contextmanager

from flask import Flask, g

from checkin.web import filters, i18n, words


def reading_app():
    """An application that holds only the reader's language, filters and nouns."""
    app = Flask(__name__)
    i18n.init_app(app)
    filters.init_app(app)
    words.init_app(app)
    return app


@contextmanager
def reader(lang="ar", digits="latn"):
    """Everything inside is shown as this reader sees it."""
    with reading_app().app_context():
        g.prefs = i18n.Prefs(lang=lang, digits=digits)
        yield
