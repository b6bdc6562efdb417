"""`checkin export`: lists, figures and reports as files, the same as from the pages."""

import json
import os
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import click

from checkin.cli.opening import ready
from checkin.cli.questions import as_json
from checkin.cli.years import year
from checkin.domain.errors import NotFound, Problem
from checkin.operations import exporting
from checkin.operations.exporting import Asked
from checkin.operations.figures import Dimension
from checkin.operations.figures.spans import Span
from checkin.operations.permissions import Reach
from checkin.web import clock
from checkin.web.errors import sentence
from checkin.web.i18n import in_language

LISTS = {"attendances": "attendances", "totals": "dashboard", "report": "report"}
"""What there is to take out, by the word of the command and of the page."""
_dimension = click.Choice([one.value for one in Dimension])


@click.command("export")
@click.argument("what", type=click.Choice(list(LISTS)))
@click.option("--format", "kind", type=click.Choice(exporting.KINDS), required=True)
@click.option(
    *("--out", "file"),
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="The file to write.",
)
@year
@click.option("--by", type=_dimension, help="What the rows of a report are of.")
@click.option("--then", type=_dimension, help="What each of them is looked into by.")
@click.option("--address", default="", help="What a page's address says after the question mark.")
@click.option("--language", type=click.Choice(["ar", "en"]), default="ar", show_default=True)
@as_json
def export(
    what: str,
    kind: str,
    file: Path,
    year: Span | None,
    by: str | None,
    then: str | None,
    address: str,
    language: str,
    as_json: bool,
) -> None:
    """Write a list of records, the totals with their tables, or a report into a file."""
    if what == "report" and not (by or "by=" in address):
        raise click.UsageError("Say what the report is by, for example --by site.")
    said = {"period": year.key if year else None, "by": by, "then": then}
    query = urlencode(
        {**dict(parse_qsl(address)), **{key: one for key, one in said.items() if one}}
    )
    with ready() as app, app.test_request_context(), in_language("en"):
        try:
            rows = _written(LISTS[what], kind, file, Asked(query, language, _EVERYTHING))
        except NotFound:
            raise click.ClickException("There is nothing at this address.") from None
        except Problem as problem:
            raise click.ClickException(f"{sentence(problem)}.") from None
    click.echo(json.dumps({"file": str(file), "rows": rows}) if as_json else f"Rows: {rows:,}.")


_EVERYTHING = Reach(everywhere=True)


def _written(what: str, kind: str, file: Path, asked: Asked) -> int:
    """How many rows stand in the file; what stood there before stays until it is whole."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        book = exporting.book_of(what, asked, clock.now())
        rows = sum(1 for _row in exporting.into_file(beside, kind, book))
        exporting.note(what, asked.query, kind, rows, now=clock.now())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return rows
