"""What scenarios ask: their bases with their effects applied, as digests that tell what is out of date."""

import asyncio
from collections import OrderedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.planning.encoding import fingerprint
from domain.scenario.bases import base_of
from domain.scenario.effect_records import applied, effects_of, thawed
from domain.scenario.rows import ScenarioRow

_MOST_KEPT = 2_000
_kept: OrderedDict[tuple[UUID, UUID, int], str] = OrderedDict()


async def input_fingerprint(connection: AsyncConnection, organisation_id: UUID, row: ScenarioRow) -> str:
    """Digest of a scenario's base with its effects applied; computed once for each version of it."""
    key = (organisation_id, row.id, row.version)
    found = _kept.get(key)
    if found is None:
        base = await base_of(connection, organisation_id, row.base_digest)
        effects = thawed(await effects_of(connection, organisation_id, row.id))
        posed = await applied(connection, organisation_id, base, effects)
        found = await asyncio.to_thread(fingerprint, posed)
        _kept[key] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found
