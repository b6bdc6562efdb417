"""Lists of volunteers brought in from files: sent, looked at, added, given back."""

import csv
import io
import re

import openpyxl
import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from checkin.database import db
from checkin.models import Assignment, Import, Partner, Person
from checkin.operations import importing
from checkin.web import clock
from tests import factories
from tests.operations.importing import corpus
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")

LIST = """الاسم,الجوال,الجنس
أمل خالد السلمي,0551112223,أنثى
فهد سعد الحارثي,٠٥٥١١١٢٢٢٤,ذكر
رقم خاطئ هنا,0611,ذكر
=1+1,0551112225,ذكر
"""


def send(browser, content=LIST, name="list.csv", address="/imports", **fields):
    """As a browser does; the test client itself would leave a large file open."""
    content = content.encode() if isinstance(content, str) else content
    file = FileStorage(io.BytesIO(content), filename=name)
    boundary, body = encode_multipart({"csrf_token": browser.token(), "file": file, **fields})
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.post(address, data=body, content_type=kind)


def last_import() -> Import:
    newest = db.select(Import).order_by(Import.id.desc()).limit(1)
    return db.session.scalar(newest.execution_options(populate_existing=True))


def worked() -> Import:
    """The newest import after the thread beside the server had its turn."""
    importing.work_on_waiting(clock.now)
    return last_import()


def looked_at(browser, *args, **kwargs) -> Import:
    assert send(browser, *args, **kwargs).status_code == 303
    return worked()


def people() -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(Person))


# --- the whole way -------------------------------------------------------------------------


def test_a_list_is_sent_looked_at_and_added(layla):
    before = people()
    assert "being checked" in layla.text(send(layla).location)
    row = worked()
    page = layla.text(f"/imports/{row.id}")
    assert "What was found in the file" in page
    assert re.search(r"no complete mobile number, like \S+ ?\( ?0611 ?\)", page)
    assert "Add: 2 volunteers" in page
    assert people() == before
    layla.send(f"/imports/{row.id}/addition")
    assert "The volunteers are being added" in layla.text(f"/imports/{row.id}")
    assert worked().state == "added"
    assert people() == before + 2
    page = layla.text(f"/imports/{row.id}")
    assert "The volunteers were added" in page
    assert "2 rows" in page


def test_problems_come_first_and_each_kind_has_its_own_pages(layla):
    many = "".join(f"متطوع {chr(0x628 + n % 20)}ارث {n},055{n}\n" for n in range(120))
    row = looked_at(layla, LIST + many)
    page = layla.text(f"/imports/{row.id}")
    assert "Page 1 of 3" in page
    assert "أمل خالد" not in page
    assert "أمل خالد" in layla.text(f"/imports/{row.id}?show=good")
    assert "No rows of this kind" in layla.text(f"/imports/{row.id}?show=known")
    assert "Page 3 of 3" in layla.text(f"/imports/{row.id}?show=faulty&page=3")
    assert layla.get(f"/imports/{row.id}?show=nonsense&page=-4").status_code == 200


def test_the_page_of_the_work_leads_on_when_it_is_done(layla):
    send(layla)
    row = last_import()
    polled = {"HX-Request": "true", "X-Poll": "1"}
    part = layla.get(f"/imports/{row.id}/progress", headers=polled)
    assert "Begins in a moment" in part.text
    assert "<html" not in part.text
    worked()
    answer = layla.get(f"/imports/{row.id}/progress", headers=polled)
    assert (answer.status_code, answer.location) == (303, f"/imports/{row.id}")


def test_a_dropped_file_is_gone(layla):
    row = looked_at(layla)
    assert layla.send(f"/imports/{row.id}/removal").status_code == 303
    assert "nothing of the file is kept" in layla.text(f"/imports/{row.id}")
    assert layla.get(f"/imports/{row.id}/corrections.csv").status_code == 404
    layla.send(f"/imports/{row.id}/addition")
    assert last_import().state == "dropped"


