"""What is said of files, of columns and of single rows."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from checkin.models import Import
from checkin.operations.importing import Fate, Field, Judged, Told
from checkin.operations.importing.rows import UNCALCULATED
from checkin.web import errors
from checkin.web.digits import num
from checkin.web.filters import isolate

errors.sentences(
    file_empty=_l("The file is empty"),
    file_too_large=_l("The file is larger than %(megabytes)s MB. Send it in parts"),
    file_is_picture=_l("This is a picture, not a table. Send the table itself"),
    file_is_old_excel=_l(
        "This is an old Excel file. Open it, save it as “Excel Workbook (.xlsx)”, and send that"
    ),
    file_is_locked=_l("The file is protected by a password. Save it without one and send it again"),
    file_is_web_page=_l(
        "This is a web page with the name of a table. Open it in Excel, save it as “Excel Workbook "
        "(.xlsx)”, and send that"
    ),
    file_unknown=_l("This is no Excel workbook (.xlsx) and no text file (.csv)"),
    file_broken=_l(
        "The file cannot be read. Open it in Excel, save it as “Excel Workbook (.xlsx)”, and send "
        "that"
    ),
    file_unpacks=_l(
        "Unpacked, the file is larger than %(megabytes)s MB. Save the list alone and send that"
    ),
    too_many_rows=_l("The file has more than %(most)s rows. Send it in parts"),
    too_many_columns=_l("The file has more than %(most)s columns. Delete those not needed"),
    quote_open=_l("In row %(number)s a quotation mark opens and never closes"),
    no_rows=_l("No rows with volunteers were found"),
    sheet_missing=_l("The file has no such sheet"),
    column_twice=_l("Two columns hold the same. Choose one of them"),
    columns_missing=_l("Choose a column for the name, and one for the mobile or the e-mail"),
    no_good_rows=_l("There is nothing to add"),
    import_moved=_l("This import has gone on meanwhile. Showing where it is"),
    mobile_shortened=_l(
        "Excel shortened this number, like 9.66E+11, and digits are lost. Write the number anew in "
        "a column formatted as text"
    ),
    mobile_several=_l("There is more than one number. Leave one"),
    birth_unreadable=_l("This is no date or year of birth, like 1420/05/12 or 2001"),
    birth_implausible=_l("This year of birth cannot be right"),
    gender_unknown=_l("Write “man” or “woman”"),
    category_unknown=_l("Write “volunteer”, “student”, “scout” or “partner”"),
)
_ROWS: dict[str, Any] = {
    "name_missing": _l("The name is missing"),
    "name_has_digits": _l("There are digits in the name"),
    "name_too_long": _l("The name is longer than %(longest)s characters"),
    "name_unreadable": _l("The name holds characters that cannot be shown"),
    "reach_missing": _l("The mobile is missing"),
    "mobile_invalid": _l("This is no complete mobile number, like 0501234567"),
    "guardian_missing": _l("Under 18: the guardian’s mobile is missing"),
    "email_taken": _l("Somebody else here has this e-mail"),
    "email_repeated": _l("The same e-mail stands in row %(number)s"),
    "row_repeated": _l("The same person stands in row %(number)s"),
    "row_alike": _l("Perhaps the same person as in row %(number)s, with the same mobile"),
    "partner_unknown": _l("No partner here is called “%(name)s”"),
    "team_unknown": _l("No team here is called “%(name)s”"),
    "cell_uncalculated": _l("This formula has no result. Open the file in Excel and save it"),
    "cell_fault": _l("Excel shows an error here: %(value)s"),
    "cell_garbled": _l("Letters here were damaged when the file was saved"),
    "mobile_of_many": _l("More than %(most)s people in the file have this mobile"),
    "maybe_here": _l("Somebody with this name is here already; the mobile ends in %(ending)s"),
    "person_exists": _l("Was entered while this list was being looked at"),
    "person_several": _l("Several people have this name. Write the mobile"),
    "person_suspended": _l("Is suspended"),
    "person_unknown": _l("Nobody has this name. Write a mobile to enter a new person"),
    "person_new": _l("New person"),
    "mobile_of_same": _l("This mobile belongs to %(name)s. Perhaps the same person"),
    "mobile_of_other": _l("This mobile belongs to %(name)s. Perhaps somebody of the same family"),
}
"""Of a row, where a form would say it otherwise."""
_QUOTING = frozenset({"partner_unknown", "team_unknown", "cell_fault", "cell_garbled"})
"""These say themselves what stands in the cell, or it cannot be shown."""
LONGEST_SHOWN = 60
FAILED = _l("Something went wrong. Nobody was added. Try again, or ask for help")
FIELDS: dict[str, Any] = {
    "": _l("Not kept"),
    Field.NAME: _l("Full name"),
    Field.FIRST_NAME: _l("First name"),
    Field.MIDDLE_NAME: _l("Father’s or middle name"),
    Field.FAMILY_NAME: _l("Family name"),
    Field.NAME_LATIN: _l("Name in English"),
    Field.MOBILE: _l("Mobile"),
    Field.GENDER: _l("Gender"),
    Field.BIRTH: _l("Date or year of birth"),
    Field.EMAIL: _l("E-mail"),
    Field.PARTNER: _l("Partner"),
    Field.TEAM: _l("Volunteer team"),
    Field.CATEGORY: _l("Category"),
    Field.GUARDIAN_MOBILE: _l("Guardian’s mobile"),
    Field.OPPORTUNITY: _l("Opportunity"),
    Field.HOURS: _l("Hours"),
}
STATES = {
    "mapping": ("note", "list", _l("Columns to name")),
    "checking": ("info", "clock", _l("Being checked")),
    "ready": ("note", "eye", _l("To be looked at")),
    "adding": ("info", "clock", _l("Being added")),
    "added": ("ok", "check", _l("Added")),
    "failed": ("bad", "alert", _l("Could not be read")),
    "dropped": ("plain", "x", _l("Dropped")),
}
"""The tag of an import: kind, icon, words."""


def said_of(told: Told) -> str:
    """One thing about a row, in the reader's language and digits."""
    said = {
        name: num(one) if isinstance(one, int) else isolate(one) for name, one in told.facts.items()
    }
    return str(_ROWS.get(told.code) or errors.SENTENCES[told.code]) % said


