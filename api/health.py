"""Whether the process lives, and whether it is fit to answer."""

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from domain.db import Database
from domain.errors import DatabaseUnavailable
from migrations import runner
from migrations.runner import Standing

FIT = frozenset({Standing.CURRENT, Standing.AHEAD})
"""Schemas that this program can work on: migrations expand first, so the one after its own is fit, too."""


async def standing_of(database: Database) -> Standing:
    """Where the database's schema stands, asked as the application.

    Raises
    ------
    DatabaseUnavailable
        When the database does not answer in time.
    """
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(runner.standing)
    except (sa.exc.OperationalError, sa.exc.InterfaceError, TimeoutError) as error:
        raise DatabaseUnavailable(
            "The database does not answer. Check that it runs and can be reached from here."
        ) from error


def routes(database: Database) -> list[Route]:
    """The routes ``/healthz`` (this process) and ``/readyz`` (database and migrations)."""

    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def readiness(_request: Request) -> JSONResponse:
        try:
            standing = await standing_of(database)
        except DatabaseUnavailable as error:
            return _not_ready("database", error.message)
        if standing not in FIT:
            return _not_ready("migrations", f"The schema is {standing.value}; run `stepchange migrate`.")
        return JSONResponse({"status": "ready", "schema": standing.value})

    return [
        Route("/healthz", health, methods=["GET"]),
        Route("/readyz", readiness, methods=["GET"]),
    ]


def _not_ready(cause: str, message: str) -> JSONResponse:
    return JSONResponse({"status": "not ready", "cause": cause, "message": message}, status_code=503)
