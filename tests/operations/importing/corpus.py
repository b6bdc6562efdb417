"""Awkward files as people send them, made here, each with what is to be said of it by row."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

import openpyxl
import xlsxwriter
from openpyxl.styles import Protection

NOURA, SALEM = "نورة سعد القحطاني", "سالم عوض الغامدي"
FIRST_NAMES = ("أمل", "هند", "منى", "سلمى", "ريم", "دانة", "لجين", "وعد")
HEAD = "الاسم,الجوال"
ONE, TWO = f"{NOURA},0551234567", f"{SALEM},0561234568"
PLAIN = f"{HEAD}\n{ONE}\n{TWO}\n"
IN_LATIN_DIGITS = PLAIN


@dataclass(frozen=True)
class File:
    """`refused` is the code that is said of the whole file; `told` of rows, as (row, code)."""

    name: str
    content: bytes
    refused: str = ""
    told: tuple[tuple[int, str], ...] = ()
    good: int = 2
    asks: bool = False
    """Somebody has to say what the columns hold."""


def workbook(*rows: tuple, sheets: dict[str, list[tuple]] | None = None, **hidden: bool) -> bytes:
    """Rows of a first sheet, and further sheets by name."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, more in (sheets or {}).items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if hidden.get(name) else "visible"
        for row in more:
            sheet.append(row)
    return packed(book)


