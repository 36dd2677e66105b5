"""Commands about planning cycles."""

from datetime import date
from uuid import UUID

from pydantic import Field

from domain.commands.base import Command, Name, UpdateCommand
from domain.enums import CycleLevel


class CycleCreate(Command):
    """A new cycle; both dates belong to it."""

    id: UUID | None = None
    name: Name
    level: CycleLevel
    starts_on: date
    ends_on: date
    parent_id: UUID | None = None


class CycleUpdate(UpdateCommand):
    """Changes to a cycle."""

    name: Name = Field(default="")
    level: CycleLevel = Field(default=CycleLevel.TACTICAL)
    starts_on: date = Field(default=date.min)
    ends_on: date = Field(default=date.max)
    parent_id: UUID | None = None
