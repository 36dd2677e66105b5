"""Inputs of the mutations about initiatives."""

from datetime import date
from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.enums import InitiativeState
from api.estimates import EstimateInput
from api.inputs import Composites
from api.scalars import MoneyInput

COMPOSITES: Composites = {
    "duration_weeks": {
        "low": "duration_weeks_low",
        "likely": "duration_weeks_likely",
        "high": "duration_weeks_high",
    },
    "cost": {"amount_minor": "cost_minor", "currency": "cost_currency"},
}
IDS = {
    "id": "Initiative",
    "portfolio_id": "Portfolio",
    "category_id": "AllocationCategory",
    "team_id": "Team",
    "owner_id": "Member",
    "sponsor_id": "Member",
}

_EXTERNAL_ID = "What another system calls it: 1 to 200 characters, unique in the portfolio."
_TITLE = "What it is, in a line: 1 to 500 characters."
_DESCRIPTION = "What it is about, at most 200,000 characters."
_CATEGORY = "The bucket of capacity that it draws on; an allocation category in use."
_TEAM = "The team that is responsible; one in use."
_OWNER = "Who answers for it; a member who is not archived."
_SPONSOR = "Who wants it; a member who is not archived."
_DURATION = "How long it takes, in weeks: above 0, at most 5,200."
_COST = "What it costs in money, besides people's time: 0 to 10¹⁵ minor units."
_EARLIEST_START = "The first day on which it can begin; not after the deadline."
_DEADLINE = "The last day on which it is on time."
_MANDATORY = "Whether it has to be done whatever it is worth, for instance by law."
_CLEARS = " Null for none."


@strawberry.input(description="A new initiative, which is proposed at first.")
class InitiativeCreateInput:
    """Becomes ``InitiativeCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    portfolio_id: strawberry.ID = strawberry.field(
        description="The portfolio in which it is ranked; it stays in it."
    )
    external_id: str | None = strawberry.field(default=strawberry.UNSET, description=_EXTERNAL_ID)
    title: str = strawberry.field(description=_TITLE)
    description: str | None = strawberry.field(default=strawberry.UNSET, description=_DESCRIPTION)
    category_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_CATEGORY)
    team_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_TEAM)
    owner_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_OWNER)
    sponsor_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_SPONSOR)
    duration_weeks: EstimateInput | None = strawberry.field(default=strawberry.UNSET, description=_DURATION)
    cost: MoneyInput | None = strawberry.field(default=strawberry.UNSET, description=_COST)
    earliest_start: date | None = strawberry.field(default=strawberry.UNSET, description=_EARLIEST_START)
    deadline: date | None = strawberry.field(default=strawberry.UNSET, description=_DEADLINE)
    mandatory: bool = strawberry.field(default=False, description=_MANDATORY)


@strawberry.input(description="Changes to an initiative; what is left out stays as it is.")
class InitiativeUpdateInput:
    """Becomes ``InitiativeUpdate``."""

    id: strawberry.ID = strawberry.field(description="The initiative.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    external_id: strawberry.Maybe[str | None] = strawberry.field(description=_EXTERNAL_ID + _CLEARS)
    title: strawberry.Maybe[str] = strawberry.field(description=_TITLE)
    description: strawberry.Maybe[str] = strawberry.field(description=_DESCRIPTION)
    category_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description=_CATEGORY + _CLEARS)
    team_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description=_TEAM + _CLEARS)
    owner_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description=_OWNER + _CLEARS)
    sponsor_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description=_SPONSOR + _CLEARS)
    duration_weeks: strawberry.Maybe[EstimateInput | None] = strawberry.field(
        description=f"{_DURATION} Replaces all of the estimate; null for unknown."
    )
    cost: strawberry.Maybe[MoneyInput | None] = strawberry.field(description=f"{_COST} Null for unknown.")
    earliest_start: strawberry.Maybe[date | None] = strawberry.field(description=_EARLIEST_START + _CLEARS)
    deadline: strawberry.Maybe[date | None] = strawberry.field(description=_DEADLINE + _CLEARS)
    mandatory: strawberry.Maybe[bool] = strawberry.field(description=_MANDATORY)


@strawberry.input(description="A decision about an initiative.")
class InitiativeTransitionInput:
    """Becomes ``InitiativeTransition``."""

    id: strawberry.ID = strawberry.field(description="The initiative.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    to_state: InitiativeState = strawberry.field(
        description="What it becomes; which states may follow which is told by the error otherwise."
    )
    reason: str = strawberry.field(description="Why: 1 to 4,000 characters, kept for good.")
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="1 to 200 characters of the client's choice: repeating the mutation with it decides nothing"
        " anew and returns the first decision.",
    )
