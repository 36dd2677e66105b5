"""Commands about teams."""

from uuid import UUID

from pydantic import Field

from domain.commands.base import Command, Name, Text, UpdateCommand


class TeamCreate(Command):
    """A new team."""

    id: UUID | None = None
    name: Name
    description: Text = ""


class TeamUpdate(UpdateCommand):
    """Changes to a team."""

    name: Name = Field(default="")
    description: Text = Field(default="")
