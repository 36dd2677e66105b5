"""Commands about initiatives and their life cycle."""

from datetime import date
from uuid import UUID

from pydantic import Field

from domain.commands.base import (
    Command,
    Currency,
    MinorUnits,
    Name,
    Reason,
    Text,
    Title,
    UpdateCommand,
    Weeks,
)
from domain.enums import InitiativeState


class InitiativeCreate(Command):
    """A new initiative, which starts as proposed."""

    id: UUID | None = None
    portfolio_id: UUID
    external_id: Name | None = None
    title: Title
    description: Text = ""
    category_id: UUID | None = None
    team_id: UUID | None = None
    owner_id: UUID | None = None
    sponsor_id: UUID | None = None
    duration_weeks_low: Weeks | None = None
    duration_weeks_likely: Weeks | None = None
    duration_weeks_high: Weeks | None = None
    cost_minor: MinorUnits | None = None
    cost_currency: Currency | None = None
    earliest_start: date | None = None
    deadline: date | None = None
    mandatory: bool = False


class InitiativeUpdate(UpdateCommand):
    """Changes to an initiative; its portfolio stays, and its state changes by transitions only."""

    external_id: Name | None = None
    title: Title = Field(default="")
    description: Text = Field(default="")
    category_id: UUID | None = None
    team_id: UUID | None = None
    owner_id: UUID | None = None
    sponsor_id: UUID | None = None
    duration_weeks_low: Weeks | None = None
    duration_weeks_likely: Weeks | None = None
    duration_weeks_high: Weeks | None = None
    cost_minor: MinorUnits | None = None
    cost_currency: Currency | None = None
    earliest_start: date | None = None
    deadline: date | None = None
    mandatory: bool = Field(default=False)


class InitiativeTransition(Command):
    """A decision about an initiative: to which state, and why."""

    id: UUID
    expected_version: int | None = None
    to_state: InitiativeState
    reason: Reason
    idempotency_key: Name | None = None
