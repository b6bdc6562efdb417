"""A university's list brought in: sent, its columns named, looked at, added, given back."""

import io

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from checkin.database import db
from checkin.models import Person
from checkin.operations import importing
from checkin.web import clock
from tests.browser.visitors import Visitor
from tests.operations.importing import corpus

HEADINGS = ("م", "اسم الطالب", "رقم التواصل مع الطالب", "النوع", "تاريخ الميلاد", "ملاحظات المنسق")
GOOD = (
    (1, "أمل خالد السلمي", "٠٥٥١١١٢٢٢٣", "أنثى", "1424/05/12", "حضرت اللقاء التعريفي"),
    (2, "فهد سعد الحارثي", "966551112224", "ذكر", "2003-04-05", ""),
    (3, "عبدالرحمن بن عبدالعزيز بن محمد آل الشيخ الغامدي", 551112225, "ذكر", 2001, ""),
)
FAULTY = (
    (4, "رقم ناقص هنا", "05511", "ذكر", "2002", "يراجع الرقم"),
    (5, "تاريخ غريب هنا", "0551112226", "ذكر", "ربيع", ""),
)
WORDS = {
    "ar": {
        "check_file": "فحص الملف",
        "check_rows": "فحص الصفوف",
        "doubtful": "تحتاج إلى تأكد",
        "add": "إضافة 3 متطوعين مع المحدَّدين",
        "again": "الصفوف المطلوب تصحيحها، Excel",
    },
    "en": {
        "check_file": "Check the file",
        "check_rows": "Check the rows",
        "doubtful": "In doubt",
        "add": "Add: 3 volunteers, and those ticked",
        "again": "Rows to correct, Excel",
    },
}


def chosen(page: Page, heading: str) -> str:
    """What the column of this heading is said to hold."""
    return page.get_by_label(heading, exact=True).input_value()


def work() -> None:
    """What the thread beside a server does."""
    importing.work_on_waiting(clock.now)


def shot(layla: Visitor, name: str, lang: str, size: str) -> None:
    assert layla.sideways <= 0
    layla.picture(f"import-{lang}-{size}-{name}")


@pytest.mark.parametrize(("lang", "size"), [("ar", "laptop"), ("en", "tablet")])
def test_a_list_is_in_before_the_tea_is_cold(cast, visit, lang, size):
    words = WORDS[lang]
    noura, salem = cast.noura.name, cast.salem.name
    twin = (6, noura, "0559990001", "أنثى", "", "")
    other = (7, salem, "0559990002", "ذكر", "", "")
    layla_id = cast.layla.id
    content = corpus.workbook(HEADINGS, *GOOD, *FAULTY, twin, other)
    layla = visit(size, person=cast.layla, lang=lang)
    layla.open("/imports")
    files = {"name": "طلاب الجامعة.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    layla.page.locator("input[type=file]").set_input_files(files)
    shot(layla, "1-send", lang, size)
    layla.press(words["check_file"])
    work()
    layla.reload()
    shot(layla, "2-columns", lang, size)
    fields = {heading: chosen(layla.page, heading) for heading in HEADINGS[1:]}
    assert fields["النوع"] == "gender"
    assert fields["ملاحظات المنسق"] == ""
    layla.page.get_by_label(HEADINGS[1], exact=True).select_option("name")
    layla.page.get_by_label(HEADINGS[2], exact=True).select_option("mobile")
    layla.press(words["check_rows"])
    work()
    layla.reload()
    shot(layla, "3-problems", lang, size)
    page = layla.page
    expect(page.get_by_role("row").filter(has_text="رقم ناقص هنا")).to_contain_text("0501234567")
    with page.expect_navigation():
        page.get_by_role("link", name=words["doubtful"]).click()
    page.get_by_role("checkbox", name=salem).check(force=True)
    shot(layla, "4-doubts", lang, size)
    layla.press(words["add"])
    work()
    layla.reload()
    shot(layla, "5-added", lang, size)
    with page.expect_download() as download:
        page.get_by_role("link", name=words["again"]).click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:6] == HEADINGS
    assert {row[1] for row in rows[1:]} == {FAULTY[0][1], FAULTY[1][1], noura}
    assert all(row[6] for row in rows)
    db.session.remove()
    added = db.select(Person.mobile).where(Person.created_by_id == layla_id)
    assert set(db.session.scalars(added)) == {
        *("+966551112223", "+966551112224", "+966551112225", "+966559990002"),
    }
