"""Light rows of what plans rest on beside the portfolio itself."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class AlternativeGroupRow(NamedTuple):
    """Initiatives of which at most one is to be done."""

    id: UUID
    portfolio_id: UUID
    name: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class AlternativeMemberRow(NamedTuple):
    """An initiative in a group of alternatives."""

    group_id: UUID
    initiative_id: UUID
    portfolio_id: UUID
