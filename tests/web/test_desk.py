"""A partner's desk: its members on the days they belonged to it, and nobody else."""

import csv
import io
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.days import local_day
from checkin.models import Attendance, AuditEntry
from checkin.operations import approvals, memberships, months
from tests import factories

pytestmark = pytest.mark.usefixtures("at")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def reem(cast, browser_of):
    return browser_of(cast.reem, kind="staff", lang="en")


@pytest.fixture
def address(cast):
    return f"/desk/{cast.university.id}"


@pytest.fixture
def work(cast, now):
    """Somebody works three hours some days ago; approved unless it waits."""

    def work(who, days, waits=False):
        begun = now - days * DAY
        shift = factories.shift(begun, cast.mataf)
        factories.assign(begun, who, shift)
        factories.check_in(who, factories.poster(begun, cast.mataf, shift), begun)
        answer = factories.check_out(who, shift, begun + 3 * HOUR, beneficiaries=30)
        row = db.session.get_one(Attendance, answer.attendance_id)
        if not waits:
            approvals.approve(row.id, row.row_version, by=cast.salem.id, now=begun + 4 * HOUR)
        return row.id

    return work


@pytest.fixture
def stranger(now):
    """Volunteers too, and belongs to somebody else."""
    scouts = factories.partner("جمعية الكشافة", "Scouts", "scouts")
    return factories.person(now - 60 * DAY, "تركي سعود المطيري", partner_id=scouts.id)


def table(browser, address):
    answer = browser.send(address)
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    text = answer.get_data().decode("utf-8-sig")
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text)))


def test_a_reader_lands_on_their_desk(reem, cast, address):
    assert reem.get("/").headers["Location"] == "/desk"
    assert reem.get("/desk").headers["Location"] == address
    assert "Taif University" in reem.text(address)
    assert 'href="/desk"' in reem.get(address).get_data(as_text=True)


def test_hours_of_members_approved_and_waiting_apart(reem, cast, address, work, stranger):
    work(cast.noura, 3)
    work(cast.noura, 2, waits=True)
    work(stranger, 3)
    page = reem.text(address)
    assert page.count("3:00") >= 4
    assert "6:00" not in page
    assert "November 2026" in page
    assert "Visual screening at the gates" in page
    approved = reem.text(f"{address}/attendances")
    assert "نورة سعد القحطاني" in approved
    assert "تركي" not in approved
    assert "1 record" in reem.text(f"{address}/attendances?of=waiting&month=2026-11")


def test_the_file_is_the_list_that_is_shown(reem, cast, now, address, work, stranger):
    second = factories.person(now, "=هيا فهد العتيبي", partner_id=cast.university.id)
    work(cast.noura, 3)
    work(second, 4)
    work(stranger, 3)
    head, *rows = table(reem, f"{address}/attendances/export")
    assert head[:3] == ["Day", "Number", "Name"]
    assert {row[2] for row in rows} == {"نورة سعد القحطاني", "'=هيا فهد العتيبي"}
    assert rows[0][5:] == ["3:00", "30", "Approved"]
    found = table(reem, f"{address}/members/export?q=نورة")
    assert [row[1] for row in found[1:]] == ["نورة سعد القحطاني"]
    assert found[1][4:] == ["3:00", "0:00", "30", "1"]
    assert cast.noura.mobile[-7:] not in str(found)
    noted = db.session.scalars(db.select(AuditEntry).filter_by(act="partner.export")).all()
    assert [(one.actor_id, one.facts["rows"]) for one in noted] == [
        (cast.reem.id, 2),
        (cast.reem.id, 1),
    ]


def test_the_desk_says_why_a_closed_months_figures_are_not_its_records(
    reem, cast, now, address, work
):
    month = (local_day(now) - 40 * DAY).replace(day=1)
    record = work(cast.noura, 40)
    months.close(month, by=cast.layla.id, now=now)
    said = "the figures of a closed month stay as they are"
    assert said not in reem.text(f"{address}/attendances?month={month:%Y-%m}")
    row = db.session.get_one(Attendance, record, populate_existing=True)
    approvals.reopen(row.id, row.row_version, words="راجعنا", by=cast.layla.id, now=now)
    asked = f"month={month:%Y-%m}"
    assert said in reem.text(f"{address}/attendances?{asked}")
    year = reem.text(f"{address}?year=2026")
    assert said not in year


