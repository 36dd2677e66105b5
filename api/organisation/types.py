"""The types ``Organisation`` and ``Viewer``."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.descriptions import CREATED_AT, UPDATED_AT, VERSION
from api.drift.fields import OrganisationDrift
from api.enums import Role, TokenScope
from api.nodes import Node, as_type, fetched_by, shows
from domain.actor import Actor
from domain.rows import OrganisationRow

if TYPE_CHECKING:
    from api.member.types import Member


@strawberry.type(description="A tenant: what one organisation has is never seen by another.")
@shows(OrganisationRow)
class Organisation(Node, OrganisationDrift):
    """Shows ``OrganisationRow``."""

    slug: str = strawberry.field(description="Short name for the command line; never changes.")
    name: str = strawberry.field(description="Full name.")
    currency: str = strawberry.field(
        description="ISO 4217 code of the currency that its figures are in unless they say otherwise."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)


@strawberry.type(description="Who asks: the member behind the token, with what the token allows.")
class Viewer:
    """Shows ``Actor``."""

    role: Role = strawberry.field(description="The member's role.")

    @strawberry.field(description="What the token may be used for, at most 3.")
    def scopes(self: Actor) -> list[TokenScope]:
        return [scope for scope in TokenScope if scope in self.scopes]

    @strawberry.field(description="The member.")
    def member(self: Actor, info: Info) -> Annotated["Member", strawberry.lazy("api.member.types")]:
        return cast("Member", info.context.directory.members[self.member_id])

    @strawberry.field(description="The member's organisation.")
    def organisation(self: Actor, info: Info) -> Organisation:
        return as_type(Organisation, info.context.organisation)


async def _organisations(context: Context, ids: list[UUID]) -> list[OrganisationRow | None]:
    own = (await context.view()).organisation
    return [own if organisation_id == own.id else None for organisation_id in ids]


fetched_by("Organisation", _organisations)
