"""`checkin import people`: a list of volunteers from a file, by the same rules as on the pages."""

import json
import time
from pathlib import Path

import click

from checkin.cli.opening import ready
from checkin.cli.questions import as_json
from checkin.cli.tokens import person_reached_at
from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Import, Partner
from checkin.operations import importing
from checkin.operations.importing import Fate
from checkin.operations.permissions import reach_of, roles_of
from checkin.web import clock
from checkin.web.errors import sentence
from checkin.web.i18n import in_language
from checkin.web.imports import sentences

MOST_TOLD = 1000
WAIT_SECONDS = 0.5


@click.group("import")
def import_() -> None:
    """Bring in what other programs keep."""


@import_.command("people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, help="Who brings them in: an e-mail address or mobile.")
@click.option("--partner", help="Whose members all are who name no partner themselves.")
@click.option("--sheet", type=click.IntRange(min=1), help="Which sheet that is shown, from 1.")
@click.option("--check", is_flag=True, help="Say what would be added, and add nobody.")
@click.option("--with-doubtful", is_flag=True, help="Also add who may be here already.")
@as_json
def people(
    file: Path,
    by: str,
    partner: str | None,
    sheet: int | None,
    check: bool,
    with_doubtful: bool,
    as_json: bool,
) -> None:
    """Add the volunteers in FILE (.xlsx or .csv): the good rows, all or none.

    Columns are found by their headings, in Arabic or English. Every problem is told by row.
    """
    with ready() as app, app.test_request_context(), in_language("en"):
        try:
            person_id, partner_id = _coordinator(by), _partner(partner)
            import_id = _looked_at(file, partner_id, sheet, person_id)
            told = _told(importing.find(import_id))
            if check:
                importing.drop(import_id, by=person_id, now=clock.now())
            elif told["to_add"] or (with_doubtful and told["in_doubt"]):
                told["added"] = _added(import_id, with_doubtful, person_id)
        except NotFound:
            raise click.ClickException(f"Nobody here is reached at {by}.") from None
        except Problem as problem:
            raise click.ClickException(f"{sentence(problem)}.") from None
    _say(told, as_json)


def _coordinator(reached_at: str) -> int:
    person_id = person_reached_at(reached_at)
    held = roles_of(person_id, clock.now())
    if reach_of(held, Permission.MANAGE_PEOPLE).is_empty:
        raise click.ClickException(f"{reached_at} may not enter people.")
    return person_id


def _partner(name: str | None) -> int | None:
    if name is None:
        return None
    named = Partner.name_ar == name, Partner.name_en == name
    found = db.session.scalar(db.select(Partner.id).where(db.or_(*named)).limit(1))
    if found is None:
        raise click.ClickException(f"No partner here is called {name}.")
    return found


def _looked_at(file: Path, partner_id: int | None, sheet: int | None, by: int) -> int:
    """The import's id, once its rows have been checked."""
    now = clock.now()
    import_id = importing.begin(file.read_bytes(), file.name, partner_id=partner_id, by=by, now=now)
    if sheet is not None:
        importing.choose_sheet(import_id, sheet - 1, by=by, now=now)
    row = importing.find(import_id)
    if row.state == "mapping":
        importing.name_columns(import_id, row.mapping["columns"], by=by, now=now)
    return _worked_on(import_id, "ready")


def _added(import_id: int, with_doubtful: bool, by: int) -> int:
    importing.add(import_id, with_doubtful=with_doubtful, by=by, now=clock.now())
    _worked_on(import_id, "added")
    return importing.find(import_id).good


def _worked_on(import_id: int, state: str) -> int:
    """Do the work here and now, or wait for a server that has taken it up."""
    while (row := importing.find(import_id)).state in importing.UNDER_WAY:
        if not importing.work_on(import_id, clock.now):
            time.sleep(WAIT_SECONDS)
        db.session.rollback()
    if row.state != state:
        said = sentences.fault_of(row) if row.state == "failed" else row.state
        raise click.ClickException(f"{said}.")
    return import_id


def _told(row: Import) -> dict:
    outcome = importing.outcome_of(row)
    counts = {name: outcome.count(fate) for name, fate in _COUNTS.items()}
    problems = [
        {"row": one.number, "column": where, "problem": what}
        for one in outcome.rows(Fate.FAULTY, Fate.DOUBTFUL)
        for where, what in sentences.problems_of(row, one)
    ]
    return {"import": row.id, **counts, "added": 0, "problems": problems}


_COUNTS = {
    "to_add": Fate.GOOD,
    "in_doubt": Fate.DOUBTFUL,
    "here_already": Fate.KNOWN,
    "with_problems": Fate.FAULTY,
}


def _say(told: dict, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    problems = told.pop("problems")
    for one in problems[:MOST_TOLD]:
        where = f"{one['column']}: " if one["column"] else ""
        click.echo(f"row {one['row']:<8,}{where}{one['problem']}")
    if len(problems) > MOST_TOLD:
        click.echo(f"and {len(problems) - MOST_TOLD:,} more: --json tells them all.")
    for name, number in told.items():
        click.echo(f"{name:20}{number:>8,}")
