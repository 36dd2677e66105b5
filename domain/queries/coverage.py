"""Set-based reads of what initiatives are expected to bring to key results, across all portfolios."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.enums import InitiativeState
from domain.models import metadata

_CONTRIBUTIONS = metadata.tables["contribution"]
_INITIATIVES = metadata.tables["initiative"]
_JOINED = _CONTRIBUTIONS.join(
    _INITIATIVES,
    sa.and_(
        _INITIATIVES.c.organisation_id == _CONTRIBUTIONS.c.organisation_id,
        _INITIATIVES.c.id == _CONTRIBUTIONS.c.initiative_id,
    ),
)


class ExpectedContribution(NamedTuple):
    """What an initiative is expected to change of a key result, in its unit, and where the initiative stands."""

    key_result_id: UUID
    initiative_id: UUID
    portfolio_id: UUID
    expected_delta: float
    confidence: float
    state: InitiativeState
    earliest_start: date | None
    archived: bool


async def expected_contributions(
    connection: AsyncConnection, organisation_id: UUID, key_result_ids: Collection[UUID]
) -> dict[UUID, tuple[ExpectedContribution, ...]]:
    """Return all contributions to each key result, by title of the initiative, in one statement."""
    query = (
        sa.select(
            _CONTRIBUTIONS.c.key_result_id,
            _CONTRIBUTIONS.c.initiative_id,
            _CONTRIBUTIONS.c.portfolio_id,
            _CONTRIBUTIONS.c.expected_delta,
            _CONTRIBUTIONS.c.confidence,
            _INITIATIVES.c.state,
            _INITIATIVES.c.earliest_start,
            _INITIATIVES.c.archived_at.is_not(None),
        )
        .select_from(_JOINED)
        .where(
            _CONTRIBUTIONS.c.organisation_id == organisation_id,
            _CONTRIBUTIONS.c.key_result_id == sa.any_(sa.cast(list(key_result_ids), sa.ARRAY(sa.Uuid))),
        )
        .order_by(sa.func.lower(_INITIATIVES.c.title), _INITIATIVES.c.id)
    )
    found: defaultdict[UUID, list[ExpectedContribution]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row[0]].append(ExpectedContribution._make(row))
    return {key_result_id: tuple(found[key_result_id]) for key_result_id in key_result_ids}


async def with_initiative(
    connection: AsyncConnection, organisation_id: UUID, key_result_ids: Collection[UUID]
) -> set[UUID]:
    """Return which key results some initiative contributes to that is neither stopped nor archived."""
    query = (
        sa.select(_CONTRIBUTIONS.c.key_result_id)
        .select_from(_JOINED)
        .where(
            _CONTRIBUTIONS.c.organisation_id == organisation_id,
            _CONTRIBUTIONS.c.key_result_id == sa.any_(sa.cast(list(key_result_ids), sa.ARRAY(sa.Uuid))),
            _INITIATIVES.c.state != InitiativeState.STOPPED,
            _INITIATIVES.c.archived_at.is_(None),
        )
        .distinct()
    )
    return set((await connection.execute(query)).scalars())
