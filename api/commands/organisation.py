"""``stepchange organisation``: tenants, which only the operator makes."""

from typing import Annotated

import typer

from api.commands.console import say, show_json
from api.commands.session import with_database
from api.settings import load_settings
from domain.commands.organisation import OrganisationCreate
from domain.organisation import create_organisation

app = typer.Typer(no_args_is_help=True, help="Organisations: tenants that see nothing of each other.")


@app.command("create")
def create_command(
    slug: Annotated[str, typer.Argument(help="Short name: lower case letters, digits and hyphens.")],
    admin_email: Annotated[str, typer.Option(help="Email address of the first administrator.")],
    name: Annotated[str | None, typer.Option(help="Full name; the slug if left out.")] = None,
    admin_name: Annotated[str | None, typer.Option(help="Name of the first administrator.")] = None,
    currency: Annotated[str, typer.Option(help="ISO 4217 code of the currency that it counts in.")] = "EUR",
    as_json: Annotated[bool, typer.Option("--json", help="Print the ids as JSON.")] = False,
) -> None:
    """Make an organisation with its first administrator."""
    command = OrganisationCreate.parse(
        {
            "slug": slug,
            "name": name or slug,
            "currency": currency,
            "admin_email": admin_email,
            "admin_name": admin_name or admin_email.partition("@")[0],
        }
    )
    actor = with_database(load_settings(), lambda database: create_organisation(database, command))
    if as_json:
        show_json({"organisationId": actor.organisation_id, "administratorId": actor.member_id, "slug": slug})
    else:
        say(f"Made the organisation {slug!r} with {admin_email} as administrator.")
        say(f"Next: stepchange token create --organisation {slug} --scope read --scope write")
