"""A badge tells a stranger nothing, checks in for a supervisor, and prints ten to a sheet."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from pypdfium2 import PdfDocument
from sqlalchemy import select

from checkin.database import db
from checkin.domain.fold import Kind
from checkin.models import Attendance, Badge, Scan
from checkin.operations import badges, pictures
from checkin.operations.permissions import Reach, people_within
from checkin.operations.settings import change
from checkin.web.badge_pdf import badges_pdf
from checkin.web.badge_sheet import card_of
from checkin.web.qr import qr_code, qr_svg
from tests import factories
from tests.pages import plain
from tests.pictures import made_picture
from tests.web.photographs import WAYS, of_pdf, of_svg, read_by_opencv, read_by_zxing

pytestmark = pytest.mark.usefixtures("at")
MINUTE = timedelta(minutes=1)


def badge_of(who, now) -> str:
    code = badges.code_of(badges.make([who.id], by=None, now=now)[0])
    assert code is not None
    return code


@pytest.fixture
def code(cast, now) -> str:
    return badge_of(cast.noura, now)


def press(browser, code, text, **more):
    """Send the form of the page's button, as the browser would."""
    html = browser.get(f"/B/{code}").get_data(as_text=True)
    form = re.search(r'<form[^>]*action="/[Bb]/[0-9A-Za-z]+"[^>]*>(.*?)</form>', html, re.S)
    assert form, "the page has a form"
    fields = {}
    for tag in re.findall(r"<(?:input|button)[^>]*>", form[1]):
        named = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in named:
            fields[named["name"]] = named.get("value", "")
    chosen = re.search(r'<select[^>]*name="(\w+)".*?<option selected value="(\d+)"', form[1], re.S)
    if chosen:
        fields[chosen[1]] = chosen[2]
    assert text in plain_text(form[1]), plain_text(form[1])
    return browser.post(f"/B/{code}", data=fields | more)


def plain_text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def scans() -> list[Scan]:
    db.session.expire_all()
    return list(db.session.scalars(select(Scan).order_by(Scan.id)))


# --- strangers -----------------------------------------------------------------------------


def test_a_stranger_learns_whose_organisation_it_is_and_no_more(app, client, cast, code):
    app.config["ORGANISATION_AR"] = "جمعية الإحسان"
    said = client.text(f"/B/{code}")
    assert "بطاقة متطوع لدى \u2068جمعية الإحسان\u2069" in said
    assert "يرجى تسليمها إلى أحد المشرفين" in said
    assert cast.noura.name not in said


def test_an_organisation_without_a_name_is_not_called_as_the_app_is(client, code):
    html = client.get(f"/B/{code}").get_data(as_text=True)
    assert plain_text(re.search(r"<h1.*?</h1>", html, re.DOTALL)[0]) == "بطاقة متطوع"


def test_every_code_looks_alike_to_strangers_and_volunteers(client, cast, code, browser_of):
    def page(browser, address) -> str:
        html = browser.get(address).get_data(as_text=True).replace(address, "")
        return re.sub(r'value="[^"]{30,}"|next=[^"]*', "", html)

    noura = browser_of(cast.noura)
    for browser in (client, noura):
        known = page(browser, f"/B/{code}")
        assert page(browser, "/B/" + "0" * 26) == page(browser, "/B/nothing") == known


def test_both_spellings_of_the_address_lead_there(salem, code, cast):
    for address in (f"/B/{code}", f"/b/{code}", f"/b/{code.lower()}"):
        assert cast.noura.name in salem.text(address)


def test_a_volunteer_cannot_act_by_a_badge(cast, code, browser_of):
    answer = browser_of(cast.noura).send(f"/B/{code}", direction="in", site=cast.mataf.id)
    assert answer.status_code == 403
    assert scans() == []


# --- supervisors ---------------------------------------------------------------------------


def test_looking_changes_nothing_and_the_button_checks_in_as_witnessed(salem, cast, code, now):
    salem.get(f"/B/{code}")
    assert scans() == []
    answer = press(salem, code, "Check in at Mataf courtyard")
    assert answer.status_code == 303
    kept = scans()
    assert [(one.kind, one.evidence, one.witnessed_by_id) for one in kept] == [
        (Kind.IN, "witnessed", cast.salem.id)
    ]
    said = salem.text(f"/B/{code}")
    assert f"{cast.noura.name} checked in 1:00 PM" in said
    assert "Check out" in said


def test_after_a_while_the_button_checks_out_and_asks_for_a_count(salem, cast, code, now):
    press(salem, code, "Check in")
    with time_machine.travel(now + 95 * MINUTE, tick=False):
        assert "Beneficiaries" in salem.text(f"/B/{code}")
        press(salem, code, "Check out", beneficiaries="٤٠")
    record = db.session.scalars(select(Attendance)).one()
    assert (record.state, record.credited_minutes, record.beneficiaries) == ("closed", 95, 40)


