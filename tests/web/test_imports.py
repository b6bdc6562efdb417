"""Lists of volunteers brought in from files: sent, looked at, added, given back."""

import csv
import io

import openpyxl
import pytest

from checkin.database import db
from checkin.models import Import, Person
from checkin.operations import importing
from checkin.web import clock

pytestmark = pytest.mark.usefixtures("at")

LIST = """الاسم,الجوال,الجنس
أمل خالد السلمي,0551112223,أنثى
فهد سعد الحارثي,٠٥٥١١١٢٢٢٤,ذكر
رقم خاطئ هنا,0611,ذكر
=1+1,0551112225,ذكر
"""


def send(browser, text=LIST, name="list.csv", address="/imports", **fields):
    content = text.encode() if isinstance(text, str) else text
    return browser.send(address, file=(io.BytesIO(content), name), **fields)


def last_import() -> Import:
    return db.session.scalar(
        db.select(Import).order_by(Import.id.desc()).execution_options(populate_existing=True)
    )


def worked() -> Import:
    importing.work_on_waiting(clock.now)
    return last_import()


def test_a_list_is_sent_looked_at_and_added(layla):
    before = db.session.scalar(db.select(db.func.count()).select_from(Person))
    answer = send(layla)
    assert answer.status_code == 303
    row = worked()
    page = layla.get(f"/imports/{row.id}")
    assert "What was found in the file" in page.text
    assert "This is no complete mobile number" in page.text
    answer = layla.send(f"/imports/{row.id}/addition")
    assert answer.status_code == 303
    assert "being added" in layla.get(f"/imports/{row.id}").text
    row = worked()
    assert row.state == "added"
    after = db.session.scalar(db.select(db.func.count()).select_from(Person))
    assert after - before == 2
    page = layla.get(f"/imports/{row.id}")
    assert "The volunteers were added" in page.text
