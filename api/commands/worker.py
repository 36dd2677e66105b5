"""``stepchange worker``: does jobs, and nothing else."""

import asyncio
import os
from typing import Annotated

import typer

from api import logs
from api.app import working
from api.commands.console import complain, say
from api.installation import located, prepare
from api.serving import Stop, stop_signals
from api.settings import Settings, load_settings, unknown_variables
from domain.db import connect, refuse_owner_role
from domain.errors import SetupError

_TICK_SECONDS = 0.1


def worker_command(
    concurrency: Annotated[
        int | None,
        typer.Option(help="Jobs at the same time; goes before STEPCHANGE_WORKER_CONCURRENCY.", min=1, max=64),
    ] = None,
) -> None:
    """Do jobs (solving scenarios, periodic steps) until Ctrl-C or SIGTERM.

    Any number of workers, on any machines that reach the database, work together with those inside the
    servers. What a worker has begun when it ends is done by another one.
    """
    settings = load_settings(worker_concurrency=concurrency)
    if settings.worker_concurrency == 0:
        settings = settings.model_copy(update={"worker_concurrency": os.cpu_count() or 1})
    logs.configure(form=settings.log_format, level=settings.log_level)
    for name in unknown_variables():
        complain(f"{name} is no setting of this program and is ignored; see `stepchange doctor`.")
    with stop_signals() as stop:
        try:
            with located(settings, say=say) as installation:
                stop.check()
                prepare(installation, say=say)
                stop.check()
                asyncio.run(_work(settings, installation.application_url, stop))
        except (SetupError, KeyboardInterrupt):
            if not stop.requested:
                raise
    say("Stopped.")


async def _work(settings: Settings, url: str, stop: Stop) -> None:
    database = connect(url, pool_size=settings.database_pool_size, application_name="stepchange-worker")
    try:
        await refuse_owner_role(database)
        async with working(settings, database):
            say(f"Working, {settings.worker_concurrency} at a time. Ctrl-C stops the worker.")
            while not stop.requested:  # noqa: ASYNC110 - it is set by a signal, not by a task
                await asyncio.sleep(_TICK_SECONDS)
    finally:
        await database.close()