def test_a_count_may_stay_blank_and_a_wrong_one_loses_nothing(salem, code, now):
    press(salem, code, "Check in")
    with time_machine.travel(now + 95 * MINUTE, tick=False):
        wrong = press(salem, code, "Check out", beneficiaries="many")
        assert wrong.status_code == 422
        assert 'value="many"' in wrong.get_data(as_text=True)
        press(salem, code, "Check out", beneficiaries="")
    db.session.expire_all()
    assert db.session.scalars(select(Attendance)).one().beneficiaries is None


def test_a_form_sent_twice_is_one_scan(salem, code, cast):
    html = salem.get(f"/B/{code}").get_data(as_text=True)
    uid = re.search(r'name="uid"[^>]*value="([^"]+)"', html)
    assert uid
    for _ in range(2):
        salem.send(f"/B/{code}", uid=uid[1], site=cast.mataf.id, direction="in")
    assert len(scans()) == 1


def test_an_entry_can_be_taken_back_by_who_made_it(salem, cast, code, browser_of):
    press(salem, code, "Check in")
    uid = scans()[0].scan_uid
    huda = browser_of(cast.huda, "staff", "en")
    assert huda.send(f"/B/{code}/withdrawal", uid=uid).status_code == 404
    assert "Undo" in salem.text(f"/B/{code}")
    assert salem.send(f"/B/{code}/withdrawal", uid=uid).status_code == 303
    assert "The entry was taken back" in salem.text(f"/B/{code}")
    assert db.session.scalars(select(Attendance)).one().state == "cancelled"


def test_ten_minutes_later_nothing_is_offered_to_undo(salem, code, now):
    press(salem, code, "Check in")
    uid = scans()[0].scan_uid
    with time_machine.travel(now + 11 * MINUTE, tick=False):
        assert "Undo" not in salem.text(f"/B/{code}")
        salem.send(f"/B/{code}/withdrawal", uid=uid)
        assert "It is too late to undo" in salem.text(f"/B/{code}")


def test_ones_own_badge_has_no_button(salem, cast, now):
    factories.assign(now, cast.salem, cast.shift)
    own = badge_of(cast.salem, now)
    said = salem.text(f"/B/{own}")
    assert "Another supervisor must enter your own attendance" in said
    assert f'action="/B/{own}"' not in salem.get(f"/B/{own}").get_data(as_text=True)
    salem.send(f"/B/{own}", site=cast.mataf.id, direction="in")
    assert scans() == []


def test_a_badge_that_is_none_or_stopped_is_said_so_to_supervisors(salem, cast, code, now):
    unknown = salem.get("/B/" + "0" * 26)
    assert (unknown.status_code, "Badge not recognised" in plain(unknown)) == (404, True)
    badges.revoke(cast.noura.id, version=1, by=None, now=now)
    stopped = salem.get(f"/B/{code}")
    assert stopped.status_code == 410
    assert "This badge was replaced or stopped" in plain(stopped)


def test_a_suspended_person_is_kept_as_a_request(salem, cast, code, now):
    factories.alter(cast.noura, suspended_at=now)
    press(salem, code, "Check in")
    said = salem.text(f"/B/{code}")
    assert "The coordinator has to be seen first. The scan is kept as a request" in said


def test_another_site_is_not_found_for_huda(cast, code, browser_of):
    huda = browser_of(cast.huda, "staff", "en")
    answer = huda.send(f"/B/{code}", site=cast.mataf.id, direction="in")
    assert answer.status_code == 404


def test_somebody_expected_elsewhere_is_kept_as_a_request(cast, code, browser_of):
    huda = browser_of(cast.huda, "staff", "en")
    press(huda, code, "Check in")
    said = huda.text(f"/B/{code}")
    assert "Expected at another site. The scan is kept as a request" in said


def test_somebody_in_at_another_site_is_not_moved_without_a_shift_here(
    salem, cast, code, browser_of, now
):
    press(salem, code, "Check in")
    huda = browser_of(cast.huda, "staff", "en")
    with time_machine.travel(now + 30 * MINUTE, tick=False):
        offered = huda.get(f"/B/{code}").get_data(as_text=True)
        assert f"Still checked in at {cast.mataf.name_en}" in plain_text(offered)
        assert 'name="direction"' not in offered
        assert f'href="/floor/{cast.squares.id}/check-ins/new?q=' in offered
        huda.send(f"/B/{code}", site=cast.squares.id, direction="in")
        said = huda.text(f"/B/{code}")
    assert f"is checked in at \u2068{cast.mataf.name_en}\u2069. Check in by hand" in said
    assert db.session.scalars(select(Attendance)).one().state == "open"


