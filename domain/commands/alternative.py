"""Commands about groups of alternatives."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.commands.base import Command, Name, UpdateCommand

MOST_MEMBERS = 50
"""Initiatives of a group."""

Members = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_MEMBERS)]


class AlternativeGroupCreate(Command):
    """A new group of alternatives."""

    id: UUID | None = None
    portfolio_id: UUID
    name: Name
    initiative_ids: Members


class AlternativeGroupUpdate(UpdateCommand):
    """Changes to a group of alternatives."""

    name: Name = Field(default="")


class AlternativeGroupAdd(Command):
    """More alternatives for a group."""

    id: UUID
    expected_version: int | None = None
    initiative_ids: Members


class AlternativeGroupRemove(Command):
    """What is no longer an alternative of a group."""

    id: UUID
    expected_version: int | None = None
    initiative_ids: Members
