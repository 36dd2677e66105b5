"""Use cases about API tokens: 256 random bits behind a prefix, of which only the SHA-256 is stored."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.token import TokenCreate, TokenRevoke
from domain.db import Database, reading, transaction, without_tenant
from domain.entities import change, create, in_use, lock
from domain.enums import Role, TokenScope
from domain.errors import InvalidInput, NotFound
from domain.models import ApiToken, Member
from domain.rows import ApiTokenRow, as_row, columns

PREFIX = "sc_"
"""What every token begins with, so that people and secret scanners recognise one."""

SHOWN_LENGTH = len(PREFIX) + 6
"""How much of a token is kept readable, to tell one from another in lists."""

_SECRET_LENGTH = len(secrets.token_urlsafe(32))
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, slots=True)
class SignIn:
    """Whom a token stands for, at the moment of asking."""

    actor: Actor
    local_development: bool
    expires_at: datetime | None


def new_secret() -> str:
    """A token that nobody can guess: 256 bits from the operating system."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """What is stored of a token. Its 256 random bits need no salt and no slow hash."""
    return sha256(secret.encode()).digest()


def is_well_formed(secret: str) -> bool:
    """Whether this could be a token at all; anything else never reaches the database."""
    body = secret.removeprefix(PREFIX)
    return secret.startswith(PREFIX) and len(body) == _SECRET_LENGTH and _ALPHABET.issuperset(body)


async def create_token(
    database: Database, actor: Actor, command: TokenCreate, *, secret: str | None = None
) -> tuple[ApiTokenRow, str]:
    """Create a token; the secret is returned this once and can't be read again.

    Raises
    ------
    PermissionDenied
        When it is for another member and the actor is no administrator, when it has scopes that the actor
        lacks, or when the actor's own token lacks the scope admin.
    InvalidInput, NotFound
        When it would be expired already, or the member is not there or archived.
    """
    secret = secret or new_secret()
    return await _issue(database, actor, command, secret=secret, local_development=False), secret


async def create_local_development_token(database: Database, actor: Actor, *, secret: str) -> ApiTokenRow:
    """Create the token that a server on a loopback address shows; those before it are revoked."""
    await revoke_local_development_tokens(database)
    command = TokenCreate(name="Local development", scopes=frozenset(TokenScope))
    return await _issue(database, actor, command, secret=secret, local_development=True)


async def _issue(
    database: Database, actor: Actor, command: TokenCreate, *, secret: str, local_development: bool
) -> ApiTokenRow:
    member_id = command.member_id or actor.member_id
    if member_id != actor.member_id:
        actor.require(Role.ADMIN, TokenScope.ADMIN)
    if actor.token_id is not None:
        # else a leaked token could mint others that outlive it
        actor.require(Role.VIEWER, TokenScope.ADMIN)
    for scope in sorted(command.scopes):
        actor.require(Role.VIEWER, scope)
    if command.expires_at is not None and command.expires_at <= datetime.now(UTC):
        raise InvalidInput("The token would be expired already; choose a later moment.", path=("expiresAt",))
    async with transaction(database, actor) as session:
        await in_use(session, actor, Member, member_id, path=("memberId",))
        values: dict[str, Any] = {
            "member_id": member_id,
            "name": command.name,
            "prefix": secret[:SHOWN_LENGTH],
            "token_hash": hash_secret(secret),
            "scopes": sorted(scope.value for scope in command.scopes),
            "local_development": local_development,
            "expires_at": command.expires_at,
        }
        return as_row(ApiTokenRow, await create(session, actor, ApiToken, values))


async def revoke_token(database: Database, actor: Actor, command: TokenRevoke) -> ApiTokenRow:
    """End a token: the actor's own, or any as an administrator; the first revocation's time stays.

    Raises
    ------
    NotFound
        When there is no such token, or it is another member's and the actor is no administrator.
    """
    async with transaction(database, actor) as session:
        token = await lock(session, actor, ApiToken, command.id)
        if token.member_id != actor.member_id and not actor.role.includes(Role.ADMIN):
            raise NotFound("There is no api token with this id.", path=("id",))
        if token.revoked_at is None:
            token = await change(session, actor, ApiToken, token.id, {"revoked_at": datetime.now(UTC)})
        return as_row(ApiTokenRow, token)


async def tokens(
    database: Database, actor: Actor, *, member_id: UUID | None = None, with_ended: bool = False
) -> list[ApiTokenRow]:
    """Tokens by age, the oldest first: an administrator's view, or the actor's own ones."""
    table = sa.inspect(ApiToken).local_table
    query = sa.select(*columns(ApiToken, ApiTokenRow)).order_by(table.c.created_at, table.c.id)
    if not actor.role.includes(Role.ADMIN):
        query = query.where(table.c.member_id == actor.member_id)
    if member_id is not None:
        query = query.where(table.c.member_id == member_id)
    if not with_ended:
        query = query.where(
            table.c.revoked_at.is_(None),
            sa.or_(table.c.expires_at.is_(None), table.c.expires_at > sa.func.now()),
        )
    async with reading(database, actor.organisation_id) as connection:
        return [ApiTokenRow._make(row) for row in await connection.execute(query)]


async def sign_in(database: Database, secret: str) -> SignIn | None:
    """Whom the token stands for; None when it is unknown, revoked, expired, or its member archived.

    A token is looked up by its hash through an index, so that neither the time nor the answer tells
    how close a guess came.

    Raises
    ------
    DatabaseUnavailable
        When the database does not answer in time.
    """
    if not is_well_formed(secret):
        return None
    digest = hash_secret(secret)
    token, member = sa.inspect(ApiToken).local_table, sa.inspect(Member).local_table
    bearer = sa.select(
        token.c.organisation_id,
        token.c.id,
        token.c.member_id,
        token.c.scopes,
        token.c.local_development,
        token.c.expires_at,
    ).where(
        token.c.token_hash == digest,
        token.c.revoked_at.is_(None),
        token.c.archived_at.is_(None),
        sa.or_(token.c.expires_at.is_(None), token.c.expires_at > sa.func.now()),
    )
    async with without_tenant(database, token_hash=digest.hex()) as connection:
        found = (await connection.execute(bearer)).one_or_none()
        if found is None:
            return None
        await connection.execute(
            sa.text("SELECT set_config('app.organisation_id', :organisation_id, true)"),
            {"organisation_id": str(found.organisation_id)},
        )
        in_office = sa.select(member.c.role).where(
            member.c.organisation_id == found.organisation_id,
            member.c.id == found.member_id,
            member.c.archived_at.is_(None),
        )
        role = (await connection.execute(in_office)).scalar_one_or_none()
    if role is None:
        return None
    actor = Actor(
        organisation_id=found.organisation_id,
        member_id=found.member_id,
        role=role,
        scopes=frozenset(TokenScope(scope) for scope in found.scopes),
        token_id=found.id,
    )
    return SignIn(actor=actor, local_development=found.local_development, expires_at=found.expires_at)


async def local_development_tokens(database: Database) -> Sequence[tuple[UUID, UUID, UUID]]:
    """Organisation, member and id of every local development token in force, in all organisations."""
    table = sa.inspect(ApiToken).local_table
    query = (
        sa.select(table.c.organisation_id, table.c.member_id, table.c.id)
        .where(
            table.c.local_development,
            table.c.revoked_at.is_(None),
            sa.or_(table.c.expires_at.is_(None), table.c.expires_at > sa.func.now()),
        )
        .order_by(table.c.created_at, table.c.id)
    )
    async with without_tenant(database, local_development="on") as connection:
        return [tuple(row) for row in await connection.execute(query)]


async def revoke_local_development_tokens(database: Database) -> int:
    """Revoke every local development token in force; returns how many there were."""
    found = await local_development_tokens(database)
    for organisation_id, member_id, token_id in found:
        actor = Actor(organisation_id=organisation_id, member_id=member_id, role=Role.ADMIN)
        await revoke_token(database, actor, TokenRevoke(id=token_id))
    return len(found)
