"""Files as people send them: every problem is said by row, nothing is ever a fault of ours."""

from contextlib import suppress
from datetime import date
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.errors import Problem
from checkin.operations.importing import columns
from checkin.operations.importing.files import opened
from checkin.operations.importing.judged import Fate
from checkin.operations.importing.judging import Judge, Terms
from checkin.operations.importing.rows import MOST_ROWS, Row
from tests.operations.importing import corpus

TODAY = date(2026, 11, 22)
FILES = corpus.all_files()


@pytest.fixture(autouse=True)
def _app() -> None:
    """Files are read and judged without a database."""


def looked_at(content: bytes):
    """The best sheet's layout, and every row judged."""
    book = opened(content)
    looks = []
    for sheet in range(len(book.sheets)):
        rows = list(book.rows(sheet))
        if rows:
            looks.append((columns.found_in(rows, "people"), rows))
    if not looks:
        raise Problem("no_rows")
    layout, rows = max(looks, key=lambda look: sum(map(bool, look[0].columns)))
    judged = list(Judge(Terms(layout, "people", TODAY)).judged(rows))
    if not judged:
        raise Problem("no_rows")
    return layout, judged


def test_the_corpus_is_large_enough():
    assert len(FILES) >= 25
    assert len({file.name for file in FILES}) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_read_or_says_why_not(file):
    if file.refused:
        with pytest.raises(Problem) as problem:
            looked_at(file.content)
        assert problem.value.code == file.refused
        return
    _layout, judged = looked_at(file.content)
    told = [(row.number, one.code) for row in judged for one in row.told]
    assert sorted(told) == sorted(file.told)
    assert sum(row.fate is Fate.GOOD for row in judged) == file.good


def test_every_mobile_of_the_corpus_means_the_number_that_stands_there():
    file = next(file for file in FILES if file.name == "mobiles in every Saudi form")
    _layout, judged = looked_at(file.content)
    numbers = [row.entry.mobile for row in judged]
    assert numbers == [f"+9665512345{n}" for n in range(61, 75)]


def test_every_birth_of_the_corpus_is_the_year_that_was_meant():
    file = next(file for file in FILES if file.name == "births in both calendars")
    _layout, judged = looked_at(file.content)
    years = [row.entry.birth_year for row in judged[:10]]
    assert years == [1999, 2000, 1999, 1999, 1999, 2001, 2001, 2001, 2002, 2001]


@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_a_problem(content):
    rows_or_problem(content)


_BEGINNINGS = [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"PK\x03\x04", b"sep=;\n", b'"', b"<html"]


@given(st.sampled_from(_BEGINNINGS), st.binary(max_size=200))
def test_any_bytes_behind_a_known_beginning_are_rows_or_a_problem(begin, content):
    rows_or_problem(begin + content)


@given(st.data())
def test_a_workbook_with_any_byte_changed_is_rows_or_a_problem(data):
    content = bytearray(_WORKBOOK)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    rows_or_problem(bytes(content))


_WORKBOOK = corpus.workbook(("الاسم", "الجوال"), (corpus.NOURA, 551234567))

_CELLS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["٠٥٥١٢٣٤٥٦٧", "1420/13/45", "9.9E+99", "#N/A", "=1", "31/2/2001", "0", "1e5", "-", "99999999"]
)


@given(st.lists(st.lists(_CELLS, min_size=1, max_size=8), min_size=1, max_size=8))
def test_any_cells_are_judged(table):
    """Under headings that ask for everything."""
    headings = ["الاسم", "الجوال", "الجنس", "تاريخ الميلاد", "البريد", "الجهة", "الفئة", "الفريق"]
    rows = [Row(number, cells) for number, cells in enumerate([headings, *table], 1) if any(cells)]
    layout = columns.found_in(rows, "people")
    for row in Judge(Terms(layout, "people", TODAY)).judged(rows):
        assert row.fate is Fate.FAULTY or (row.entry.name and row.entry.identity[0])


def rows_or_problem(content: bytes) -> None:
    with suppress(Problem):
        looked_at(content)


def test_more_rows_than_anybody_has_are_refused():
    line = "نورة سعد,0551234567\n"
    content = ("الاسم,الجوال\n" + line * (MOST_ROWS + 1)).encode()
    with pytest.raises(Problem) as problem:
        for _row in opened(content).rows(0):
            pass
    assert problem.value.code == "too_many_rows"


def test_a_file_beyond_the_limit_is_not_even_opened():
    with pytest.raises(Problem) as problem:
        opened(b"a" * (24 * 1024 * 1024 + 1))
    assert problem.value.code == "file_too_large"


def test_the_rows_of_a_long_sheet_come_as_they_are_asked_for():
    content = ("الاسم,الجوال\n" + "نورة سعد,0551234567\n" * 50_000).encode()
    assert [row.number for row in islice(opened(content).rows(0), 3)] == [1, 2, 3]


def test_what_somebody_says_of_the_columns_must_make_sense():
    layout = columns.found_in([Row(1, ["أ", "ب"]), Row(2, ["نورة", "0551234567"])], "people")
    assert not layout.sure
    assert columns.chosen(layout, ["name", "mobile"], "people").sure
    for fields, code in ((["name", "name"], "column_twice"), (["name", ""], "columns_missing")):
        with pytest.raises(Problem) as problem:
            columns.chosen(layout, fields, "people")
        assert problem.value.code == code