def packed(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one part of it rewritten."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return made.getvalue()


def texts() -> list[File]:
    """Text in every encoding and with every delimiter."""
    said = ((3, "mobile_invalid"),)
    windows = f"{HEAD}\n{NOURA},0551234567\nرقم خاطئ هنا,0611\n"
    broken = PLAIN.encode().replace("سعد".encode(), "سع".encode() + b"\xd8", 1)
    many = "".join(f"{NOURA[:-3]} {chr(0x628 + n)}ارث,05512345{n:02d}\n" for n in range(20))
    return [
        File("utf-8", PLAIN.encode()),
        File("utf-8 with a mark", PLAIN.encode("utf-8-sig")),
        File("utf-16 little", b"\xff\xfe" + PLAIN.replace(",", "\t").encode("utf-16-le")),
        File("utf-16 big", b"\xfe\xff" + PLAIN.replace(",", "\t").encode("utf-16-be")),
        File("utf-16 without a mark", PLAIN.encode("utf-16-le")),
        File("windows-1256", windows.encode("cp1256"), told=said, good=1),
        File("iso-8859-6", windows.encode("iso8859_6"), told=said, good=1),
        File(
            "a letter broken in utf-8",
            broken + many.encode(),
            told=((2, "cell_garbled"),),
            good=21,
        ),
        File("semicolons", PLAIN.replace(",", ";").encode("utf-8-sig")),
        File("tabs", PLAIN.replace(",", "\t").encode()),
        File("sep= in the first line", b"sep=;\r\n" + PLAIN.replace(",", ";").encode()),
        File("line ends of old Macs", PLAIN.replace("\n", "\r").encode()),
        File("line ends of Windows", PLAIN.replace("\n", "\r\n").encode()),
        File("commas in quotation marks", f'{HEAD}\n"{NOURA},",0551234567\n{TWO}\n'.encode()),
        File(
            "a line break in a cell",
            f'{HEAD}\n"نورة\nسعد القحطاني",0551234567\n{TWO}\n'.encode(),
        ),
        File(
            "a quotation mark never closed",
            f'{HEAD}\n"{NOURA},0551234567\n{many}{many}'.encode(),
            refused="quote_open",
        ),
        File("nothing", b"", refused="file_empty"),
        File("blank lines only", b"\r\n \r\n\t\n", refused="file_empty"),
        File("headings only", f"{HEAD}\n".encode(), refused="no_rows"),
        File("binary noise", bytes(range(256)) * 8, refused="file_unknown"),
        File("a PDF", b"%PDF-1.7\n1 0 obj\n", refused="file_unknown"),
        File("a picture named .xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, refused="file_is_picture"),
        File(
            "a photograph named .csv", b"\xff\xd8\xff\xe0" + b"\0" * 64, refused="file_is_picture"
        ),
        File("a web page named .xls", b"<html><table><tr></table>", refused="file_is_web_page"),
        File(
            "a web page in utf-16",
            b"\xff\xfe" + "<html>".encode("utf-16-le"),
            refused="file_is_web_page",
        ),
        File(
            "old Excel",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            refused="file_is_old_excel",
        ),
        File(
            "protected by a password",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            refused="file_is_locked",
        ),
    ]


def tables() -> list[File]:
    """Headings, rows and columns where nobody expects them."""
    return [
        File("a title and blank rows above", f"قائمة المتطوعين 1448\n,,\n\n{PLAIN}".encode()),
        File("blank columns and rows", f",,{HEAD},\n,,,\n,,{ONE},\n,,,\n,,{TWO},\n,,,\n".encode()),
        File("headings again at a page's end", f"{HEAD}\n{ONE}\n{HEAD}\n{TWO}\n".encode()),
        File("a sum at the end", f"م,{HEAD}\n1,{ONE}\n2,{TWO}\nالمجموع,,2\n".encode()),
        File("no headings", f"{ONE}\n{TWO}\n".encode(), asks=True),
        File("headings in English", f"Full Name,Mobile No.\n{ONE}\n{TWO}\n".encode()),
        File(
            "a heading nobody knows",
            f"الاسم,رمز سري,الجوال\n{NOURA},7,0551234567\n{SALEM},8,0561234568\n".encode(),
            asks=True,
        ),
        File(
            "the name in four columns",
            "الاسم الأول,اسم الأب,اسم الجد,اسم العائلة,رقم الجوال\n"
            "نورة,سعد,علي,القحطاني,0551234567\nسالم,عوض,,الغامدي,0561234568\n".encode(),
        ),
        File(
            "a merged heading over the name",
            "الاسم,,,الجوال\nنورة,سعد,القحطاني,0551234567\nسالم,عوض,الغامدي,0561234568\n".encode(),
        ),
        File(
            "two rows of headings",
            "الاسم,وسائل التواصل,,الجنس\n,الجوال,البريد,\n"
            f"{NOURA},0551234567,n@example.org,أنثى\n{SALEM},0561234568,,ذكر\n".encode(),
        ),
        File(
            "too many columns",
            (",".join(f"c{n}" for n in range(101)) + "\n").encode() * 3,
            refused="too_many_columns",
        ),
    ]


def rows() -> list[File]:
    """What stands in single cells."""
    mobiles = [
        *("0551234561", "551234562", "966551234563", "+966 55 123 4564", "00966551234565"),
        *("٠٥٥١٢٣٤٥٦٦", "۰۵۵۱۲۳۴۵۶۷", "055-123-4568", "9660551234569", "551234570.0"),
        *("9.66551234571E+11", "\u202a+966551234572\u202c", "(055) 1234573", "966551234574+"),
    ]
    forms = "".join(f"متطوع {chr(0x628 + n)}ارث,{one}\n" for n, one in enumerate(mobiles))
    wrong = ["0661234567", "05512345", "9.66551E+11", "0551234567/0561234567", "abc", "012345678"]
    bad = "".join(f"متطوع {chr(0x628 + n)}ارث,{one}\n" for n, one in enumerate(wrong))
    births = [
        *("1999", "1420", "1420/5/12", "12-05-1420هـ", "١٢ رجب ١٤٢٠", "3 March 2001"),
        *("2001-02-03", "3/2/2001", "37257", "20010203", "12/1420/5", "99", "2200", "1/1/1800"),
        *("30 شباط 2001", "غير معروف"),
    ]
    born = "".join(
        f"متطوع {chr(0x628 + n)}ارث,05512345{n:02d},{one}\n" for n, one in enumerate(births)
    )
    return [
        File("mobiles in every Saudi form", f"{HEAD}\n{forms}".encode(), good=len(mobiles)),
        File(
            "mobiles that are none",
            f"{HEAD}\n{bad}".encode(),
            told=(
                *((2, "mobile_invalid"), (3, "mobile_invalid"), (4, "mobile_shortened")),
                *((5, "mobile_several"), (6, "mobile_invalid"), (7, "mobile_invalid")),
            ),
            good=0,
        ),
        File(
            "births in both calendars",
            f"الاسم,الجوال,تاريخ الميلاد\n{born}".encode(),
            told=(
                *((12, "birth_unreadable"), (13, "birth_unreadable"), (14, "birth_unreadable")),
                *((15, "birth_implausible"), (16, "birth_unreadable"), (17, "birth_unreadable")),
            ),
            good=10,
        ),
        File(
            "names that are none",
            f"{HEAD}\nنورة 2,0551234561\n,0551234562\n---,0551234563\n{'طويل ' * 30},0551234564\n"
            "\x01\x02,0551234565\n12345,0551234566\n".encode(),
            told=(
                *((2, "name_has_digits"), (3, "name_missing"), (4, "name_missing")),
                *((5, "name_too_long"), (6, "name_missing"), (7, "name_missing")),
            ),
            good=0,
        ),
        File(
            "duplicates inside the file",
            f"{HEAD}\n{ONE}\nنوره بنت سعد قحطاني,966551234567\n{SALEM},0551234567\n".encode(),
            told=((3, "row_repeated"),),
        ),
        File(
            "one mobile for everybody",
            "\n".join([HEAD, *(f"{name} حارث,0500000000" for name in FIRST_NAMES)]).encode(),
            told=((8, "mobile_of_many"), (9, "mobile_of_many")),
            good=8,
        ),
        File(
            "minors, genders and categories",
            "الاسم,الجوال,سنة الميلاد,الجنس,الفئة,جوال ولي الأمر\n"
            f"{NOURA},0551234567,2012,أنثى,طالبة,0501112223\n{SALEM},0561234568,2012,ذكر,طالب,\n"
            "فهد سعد الحارثي,0561234569,1990,غير ذلك,مدير,\n".encode(),
            told=((3, "guardian_missing"), (4, "gender_unknown"), (4, "category_unknown")),
            good=1,
        ),
        File(
            "e-mails",
            f"الاسم,البريد\n{NOURA},N@Example.org\n{SALEM},n@example.org\nفهد سعد,fahd@\nأمل علي,\n"
            "".encode(),
            told=((3, "email_repeated"), (4, "email_invalid"), (5, "reach_missing")),
            good=1,
        ),
        File(
            "partners and teams nobody knows",
            f"الاسم,الجوال,الجهة,الفريق\n{ONE},جامعة الخيال,\n{TWO},,فريق الوهم\n".encode(),
            told=((2, "partner_unknown"), (3, "team_unknown")),
            good=0,
        ),
        File(
            "cells that begin formulas",
            f"{HEAD}\n\"=cmd|' /C calc'!A0\",0551234567\n+نورة,0561234568\n".encode(),
            told=((2, "name_has_digits"),),
            good=1,
        ),
        File(
            "marks that turn text around",
            f"{HEAD}\n\u202e{NOURA}\u200f,\u200e0551234567\u200f\n{TWO}\n".encode(),
        ),
    ]


def workbooks() -> list[File]:
    """What only Excel can do."""
    head, one, two = ("الاسم", "الجوال"), (NOURA, 551234567), (SALEM, "0561234568")
    sheet = "xl/worksheets/sheet1.xml"
    return [
        File("a workbook with numbers", workbook(head, one, two)),
        File("other sheets", workbook(head, one, two, sheets={"شرح": [("اقرأ هذا",)]})),
        File(
            "a hidden sheet with another list",
            workbook(head, one, two, sheets={"old": [head, one, two, one]}, old=True),
        ),
        File(
            "two sheets that look alike",
            workbook(head, one, two, sheets={"الفصل الثاني": [head, one, two]}),
            asks=True,
        ),
        File("the list on the second sheet", workbook(sheets={"القائمة": [head, one, two]})),
        File("merged cells above the headings", merged()),
        File("dates as dates and as numbers", dates(), told=((4, "birth_unreadable"),)),
        File("formulas without a result", formulas(), told=((2, "cell_uncalculated"),), good=1),
        File("formulas with results and errors", results(), told=((3, "cell_fault"),), good=1),
        File("a number in scientific clothes", scientific()),
        File("a sheet that is protected", protected()),
        File(
            "ten million rows that are not there",
            changed(
                workbook(head, one, two), sheet, lambda xml: xml.replace(b'r="3"', b'r="9999999"')
            ),
        ),
        File(
            "a zip bomb",
            changed(workbook(head, one), sheet, lambda xml: xml + b" " * (300 * 1024 * 1024)),
            refused="file_unpacks",
        ),
        File(
            "entities that multiply",
            changed(workbook(head, one), sheet, lambda xml: LAUGHS + xml.split(b"?>")[-1]),
            refused="file_unpacks",
        ),
        File("a workbook cut in half", workbook(head, one)[:3000], refused="file_broken"),
        File(
            "a sheet that is no XML",
            changed(workbook(head, one), sheet, lambda xml: xml[:200]),
            refused="file_broken",
        ),
        File("an archive of something else", archive("word/document.xml"), refused="file_unknown"),
        File("an archive of nothing known", archive("a.txt"), refused="file_unknown"),
        File("an empty workbook", workbook(), refused="no_rows"),
    ]


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;"><!ENTITY lol2 "&lol1;&lol1;&lol1;">]>"""


def archive(part: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        new.writestr("[Content_Types].xml" if part.startswith("word") else "b.txt", "x")
        new.writestr(part, "x")
    return made.getvalue()


def merged() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"] = "كشف بأسماء المتطوعين"
    sheet.merge_cells("B2:E3")
    for row, cells in enumerate((("الاسم", None, "الجوال"), ("نورة", "سعد", "0551234567"),
                                 ("سالم", "الغامدي", "0561234568")), 5):  # fmt: skip
        for column, cell in enumerate(cells, 2):
            sheet.cell(row, column, cell)
    sheet.merge_cells("B5:C5")
    return packed(book)


def dates() -> bytes:
    head = ("الاسم", "الجوال", "تاريخ الميلاد")
    return workbook(
        head,
        (NOURA, "0551234567", date(2001, 2, 3)),
        (SALEM, "0561234568", 37257),
        ("فهد سعد الحارثي", "0561234569", "2001-02-40"),
    )


def formulas() -> bytes:
    """Written by a program that never calculated them."""
    book = openpyxl.Workbook()
    for row in (("الاسم", "الجوال"), ("=A1&A3", "0551234567"), (SALEM, "0561234568")):
        book.active.append(row)
    return packed(book)


def results() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("الاسم", "الجوال"))
        sheet.write_formula(1, 0, "=A9", None, NOURA)
        sheet.write(1, 1, "0551234567")
        sheet.write_formula(2, 0, "=VLOOKUP(1,A1:A2,1)", None, "#N/A")
        sheet.write(2, 1, "0561234568")
    return made.getvalue()


def scientific() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        shown = book.add_format({"num_format": "0.00E+00"})
        sheet.write_row(0, 0, ("الاسم", "الجوال"))
        sheet.write_row(1, 0, (NOURA, 966551234567), shown)
        sheet.write_row(2, 0, (SALEM, 966561234568.0), shown)
    return made.getvalue()


def protected() -> bytes:
    """Of one sheet only: it can be read."""
    book = openpyxl.Workbook()
    for row in (("الاسم", "الجوال"), (NOURA, 551234567), (SALEM, 561234568)):
        book.active.append(row)
    book.active["A2"].protection = Protection(locked=True)
    book.active.protection.set_password("secret")
    return packed(book)


@cache
def all_files() -> tuple[File, ...]:
    """Made once: one of them is large when it is unpacked."""
    return (*texts(), *tables(), *rows(), *workbooks())
