"""Inputs of the mutations about planning cycles."""

from datetime import date
from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.enums import CycleLevel

_NAME = "1 to 200 characters, unique in the organisation, whatever its case."
_LEVEL = "Planning horizon of the cycle and its objectives."
_STARTS_ON = "First day; within the parent's, and with the children's and due dates after it."
_ENDS_ON = (
    "Last day, not before the first; within the parent's, and with the children's and due dates before it."
)
_PARENT = "The longer cycle that it lies in, a cycle in use."


@strawberry.input(description="A new cycle.")
class CycleCreateInput:
    """Becomes ``CycleCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    name: str = strawberry.field(description=_NAME)
    level: CycleLevel = strawberry.field(description=_LEVEL)
    starts_on: date = strawberry.field(description="First day, within the parent's.")
    ends_on: date = strawberry.field(description="Last day, not before the first and within the parent's.")
    parent_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_PARENT)


@strawberry.input(description="Changes to a cycle; what is left out stays as it is.")
class CycleUpdateInput:
    """Becomes ``CycleUpdate``."""

    id: strawberry.ID = strawberry.field(description="The cycle.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    name: strawberry.Maybe[str] = strawberry.field(description=_NAME)
    level: strawberry.Maybe[CycleLevel] = strawberry.field(description=_LEVEL)
    starts_on: strawberry.Maybe[date] = strawberry.field(description=_STARTS_ON)
    ends_on: strawberry.Maybe[date] = strawberry.field(description=_ENDS_ON)
    parent_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description=f"{_PARENT}, and not one below it; null puts it at the top."
    )
