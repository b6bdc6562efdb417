"""`checkin report` and `checkin verify-audit`: figures and proof, for people and for scripts."""

import json
from collections.abc import Sequence
from datetime import date

import click

from checkin.cli.opening import ready
from checkin.cli.years import days_of, year
from checkin.domain.errors import Problem
from checkin.operations import audit, figures, revaluing
from checkin.operations.figures import Dimension, Row, proof
from checkin.operations.figures.spans import Span
from checkin.operations.permissions import Reach
from checkin.web.errors import sentence
from checkin.web.i18n import in_language

as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.group()
def report() -> None:
    """Figures, the same as on the pages."""


@report.command("totals")
@year
@as_json
def totals(year: Span | None, as_json: bool) -> None:
    """Hours, people, attendances and beneficiaries of the whole organisation."""
    with ready():
        found = figures.totals(_everything(year))
        _say_what_goes_on()
    if as_json:
        click.echo(json.dumps(found.by_name()))
        return
    for name, value in found.by_name().items():
        if name in _RANGE and not found.has_range:
            continue
        click.echo(f"{name:20}{_amount(value):>14}")


@report.command("by")
@click.argument(
    "dimensions", type=click.Choice([one.value for one in Dimension]), nargs=-1, required=True
)
@year
@as_json
def by(dimensions: tuple[str, ...], year: Span | None, as_json: bool) -> None:
    """Every figure by one or two DIMENSIONS, one within the other: `report by site month`.

    Minutes, halalas and numbers; keys are ids, words, or the first day of a stretch of time.
    """
    if len(set(dimensions)) != len(dimensions) or len(dimensions) > MOST:
        raise click.UsageError("A report is by one or two different dimensions.")
    with ready() as app, app.test_request_context(), in_language("en"):
        try:
            found = figures.report([Dimension(one) for one in dimensions], _everything(year))
        except Problem as problem:
            raise click.ClickException(f"{sentence(problem)}.") from None
        _say_what_goes_on()
    if as_json:
        told = {"total": found.total.by_name(), "rows": list(map(_as_object, found.rows))}
        click.echo(json.dumps(told, ensure_ascii=False, default=date.isoformat))
        return
    shown = (*_ORDER, *(_RANGE if found.total.has_range else ()))
    for name in shown:
        click.echo(f"{name:>20}", nl=False)
    click.echo()
    _say(found.rows, shown)
    _say([Row("total", None, None, found.total, ())], shown)


MOST = 2
_ORDER = ("approved_minutes", "beneficiaries", "volunteers", "attendances", "value_halalas")
_RANGE = ("low_halalas", "high_halalas")
"""Said where a rate has a range."""


def _say(rows: Sequence[Row], shown: Sequence[str], depth: int = 0) -> None:
    for row in rows:
        for name in shown:
            click.echo(f"{_amount(row.totals.by_name()[name]):>20}", nl=False)
        click.echo(f"  {'  ' * depth}{row.key} {row.name_en or row.name_ar or ''}".rstrip())
        _say(row.rows, shown, depth + 1)


def _say_what_goes_on() -> None:
    """Beside the answer, which programs read."""
    if revaluing.under_way() is not None:
        click.echo("Approvals are being valued anew: some values are the old ones.", err=True)


def _amount(value: int | None) -> str:
    return "not set" if value is None else f"{value:,}"


def _as_object(row: Row) -> dict:
    rows = {"rows": list(map(_as_object, row.rows))} if row.rows else {}
    names = {"key": row.key, "name_ar": row.name_ar, "name_en": row.name_en}
    return {**names, **row.totals.by_name(), **rows}


def _everything(year: Span | None) -> figures.Filter:
    return figures.Filter(Reach(everywhere=True), *days_of(year))


@click.group("figures")
def sums() -> None:
    """The sums that figures are answered from."""


@sums.command("recompute")
def recompute() -> None:
    """Set the sums of figures to what the records say; nobody has to wait meanwhile."""
    with ready():
        wrong = proof.recompute()
    click.echo(f"Lines corrected: {wrong:,}." if wrong else "Every sum agrees with the records.")


@click.command("verify-audit")
@as_json
def verify_audit(as_json: bool) -> None:
    """Prove that no sealed line of the audit log was changed or removed."""
    with ready():
        broken_at, sealed = audit.broken_at(), audit.sealed_count()
    if as_json:
        click.echo(json.dumps({"whole": broken_at is None, "sealed": sealed, "at": broken_at}))
    if broken_at is not None:
        raise click.ClickException(f"The audit log is broken at link {broken_at:,}.")
    if not as_json:
        click.echo(f"The audit log is whole: {sealed:,} sealed entries.")
