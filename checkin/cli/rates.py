"""`checkin rates`: what approved hours are worth, valued anew on purpose."""

import json

import click

from checkin.cli.opening import ready
from checkin.cli.questions import as_json
from checkin.domain.errors import Conflict
from checkin.domain.money import HALALAS
from checkin.operations import revaluing
from checkin.web import clock


@click.group()
def rates() -> None:
    """The rates per hour, which an administrator sets on the page of rates."""


def _do(seen: revaluing.Revaluation) -> int:
    try:
        return revaluing.recompute(seen, by=None, now=clock.now(), clock=clock.now)
    except Conflict:
        raise click.ClickException("Approvals are being valued anew already.") from None


def _losing(seen: revaluing.Revaluation) -> str:
    hours, minutes = divmod(seen.losing_minutes, 60)
    return f"Would lose their value: {seen.losing:,} ({hours:,}:{minutes:02} hours)."


@rates.command("recompute")
@click.option("--yes", is_flag=True, help="Do it; without this it is only shown.")
@click.option("--lose", is_flag=True, help="Also where hours would have no value any more.")
@as_json
def recompute(yes: bool, lose: bool, as_json: bool) -> None:
    """Value approved hours by today's rates for their day of work; closed months stay."""
    with ready():
        seen = revaluing.preview()
        if yes and seen.losing and not lose:
            raise click.ClickException(_losing(seen) + " Set their rate first, or add --lose.")
        changed = _do(seen) if yes else 0
    if as_json:
        click.echo(json.dumps({**seen._asdict(), "changed": changed}))
        return
    click.echo(f"Would change:   {seen.attendances:>14,}" if not yes else f"Changed: {changed:,}.")
    if seen.losing:
        click.echo(_losing(seen))
    told = [("before", seen.before_halalas), ("after", seen.after_halalas)]
    if seen.has_range:
        told += [("at least", seen.low_halalas), ("at most", seen.high_halalas)]
    for text, halalas in told:
        click.echo(f"SAR {text:12}{halalas // HALALAS:>14,}.{halalas % HALALAS:02}")