def test_what_the_preview_said_before_somebody_else_added_it_is_told(layla):
    row = looked_at(layla)
    layla.send(f"/imports/{row.id}/addition")
    layla.send(f"/imports/{row.id}/addition")
    assert "This import has gone on meanwhile" in layla.text(f"/imports/{row.id}")


# --- files ---------------------------------------------------------------------------------

SAID = {
    "a picture named .xlsx": "This is a picture, not a table",
    "old Excel": "This is an old Excel file",
    "protected by a password": "The file is protected by a password",
    "a web page named .xls": "This is a web page",
    "a zip bomb": "Unpacked, the file is larger than 256 MB",
    "a workbook cut in half": "The file cannot be read",
    "binary noise": "This is no Excel workbook",
    "nothing": "The file is empty",
    "headings only": "No rows with volunteers were found",
    "too many columns": "The file has more than 100 columns",
}
FILES = {file.name: file for file in corpus.all_files()}


@pytest.mark.parametrize("name", SAID)
def test_a_file_that_cannot_be_used_is_told_beside_the_field(layla, name):
    answer = send(layla, FILES[name].content, "list.xlsx")
    assert answer.status_code == 422
    assert SAID[name] in plain(answer)
    assert db.session.scalar(db.select(db.func.count()).select_from(Import)) == 0


def test_what_breaks_off_later_is_told_too(layla):
    good = "".join(f"متطوع {n},0551234567\n" for n in range(40))
    row = looked_at(layla, f'الاسم,الجوال\n{good}"نورة,0551234568\n{good}')
    page = layla.text(f"/imports/{row.id}")
    assert "In row 42 a quotation mark opens and never closes" in page


def test_a_file_larger_than_forms_may_be_is_taken(layla):
    """Other forms end at 256 KB."""
    filler = "متطوع نسيت رقمه,\n" * 20_000
    assert len(filler.encode()) > 500_000
    row = looked_at(layla, "الاسم,الجوال\n" + filler + "أمل خالد السلمي,0551112223\n")
    assert (row.good, row.faulty) == (1, 20_000)


def test_a_file_beyond_every_limit_is_refused(layla, salem):
    assert send(layla, bytes(2 * importing.MOST_BYTES + 100_000)).status_code == 413
    assert send(salem, bytes(400_000)).status_code == 413


def test_no_file_is_told(layla):
    answer = layla.send("/imports")
    assert answer.status_code == 422
    assert "Choose a file" in plain(answer)


def test_the_partner_chosen_is_everybodys_whose_row_names_none(cast, layla):
    row = looked_at(layla, partner_id=cast.university.id)
    layla.send(f"/imports/{row.id}/addition")
    worked()
    added = db.session.scalars(db.select(Person).where(Person.created_by_id == cast.layla.id))
    assert {person.partner_id for person in added} == {cast.university.id}


# --- columns and names ---------------------------------------------------------------------


def test_columns_nobody_knows_are_asked_about_and_remembered(layla):
    text = "من؟,رمز,رقمه\nأمل خالد السلمي,7,0551112223\n"
    answer = send(layla, text)
    row = last_import()
    page = layla.page(f"/imports/{row.id}/columns")
    assert page.title.startswith("What do the columns hold?")
    assert answer.location == f"/imports/{row.id}"
    assert layla.get(answer.location).location == f"/imports/{row.id}/columns"
    wrong = layla.send(f"/imports/{row.id}/columns", **{"column-0": "name", "column-1": "name"})
    assert wrong.status_code == 422
    assert "Two columns hold the same" in plain(wrong)
    missing = layla.send(f"/imports/{row.id}/columns", **{"column-0": "name"})
    assert "Choose a column for the name, and one for the mobile" in plain(missing)
    layla.send(f"/imports/{row.id}/columns", **{"column-0": "name", "column-2": "mobile"})
    assert worked().good == 1
    assert looked_at(layla, text).state == "ready"


