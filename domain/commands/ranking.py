"""Commands about rankings: ranks that are set by hand, and publishing."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from domain.commands.base import Command, Name, Reason, Text
from domain.enums import OPEN_STATES, InitiativeState, OrderKind, ScoringMethod

LARGEST_RANK = 10_000_000


def _in_order(states: tuple[InitiativeState, ...]) -> tuple[InitiativeState, ...]:
    """The same states are the same command, in whatever order."""
    return tuple(sorted(set(states)))


class RankingOverrideSet(Command):
    """A rank for an initiative: a stated one, or that of another initiative, which then comes next.

    ``expected_version`` is that of the decision it replaces, 0 if there is none.
    """

    initiative_id: UUID
    rank: Annotated[int, Field(ge=1, le=LARGEST_RANK)] | None = None
    before_id: UUID | None = None
    reason: Reason
    expected_version: int | None = None


class RankingOverrideRemove(Command):
    """The rank of an initiative that was set by hand, to be withdrawn."""

    initiative_id: UUID
    reason: Reason
    expected_version: int | None = None


class RankingPublish(Command):
    """A ranking to be published.

    ``expected_fingerprint`` is that of the ranking that the board has seen; ``as_of`` is today if left out.
    At most one of model, model version and method may be set.
    """

    portfolio_id: UUID
    model_id: UUID | None = None
    model_version_id: UUID | None = None
    method: ScoringMethod | None = None
    order_kind: OrderKind = OrderKind.DEPENDENCY_AWARE
    states: Annotated[tuple[InitiativeState, ...], Field(min_length=1), AfterValidator(_in_order)] = tuple(
        sorted(OPEN_STATES)
    )
    soft_penalty_weeks: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] | None = None
    as_of: date | None = None
    note: Annotated[Text, StringConstraints(max_length=4_000)] = ""
    expected_fingerprint: str | None = None
    idempotency_key: Name | None = None
