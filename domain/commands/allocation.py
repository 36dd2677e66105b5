"""Commands about how capacity is split between categories."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.commands.base import Command, Name, Note, Reason
from prioritisation.allocation_limits import AllocationMode

MOST_CATEGORIES = 50
"""Most categories of one policy, or of one team's override."""

MOST_OVERRIDES = 100
"""Most teams with shares of their own in one policy."""


class AllocationEntry(Command):
    """A category's share of capacity, 0 to 1, and how strictly it holds."""

    category_id: UUID
    share: Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False)]
    mode: AllocationMode


Shares = Annotated[list[AllocationEntry], Field(min_length=1, max_length=MOST_CATEGORIES)]


class TeamAllocation(Command):
    """The shares of one team, instead of those of the policy."""

    team_id: UUID
    shares: Shares


class AllocationPolicyPublish(Command):
    """A new version of a portfolio's policy; ``expected_number`` is that of the newest one, 0 if none."""

    portfolio_id: UUID
    expected_number: int | None = None
    effective_from: date
    reason: Reason
    shares: Shares
    overrides: list[TeamAllocation] = Field(default_factory=list, max_length=MOST_OVERRIDES)
    idempotency_key: Name | None = None


class DriftAlertAcknowledge(Command):
    """Somebody has seen an alert, and says what it is about."""

    id: UUID
    expected_version: int | None = None
    note: Note = ""


class DriftAlertClose(Command):
    """An alert needs no more attention; the next one can be opened after recovery only."""

    id: UUID
    expected_version: int | None = None
    note: Note = ""