def test_another_sheet_is_chosen_by_a_button(layla):
    file = FILES["two sheets that look alike"]
    send(layla, file.content, "list.xlsx")
    row = last_import()
    assert "الفصل الثاني" in layla.text(f"/imports/{row.id}/columns")
    assert layla.send(f"/imports/{row.id}/sheet", sheet=2).status_code == 303
    assert last_import().mapping["sheet"] == 1
    layla.send(f"/imports/{row.id}/sheet", sheet=9)
    assert "The file has no such sheet" in layla.text(f"/imports/{row.id}/columns")


def test_unknown_partners_are_explained_on_the_page(cast, layla):
    row = looked_at(layla, "الاسم,الجوال,الجهة\nأمل خالد السلمي,0551112223,جامعة الخيال\n")
    page = layla.text(f"/imports/{row.id}")
    assert "No partner here is called “\u2068جامعة الخيال\u2069”" in page
    assert "Names nobody here has" in page
    layla.send(f"/imports/{row.id}/names", **{"name-0": cast.university.id, "name-77": "x"})
    assert worked().good == 1


def test_an_unknown_partner_is_made_from_the_page_without_losing_the_file(layla, majed):
    row = looked_at(layla, "الاسم,الجوال,الجهة\nأمل خالد السلمي,0551112223,جامعه الخيال\n")
    preview = layla.get(f"/imports/{row.id}").text
    (address,) = re.findall(r'href="(/imports/\d+/names/\d+/partner)"', preview)
    (field,) = re.findall(r'<input[^>]* name="name_ar"[^>]*>', layla.get(address).text)
    assert 'value="جامعه الخيال"' in field
    assert majed.get(address).status_code == 403
    assert "/partner" not in majed.get(f"/imports/{row.id}").text
    refused = layla.send(address, meant="جامعه الخيال", name_ar="", kind="education")
    assert refused.status_code == 422
    fields = {"meant": "جامعه الخيال", "name_ar": "جامعة الخيال بمكة", "kind": "education"}
    made = layla.send(address, **fields)
    assert (made.status_code, made.location) == (303, f"/imports/{row.id}")
    assert worked().good == 1, "also where the name was put right"
    assert "The partner was added, and the rows are checked again" in layla.text(made.location)
    assert layla.get(address).status_code == 404
    layla.send(f"/imports/{row.id}/addition")
    worked()
    partner = db.session.scalars(db.select(Partner).filter_by(name_ar="جامعة الخيال بمكة")).one()
    amal = db.session.scalars(db.select(Person).filter_by(mobile="+966551112223")).one()
    assert amal.partner_id == partner.id


@pytest.mark.parametrize("meant", ["جامعة الخيال", "team:فريق لا نعرفه"])
def test_no_partner_is_made_for_a_name_that_is_not_asked_about(layla, meant):
    row = looked_at(layla, "الاسم,الجوال,الجهة\nأمل خالد السلمي,0551112223,جامعة الخيال\n")
    if meant == "جامعة الخيال":  # meanwhile somebody else said whom it means
        layla.send(f"/imports/{row.id}/names", **{"name-0": "0"})
    fields = {"meant": meant, "name_ar": "جامعة لم تكن", "kind": "education"}
    answer = layla.send(f"/imports/{row.id}/names/0/partner", **fields)
    assert (answer.status_code, answer.location) == (303, f"/imports/{row.id}")
    assert "This import has gone on meanwhile" in layla.text(answer.location)
    assert db.session.scalars(db.select(Partner).filter_by(name_ar="جامعة لم تكن")).all() == []
    assert meant not in last_import().mapping.get("meant", {})


def test_a_choice_that_was_never_offered_is_no_partner(layla):
    row = looked_at(layla, "الاسم,الجوال,الجهة\nأمل خالد السلمي,0551112223,جامعة الخيال\n")
    assert layla.send(f"/imports/{row.id}/names", **{"name-0": "999999"}).status_code == 303
    assert last_import().state == "ready"