def column_name(row: Import, column: int | None) -> str:
    """The heading of a column, or its number; empty for the row as a whole."""
    if column is None:
        return ""
    headings = row.mapping.get("headings", [])
    heading = headings[column] if column < len(headings) else ""
    return heading or _("Column %(number)s", number=num(column + 1))


def problems_of(row: Import, judged: Judged) -> list[tuple[str, str]]:
    """Where, and what is wrong, for each thing there is to say."""
    return [(column_name(row, told.column), said_of(told)) for told in judged.told]


def shown_problems_of(row: Import, judged: Judged) -> list[tuple[str, str, str]]:
    """The same with what stands in the cell, where that is what is wrong and is not said."""
    cells = [_written(judged, told) for told in judged.told]
    return [(*said, cell) for said, cell in zip(problems_of(row, judged), cells, strict=True)]


def _written(judged: Judged, told: Told) -> str:
    if judged.fate is not Fate.FAULTY or told.column is None or told.code in _QUOTING:
        return ""
    cell = judged.cells[told.column] if told.column < len(judged.cells) else ""
    return "" if cell == UNCALCULATED else cell[:LONGEST_SHOWN] + "…" * (len(cell) > LONGEST_SHOWN)


def fault_of(row: Import) -> str:
    """Why the whole file could not be used."""
    if row.fault == "import_failed" or row.fault not in errors.SENTENCES:
        return str(FAILED)
    return said_of(Told(row.fault, None, row.mapping.get("facts", {})))