def test_somebody_in_at_another_site_is_moved_in_one_tap_to_a_shift_here(
    salem, cast, code, browser_of, now
):
    press(salem, code, "Check in")
    factories.assign(now, cast.noura, factories.shift(now, cast.squares))
    huda = browser_of(cast.huda, "staff", "en")
    with time_machine.travel(now + 30 * MINUTE, tick=False):
        press(huda, code, f"Move to {cast.squares.name_en}")
    states = db.session.execute(select(Attendance.site_id, Attendance.state)).all()
    assert dict(states) == {cast.mataf.id: "closed", cast.squares.id: "open"}


def test_a_lead_reads_badges_of_the_own_shift_on_the_own_phone(cast, code, browser_of, now):
    lead = factories.person(now, "لمى عبدالله الثقفي")
    factories.assign(now, lead, cast.shift, is_lead=True)
    phone = browser_of(lead, "phone", "en")
    press(phone, code, "Check in")
    assert scans()[0].witnessed_by_id == lead.id
    other = factories.person(now, "مها فهد الحارثي")
    factories.assign(now, other, factories.shift(now, cast.mataf, starts=-10))
    theirs = badge_of(other, now)
    press(phone, theirs, "Check in")
    assert "This volunteer is not on the shift you lead" in phone.text(f"/B/{theirs}")
    assert len(scans()) == 1


def test_a_supervisor_on_a_mere_phone_is_a_volunteer(cast, code, browser_of):
    phone = browser_of(cast.salem, "phone", "en")
    assert cast.noura.name not in phone.text(f"/B/{code}")
    assert phone.send(f"/B/{code}", site=cast.mataf.id, direction="in").status_code == 403


def test_a_coordinator_chooses_the_site_and_finds_the_likely_one_chosen(cast, code, browser_of):
    layla = browser_of(cast.layla, "staff", "en")
    html = layla.get(f"/B/{code}").get_data(as_text=True)
    assert f'<option selected value="{cast.mataf.id}">' in html
    press(layla, code, "Check in", site=cast.mataf.id)
    assert scans()[0].site_id == cast.mataf.id


# --- making and printing -------------------------------------------------------------------


def test_a_person_gets_a_badge_a_new_one_and_none(cast, browser_of):
    layla, address = browser_of(cast.layla, "staff", "en"), f"/people/{cast.noura.id}/badge"
    assert "No badge" in layla.text(address)
    layla.send(address)
    assert "Works" in layla.text(address)
    layla.send(f"{address}/replacement", version=1)
    said = layla.text(address)
    assert "The new badge is ready to print. The old one no longer works" in said
    layla.send(f"{address}/revocation", version=2)
    assert "No badge" in layla.text(address)
    assert [one.version for one in badges.history_of(cast.noura.id)] == [2, 1]


def test_the_code_is_there_to_type(cast, browser_of, code, salem):
    typed = " ".join(re.findall(".{1,4}", code))
    layla = browser_of(cast.layla, "staff", "ar")
    page = layla.get(f"/people/{cast.noura.id}/badge").get_data(as_text=True)
    assert re.search(rf'dir="ltr">{typed}</bdi>', page)
    assert "صالحة" in plain_text(page)
    sheet = layla.get(f"/badges/sheets?person={cast.noura.id}").get_data(as_text=True)
    assert re.search(rf'dir="ltr">{typed}</p>', sheet)
    salem.send(f"/sites/{cast.mataf.id}/scanner", code=typed, scan_uid=str(uuid4()))
    assert [scan.volunteer_id for scan in scans()] == [cast.noura.id]


def test_of_two_who_replace_it_the_second_is_told(cast, browser_of, code):
    layla, address = browser_of(cast.layla, "staff", "en"), f"/people/{cast.noura.id}/badge"
    for _ in range(2):
        layla.send(f"{address}/replacement", version=1)
    assert "Somebody replaced or stopped this badge meanwhile" in layla.text(address)
    assert len(badges.history_of(cast.noura.id)) == 2


def test_salem_makes_badges_of_his_roster_and_huda_none_of_them(cast, salem, browser_of):
    huda, address = browser_of(cast.huda, "staff", "en"), f"/people/{cast.noura.id}/badge"
    assert salem.get(address).status_code == 200
    assert huda.get(address).status_code == 404
    assert huda.send(address).status_code == 404
    assert huda.send("/badges", shift=cast.shift.id).status_code == 404
    assert huda.send("/badges", site=cast.mataf.id).status_code == 404
    assert salem.send("/badges", partner=cast.university.id).status_code == 404
    assert browser_of(cast.noura).get(address).status_code == 403
    assert db.session.scalar(select(Badge.id)) is None


