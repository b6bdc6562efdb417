"""Badges and new phones in real browsers: what a camera reads from paper and from the tablet."""

import io

from PIL import Image
from playwright.sync_api import expect

from checkin.database import db
from checkin.models import Attendance
from checkin.operations import badges
from checkin.web import clock
from tests.web.photographs import of_pdf, read_by_opencv, read_by_zxing


def on_screen(visitor) -> str:
    """The one code that is in sight on somebody's screen, as another phone's camera reads it."""
    picture = Image.open(io.BytesIO(visitor.page.screenshot())).convert("L")
    seen = read_by_zxing(picture)
    assert seen == read_by_opencv(picture), "both decoders read the same"
    assert len(seen) == 1
    return seen[0]


def attendance() -> Attendance:
    db.session.rollback()  # ends what this test read before, so that it sees what the server did
    db.session.expire_all()
    return db.session.scalars(db.select(Attendance)).one()


def test_a_new_phone_reads_the_tablet_and_goes_on_to_its_receipt(cast, visit, traveller):
    """The volunteer scanned the poster first; signing in by the tablet costs no minute."""
    tablet = visit("tablet", person=cast.salem, lang="en")
    phone = visit("phone", lang="en")
    phone.open(f"/S/{cast.poster.code}")
    scanned_at = clock.now()
    traveller.shift(240)
    tablet.open(f"/floor/{cast.mataf.id}/check-ins/new?q=نورة")
    tablet.press(f"New phone: {cast.noura.name}")
    code = on_screen(tablet)
    assert code.split("/E/")[0] == tablet.page.url.split("/enrolments")[0].upper()
    phone.open(code)
    assert phone.heading == "Is this your phone?"
    phone.press("This is my phone")
    assert phone.heading == "You’re checked in"
    assert abs((attendance().in_at - scanned_at).total_seconds()) < 60
    expect(tablet.page.get_by_role("heading", name="The phone is signed in")).to_be_visible()


def test_the_tablet_counts_the_time_of_a_code_down(cast, visit):
    tablet = visit("tablet", person=cast.salem, lang="ar")
    tablet.open(f"/floor/{cast.mataf.id}/check-ins/new?q=نورة")
    tablet.press(f"هاتف جديد: {cast.noura.name}")
    left = tablet.page.get_by_role("timer")
    expect(left).to_have_text("9:58", timeout=5000)
    expect(left).to_have_text("9:56", timeout=5000)


def test_the_printed_page_is_ten_badges_a_sheet_that_both_decoders_read(cast, visit, now):
    code = badges.code_of(badges.make([cast.noura.id], by=None, now=now)[0])
    laptop = visit("laptop", person=cast.layla)
    laptop.open(f"/badges/sheets?person={cast.noura.id}")
    paper = laptop.page.pdf(prefer_css_page_size=True, print_background=True)
    pages = of_pdf(paper, dots_per_inch=110)
    assert len(pages) == 1
    wanted = [f"{laptop.page.url.split('/badges')[0].upper()}/B/{code}"]
    assert read_by_zxing(pages[0]) == wanted
    assert read_by_opencv(pages[0]) == wanted


def test_a_supervisor_reads_a_badge_with_the_tablets_own_camera_app(cast, visit, now):
    code = badges.code_of(badges.make([cast.noura.id], by=None, now=now)[0])
    tablet = visit("tablet", person=cast.salem, lang="en")
    tablet.open(f"/B/{code}")
    assert cast.noura.name in tablet.heading
    tablet.press("Check in at Mataf courtyard")
    assert "checked in" in tablet.text
    assert attendance().evidence == "witnessed"
    tablet.press("Undo")
    assert "taken back" in tablet.text
    assert attendance().state == "cancelled"
    assert tablet.sideways == 0
