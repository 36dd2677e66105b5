"""Inputs of the mutations about groups of alternatives."""

from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from domain.commands.alternative import MOST_MEMBERS

_NAME = "1 to 200 characters, unique among the portfolio's groups in use, whatever its case."
_GROUP = "The group of alternatives."


@strawberry.input(description="A new group of alternatives.")
class AlternativeGroupCreateInput:
    """Becomes ``AlternativeGroupCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    portfolio_id: strawberry.ID = strawberry.field(description="The portfolio that they belong to.")
    name: str = strawberry.field(description=_NAME)
    initiative_ids: list[strawberry.ID] = strawberry.field(
        description=f"The alternatives: 2 to {MOST_MEMBERS} initiatives of the portfolio, none of them archived."
    )


@strawberry.input(description="Changes to a group of alternatives; what is left out stays as it is.")
class AlternativeGroupUpdateInput:
    """Becomes ``AlternativeGroupUpdate``."""

    id: strawberry.ID = strawberry.field(description=_GROUP)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    name: strawberry.Maybe[str] = strawberry.field(description=_NAME)


@strawberry.input(description="More alternatives for a group.")
class AlternativeGroupAddInput:
    """Becomes ``AlternativeGroupAdd``."""

    id: strawberry.ID = strawberry.field(description=_GROUP)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    initiative_ids: list[strawberry.ID] = strawberry.field(
        description=f"1 to {MOST_MEMBERS} initiatives of the portfolio; those that are in the group already stay. A"
        f" group has at most {MOST_MEMBERS}."
    )


@strawberry.input(description="What is no longer an alternative of a group.")
class AlternativeGroupRemoveInput:
    """Becomes ``AlternativeGroupRemove``."""

    id: strawberry.ID = strawberry.field(description=_GROUP)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    initiative_ids: list[strawberry.ID] = strawberry.field(
        description=f"1 to {MOST_MEMBERS} initiatives of the group; at least two have to stay in it."
    )
