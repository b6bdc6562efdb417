"""The `checkin` command: what whoever runs the service does from a terminal."""

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from checkin import __version__
from checkin.cli import (
    doctor,
    exporting,
    importing,
    preparing,
    questions,
    rates,
    serving,
    staff,
    sweeping,
    tokens,
)
from checkin.cli.opening import sentence_about
from checkin.config import Refused


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="checkin")
def checkin() -> None:
    """Volunteer check-in by QR code. Settings are read from CHECKIN_* and instance/config.py."""


for command in (
    *(preparing.init, preparing.demo, serving.serve, doctor.doctor, staff.create_admin),
    *(questions.report, questions.sums, questions.verify_audit, sweeping.jobs, tokens.token),
    *(importing.import_, exporting.export, rates.rates),
):
    checkin.add_command(command)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code. Whatever fails says so in one sentence."""
    _forgive_narrow_terminals()
    try:
        return checkin.main(arguments, prog_name="checkin", standalone_mode=False) or 0
    except click.ClickException as fault:
        return _fail(fault.format_message(), fault.exit_code)
    except click.Abort:
        return _fail("Stopped.", 130)
    except Refused as refused:
        return _fail(str(refused))
    except (SQLAlchemyError, OSError) as fault:
        return _fail(sentence_about(fault))


def _fail(sentence: str, code: int = 1) -> int:
    click.echo(sentence, err=True)
    return code


def _forgive_narrow_terminals() -> None:
    """A terminal without Arabic or box characters gets question marks, never a fault."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
