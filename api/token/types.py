"""The type ``ApiToken``: never the secret, nor its hash."""

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.descriptions import CREATED_AT
from api.enums import Role, TokenScope, described
from api.listing import Listing
from api.member.types import Member
from api.nodes import Node, as_type, fetched_by, shows
from api.pagination import Connection
from domain.db import reading
from domain.queries.listing import OrderBy, by_ids
from domain.queries.sources import API_TOKENS
from domain.rows import ApiTokenRow


class ApiTokenState(StrEnum):
    """Whether a token still works."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


described(
    ApiTokenState,
    "Whether a token still works; its member has to be in office as well.",
    {
        "ACTIVE": "It is accepted.",
        "EXPIRED": "Its time is over.",
        "REVOKED": "Somebody has ended it; servers stop accepting it within 5 seconds.",
    },
)


@strawberry.type(
    description="What a client signs in with. Its secret is shown once, by `tokenCreate`; only a hash is stored."
)
@shows(ApiTokenRow)
class ApiToken(Node):
    """Shows ``ApiTokenRow``."""

    name: str = strawberry.field(description="What it is for.")
    prefix: str = strawberry.field(description="What its secret begins with, to tell one token from another.")
    local_development: bool = strawberry.field(
        description="Whether a server on this machine made it for itself; accepted from this machine only."
    )
    created_at: datetime = strawberry.field(description=CREATED_AT)
    expires_at: datetime | None = strawberry.field(
        description="From when on it is not accepted; null for never."
    )
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null while it is not.")

    @strawberry.field(description="Whom it stands for.")
    def member(self: ApiTokenRow, info: Info) -> Member:
        return as_type(Member, info.context.directory.members[self.member_id])

    @strawberry.field(description="What it may be used for, at most 3.")
    def scopes(self: ApiTokenRow) -> list[TokenScope]:
        return [scope for scope in TokenScope if scope in self.scopes]

    @strawberry.field(description="Whether it still works.")
    def state(self: ApiTokenRow) -> ApiTokenState:
        if self.revoked_at is not None:
            return ApiTokenState.REVOKED
        expired = self.expires_at is not None and self.expires_at <= datetime.now(UTC)
        return ApiTokenState.EXPIRED if expired else ApiTokenState.ACTIVE


@strawberry.type(description="A page of API tokens.")
class ApiTokenConnection(Connection[ApiToken]):
    """Connection of API tokens."""


TOKEN_LISTING = Listing(
    API_TOKENS,
    ApiTokenConnection,
    ids={"id": "ApiToken", "member_id": "Member"},
    default=(OrderBy("created_at", descending=True),),
)


def may_see_tokens(context: Context) -> bool:
    """Whether the viewer may know of the organisation's tokens, as the field ``tokens`` requires it."""
    return context.actor.role.includes(Role.ADMIN) and TokenScope.ADMIN in context.actor.scopes


async def with_members(context: Context, rows: list[ApiTokenRow]) -> None:
    """See to it that the view knows whom the tokens stand for, though they may just have been made."""
    members = (await context.view()).directory.members
    if any(row.member_id not in members for row in rows):
        await context.renew()


async def _tokens(context: Context, ids: list[UUID]) -> list[ApiTokenRow | None]:
    if not may_see_tokens(context):
        return [None] * len(ids)
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, API_TOKENS, ids)
    await with_members(context, list(found.values()))
    return [found.get(token_id) for token_id in ids]


fetched_by("ApiToken", _tokens)