# --- what is given back --------------------------------------------------------------------


def test_rows_to_correct_come_back_with_what_is_wrong(layla):
    row = looked_at(layla)
    answer = layla.get(f"/imports/{row.id}/corrections.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert table[0] == ["الاسم", "الجوال", "الجنس", "Problem"]
    assert table[1][:3] == ["رقم خاطئ هنا", "0611", "ذكر"]
    assert "الجوال: This is no complete mobile number" in table[1][3]
    assert table[2][0] == "'=1+1", "a spreadsheet would run it"


def test_rows_to_correct_come_back_as_a_workbook_of_texts(layla):
    row = looked_at(layla)
    answer = layla.get(f"/imports/{row.id}/corrections.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("الاسم", "الجوال", "الجنس", "Problem")
    assert rows[1][1] == "0611", "the leading zero stays"
    assert sheet["A3"].value == "=1+1"
    assert sheet["A3"].data_type == "s", "text, no formula"


def test_a_corrected_file_goes_in_without_questions(layla):
    row = looked_at(layla)
    content = layla.get(f"/imports/{row.id}/corrections.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.active["B2"], book.active["A3"] = "0551112299", "بدر فهد الهذلي"
    again = looked_at(layla, corpus.packed(book), "to-correct.xlsx")
    assert (again.state, again.good, again.faulty) == ("ready", 2, 0)


# --- rosters -------------------------------------------------------------------------------


def test_a_roster_is_brought_in_from_its_shift(cast, now, layla):
    shift = f"/shifts/{cast.shift.id}"
    assert f"/imports?shift={cast.shift.id}" in layla.get(shift).text
    hind = factories.person(now, "هند سعد العمري")
    text = f"الاسم,الجوال\nهند سعد العمري,\nأمل خالد السلمي,0551112223\nنورة,{cast.noura.mobile}\n"
    row = looked_at(layla, text, address=f"/imports?shift={cast.shift.id}")
    assert "New person" in layla.text(f"/imports/{row.id}?show=good")
    layla.send(f"/imports/{row.id}/addition")
    assert worked().state == "added"
    expected = db.select(Assignment.person_id).where(Assignment.shift_id == cast.shift.id)
    ids = set(db.session.scalars(expected))
    assert {cast.noura.id, hind.id} < ids
    assert len(ids) == 3


def test_a_roster_needs_its_shift(layla):
    assert layla.get("/imports?shift=999").status_code == 404


# --- who -----------------------------------------------------------------------------------


def test_an_administrator_brings_in_people_and_no_rosters(cast, layla, majed):
    row = looked_at(layla)
    assert majed.get(f"/imports/{row.id}").status_code == 200
    roster = looked_at(layla, address=f"/imports?shift={cast.shift.id}")
    assert majed.get(f"/imports/{roster.id}").status_code == 404
    assert majed.get(f"/imports?shift={cast.shift.id}").status_code == 404


def test_others_are_refused(layla, salem, noura, client):
    row = looked_at(layla)
    for browser in (salem, noura):
        assert browser.get("/imports").status_code == 403
        assert browser.get(f"/imports/{row.id}").status_code == 403
        assert browser.get(f"/imports/{row.id}/corrections.csv").status_code == 403
    assert client.get(f"/imports/{row.id}").status_code == 303


def test_every_page_stands_in_arabic_too(cast, browser_of):
    layla = browser_of(cast.layla, kind="staff", lang="ar")
    row = looked_at(layla)
    assert "ليس هذا رقم جوال كاملًا" in layla.text(f"/imports/{row.id}")
    table = layla.get(f"/imports/{row.id}/corrections.csv").data.decode("utf-8-sig")
    assert table.splitlines()[0] == "الاسم,الجوال,الجنس,المشكلة"
