"""The findings of an organisation on a day, with what is dismissed."""

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.findings.facts import Facts, load_facts
from domain.findings.finding import Finding, place
from domain.findings.kpi import kpi_findings
from domain.findings.okr import okr_findings
from domain.findings.rows import FindingDismissalRow
from domain.models import FindingDismissal, metadata
from domain.rows import columns
from domain.snapshot import Directory

_DISMISSALS = metadata.tables["finding_dismissal"]


class ListedFinding(NamedTuple):
    """A finding, and the dismissal that keeps it from being shown; None if there is none that holds."""

    finding: Finding
    dismissal: FindingDismissalRow | None


async def findings_on(
    connection: AsyncConnection, organisation_id: UUID, directory: Directory, *, day: date
) -> list[ListedFinding]:
    """All findings, what matters most first; dismissed ones with their dismissals.

    Parameters
    ----------
    directory
        As fresh as the connection: the findings about objectives are made of it.
    day
        What is over, overdue or stale is judged as of the end of this day (UTC).
    """
    facts = await load_facts(connection, organisation_id, directory, day=day)
    dismissals = await live_dismissals(connection, organisation_id)
    return await asyncio.to_thread(listed, facts, dismissals)


def listed(facts: Facts, dismissals: dict[str, FindingDismissalRow]) -> list[ListedFinding]:
    """The findings in their order, each with its dismissal if that holds."""
    found = sorted(evaluate(facts), key=place)
    return [ListedFinding(each, holding(each, dismissals.get(each.key), day=facts.day)) for each in found]


def evaluate(facts: Facts) -> Iterator[Finding]:
    """All findings, in no particular order."""
    yield from okr_findings(facts)
    yield from kpi_findings(facts)


def holding(
    found: Finding, dismissal: FindingDismissalRow | None, *, day: date
) -> FindingDismissalRow | None:
    """The dismissal, if it holds: until its last day, and as long as the facts are those that were dismissed."""
    if dismissal is None or dismissal.facts != found.facts:
        return None
    return None if dismissal.until_on is not None and day > dismissal.until_on else dismissal


async def live_dismissals(
    connection: AsyncConnection | AsyncSession, organisation_id: UUID
) -> dict[str, FindingDismissalRow]:
    """The dismissals that nobody has withdrawn, by the key of their finding."""
    query = sa.select(*columns(FindingDismissal, FindingDismissalRow)).where(
        _DISMISSALS.c.organisation_id == organisation_id, _DISMISSALS.c.withdrawn_at.is_(None)
    )
    return {row.key: row for row in map(FindingDismissalRow._make, await connection.execute(query))}
