"""Light rows about findings; see ``domain.rows``."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from domain.models import FindingDismissal
from domain.queries.listing import Source


class FindingDismissalRow(NamedTuple):
    """That a finding is not to be shown, and why."""

    id: UUID
    code: str
    key: str
    facts: str
    reason: str
    until_on: date | None
    dismissed_by_id: UUID
    created_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by_id: UUID | None


FINDING_DISMISSALS = Source(FindingDismissal, FindingDismissalRow)
