"""The same figures six times: page, PDF, workbook, text, JSON lines and command, held together.

`python -m tests.load.six --database-url URL [--year 2024] [--expect value=91000000 …]` asks a
database as its coordinator does, prints hours, beneficiaries, volunteers, records, opportunities,
course attendances and riyals of each of the six, and fails where two of them differ, or where
they are not what was expected. `tests/web/test_six.py` holds the same together at every run.
"""

import argparse
import csv
import html
import io
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from flask import Flask
from pypdfium2 import PdfDocument
from sqlalchemy import select

from checkin import create_app
from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import Export, Grant
from checkin.operations import devices, exporting
from tests.load.servers import KEY, environment

Set = dict[str, int]
"""Minutes, numbers, and whole riyals."""
FIELDS = {
    "hours": ("approved_minutes", "Approved volunteer hours", "Hours"),
    "beneficiaries": ("beneficiaries", "Beneficiaries", "Beneficiaries"),
    "volunteers": ("volunteers", "Volunteers", "Volunteers"),
    "attendances": ("attendances", "Approved records", "Records"),
    "opportunities": ("opportunities", "Opportunities with volunteers", "Opportunities"),
    "courses": ("course_attendances", "Course and meeting attendance", "Course attendance"),
    "value": ("value_halalas", "Economic return (SAR)", "Economic return (SAR)"),
}
"""Each figure's name for programs, on the page and on paper, and over a column."""


# --- reading -------------------------------------------------------------------------------


def of_page(text: str) -> Set:
    """The large figures of the dashboard, in English and Latin digits."""
    found = {}
    for name, (key, *_names) in FIELDS.items():
        key = "value" if name == "value" else key
        card = re.search(rf'data-figure="{key}".*?</article>', text, re.DOTALL)
        assert card is not None, f"the page has no figure {key}"
        value = re.search(r'class="figure-value".*?>([^<>]+)</', card[0], re.DOTALL)
        assert value is not None, f"the page does not say {key}"
        found[name] = _shown(name, html.unescape(value[1]))
    return found


def of_pdf(body: bytes) -> Set:
    """The large figures of its first page, each below its name."""
    with PdfDocument(body) as document:
        lines = document[0].get_textpage().get_text_range().split("\r\n")
    return {
        name: _shown(name, lines[lines.index(said) + 1])
        for name, (_key, said, _heading) in FIELDS.items()
    }


def of_workbook(body: bytes) -> Set:
    sheet = openpyxl.load_workbook(io.BytesIO(body))["Totals"]
    heading, row = sheet.iter_rows(values_only=True)
    cells = dict(zip(heading, row, strict=True))
    return {name: _real(name, cells.get(column)) for name, (*_names, column) in FIELDS.items()}


def of_text(body: bytes) -> Set:
    heading, row, *_rest = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    cells = dict(zip(heading, row, strict=True))
    return {name: _shown(name, cells.get(column, "")) for name, (*_, column) in FIELDS.items()}


def of_json_lines(body: bytes) -> Set:
    return _of_object(json.loads(body.splitlines()[0]))


def of_command(said: str) -> Set:
    return _of_object(json.loads(said))


def _of_object(one: Mapping[str, int | None]) -> Set:
    found = {name: one[key] or 0 for name, (key, *_names) in FIELDS.items()}
    return {**found, "value": _riyals(found["value"])}


def _shown(name: str, text: str) -> int:
    """77,337 hours, 8:10 or 91,000,000 riyals; what is not set is nought."""
    text = text.strip().replace(",", "")
    if not text or text == "Not set":
        return 0
    if name == "hours":
        hours, _colon, minutes = text.partition(":")
        return int(hours) * 60 + int(minutes or 0)
    whole, _point, rest = text.partition(".")
    return _riyals(int(whole) * 100 + int(rest.ljust(2, "0") or 0)) if rest else int(whole)


def _real(name: str, cell: Any) -> int:
    """A workbook holds decimal hours, numbers and riyals with halalas."""
    if name == "hours":
        return round((cell or 0) * 60)
    return _riyals(round(cell * 100)) if isinstance(cell, float) else int(cell or 0)


def _riyals(halalas: int) -> int:
    """Half a riyal rounded up, as the page does."""
    return (halalas + 50) // 100


def sets(page: str, file_of: Callable[[str], bytes], said: str) -> dict[str, Set]:
    return {
        "page": of_page(page),
        "PDF": of_pdf(file_of("pdf")),
        "workbook": of_workbook(file_of("xlsx")),
        "text": of_text(file_of("csv")),
        "JSON lines": of_json_lines(file_of("jsonl")),
        "command": of_command(said),
    }


# --- asking a database ---------------------------------------------------------------------


def _asked(app: Flask, url: str, year: str) -> dict[str, Set]:
    now = datetime.now(UTC)
    of = select(Grant.person_id).where(Grant.role == Role.COORDINATOR, Grant.until_at.is_(None))
    owner = db.session.scalars(of.order_by(Grant.id).limit(1)).one()
    query, client = f"period={year}" if year else "", app.test_client()
    hours = timedelta(hours=1)
    cookie = devices.remember(owner, "staff", "six sets", lifetime=hours, now=now)[1]
    client.set_cookie("device", cookie)
    client.set_cookie("prefs", "en.latn.auto")
    page = client.get(f"/figures?{query}")
    assert page.status_code == 200, f"the dashboard answered {page.status_code}"
    command = [sys.executable, "-m", "checkin", "report", "totals", "--json"]
    command += ["--year", year] if year else []
    told = subprocess.run(command, env=environment(url), capture_output=True, text=True, check=True)
    return sets(page.text, lambda kind: _file(kind, query, owner), told.stdout)


def _file(kind: str, query: str, owner: int) -> bytes:
    """As the page asks for it, and the background writes it."""

    def clock() -> datetime:
        return datetime.now(UTC)

    asked = {"language": "en", "by": owner, "now": clock()}
    export_id = exporting.ask("dashboard", query, kind, **asked)
    exporting.work_on_waiting(clock)
    row = db.session.get_one(Export, export_id, populate_existing=True)
    assert row.state == "ready", f"{kind}: {row.state} {row.fault}"
    return exporting.file_of(export_id, owner, clock()).read_bytes()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--year", default="", help="2024, or 1446h; else all years")
    parser.add_argument("--expect", action="append", default=[], metavar="FIGURE=NUMBER")
    options = parser.parse_args()
    expected = dict(pair.split("=", 1) for pair in options.expect)
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DATABASE_URL": options.database_url, "SECRET_KEY": KEY, "TESTING": True}
        app = create_app({**settings, "JOBS": False, "EXPORT_PATH": str(Path(folder))})
        with app.app_context():
            found = _asked(app, options.database_url, options.year)
    for name, one in found.items():
        print(f"{name:12}", *(f"{figure} {number:,}" for figure, number in one.items()))
    first = found["page"]
    wrong = [name for name, one in found.items() if one != first]
    wrong += [name for name, number in expected.items() if first[name] != int(number)]
    print(f"Different: {', '.join(wrong)}." if wrong else "Six equal sets.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
