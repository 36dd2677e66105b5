"""Use cases about what initiatives contribute to key results; the last write wins."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.contribution import (
    ContributionEntry,
    ContributionRemove,
    ContributionSet,
    ContributionsReplace,
)
from domain.db import Database, transaction
from domain.entities import in_use, upsert
from domain.enums import KeyResultDirection
from domain.errors import InvalidInput, NotFound
from domain.estimates import Path
from domain.models import Contribution, Initiative, metadata
from domain.references import by_id, unusable
from domain.rows import ContributionRow, columns

_CONTRIBUTIONS = metadata.tables["contribution"]
_KEY = ("organisation_id", "initiative_id", "key_result_id")


async def set_contribution(database: Database, actor: Actor, command: ContributionSet) -> ContributionRow:
    """Say how far an initiative moves a key result, in place of what was said before.

    Raises
    ------
    InvalidInput, NotFound
        When the delta leads away from the key result's target; when the initiative or the key result is
        archived or not there.
    """
    async with transaction(database, actor) as session:
        initiative = await in_use(
            session, actor, Initiative, command.initiative_id, path=("initiativeId",), alone=True
        )
        before = await _contributions(session, actor, initiative.id)
        await _refuse_faulty(session, actor, [command], paths=[()], before=before)
        await _write(session, actor, initiative, [command])
        return (await _contributions(session, actor, initiative.id))[command.key_result_id]


async def remove_contribution(
    database: Database, actor: Actor, command: ContributionRemove
) -> ContributionRow:
    """Remove a contribution, and return it as it was.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such initiative or contribution; when the initiative is archived.
    """
    async with transaction(database, actor) as session:
        initiative = await in_use(
            session, actor, Initiative, command.initiative_id, path=("initiativeId",), alone=True
        )
        removed = await _remove(session, actor, initiative.id, [command.key_result_id])
        if not removed:
            raise NotFound("The initiative contributes nothing to this key result.", path=("keyResultId",))
        return removed[0]


async def replace_contributions(
    database: Database, actor: Actor, command: ContributionsReplace
) -> list[ContributionRow]:
    """Say all that an initiative contributes; what is not in the list is removed. In the list's order.

    Raises
    ------
    InvalidInput, NotFound
        When two entries are to the same key result, or a delta leads away from its target; when the
        initiative or a key result that it did not contribute to before is archived or not there.
    """
    async with transaction(database, actor) as session:
        initiative = await in_use(
            session, actor, Initiative, command.initiative_id, path=("initiativeId",), alone=True
        )
        before = await _contributions(session, actor, initiative.id)
        entries = command.contributions
        paths: list[Path] = [("contributions", position) for position in range(len(entries))]
        await _refuse_faulty(session, actor, entries, paths=paths, before=before)
        wanted = [entry.key_result_id for entry in entries]
        await _remove(session, actor, initiative.id, list(before.keys() - set(wanted)))
        await _write(session, actor, initiative, entries)
        after = await _contributions(session, actor, initiative.id)
        return [after[key_result_id] for key_result_id in wanted]


async def _contributions(
    session: AsyncSession, actor: Actor, initiative_id: UUID
) -> dict[UUID, ContributionRow]:
    query = sa.select(*columns(Contribution, ContributionRow)).where(
        _CONTRIBUTIONS.c.organisation_id == actor.organisation_id,
        _CONTRIBUTIONS.c.initiative_id == initiative_id,
    )
    rows = [ContributionRow._make(row) for row in await session.execute(query)]
    return {row.key_result_id: row for row in rows}


async def _refuse_faulty(
    session: AsyncSession,
    actor: Actor,
    entries: Sequence[ContributionEntry],
    *,
    paths: Sequence[Path],
    before: dict[UUID, ContributionRow],
) -> None:
    # share-locked until the end, so that no direction turns round under a delta
    key_results = await by_id(session, actor, "key_result", (entry.key_result_id for entry in entries))
    seen: dict[UUID, int] = {}
    for position, (entry, path) in enumerate(zip(entries, paths, strict=True)):
        first = seen.setdefault(entry.key_result_id, position)
        if first != position:
            raise InvalidInput(
                f"Entries {first} and {position} are to the same key result; combine them into one.",
                path=path,
            )
        key_result = key_results.get(entry.key_result_id)
        fault = unusable(key_result, noun="key result", path=(*path, "keyResultId"))
        if fault is not None and (key_result is None or entry.key_result_id not in before):
            raise fault
        _refuse_wrong_way(entry.expected_delta, key_result, path=(*path, "expectedDelta"))


def _refuse_wrong_way(delta: float, key_result: Any, *, path: Path) -> None:
    if key_result.direction is KeyResultDirection.MILESTONE:
        if not 0 < delta <= 1:
            raise InvalidInput(
                f"“{key_result.title}” is a milestone: the expected delta is the part of it that the"
                f" initiative achieves, above 0 and at most 1, not {delta:g}.",
                path=path,
            )
        return
    upwards = key_result.direction is KeyResultDirection.INCREASE
    if delta == 0 or (delta > 0) is not upwards:
        way, sign = ("increase", "positive") if upwards else ("decrease", "negative")
        known = key_result.start_value is not None and key_result.target_value is not None
        way_to_go = (
            f" from {key_result.start_value:g} to {key_result.target_value:g} {key_result.unit}".rstrip()
            if known
            else ""
        )
        raise InvalidInput(
            f"“{key_result.title}” is to {way}{way_to_go}, so the expected delta must be {sign}, not {delta:g}.",
            path=path,
        )


async def _write(
    session: AsyncSession, actor: Actor, initiative: Initiative, entries: Sequence[ContributionEntry]
) -> None:
    if not entries:
        return
    fields = set(ContributionEntry.model_fields)
    rows = [
        {
            "organisation_id": actor.organisation_id,
            "portfolio_id": initiative.portfolio_id,
            "initiative_id": initiative.id,
            **entry.model_dump(include=fields),
        }
        for entry in entries
    ]
    await session.execute(upsert(Contribution, rows, key=_KEY))


async def _remove(
    session: AsyncSession, actor: Actor, initiative_id: UUID, key_result_ids: Sequence[UUID]
) -> list[ContributionRow]:
    if not key_result_ids:
        return []
    statement = (
        sa.delete(_CONTRIBUTIONS)
        .where(
            _CONTRIBUTIONS.c.organisation_id == actor.organisation_id,
            _CONTRIBUTIONS.c.initiative_id == initiative_id,
            _CONTRIBUTIONS.c.key_result_id.in_(key_result_ids),
        )
        .returning(*columns(Contribution, ContributionRow))
    )
    return [ContributionRow._make(row) for row in await session.execute(statement)]
