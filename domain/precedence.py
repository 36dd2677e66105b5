"""What hard dependencies lead to, found in the database and without loading the portfolio."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.enums import OPEN_STATES, InitiativeState
from domain.models import metadata

_EDGES = metadata.tables["dependency"]
_INITIATIVES = metadata.tables["initiative"]
NEAR = 10_000
"""So many initiatives are followed step by step in the database."""


class Dependent(NamedTuple):
    """An open initiative that waits for another one, over ``distance`` hard dependencies at least."""

    id: UUID
    title: str
    state: InitiativeState
    distance: int


async def dependents(session: AsyncSession, actor: Actor, initiative_id: UUID) -> tuple[Dependent, ...]:
    """Who waits for an initiative, directly or not; the nearest first, then by title.

    What is completed, stopped or archived waits for nothing, and nothing waits for the initiative through it.
    """
    waits = sa.and_(
        _INITIATIVES.c.organisation_id == actor.organisation_id,
        _INITIATIVES.c.id == _EDGES.c.successor_id,
        _INITIATIVES.c.state.in_(OPEN_STATES),
        _INITIATIVES.c.archived_at.is_(None),
    )
    reached = _start(initiative_id)
    reached = reached.union(_onward(actor, reached).join(_INITIATIVES, waits))
    query = (
        sa.select(_EDGES.c.predecessor_id, _INITIATIVES.c.id, _INITIATIVES.c.title, _INITIATIVES.c.state)
        .select_from(reached)
        .join(_EDGES, _from_here(actor, reached))
        .join(_INITIATIVES, waits)
    )
    rows = (await session.execute(query)).all()
    steps = _steps((before, after) for before, after, _, _ in rows)
    distances = {initiative_id: 0}
    queue = deque([initiative_id])
    while queue:
        here = queue.popleft()
        for after in steps.get(here, ()):
            if after not in distances:
                distances[after] = distances[here] + 1
                queue.append(after)
    found = {after: Dependent(after, title, state, distances[after]) for _, after, title, state in rows}
    return tuple(sorted(found.values(), key=lambda one: (one.distance, one.title, one.id)))


async def hard_path(
    session: AsyncSession, actor: Actor, *, portfolio_id: UUID, start: UUID, goal: UUID, near: int = NEAR
) -> list[UUID] | None:
    """The shortest way from ``start`` to ``goal`` over hard dependencies, both included; None without one.

    Goes step by step in the database as long as at most ``near`` initiatives are reached, which is nearly
    always; else it reads the portfolio's hard dependencies at once, which bounds the time in any portfolio.
    """
    reached = _start(start)
    reached = reached.union(_onward(actor, reached))
    first = sa.select(reached.c.id).limit(near).subquery()
    search = sa.select(sa.func.bool_or(first.c.id == goal), sa.func.count()).select_from(first)
    met, number = (await session.execute(search)).one()
    edges = sa.select(_EDGES.c.predecessor_id, _EDGES.c.successor_id).where(
        _EDGES.c.organisation_id == actor.organisation_id, _EDGES.c.hard
    )
    if met:
        # the nearer ones come first, so that the shortest way to one of them lies among them
        edges = edges.where(_EDGES.c.predecessor_id.in_(sa.select(first.c.id)))
    elif number < near:
        return None
    else:
        edges = edges.where(_EDGES.c.portfolio_id == portfolio_id)
    steps = _steps((before, after) for before, after in await session.execute(edges))
    return shortest_path(steps, start=start, goal=goal)


def shortest_path(steps: dict[UUID, list[UUID]], *, start: UUID, goal: UUID) -> list[UUID] | None:
    """The shortest way from ``start`` to ``goal``, both included; None if there is none."""
    came_from: dict[UUID, UUID | None] = {start: None}
    queue = deque([start])
    while queue and goal not in came_from:
        here = queue.popleft()
        for after in steps.get(here, ()):
            if after not in came_from:
                came_from[after] = here
                queue.append(after)
    if goal not in came_from:
        return None
    path, step = [goal], came_from[goal]
    while step is not None:
        path.append(step)
        step = came_from[step]
    return path[::-1]


def _start(initiative_id: UUID) -> sa.CTE:
    return sa.select(sa.literal(initiative_id, sa.Uuid).label("id")).cte("reached", recursive=True)


def _from_here(actor: Actor, reached: sa.CTE) -> sa.ColumnElement[bool]:
    return sa.and_(
        _EDGES.c.organisation_id == actor.organisation_id,
        _EDGES.c.predecessor_id == reached.c.id,
        _EDGES.c.hard,
    )


def _onward(actor: Actor, reached: sa.CTE) -> sa.Select[tuple[UUID]]:
    return sa.select(_EDGES.c.successor_id).select_from(reached).join(_EDGES, _from_here(actor, reached))


def _steps(edges: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    steps: dict[UUID, list[UUID]] = {}
    for before, after in edges:
        steps.setdefault(before, []).append(after)
    return steps
