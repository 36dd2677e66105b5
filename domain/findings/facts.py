"""What findings are judged by: the directory, and a constant number of statements for what is not in it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.enums import InitiativeState
from domain.findings.names import ThresholdName
from domain.findings.thresholds import Thresholds, thresholds_of
from domain.kpi.queries import KpiLinks, kpis_at, links_of
from domain.kpi.rows import KpiRow
from domain.models import metadata
from domain.rows import CycleRow, KeyResultRow, ObjectiveRow
from domain.snapshot import Directory

_CONTRIBUTIONS = metadata.tables["contribution"]
_INITIATIVES = metadata.tables["initiative"]
_REVIEWS = metadata.tables["review"]
_DECISIONS = metadata.tables["review_decision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the rules see, as of ``day``.

    ``contributed`` are the key results that initiatives contribute to, stopped and archived ones left out;
    ``decided_on`` is the day of the last review that decided something about a KPI.
    """

    day: date
    directory: Directory
    thresholds: Thresholds
    contributed: frozenset[UUID]
    kpis: tuple[KpiRow, ...]
    links: KpiLinks
    decided_on: Mapping[UUID, date]

    def whole(self, name: ThresholdName) -> int:
        """A threshold that is a whole number."""
        return int(self.thresholds[name])

    def key_results_of(self, objective_id: UUID) -> list[KeyResultRow]:
        """The key results of an objective that are in use, the oldest first."""
        children = self.directory.key_results_of.get(objective_id, ())
        return [row for row in children if row.archived_at is None]

    def current_objectives(self) -> list[tuple[ObjectiveRow, CycleRow]]:
        """The objectives in use that are not closed, of cycles in use that have not ended, with their cycles."""
        cycles = self.directory.cycles
        return [
            (row, cycle)
            for row in self.directory.objectives.values()
            if row.archived_at is None
            and row.closed_at is None
            and (cycle := cycles[row.cycle_id]).archived_at is None
            and cycle.ends_on >= self.day
        ]


async def load_facts(
    connection: AsyncConnection, organisation_id: UUID, directory: Directory, *, day: date
) -> Facts:
    """Read what is not in the directory; 9 statements, whatever there is."""
    contributing = (
        sa.select(_CONTRIBUTIONS.c.key_result_id)
        .join(
            _INITIATIVES,
            sa.and_(
                _INITIATIVES.c.organisation_id == _CONTRIBUTIONS.c.organisation_id,
                _INITIATIVES.c.id == _CONTRIBUTIONS.c.initiative_id,
            ),
        )
        .where(
            _CONTRIBUTIONS.c.organisation_id == organisation_id,
            _INITIATIVES.c.archived_at.is_(None),
            _INITIATIVES.c.state != InitiativeState.STOPPED,
        )
        .distinct()
    )
    decided = (
        sa.select(_DECISIONS.c.kpi_id, sa.func.max(_REVIEWS.c.held_on))
        .join(
            _REVIEWS,
            sa.and_(
                _REVIEWS.c.organisation_id == _DECISIONS.c.organisation_id,
                _REVIEWS.c.id == _DECISIONS.c.review_id,
            ),
        )
        .where(
            _DECISIONS.c.organisation_id == organisation_id,
            _DECISIONS.c.kpi_id.is_not(None),
            _REVIEWS.c.held_on <= day,
        )
        .group_by(_DECISIONS.c.kpi_id)
    )
    now = datetime.combine(day, time.max, tzinfo=UTC)
    return Facts(
        day=day,
        directory=directory,
        thresholds=await thresholds_of(connection, organisation_id),
        contributed=frozenset((await connection.execute(contributing)).scalars()),
        kpis=tuple(await kpis_at(connection, organisation_id, now=now)),
        links=await links_of(connection, organisation_id),
        decided_on=dict(map(tuple, await connection.execute(decided))),
    )


def by_process(kpis: tuple[KpiRow, ...]) -> dict[str, list[KpiRow]]:
    """KPIs by their process, whatever its case; those without one are left out."""
    found: defaultdict[str, list[KpiRow]] = defaultdict(list)
    for kpi in kpis:
        if kpi.process.strip():
            found[kpi.process.strip().casefold()].append(kpi)
    return dict(found)
