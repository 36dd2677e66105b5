"""Commands about rankings: ranks that are set by hand, and publishing."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.commands.base import Command, Name, Reason, Text

LARGEST_RANK = 10_000_000


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
    """A ranking to be published; ``expected_fingerprint`` is that of the ranking that the board has seen."""

    portfolio_id: UUID
    note: Annotated[Text, StringConstraints(max_length=4_000)] = ""
    as_of: date
    expected_fingerprint: str | None = None
    idempotency_key: Name | None = None
