"""``stepchange demo``: the demo portfolio."""

from collections.abc import Callable
from typing import Annotated

import typer

from api.commands.console import progress, say, show_json
from api.commands.session import with_database
from api.settings import load_settings
from domain.actor import Actor
from domain.commands.organisation import OrganisationCreate
from domain.db import Database
from domain.errors import Conflict
from domain.organisation import administrator, create_organisation, organisation_by_slug

DEMO_SLUG = "demo"


async def ensure_demo(database: Database, *, say: Callable[[str], None]) -> Actor:
    """The administrator of the demo's organisation, which is made when it is not there."""
    found = await organisation_by_slug(database, DEMO_SLUG)
    if found is None:
        say("Loading the demo portfolio (once)")
        command = OrganisationCreate(
            slug=DEMO_SLUG, name="Demo", admin_email="admin@demo.example", admin_name="Ada Admin"
        )
        try:
            return await create_organisation(database, command)
        except Conflict:  # another server that starts on the same database was faster
            found = await organisation_by_slug(database, DEMO_SLUG)
            if found is None:
                raise
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
