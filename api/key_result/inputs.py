"""Inputs of the mutations about key results."""

from datetime import date
from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.enums import KeyResultDirection, KeyResultKind

_OWNER = "The member in office who looks after it."
_TITLE = "What changes, in a sentence; 1 to 500 characters."
_UNIT = "The unit of its values, such as % or days; at most 60 characters."
_DIRECTION = "Which way the value has to move. A milestone goes from 0 to 1."
_KIND = "Outcome or activity"
_START = "Where it started, in its unit, within ±10¹⁵"
_TARGET = "Where it is to be, in its unit, within ±10¹⁵, in the direction from the start"
_CURRENT = "Where it is now, in its unit, within ±10¹⁵; 0 or 1 for a milestone"
_COMMIT = "What is promised, in its unit: beyond the start and up to the target; none for a milestone"
_STRETCH = "What is hoped for, in its unit: the target or beyond; none for a milestone"
_DUE_ON = "The day it is due, within the objective's cycle."
_WEIGHT = "How much it counts in its objective: 0 to 1,000; those of an objective must not add up to 0"


@strawberry.input(description="A new key result.")
class KeyResultCreateInput:
    """Becomes ``KeyResultCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    objective_id: strawberry.ID = strawberry.field(description="The objective in use that it is evidence of.")
    owner_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_OWNER)
    title: str = strawberry.field(description=_TITLE)
    unit: str | None = strawberry.field(default=strawberry.UNSET, description=_UNIT)
    direction: KeyResultDirection = strawberry.field(description=_DIRECTION)
    kind: KeyResultKind = strawberry.field(default=KeyResultKind.OUTCOME, description=f"{_KIND}.")
    start_value: float | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"{_START}. Without it this is a draft, unless it is a milestone.",
    )
    target_value: float | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"{_TARGET}. If left out: start + 0.7 · (stretch − start) where these are given; else this is"
        " a draft, unless it is a milestone.",
    )
    current_value: float | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_CURRENT}; the start value if left out."
    )
    commit_value: float | None = strawberry.field(default=strawberry.UNSET, description=f"{_COMMIT}.")
    stretch_value: float | None = strawberry.field(default=strawberry.UNSET, description=f"{_STRETCH}.")
    due_on: date = strawberry.field(description=_DUE_ON)
    weight: float | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_WEIGHT}; 1 if left out."
    )


@strawberry.input(description="Changes to a key result; what is left out stays as it is.")
class KeyResultUpdateInput:
    """Becomes ``KeyResultUpdate``."""

    id: strawberry.ID = strawberry.field(description="The key result.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    owner_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description=f"{_OWNER} Null for nobody."
    )
    title: strawberry.Maybe[str] = strawberry.field(description=_TITLE)
    unit: strawberry.Maybe[str] = strawberry.field(description=_UNIT)
    direction: strawberry.Maybe[KeyResultDirection] = strawberry.field(description=_DIRECTION)
    kind: strawberry.Maybe[KeyResultKind] = strawberry.field(description=f"{_KIND}.")
    start_value: strawberry.Maybe[float | None] = strawberry.field(
        description=f"{_START}. Null makes it a draft."
    )
    target_value: strawberry.Maybe[float | None] = strawberry.field(
        description=f"{_TARGET}. Null makes it a draft."
    )
    current_value: strawberry.Maybe[float] = strawberry.field(description=f"{_CURRENT}.")
    commit_value: strawberry.Maybe[float | None] = strawberry.field(
        description=f"{_COMMIT}. Null takes it away."
    )
    stretch_value: strawberry.Maybe[float | None] = strawberry.field(
        description=f"{_STRETCH}. Null takes it away."
    )
    due_on: strawberry.Maybe[date] = strawberry.field(description=_DUE_ON)
    weight: strawberry.Maybe[float] = strawberry.field(description=f"{_WEIGHT}.")


@strawberry.input(description="Where a key result is now.")
class KeyResultValueUpdateInput:
    """Becomes ``KeyResultUpdate``."""

    id: strawberry.ID = strawberry.field(description="The key result.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    current_value: float = strawberry.field(description=f"{_CURRENT}.")
