"""Inputs of the mutations about objectives."""

from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.enums import Ambition
from domain.commands.objective import MOST_CONTRIBUTING_TEAMS

_CYCLE = "The cycle in use that it is set for; its key results are due within it."
_TEAM = "The team in use that owns it."
_PARENT = "The objective in use that it serves, and not one below it."
_TITLE = "What is to be reached, in a sentence; 1 to 500 characters."
_DESCRIPTION = "More about it, at most 200,000 characters."
_AMBITION = "What grade it aims at."
_WEIGHT = "How much it counts in the value by outcome: above 0, at most 1,000"
_CONTRIBUTING = f"Teams that contribute besides the owner: each once, at most {MOST_CONTRIBUTING_TEAMS}"


@strawberry.input(description="A new objective.")
class ObjectiveCreateInput:
    """Becomes ``ObjectiveCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    cycle_id: strawberry.ID = strawberry.field(description=_CYCLE)
    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    parent_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_PARENT)
    title: str = strawberry.field(description=_TITLE)
    description: str | None = strawberry.field(default=strawberry.UNSET, description=_DESCRIPTION)
    ambition: Ambition = strawberry.field(description=_AMBITION)
    weight: float | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_WEIGHT}; 1 if left out."
    )
    contributing_team_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_CONTRIBUTING}."
    )


@strawberry.input(description="Changes to an objective; what is left out stays as it is.")
class ObjectiveUpdateInput:
    """Becomes ``ObjectiveUpdate``."""

    id: strawberry.ID = strawberry.field(description="The objective.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    cycle_id: strawberry.Maybe[strawberry.ID] = strawberry.field(description=_CYCLE)
    team_id: strawberry.Maybe[strawberry.ID] = strawberry.field(description=_TEAM)
    parent_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description=f"{_PARENT} Null puts it at the top."
    )
    title: strawberry.Maybe[str] = strawberry.field(description=_TITLE)
    description: strawberry.Maybe[str] = strawberry.field(description=_DESCRIPTION)
    ambition: strawberry.Maybe[Ambition] = strawberry.field(description=_AMBITION)
    weight: strawberry.Maybe[float] = strawberry.field(description=f"{_WEIGHT}.")
    contributing_team_ids: strawberry.Maybe[list[strawberry.ID]] = strawberry.field(
        description=f"{_CONTRIBUTING}; they replace those before."
    )
