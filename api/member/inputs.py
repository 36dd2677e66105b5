"""Inputs of the mutations about members."""

from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.enums import Role

_EMAIL = "At most 254 characters, unique in the organisation, whatever its case."
_NAME = "1 to 200 characters."


@strawberry.input(description="A new member.")
class MemberCreateInput:
    """Becomes ``MemberCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    email: str = strawberry.field(description=_EMAIL)
    name: str = strawberry.field(description=_NAME)
    role: Role = strawberry.field(default=Role.VIEWER, description="What the person may do.")


@strawberry.input(description="Changes to a member; what is left out stays as it is.")
class MemberUpdateInput:
    """Becomes ``MemberUpdate``."""

    id: strawberry.ID = strawberry.field(description="The member.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    email: strawberry.Maybe[str] = strawberry.field(description=_EMAIL)
    name: strawberry.Maybe[str] = strawberry.field(description=_NAME)
    role: strawberry.Maybe[Role] = strawberry.field(
        description="What the person may do; the last administrator stays one."
    )
