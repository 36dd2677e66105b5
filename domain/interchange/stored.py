"""What is stored already, as far as a file refers to it; read in a constant number of statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.enums import CriterionSource, KeyResultDirection
from domain.models import metadata
from domain.rows import DependencyRow

_TABLES = metadata.tables


class Named(NamedTuple):
    """What lines refer to by a name."""

    id: UUID
    name: str
    archived_at: datetime | None


class CriterionScale(NamedTuple):
    """A criterion that people can rate on, or that is computed."""

    id: UUID
    source: CriterionSource
    scale_min: float
    scale_max: float
    archived_at: datetime | None


class KeyResultAim(NamedTuple):
    """A key result by its title, with what a contribution has to fit."""

    id: UUID
    title: str
    objective: str
    direction: KeyResultDirection
    archived_at: datetime | None


class Place(NamedTuple):
    """An initiative of the portfolio, by its external id."""

    id: UUID
    external_id: str | None
    title: str
    archived_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInitiative:
    """An initiative that a line is about, with all that a line can change; keys as in the tables."""

    row: Mapping[str, Any]
    demands: Mapping[tuple[UUID, str], Mapping[str, Any]]
    contributions: Mapping[UUID, Mapping[str, Any]]
    cost_of_delay: Mapping[str, Any] | None
    ratings: Mapping[UUID, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """All that is compared with a file; names are in lower case."""

    teams: Mapping[str, Named]
    categories: Mapping[str, Named]
    members: Mapping[str, Named]
    criteria: Mapping[str, CriterionScale]
    key_results: tuple[KeyResultAim, ...]
    initiatives: Mapping[str, StoredInitiative]


async def read_stored(
    session: AsyncSession,
    actor: Actor,
    portfolio_id: UUID,
    external_ids: Iterable[str],
    *,
    contributing: bool,
) -> Stored:
    """Read it, and keep the initiatives from others' changes until the transaction ends.

    The key results too where the file contributes to them, so that none turns round under a contribution.
    """
    return Stored(
        teams=await _named(session, actor, "team", "name"),
        categories=await _named(session, actor, "allocation_category", "name"),
        members=await _named(session, actor, "member", "email"),
        criteria=await _criteria(session, actor),
        key_results=await _key_results(session, actor) if contributing else (),
        initiatives=await _initiatives(session, actor, portfolio_id, external_ids),
    )


async def read_places(session: AsyncSession, actor: Actor, portfolio_id: UUID) -> list[Place]:
    """All initiatives of the portfolio."""
    table = _TABLES["initiative"].c
    query = sa.select(table.id, table.external_id, table.title, table.archived_at).where(
        table.organisation_id == actor.organisation_id, table.portfolio_id == portfolio_id
    )
    return [Place._make(row) for row in await session.execute(query)]


async def read_edges(session: AsyncSession, actor: Actor, portfolio_id: UUID) -> list[DependencyRow]:
    """All dependencies of the portfolio, in the order in which they were added."""
    table = _TABLES["dependency"].c
    query = (
        sa.select(*(table[name] for name in DependencyRow._fields))
        .where(table.organisation_id == actor.organisation_id, table.portfolio_id == portfolio_id)
        .order_by(table.created_at, table.id)
    )
    return [DependencyRow._make(row) for row in await session.execute(query)]


async def _named(session: AsyncSession, actor: Actor, name: str, label: str) -> dict[str, Named]:
    table = _TABLES[name].c
    query = sa.select(table.id, table[label], table.archived_at).where(
        table.organisation_id == actor.organisation_id
    )
    rows = [Named._make(row) for row in await session.execute(query)]
    return {row.name.lower(): row for row in rows}


async def _criteria(session: AsyncSession, actor: Actor) -> dict[str, CriterionScale]:
    table = _TABLES["criterion"].c
    query = sa.select(table.key, *(table[name] for name in CriterionScale._fields)).where(
        table.organisation_id == actor.organisation_id
    )
    return {key: CriterionScale._make(rest) for key, *rest in await session.execute(query)}


async def _key_results(session: AsyncSession, actor: Actor) -> tuple[KeyResultAim, ...]:
    key_result, objective = _TABLES["key_result"], _TABLES["objective"]
    query = (
        sa.select(
            key_result.c.id,
            key_result.c.title,
            objective.c.title,
            key_result.c.direction,
            key_result.c.archived_at,
        )
        .join_from(
            key_result,
            objective,
            sa.and_(
                objective.c.organisation_id == key_result.c.organisation_id,
                objective.c.id == key_result.c.objective_id,
            ),
        )
        .where(key_result.c.organisation_id == actor.organisation_id)
        .with_for_update(read=True, of=key_result)
    )
    return tuple(KeyResultAim._make(row) for row in await session.execute(query))


async def _initiatives(
    session: AsyncSession, actor: Actor, portfolio_id: UUID, external_ids: Iterable[str]
) -> dict[str, StoredInitiative]:
    table = _TABLES["initiative"]
    query = (
        sa.select(table)
        .where(
            table.c.organisation_id == actor.organisation_id,
            table.c.portfolio_id == portfolio_id,
            table.c.external_id == sa.any_(sa.literal(list(external_ids), sa.ARRAY(sa.String))),
        )
        .order_by(table.c.id)
        .with_for_update(key_share=True)
    )
    rows = {row.id: row._asdict() for row in await session.execute(query)}
    demands = await _children(session, actor, "team_demand", rows)
    contributions = await _children(session, actor, "contribution", rows)
    costs = await _children(session, actor, "cost_of_delay", rows)
    ratings = await _children(session, actor, "score", rows, rater_id=actor.member_id)
    return {
        row["external_id"]: StoredInitiative(
            row=row,
            demands={(one["team_id"], one["skill"]): one for one in demands.get(id_, ())},
            contributions={one["key_result_id"]: one for one in contributions.get(id_, ())},
            cost_of_delay=next(iter(costs.get(id_, ())), None),
            ratings={one["criterion_id"]: one for one in ratings.get(id_, ())},
        )
        for id_, row in rows.items()
    }


async def _children(
    session: AsyncSession, actor: Actor, name: str, ids: Iterable[UUID], **conditions: Any
) -> dict[UUID, list[Mapping[str, Any]]]:
    table = _TABLES[name]
    query = sa.select(table).where(
        table.c.organisation_id == actor.organisation_id,
        table.c.initiative_id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Uuid))),
        *(table.c[column] == value for column, value in conditions.items()),
    )
    children: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in await session.execute(query):
        children.setdefault(row.initiative_id, []).append(row._asdict())
    return children
