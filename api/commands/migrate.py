"""``stepchange migrate``: the schema, and the role that the application logs in as."""

from typing import Annotated

import typer

from api.commands.console import progress, say, show_json
from api.installation import located, migrate
from api.settings import PREFIX, load_settings
from domain.errors import SetupError
from migrations.runner import Standing


def migrate_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Bring the database's schema up to date, and prepare the application's login role.

    Connects as the owner, STEPCHANGE_MIGRATION_DATABASE_URL. The user of STEPCHANGE_DATABASE_URL is created
    with its password if it is missing, and may do what the application needs, no more. May be repeated, and
    run at the same time from several places: one migrates, the others wait.
    """
    settings = load_settings()
    with located(settings, say=progress) as installation:
        if installation.owner_url is None:
            raise SetupError(
                f"To migrate {PREFIX}DATABASE_URL, set {PREFIX}MIGRATION_DATABASE_URL to the same database"
                " with the user that owns, or shall own, the tables."
            )
        done = migrate(installation.owner_url, application_url=installation.application_url, say=progress)
    if as_json:
        show_json({"from": done.from_revision, "to": done.to_revision, "roleCreated": done.role_created})
        return
    if done.before is Standing.CURRENT:
        say(f"The schema is up to date (revision {done.to_revision}).")
    else:
        say(f"Migrated from {done.from_revision or 'an empty database'} to revision {done.to_revision}.")
    if done.role_created:
        say("Created the application's login role.")
