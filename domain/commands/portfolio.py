"""Commands about portfolios and allocation categories."""

from uuid import UUID

from pydantic import Field

from domain.commands.base import Command, Name, Text, UpdateCommand
from domain.enums import WorkKind


class PortfolioCreate(Command):
    """A new portfolio."""

    id: UUID | None = None
    name: Name
    description: Text = ""
    default_scoring_model_id: UUID | None = None


class PortfolioUpdate(UpdateCommand):
    """Changes to a portfolio."""

    name: Name = Field(default="")
    description: Text = Field(default="")
    default_scoring_model_id: UUID | None = None


class AllocationCategoryCreate(Command):
    """A new bucket of capacity."""

    id: UUID | None = None
    name: Name
    description: Text = ""
    kind: WorkKind


class AllocationCategoryUpdate(UpdateCommand):
    """Changes to an allocation category."""

    name: Name = Field(default="")
    description: Text = Field(default="")
    kind: WorkKind = Field(default=WorkKind.LIGHTS_ON)
