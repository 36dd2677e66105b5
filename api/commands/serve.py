"""``stepchange serve``: from nothing to a ranked portfolio at a URL."""

import asyncio
import shlex
import socket
import time
from typing import Annotated

import orjson
import psutil
import typer

from api import logs
from api.app import create_app
from api.commands.console import complain, say
from api.commands.demo import ensure_demo
from api.development_token import ensure_development_token
from api.installation import Installation, located, prepare
from api.serving import Stop, serve, stop_signals
from api.settings import Settings, load_settings, unknown_variables
from api.sockets import bound_to_loopback, listen_on, url_of
from domain.db import connect
from domain.errors import SetupError

EXAMPLE_QUERY = (
    "{ portfolios(first: 1) { nodes { name ranking(first: 3) { nodes { rank score initiative { title }"
    " terms { key contribution } blockedBy(first: 3) { initiative { title } }"
    " unlocks(first: 3) { initiative { title } } } } } } }"
)
"""What the ready line asks: the best three of the portfolio, with reasons."""


def serve_command(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; goes before STEPCHANGE_HOST.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port; goes before STEPCHANGE_PORT.")] = None,
) -> None:
    """Start the server, with its own PostgreSQL and the demo portfolio unless STEPCHANGE_DATABASE_URL is set.

    Ctrl-C and SIGTERM stop it: requests in progress may finish, and the data stay.
    """
    settings = load_settings(host=host, port=port)
    logs.configure(form=settings.log_format, level=settings.log_level)
    for name in unknown_variables():
        complain(f"{name} is no setting of this program and is ignored; see `stepchange doctor`.")
    with stop_signals() as stop:
        try:
            _run(settings, stop=stop)
        except SetupError:
            # Ctrl-C also reaches PostgreSQL's own programs while they start
            if not stop.requested:
                raise
        except KeyboardInterrupt:
            if not stop.requested:
                raise
    say("Stopped. The data stay." if settings.embedded else "Stopped.")


def _run(settings: Settings, *, stop: Stop) -> None:
    sockets = listen_on(settings.host, settings.port)
    try:
        with located(settings, say=say) as installation:
            stop.check()
            prepare(installation, say=say)
            stop.check()
            loopback = bound_to_loopback(sockets)
            token = asyncio.run(_furnish(settings, installation, loopback=loopback))
            stop.check()
            app = create_app(settings, database_url=installation.application_url, loopback=loopback)

            def announce() -> None:
                _announce(
                    settings, sockets[0], token=token, seconds=time.time() - psutil.Process().create_time()
                )

            asyncio.run(serve(app, settings=settings, sockets=sockets, stop=stop, on_start=announce))
    finally:
        for opened in sockets:
            opened.close()


async def _furnish(settings: Settings, installation: Installation, *, loopback: bool) -> str | None:
    """Load the demo portfolio and make the local development token, each if it is wanted and not there."""
    if not settings.loads_demo:
        return None
    database = connect(installation.application_url, pool_size=2, application_name="stepchange-setup")
    try:
        actor = await ensure_demo(database, say=say)
        if not loopback:
            return None
        return await ensure_development_token(database, actor, folder=settings.data_dir)
    finally:
        await database.close()


def _announce(settings: Settings, opened: socket.socket, *, token: str | None, seconds: float) -> None:
    url = url_of(opened, settings.host)
    say(f"Ready after {seconds:.1f} s")
    say()
    say(f"  GraphQL  {url}/graphql{'  (a query editor in a browser)' if settings.serves_graphiql else ''}")
    if token is None:
        say("  Token    make one with `stepchange token create`")
    else:
        say(f"  Token    {token}  (for local development: works on this machine only)")
        body = orjson.dumps({"query": EXAMPLE_QUERY}).decode()
        say()
        say(
            f"curl -s {url}/graphql -H 'Content-Type: application/json'"
            f" -H 'Authorization: Bearer {token}' -d {shlex.quote(body)}"
        )
    say()
    say("Ctrl-C stops the server.")
