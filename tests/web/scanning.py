"""A volunteer at a poster: opening its page, pressing what stands on it, looking at the record."""

import re

from checkin.database import db, transaction
from checkin.models import Attendance, Poster, Scan
from tests.pages import Browser


def address(poster: Poster) -> str:
    return f"/S/{poster.code}"


def fields(html: str) -> dict[str, str]:
    """The hidden fields of the code's own form, as a browser would send them."""
    ours = r'<form[^>]*action="/(?:[SR]/[^"/]*|typed-code)"[^>]*>(.*?)</form>'
    form = re.search(ours, html, re.DOTALL)
    assert form, "the page has a form that acts"
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1])
    return {name: value for name, value in found if name != "csrf_token"}


def opened(browser: Browser, poster: Poster) -> dict[str, str]:
    """Open the poster's page; what its button would send."""
    return fields(browser.get(address(poster)).get_data(as_text=True))


def press(browser: Browser, poster: Poster, **more: object):
    """Open the poster's page and press its button."""
    return browser.send(address(poster), **{**opened(browser, poster), **more})


def scans_of(who) -> list[Scan]:
    query = db.select(Scan).where(Scan.volunteer_id == who.id).order_by(Scan.id)
    return list(db.session.scalars(query))


def attendances_of(who) -> list[Attendance]:
    db.session.rollback()
    db.session.expire_all()
    query = db.select(Attendance).where(Attendance.volunteer_id == who.id)
    return list(db.session.scalars(query.order_by(Attendance.id)))


@transaction
def set_values(row, **values) -> None:
    """Change a stored row, as the room it belongs to would."""
    stored = db.session.get_one(type(row), row.id)
    for name, value in values.items():
        setattr(stored, name, value)
