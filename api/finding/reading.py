"""From arguments to pages of findings: evaluated once a request and day."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from strawberry.dataloader import DataLoader

from api.context import Context
from api.finding.enums import FindingCode, Severity
from api.finding.types import FindingConnection
from api.nodes import as_types
from api.pagination import Page, slice_of
from domain.db import reading
from domain.findings.listing import ListedFinding, findings_on


class Wanted(NamedTuple):
    """Which findings to list; None and empty for all."""

    codes: Sequence[FindingCode] | None = None
    severities: Sequence[Severity] | None = None
    team_id: UUID | None = None
    cycle_id: UUID | None = None
    subject_id: UUID | None = None
    dismissed: bool = False

    def includes(self, each: ListedFinding) -> bool:
        """Whether a finding is one of them."""
        found = each.finding
        return (
            (self.dismissed or each.dismissal is None)
            and (not self.codes or found.code in self.codes)
            and (not self.severities or found.severity in self.severities)
            and self.team_id in (None, found.team_id)
            and self.cycle_id in (None, found.cycle_id)
            and self.subject_id in (None, found.subject_id, found.other_id)
        )


async def page_of_findings(
    context: Context, wanted: Wanted, *, day: date | None, page: Page
) -> FindingConnection:
    """Return a page of the findings of a day; today (UTC) if none is given.

    Raises
    ------
    BadUserInput
        When a cursor is not one of this list.
    """
    day = day or datetime.now(UTC).date()
    everything = await context.loader("findings", _loader).load(day)
    chosen = [each for each in everything if wanted.includes(each)]
    digest = hashlib.blake2b("\n".join(each.finding.key for each in chosen).encode(), digest_size=16)
    indices, window = slice_of(length=len(chosen), page=page, scope=f"findings {digest.hexdigest()}")
    nodes = as_types(object, (chosen[index] for index in indices))
    return FindingConnection.of(window, nodes=nodes, total=len(chosen), all=chosen)


def _loader(context: Context) -> DataLoader[date, list[ListedFinding]]:
    async def load(days: list[date]) -> list[list[ListedFinding]]:
        directory = (await context.view()).directory
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            return [await findings_on(connection, organisation_id, directory, day=day) for day in days]

    return DataLoader(load_fn=load)
