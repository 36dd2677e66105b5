"""The application: the one place that wires settings, database, authentication and routes together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import health
from api.authentication import Authenticator
from api.requests import identified
from api.settings import PREFIX, Settings
from domain.db import Database, connect, refuse_owner_role
from domain.errors import SetupError
from domain.token import local_development_tokens


def create_app(settings: Settings, *, database_url: str, loopback: bool) -> FastAPI:
    """The application over a database that is migrated; it connects when its lifespan begins.

    Parameters
    ----------
    settings
        Limits and switches.
    database_url
        The database, as the application's role.
    loopback
        Whether all sockets that it will listen on are bound to a loopback address.

    Raises
    ------
    SetupError
        When the lifespan begins: if the role could see past row-level security, or if a local development
        token exists and the server can be reached from elsewhere.
    """
    database = connect(database_url, pool_size=settings.database_pool_size)
    authenticator = Authenticator(database, loopback=loopback)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            await refuse_owner_role(database)
            if not loopback:
                await _refuse_local_development_tokens(database)
            yield
        finally:
            await database.close()

    app = FastAPI(
        title="Stepchange", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan, debug=False
    )
    app.add_middleware(identified, access_log=settings.access_log)
    app.router.routes.extend(health.routes(database))
    app.state.database = database
    app.state.authenticator = authenticator
    return app


async def _refuse_local_development_tokens(database: Database) -> None:
    found = await local_development_tokens(database)
    if found:
        raise SetupError(
            "This database has a local development token, which is accepted from this machine only, but"
            " the server is to be reached from elsewhere. Revoke it with"
            " `stepchange token revoke --local-development`, and create a token for each client with"
            f" `stepchange token create`; or set {PREFIX}HOST back to 127.0.0.1."
        )
