"""`checkin token`: letting programs act as one person through the JSON interface."""

import json
from datetime import timedelta

import click
from sqlalchemy import or_, select

from checkin.cli.opening import ready
from checkin.cli.questions import as_json
from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import Person
from checkin.operations import api_tokens
from checkin.operations.identity import living
from checkin.operations.mobiles import normal_mobile
from checkin.web import clock
from checkin.web.errors import sentence
from checkin.web.i18n import in_language

LONGEST_DAYS = 366


@click.group()
def token() -> None:
    """Tokens for programs that use the JSON interface."""


@token.command("create")
@click.argument("person")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, LONGEST_DAYS), default=90, show_default=True)
def create(person: str, name: str, days: int) -> None:
    """Let a program act as PERSON, given by e-mail address or mobile.

    NAME says later what the token is for. The token is printed once and kept nowhere.
    """
    if not name.strip():
        raise click.ClickException("Say what the token is for.")
    with ready() as app, app.test_request_context(), in_language("en"):
        try:
            found = person_reached_at(person)
            lives = timedelta(days=days)
            made = api_tokens.create(found, name, lives=lives, now=clock.now())
        except NotFound:
            raise click.ClickException(f"Nobody here is reached at {person}.") from None
        except Problem as problem:
            raise click.ClickException(f"{sentence(problem)}.") from None
    click.echo(made)


@token.command("list")
@as_json
def list_(as_json: bool) -> None:
    """The tokens that work now: number, whose, what for, until when, last used."""
    with ready():
        found = [
            {
                "id": one.id,
                "person": one.person.email or one.person.mobile,
                "name": one.name,
                "expires_at": one.expires_at.isoformat(timespec="seconds"),
                "used_at": one.used_at and one.used_at.isoformat(timespec="seconds"),
            }
            for one in api_tokens.in_force(clock.now())
        ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        click.echo("  ".join(str(value or "never") for value in one.values()))


@token.command("revoke")
@click.argument("number", type=click.IntRange(min=1))
def revoke(number: int) -> None:
    """End token NUMBER of the list at once."""
    with ready():
        try:
            api_tokens.revoke(number, now=clock.now())
        except NotFound:
            raise click.ClickException(f"There is no token {number}.") from None
    click.echo(f"Token {number} no longer works.")


def person_reached_at(reached_at: str) -> int:
    """Whose e-mail address or mobile this is; raises `NotFound`."""
    typed = reached_at.strip()
    try:
        mobile = normal_mobile(typed, foreign=True)
    except Problem:
        mobile = None
    reached = or_(Person.email == typed.casefold(), Person.mobile == (mobile or ""))
    ids = db.session.scalars(select(Person.id).where(reached, living())).all()
    if len(ids) > 1:
        raise click.ClickException(f"{typed} belongs to more than one person: use an e-mail.")
    if not ids:
        raise NotFound("person")
    return ids[0]