def test_a_members_page_holds_no_mobile_and_only_these_days(reem, cast, now, address, work):
    who = factories.person(now - 60 * DAY, "سعاد علي الزهراني")
    work(who, 9)
    work(who, 2)
    today = local_day(now)
    given = {"by": cast.layla.id, "now": now}
    memberships.set_partner(who.id, cast.university.id, today - 5 * DAY, **given)
    page = reem.text(f"{address}/members/{who.id}")
    assert "1 record" in page
    assert who.mobile[-4:] not in page.replace(" ", "")
    memberships.set_partner(who.id, None, today, **given)
    assert "1 record" in reem.text(f"{address}/members/{who.id}")
    assert "سعاد" in reem.text(f"{address}/members")
    memberships.set_partner(cast.noura.id, None, today, **given)
    assert reem.get(f"{address}/members/{cast.noura.id}").status_code == 404


def test_nobody_is_found_by_what_a_reader_does_not_see(reem, cast, address):
    members = f"{address}/members"
    whole = factories.alter(cast.noura, mobile="+966551234567").mobile
    for typed in (whole, whole[-3:], f"0{whole[4:]}", f"%23{whole[-3:]}", "noura@example.org"):
        assert "Nobody found" in reem.text(f"{members}?q={typed.replace('+', '%2B')}"), typed
    for typed in (f"{cast.noura.id}", "نوره القحطاني"):
        assert "1 member" in reem.text(f"{members}?q={typed}"), typed


def test_next_shifts_name_the_members_alone(reem, cast, now, address, stranger):
    shift = factories.shift(now, cast.squares, starts=24 * 60)
    factories.assign(now, cast.noura, shift)
    factories.assign(now, stranger, shift)
    page = reem.text(address)
    assert "Squares of the Grand Mosque" in page
    assert "نورة سعد القحطاني" in page
    assert "تركي" not in page


def test_other_partners_and_their_people_are_not_there(reem, cast, address, stranger):
    other = f"/desk/{stranger.partner_id}"
    for path in ("", "/members", "/attendances", f"/members/{stranger.id}"):
        assert reem.get(other + path).status_code == 404
    assert reem.get(f"{address}/members/{stranger.id}").status_code == 404
    assert reem.get(f"{address}/members/{cast.salem.id}").status_code == 404
    assert reem.send(f"{other}/attendances/export").status_code == 404
    assert reem.send(f"{other}/members/export").status_code == 404


@pytest.mark.parametrize(
    "query", ["?year=1", "?year=20260", "?month=2026-13", "?of=all", "?year=٢٠٢٦", "?month=9999-12"]
)
def test_addresses_that_mean_nothing_are_not_found(reem, address, query):
    assert reem.get(f"{address}/attendances{query}").status_code == 404


def test_an_empty_year_says_so(reem, address):
    assert "No data for this period" in reem.text(f"{address}?year=2024")
    assert "No members in this year" in reem.text(f"{address}/members?year=2024")
    assert "No data for this period" in reem.text(f"{address}/attendances?year=2024")


def test_coordinators_see_every_desk_and_have_no_door_to_them(layla, cast, address, stranger):
    page = layla.text("/desk")
    assert "Scouts" in page
    assert "Taif University" in page
    assert "Taif University" in layla.text(address)
    assert 'href="/desk"' not in layla.get("/partners").get_data(as_text=True)


@pytest.mark.parametrize("who", ["noura", "salem", "faisal", "majed"])
def test_nobody_else_enters(cast, browser_of, address, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    assert browser.get(address).status_code == 403
    assert browser.send(f"{address}/members/export").status_code == 403


def test_the_desk_opens_on_the_last_year_with_approved_hours_and_says_so(
    reem, cast, address, work, now, at, browser_of
):
    work(cast.noura, 3)
    said = "This is 2026, the last year with approved hours."
    assert said not in reem.text(address)
    at.move_to(now.replace(year=2027))
    reem = browser_of(cast.reem, kind="staff", lang="en")
    page = reem.text(address)
    assert f"No hours are approved in 2027 yet. {said}" in page
    assert "November 2026" in page
    assert said not in reem.text(f"{address}?year=2026")
    empty = reem.text(f"{address}?year=2027")
    assert said not in empty
    assert "No data for this period" in empty


def test_a_year_and_its_months_may_be_hijri(reem, cast, address, work):
    work(cast.noura, 3)
    assert '<option value="1448h">1448 AH</option>' in reem.get(address).get_data(as_text=True)
    page = reem.get(f"{address}?year=1448h").get_data(as_text=True)
    assert "month=1448h-06" in page
    assert "3:00" in page
    assert "Members in 1448 AH" in reem.text(f"{address}/members?year=1448h")
    assert "1 record" in reem.text(f"{address}/attendances?month=1448h-06")
    assert table(reem, f"{address}/members/export?year=1448h")[1][4] == "3:00"
    for query in ("?year=1448h-06", "?month=1448h", "?year=9999h"):
        assert reem.get(f"{address}/attendances{query}").status_code == 404
