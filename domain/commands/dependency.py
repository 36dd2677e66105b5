"""Commands about dependencies."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.commands.base import Command, Note, UpdateCommand
from domain.enums import DependencyKind

LagWeeks = Annotated[float, Field(ge=-520, le=520, allow_inf_nan=False)]


class DependencyAdd(Command):
    """predecessor → successor; ``hard`` unless it says otherwise or its kind only informs."""

    id: UUID | None = None
    predecessor_id: UUID
    successor_id: UUID
    kind: DependencyKind = DependencyKind.FINISH_TO_START
    hard: bool | None = None
    lag_weeks: LagWeeks = 0.0
    note: Note = ""


class DependencyUpdate(UpdateCommand):
    """Changes to a dependency; its ends and its kind stay."""

    hard: bool = Field(default=True)
    lag_weeks: LagWeeks = Field(default=0.0)
    note: Note = Field(default="")


class DependencyRemove(Command):
    """A dependency to be removed."""

    id: UUID
    expected_version: int | None = None
