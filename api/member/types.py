"""The type ``Member``."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Context
from api.descriptions import CREATED_AT, UPDATED_AT, VERSION
from api.enums import Role
from api.listing import Listing
from api.nodes import Node, fetched_by, shows
from api.pagination import Connection
from domain.queries.listing import OrderBy
from domain.queries.sources import MEMBERS
from domain.rows import MemberRow


@strawberry.type(description="A person of the organisation. Nobody is rated here.")
@shows(MemberRow)
class Member(Node):
    """Shows ``MemberRow``."""

    email: str = strawberry.field(description="Unique in the organisation, whatever its case.")
    name: str = strawberry.field(description="How the person is called.")
    role: Role = strawberry.field(description="What the person may do.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description="When the person left; null while in office.")


@strawberry.type(description="A page of members.")
class MemberConnection(Connection[Member]):
    """Connection of members."""


MEMBER_LISTING = Listing(MEMBERS, MemberConnection, ids={"id": "Member"}, default=(OrderBy("name"),))


async def _members(context: Context, ids: list[UUID]) -> list[MemberRow | None]:
    directory = (await context.view()).directory
    return [directory.members.get(member_id) for member_id in ids]


fetched_by("Member", _members)
