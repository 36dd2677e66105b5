"""How a command reaches the database, and as whom it acts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from api.commands.console import progress
from api.installation import Installation, located, prepare, require_current
from api.settings import PREFIX, Settings
from domain.actor import Actor
from domain.db import Database, connect
from domain.errors import NotFound
from domain.organisation import administrator, organisation_by_slug

T = TypeVar("T")


@contextmanager
def installed(settings: Settings) -> Iterator[Installation]:
    """The settings' database, migrated: the embedded one is made when it is not there yet.

    Raises
    ------
    SetupError
        When it can't be used; an external one is never migrated on the way.
    """
    with located(settings, say=progress) as installation:
        if installation.embedded is None:
            require_current(installation.application_url)
        else:
            prepare(installation, say=progress)
        yield installation


def with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do the work on the settings' database."""

    async def run(url: str) -> T:
        database = connect(url, pool_size=2, application_name="stepchange-command")
        try:
            return await work(database)
        finally:
            await database.close()

    with installed(settings) as installation:
        return asyncio.run(run(installation.application_url))


def as_administrator(settings: Settings, work: Callable[[Database, Actor], Awaitable[T]]) -> T:
    """Do the work as the administrator of the settings' organisation.

    Raises
    ------
    NotFound
        When there is no such organisation.
    """

    async def run(database: Database) -> T:
        found = await organisation_by_slug(database, settings.organisation)
        if found is None:
            raise NotFound(
                f"There is no organisation {settings.organisation!r}. Name another one with --organisation or"
                f" {PREFIX}ORGANISATION, or make one with `stepchange organisation create`"
                " (`stepchange demo` makes the demo's)."
            )
        return await work(database, await administrator(database, found.id))

    return with_database(settings, run)
