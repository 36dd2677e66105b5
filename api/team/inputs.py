"""Inputs of the mutations about teams."""

from uuid import UUID

import strawberry


@strawberry.input(description="A new team.")
class TeamCreateInput:
    """Becomes ``TeamCreate``."""

    id: UUID | None = strawberry.field(
        default=strawberry.UNSET,
        description="A UUID of the client's choice: repeating the mutation with it creates nothing new.",
    )
    name: str = strawberry.field(description="1 to 200 characters, unique in the organisation.")
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="What the team is there for."
    )


@strawberry.input(description="Changes to a team; what is left out stays as it is.")
class TeamUpdateInput:
    """Becomes ``TeamUpdate``."""

    id: strawberry.ID = strawberry.field(description="The team.")
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The version that the client has seen: refuse the change if it is no longer current.",
    )
    name: strawberry.Maybe[str] = strawberry.field(
        description="1 to 200 characters, unique in the organisation."
    )
    description: strawberry.Maybe[str] = strawberry.field(description="What the team is there for.")
