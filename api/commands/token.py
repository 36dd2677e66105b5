"""``stepchange token``: what clients sign in with."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from api.commands.console import progress, say, show_json, show_table
from api.commands.session import as_administrator, with_database
from api.development_token import forget_development_token
from api.settings import load_settings
from domain.actor import Actor
from domain.commands.token import TokenCreate, TokenRevoke
from domain.db import Database
from domain.enums import TokenScope
from domain.errors import InvalidInput, NotFound
from domain.queries.member import member_by_email, members_by_id
from domain.rows import ApiTokenRow, MemberRow
from domain.token import create_token, revoke_local_development_tokens, revoke_token, tokens

app = typer.Typer(no_args_is_help=True, help="API tokens: created once, shown once, stored as a hash.")

Organisation = Annotated[
    str | None, typer.Option(help="Slug of the organisation; goes before STEPCHANGE_ORGANISATION.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@app.command("create")
def create_command(
    name: Annotated[str, typer.Option(help="What the token is for.")] = "Command line",
    member: Annotated[
        str | None, typer.Option(help="Email address of whom it stands for; the administrator if left out.")
    ] = None,
    scope: Annotated[
        list[TokenScope] | None,
        typer.Option(help="What it may be used for; repeat for more. [default: read]"),
    ] = None,
    expires_in_days: Annotated[
        int, typer.Option(min=0, max=3_650, help="Days until it stops working; 0 for never.")
    ] = 90,
    organisation: Organisation = None,
    as_json: AsJson = False,
) -> None:
    """Create a token and show it, this once."""

    async def work(database: Database, actor: Actor) -> tuple[ApiTokenRow, str]:
        member_id = None if member is None else (await member_by_email(database, actor, member)).id
        command = TokenCreate.parse(
            {
                "name": name,
                "member_id": member_id,
                "scopes": frozenset(scope or [TokenScope.READ]),
                "expires_at": datetime.now(UTC) + timedelta(days=expires_in_days)
                if expires_in_days
                else None,
            }
        )
        return await create_token(database, actor, command)

    row, secret = as_administrator(load_settings(organisation=organisation), work)
    if as_json:
        show_json({"token": secret, **_described(row)})
        return
    until = "does not expire" if row.expires_at is None else f"expires on {row.expires_at:%Y-%m-%d}"
    progress(f"Token {row.name!r} with {', '.join(row.scopes)}; it {until}. It is not shown again:")
    say(secret)


@app.command("list")
def list_command(
    ended: Annotated[bool, typer.Option("--ended", help="Also those that are revoked or expired.")] = False,
    organisation: Organisation = None,
    as_json: AsJson = False,
) -> None:
    """List the tokens of the organisation; their secrets can't be shown."""

    async def work(database: Database, actor: Actor) -> list[tuple[ApiTokenRow, MemberRow]]:
        rows = await tokens(database, actor, with_ended=ended)
        members = await members_by_id(database, actor, {row.member_id for row in rows})
        return [(row, members[row.member_id]) for row in rows]

    found = as_administrator(load_settings(organisation=organisation), work)
    if as_json:
        show_json([{**_described(row), "member": member.email} for row, member in found])
        return
    show_table(
        ("id", "begins with", "name", "member", "scopes", "created", "expires", "state"),
        [
            (
                str(row.id),
                row.prefix,
                row.name,
                member.email,
                " ".join(row.scopes),
                f"{row.created_at:%Y-%m-%d}",
                "never" if row.expires_at is None else f"{row.expires_at:%Y-%m-%d}",
                _state(row),
            )
            for row, member in found
        ],
        nothing="There are no tokens; make one with `stepchange token create`.",
    )


@app.command("revoke")
def revoke_command(
    token: Annotated[
        str | None, typer.Argument(help="The token's id, or enough of what it begins with to tell it.")
    ] = None,
    local_development: Annotated[
        bool, typer.Option("--local-development", help="All local development tokens instead.")
    ] = False,
    organisation: Organisation = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a token; servers that run stop accepting it within 5 seconds."""
    settings = load_settings(organisation=organisation)
    if local_development == (token is not None):
        raise InvalidInput("Give either a token or --local-development.")
    if token is None:
        count = with_database(settings, revoke_local_development_tokens)
        forget_development_token(settings.data_dir)
        if as_json:
            show_json({"revoked": count})
        else:
            say(f"Revoked {count} local development token{'' if count == 1 else 's'}.")
        return

    async def work(database: Database, actor: Actor) -> ApiTokenRow:
        token_id = _identified(await tokens(database, actor, with_ended=True), token)
        return await revoke_token(database, actor, TokenRevoke(id=token_id))

    row = as_administrator(settings, work)
    if as_json:
        show_json(_described(row))
    else:
        say(f"Revoked {row.name!r} ({row.prefix}…).")


def _identified(rows: list[ApiTokenRow], text: str) -> UUID:
    """The one token that the text stands for; a whole token may be given, too."""
    found = [
        row.id
        for row in rows
        if str(row.id) == text.lower() or row.prefix.startswith(text) or text.startswith(row.prefix)
    ]
    if not found:
        raise NotFound("No token has this id or begins like this; see `stepchange token list --ended`.")
    if len(found) > 1:
        raise InvalidInput(f"{len(found)} tokens begin like this; give the id from `stepchange token list`.")
    return found[0]


def _state(row: ApiTokenRow) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at is not None and row.expires_at <= datetime.now(UTC):
        return "expired"
    return "local development" if row.local_development else "active"


def _described(row: ApiTokenRow) -> dict[str, object]:
    return {
        "id": row.id,
        "memberId": row.member_id,
        "name": row.name,
        "beginsWith": row.prefix,
        "scopes": row.scopes,
        "localDevelopment": row.local_development,
        "createdAt": row.created_at,
        "expiresAt": row.expires_at,
        "revokedAt": row.revoked_at,
        "state": _state(row),
    }