@pytest.mark.parametrize("group", ["shift", "site", "partner"])
def test_a_group_is_made_and_shown_ready_to_print(cast, browser_of, group):
    layla = browser_of(cast.layla, "staff", "en")
    wanted = {"shift": cast.shift.id, "site": cast.mataf.id, "partner": cast.university.id}
    answer = layla.send("/badges", **{group: wanted[group]})
    assert answer.location == f"/badges/sheets?{group}={wanted[group]}"
    said = layla.text(answer.location)
    assert "1 badge ready to print" in said
    assert cast.noura.name in said


def test_an_empty_group_says_what_to_do(cast, browser_of):
    layla = browser_of(cast.layla, "staff", "en")
    answer = layla.send("/badges", site=cast.squares.id)
    assert "Nobody is expected there. Fill the roster first" in layla.text(answer.location)


def test_nothing_to_print_is_not_found(cast, browser_of):
    layla = browser_of(cast.layla, "staff", "en")
    assert layla.get(f"/badges/sheets?shift={cast.shift.id}").status_code == 404
    assert layla.get("/badges/sheets").status_code == 404
    assert layla.get("/badges/sheets.pdf?person=999999").status_code == 404


def test_what_cannot_be_printed_again_is_named(app, cast, code, browser_of):
    layla = browser_of(cast.layla, "staff", "en")
    cookie, app.config["SECRET_KEY"] = (
        app.config["SECRET_KEY"],
        "another long key, 0123456789 abcdef",
    )
    said = layla.text(f"/badges/sheets?person={cast.noura.id}")
    assert "cannot be printed again" in said
    assert cast.noura.name in said
    app.config["SECRET_KEY"] = cookie


# --- paper ---------------------------------------------------------------------------------


@pytest.fixture
def cards(app, cast, now):
    app.config["BASE_URL"] = "https://hudur.example.sa"
    names = ["Maria Fernanda Gonzalez Rodriguez", "سارة حسن عبدالرحمن المالكي الشريف"]
    people = [factories.person(now, name) for name in (*names, *(f"متطوع {n}" for n in range(10)))]
    badges.make([one.id for one in people], by=None, now=now)
    found = badges.printables(people_within(Reach(everywhere=True), now), 50)
    return [card_of(one) for one in found]


def test_the_picture_holds_no_name_and_is_version_four(cards):
    for card in cards:
        assert re.fullmatch(r"HTTPS://HUDUR\.EXAMPLE\.SA/B/[0-7][0-9A-Z]{25}", card.url)
        assert qr_code(card.url, "Q").version == 4


def test_a_long_name_stands_on_two_lines_of_about_the_same_length(cards):
    lines = {card.name: card.name_lines for card in cards}
    assert lines["متطوع 1"] == ("متطوع 1",)
    assert lines["Maria Fernanda Gonzalez Rodriguez"] == ("Maria Fernanda", "Gonzalez Rodriguez")


def test_twelve_badges_fill_a_page_and_begin_a_second(cards, now):
    pages = of_pdf(badges_pdf(cards, title="Badges", now=now))
    assert len(pages) == 2
    read = [set(read_by_zxing(page)) for page in pages]
    assert read == [{card.url for card in cards[:10]}, {card.url for card in cards[10:]}]


def test_long_names_and_a_logo_stand_on_the_band(app, cast, now):
    names = {"organisation_ar": ("جمعية خدمة " * 7).strip(), "organisation_en": "Ihsan Society"}
    code = badge_of(cast.noura, now)
    with app.test_request_context():
        change(names, by=cast.majed.id, now=now)
        pictures.keep_logo(made_picture(size=(400, 100)), by=cast.majed.id, now=now)
        found = badges.printables(people_within(Reach(everywhere=True), now), 50)
        (card,) = [card_of(one) for one in found]
        (page,) = of_pdf(badges_pdf([card], title="Badges", now=now), dots_per_inch=120)
    assert card.url.endswith(code)
    assert (card.ar.organisation_length, card.en.organisation_length) == ("long", "short")
    assert read_by_zxing(page) == [card.url]


def test_the_code_stands_on_the_pdf_too(cards, now):
    printed = PdfDocument(badges_pdf(cards, title="Badges", now=now))
    text = printed[1].get_textpage().get_text_range()
    assert all(card.typed in text for card in cards[10:])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_drawn_code_is_read_by_both_decoders(way):
    """One code for ever: of those made at random, one in many hundred is spoilt for good."""
    url = "HTTPS://HUDUR.EXAMPLE.SA/B/4Q6WZ1N8T0K3VH2D9RX7CJ5MYE"
    seen = way(of_svg(qr_svg(url, "Q")))
    assert read_by_zxing(seen) == [url]
    assert read_by_opencv(seen) == [url]
