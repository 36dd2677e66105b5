"""The ``stepchange`` command.

Exit codes: 0 done; 1 refused, or something is wrong that the command was to check; 2 wrong usage, or the
installation can't be used; 130 interrupted.
"""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from api.commands import importing, importing_bookings, importing_measurements, organisation, token
from api.commands.console import complain, say
from api.commands.demo import demo_command
from api.commands.doctor import doctor_command
from api.commands.map import map_command
from api.commands.migrate import migrate_command
from api.commands.plan import plan_command
from api.commands.rank import rank_command
from api.commands.schema import schema_command
from api.commands.serve import serve_command
from api.commands.worker import worker_command
from domain.errors import DatabaseUnavailable, DomainError, SetupError

app = typer.Typer(
    name="stepchange",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Stepchange: a GraphQL backend for portfolios and prioritisation.",
    epilog="Settings are environment variables STEPCHANGE_…. Exit codes: 0 done; 1 refused, or something is"
    " wrong; 2 wrong usage, or the installation can't be used; 130 interrupted.",
)
app.command("serve")(serve_command)
app.command("worker")(worker_command)
app.command("migrate")(migrate_command)
app.command("demo")(demo_command)
app.command("rank")(rank_command)
app.command("plan")(plan_command)
app.command("map")(map_command)
app.command("schema")(schema_command)
app.command("doctor")(doctor_command)
importing.app.command("bookings")(importing_bookings.bookings_command)
importing.app.command("measurements")(importing_measurements.measurements_command)
app.add_typer(importing.app, name="import")
app.add_typer(token.app, name="token")
app.add_typer(organisation.app, name="organisation")


def _show_version(*, wanted: bool) -> None:
    if wanted:
        say(f"stepchange {version('stepchange')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version.",
            is_eager=True,
            callback=lambda wanted: _show_version(wanted=wanted),
        ),
    ] = False,
) -> None:
    """Options of the whole command."""


def main() -> None:
    """Run the command line; errors that a user can act upon are one line, without a traceback."""
    try:
        app()
    except DomainError as error:
        complain(error.message)
        sys.exit(2 if isinstance(error, SetupError | DatabaseUnavailable) else 1)
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(130)
