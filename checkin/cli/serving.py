"""`checkin serve`: the pages on a threaded server, with the addresses to open them by."""

import io
import select
import socket

import click
import waitress
from flask import Flask
from qrcode.main import QRCode

from checkin.cli.opening import check_tables, opened
from checkin.cli.preparing import fill_in, migrate
from checkin.config import DEFAULTS
from checkin.database import db
from checkin.demo import filling
from checkin.demo.facts import facts
from checkin.demo.organisation import DOMAIN, PASSWORD
from checkin.models import Poster
from checkin.operations import jobs
from checkin.web import clock
from checkin.web.garbage import spare_what_stays

EVERYWHERE = ("0.0.0.0", "::")
THREADS = 8
CONNECTIONS = 1000
"""Browsers keep connections open; a shift change brings hundreds of them."""
IDLE_SECONDS = 30


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--threads", default=THREADS, show_default=True, help="Requests answered at once.")
@click.option("--prepare", is_flag=True, help="First do what `checkin init` does.")
@click.option("--demo", is_flag=True, help="First do what `checkin demo` does.")
def serve(host: str, port: int, threads: int, prepare: bool, demo: bool) -> None:
    """Serve the pages until Ctrl-C; --host 0.0.0.0 lets phones in the same network in."""
    with opened(quiet=False) as app:
        if prepare and migrate(app):
            click.echo("The database is ready.")
        check_tables()
        if demo and fill_in(app, size="season"):
            click.echo("The demo is ready.")
        here = addresses(host, port)
        if app.config["BASE_URL"] == DEFAULTS["BASE_URL"]:
            app.config["BASE_URL"] = here[-1]  # what a phone can open, so that posters work
        server = _listen(app, host, port, threads)
        if app.config["JOBS"]:
            jobs.start_thread(app, clock.now)
        click.echo(welcome(here))
        if app.config["DEMO"]:
            click.echo(sign_ins(app.config["BASE_URL"]))
        spare_what_stays()
        server.run()


def addresses(host: str, port: int) -> list[str]:
    """Where the pages can be opened: on this machine, and last in the local network if at all."""
    if host not in EVERYWHERE:
        return [f"http://{f'[{host}]' if ':' in host else host}:{port}"]
    lan = lan_address()
    return [f"http://127.0.0.1:{port}", *([f"http://{lan}:{port}"] if lan else [])]


def lan_address() -> str | None:
    """This machine's address in the local network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for examples: routed, not asked
        except OSError:
            return None
        found: str = probe.getsockname()[0]
    return None if found.startswith("127.") or found == "0.0.0.0" else found


def welcome(here: list[str]) -> str:
    """What stands in the terminal while the service runs."""
    lines = ["", f"  Checkin is open at   {here[0]}"]
    if len(here) > 1:
        lines.append(f"  from the same network {here[-1]}")
    return "\n".join([*lines, "", code_of(here[-1]), "  Ctrl-C stops it."])


def sign_ins(here: str) -> str:
    """How to play everybody in the demo; nothing where the database holds no demo."""
    organisation = filling.organisation()
    if organisation is None:
        return ""
    poster = db.session.get_one(Poster, organisation.poster_ids[0])
    volunteer = facts()["volunteer"]
    mobile = f"0{volunteer['mobile'].removeprefix('+966')}"
    staff = [(f"{one['key']}@{DOMAIN}", one["role"], one["name"]) for one in facts()["staff"]]
    everybody = [*staff, (mobile, "volunteer", volunteer["name"])]
    return "\n".join(
        [
            "",
            f"  Staff of the demo sign in at {here}/staff/sign-in with {PASSWORD}",
            f"  The volunteer scans a poster, like {here}/S/{poster.code}",
            "  and signs in with the mobile; the page shows the code.",
            "",
            *(f"    {who:25}{role.replace('_', ' '):16}{name}" for who, role, name in everybody),
            "",
        ]
    )


def code_of(address: str) -> str:
    """A QR code in characters, light on dark as terminals mostly are."""
    code = QRCode(border=2)
    code.add_data(address)
    drawn = io.StringIO()
    code.print_ascii(out=drawn, invert=True)
    return drawn.getvalue().replace("\xa0", " ")


def _listen(app: Flask, host: str, port: int, threads: int):
    """A server on a socket of our own, because waitress leaves some open when a port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.create_server((host, port), family=family, backlog=CONNECTIONS)
    except (OSError, OverflowError) as fault:
        why = getattr(fault, "strerror", None) or fault
        raise click.ClickException(
            f"Nothing can listen on {host} port {port} ({why}): choose another --port or --host."
        ) from None
    return waitress.create_server(
        app,
        sockets=[opened],
        threads=threads,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        asyncore_use_poll=hasattr(select, "poll"),
        # TRUSTED_PROXIES says whom to believe, and the app itself reads their headers
        clear_untrusted_proxy_headers=not app.config["TRUSTED_PROXIES"],
        ident=None,
    )
