"""How check-ins are written, and how key results follow them; within the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor, System
from domain.bulk import rows_as_table
from domain.commands.check_in import CheckInCreate
from domain.enums import CheckInSource
from domain.models import CheckIn, metadata
from domain.queries.check_in import LATEST_FIRST, in_force
from domain.rows import columns
from domain.rows_okr import CheckInRow

_CHECK_INS = metadata.tables["check_in"]
_KEY_RESULTS = metadata.tables["key_result"]


class Standing(NamedTuple):
    """The entries of a key result that count: the latest, and the latest two stated confidences."""

    id: UUID
    at: datetime
    value: float
    confidences: list[int | None]


async def write(
    session: AsyncSession,
    actor: Actor | System,
    commands: Sequence[CheckInCreate],
    *,
    now: datetime,
    source: CheckInSource,
    entry_ids: Sequence[UUID] | None = None,
    corrects: tuple[UUID, str] | None = None,
    moved: bool = False,
) -> list[CheckInRow]:
    """Insert check-ins, in their order, and set on their key results what the latest ones say."""
    if entry_ids is None:
        series = sa.select(sa.func.uuidv7()).select_from(sa.func.generate_series(1, len(commands)))
        entry_ids = sorted((await session.execute(series)).scalars())
    corrected, reason = corrects or (None, None)
    rows = [
        {
            "organisation_id": actor.organisation_id,
            "id": entry_id,
            "key_result_id": command.key_result_id,
            "value": command.value + 0.0,
            "confidence": command.confidence,
            "note": command.note,
            "at": now if command.at is None else command.at,
            "source": source,
            "made_by_id": actor.member_id,
            "corrects_id": corrected,
            "reason": reason,
        }
        for entry_id, command in zip(entry_ids, commands, strict=True)
    ]
    given = rows_as_table(_CHECK_INS, rows)
    await session.execute(
        sa.insert(_CHECK_INS).from_select(list(rows[0]), sa.select(*given.c), include_defaults=False)
    )
    key_result_ids = sorted({command.key_result_id for command in commands})
    standings = await standings_of(session, actor, key_result_ids)
    await _move(session, actor, standings, new=set(entry_ids), moved=moved)
    written = await by_id(session, actor, entry_ids)
    return [written[entry_id] for entry_id in entry_ids]


async def standings_of(
    session: AsyncSession, actor: Actor | System, key_result_ids: Sequence[UUID]
) -> dict[UUID, Standing]:
    array = sa.cast(list(key_result_ids), sa.ARRAY(sa.Uuid))
    key_results = sa.func.unnest(array).table_valued(sa.column("id", sa.Uuid), name="kr").render_derived()
    own = in_force(actor.organisation_id).where(_CHECK_INS.c.key_result_id == key_results.c.id)
    latest = (
        own.with_only_columns(_CHECK_INS.c.id, _CHECK_INS.c.at, _CHECK_INS.c.value)
        .order_by(*LATEST_FIRST)
        .limit(1)
        .lateral("latest")
    )
    stated = (
        own.with_only_columns(_CHECK_INS.c.confidence)
        .where(_CHECK_INS.c.confidence.is_not(None))
        .order_by(*LATEST_FIRST)
        .limit(2)
    )
    query = sa.select(
        key_results.c.id.label("key_result_id"),
        latest.c.id,
        latest.c.at,
        latest.c.value,
        sa.func.array(stated.scalar_subquery()).label("confidences"),
    ).join_from(key_results, latest, sa.true())
    return {row[0]: Standing(*row[1:]) for row in await session.execute(query)}


async def _move(
    session: AsyncSession,
    actor: Actor | System,
    standings: dict[UUID, Standing],
    *,
    new: set[UUID],
    moved: bool,
) -> None:
    """Set what the latest entries say; the value only where the latest has changed: people may set it too."""
    rows = []
    for key_result_id, standing in standings.items():
        latest, previous = [*standing.confidences, None, None][:2]
        says = moved or standing.id in new
        rows.append(
            {
                "id": key_result_id,
                "current_value": standing.value if says else None,
                "checked_in_at": standing.at,
                "confidence": latest,
                "previous_confidence": previous,
            }
        )
    given = rows_as_table(_KEY_RESULTS, rows)
    current = sa.func.coalesce(given.c.current_value, _KEY_RESULTS.c.current_value)
    noted = ("checked_in_at", "confidence", "previous_confidence")
    differs = sa.or_(
        _KEY_RESULTS.c.current_value.is_distinct_from(current),
        *(_KEY_RESULTS.c[name].is_distinct_from(given.c[name]) for name in noted),
    )
    await session.execute(
        sa.update(_KEY_RESULTS)
        .where(
            _KEY_RESULTS.c.organisation_id == actor.organisation_id,
            _KEY_RESULTS.c.id == given.c.id,
            differs,
        )
        .values(
            current_value=current,
            **{name: given.c[name] for name in noted},
            version=_KEY_RESULTS.c.version + 1,
            updated_at=sa.func.now(),
        )
    )


async def by_id(session: AsyncSession, actor: Actor | System, ids: Sequence[UUID]) -> dict[UUID, CheckInRow]:
    query = sa.select(*columns(CheckIn, CheckInRow)).where(
        _CHECK_INS.c.organisation_id == actor.organisation_id,
        _CHECK_INS.c.id == sa.any_(sa.cast(list(ids), sa.ARRAY(sa.Uuid))),
    )
    return {row.id: row for row in map(CheckInRow._make, await session.execute(query))}
