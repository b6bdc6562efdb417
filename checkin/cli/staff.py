"""`checkin create-admin`: the first person, who may let others in."""

import sys
from datetime import datetime

import click
from flask import url_for
from sqlalchemy import select

from checkin.cli.opening import ready
from checkin.database import db, transaction
from checkin.domain.errors import Problem
from checkin.domain.roles import Role
from checkin.domain.text import clean_name
from checkin.models import Person
from checkin.operations import accounts, grants, people
from checkin.web import clock
from checkin.web.errors import sentence
from checkin.web.i18n import in_language


@click.command("create-admin")
@click.argument("email")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read a password instead of making a link.")
def create_admin(email: str, name: str, password_stdin: bool) -> None:
    """Make NAME, reached at EMAIL, an administrator.

    Prints a link to choose a password with, good once and for three days. Somebody who has an
    account with this address keeps it.
    """
    address = email.strip().casefold()
    if "@" not in address.strip("@") or any(map(str.isspace, address)):
        raise click.ClickException(f"{email} is no e-mail address.")
    with ready() as app, app.test_request_context(), in_language("en"):
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
        try:
            token = _appoint(address, name, password, clock.now())
        except Problem as problem:
            raise click.ClickException(f"{sentence(problem)}.") from None
        click.echo(f"{address} is an administrator.")
        if token:
            link = app.config["BASE_URL"].rstrip("/") + url_for("accounts.invitation", token=token)
            click.echo(f"Choose a password within three days at\n{link}")


@transaction
def _appoint(email: str, name: str, password: str | None, now: datetime) -> str:
    """All of it or nothing; the invitation's token, empty when there is a password."""
    person_id = db.session.scalar(select(Person.id).where(Person.email == email))
    if person_id is None:
        profile = people.Profile(name=clean_name(name), email=email)
        person_id = people.create(profile, by=None, now=now)
    grants.appoint(person_id, Role.ADMINISTRATOR, now=now)
    if password is None:
        return accounts.invite_staff(person_id, by=None, now=now)
    accounts.set_password(person_id, password, by=None, now=now)
    return ""
