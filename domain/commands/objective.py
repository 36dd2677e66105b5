"""Commands about objectives and key results."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from domain.commands.base import Command, Figure, Text, Title, UpdateCommand, Weight
from domain.enums import Ambition, KeyResultDirection, KeyResultKind

MOST_CONTRIBUTING_TEAMS = 100


def _once_each(ids: list[UUID]) -> list[UUID]:
    if len(set(ids)) < len(ids):
        raise ValueError("must name each team once")
    return ids


ContributingTeams = Annotated[
    list[UUID], Field(max_length=MOST_CONTRIBUTING_TEAMS), AfterValidator(_once_each)
]
PositiveWeight = Annotated[float, Field(gt=0, le=1_000, allow_inf_nan=False)]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\x00]*$")]


class ObjectiveCreate(Command):
    """A new objective; its contributing teams are those besides the owning one."""

    id: UUID | None = None
    cycle_id: UUID
    team_id: UUID
    parent_id: UUID | None = None
    title: Title
    description: Text = ""
    ambition: Ambition
    weight: PositiveWeight = 1.0
    contributing_team_ids: ContributingTeams = Field(default_factory=list)


class ObjectiveUpdate(UpdateCommand):
    """Changes to an objective; a list of contributing teams replaces the one before."""

    cycle_id: UUID = Field(default=UUID(int=0))
    team_id: UUID = Field(default=UUID(int=0))
    parent_id: UUID | None = None
    title: Title = Field(default="")
    description: Text = Field(default="")
    ambition: Ambition = Field(default=Ambition.COMMITTED)
    weight: PositiveWeight = Field(default=1.0)
    contributing_team_ids: ContributingTeams = Field(default_factory=list)


class KeyResultCreate(Command):
    """A new key result.

    A milestone goes from 0 to 1 and needs no values; another one without start or target is a draft. The
    current value is the start value unless given.
    """

    id: UUID | None = None
    objective_id: UUID
    owner_id: UUID | None = None
    title: Title
    unit: Unit = ""
    direction: KeyResultDirection
    kind: KeyResultKind = KeyResultKind.OUTCOME
    start_value: Figure | None = None
    target_value: Figure | None = None
    current_value: Figure | None = None
    commit_value: Figure | None = None
    stretch_value: Figure | None = None
    due_on: date
    weight: Weight = 1.0


class KeyResultUpdate(UpdateCommand):
    """Changes to a key result; null clears its owner, and all values but the current one."""

    owner_id: UUID | None = None
    title: Title = Field(default="")
    unit: Unit = Field(default="")
    direction: KeyResultDirection = Field(default=KeyResultDirection.INCREASE)
    kind: KeyResultKind = Field(default=KeyResultKind.OUTCOME)
    start_value: Figure | None = None
    target_value: Figure | None = None
    current_value: Figure = Field(default=0.0)
    commit_value: Figure | None = None
    stretch_value: Figure | None = None
    due_on: date = Field(default=date.min)
    weight: Weight = Field(default=1.0)
