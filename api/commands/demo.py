"""``stepchange demo``: the demo portfolio."""

from collections.abc import Callable
from typing import Annotated

import typer

from api.commands.console import progress, say, show_json
from api.commands.session import with_database
from api.settings import load_settings
from domain.actor import Actor
from domain.db import Database
from domain.demo import DEMO_SLUG, load_demo
from domain.errors import NotFound
from domain.organisation import administrator, organisation_by_slug


async def ensure_demo(database: Database, *, say: Callable[[str], None]) -> Actor:
    """The administrator of the demo's organisation, which is loaded when it is not there."""
    found = await organisation_by_slug(database, DEMO_SLUG)
    if found is None:
        say("Loading the demo portfolio (once)")
        loaded = await load_demo(database)
        if loaded is not None:
            return loaded
        found = await organisation_by_slug(database, DEMO_SLUG)  # another process was faster
    if found is None:
        raise NotFound("The demo was loaded and is gone again; start once more.")
    return await administrator(database, found.id)


def demo_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print the organisation's id as JSON.")] = False,
) -> None:
    """Load the demo portfolio, unless it is there."""
    actor = with_database(load_settings(), lambda database: ensure_demo(database, say=progress))
    if as_json:
        show_json({"organisationId": actor.organisation_id, "slug": DEMO_SLUG})
    else:
        say(f"The demo portfolio is there, in the organisation {DEMO_SLUG!r}.")
