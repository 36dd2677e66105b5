"""Use cases about dependencies: the hard ones of a portfolio form a directed acyclic graph.

Every write takes the portfolio's lock, before any other, so that two writers can't close a cycle together.
All hard edges count, whatever their kind and the state of their ends, so that no later change of state or
return from the archive reveals a cycle. Writing many at once is in ``domain.dependency_bulk``.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.dependency import DependencyAdd, DependencyRemove, DependencyUpdate
from domain.db import Database, transaction
from domain.entities import change, create, find, in_use, lock, lock_portfolio, repeated
from domain.enums import CONSTRAINING_KINDS, DependencyKind
from domain.errors import Conflict, DependencyCycle, InvalidInput
from domain.estimates import Path
from domain.models import Dependency, Initiative, metadata
from domain.precedence import hard_path
from domain.rows import DependencyRow, as_row

_DEPENDENCIES = metadata.tables["dependency"]
_INITIATIVES = metadata.tables["initiative"]
_LONGEST_NAMED = 12


async def add_dependency(database: Database, actor: Actor, command: DependencyAdd) -> DependencyRow:
    """Add a dependency between two initiatives of a portfolio.

    Raises
    ------
    DependencyCycle
        When it is hard and would close a cycle, which the error names.
    InvalidInput
        When both ends are the same, are in two portfolios or archived; when a relation is to constrain.
    NotFound, Conflict
        When an end is not there; when the dependency exists already, or the id is taken.
    """
    hard = refuse_senseless(command)
    async with transaction(database, actor) as session:
        path: Path = ("predecessorId",)
        portfolio_id = (
            await find(session, actor, Initiative, command.predecessor_id, path=path)
        ).portfolio_id
        await lock_portfolio(session, actor, portfolio_id)
        values = command.model_dump(exclude={"id"}) | {"portfolio_id": portfolio_id, "hard": hard}
        first = await repeated(session, actor, Dependency, values, entity_id=command.id)
        if first is not None:
            return as_row(DependencyRow, first)
        await in_use(session, actor, Initiative, command.predecessor_id, path=path)
        successor = await in_use(session, actor, Initiative, command.successor_id, path=("successorId",))
        if successor.portfolio_id != portfolio_id:
            raise InvalidInput(
                "The successor is an initiative of another portfolio; dependencies stay within one.",
                path=("successorId",),
            )
        await _refuse_duplicate(session, actor, command)
        if hard:
            await _refuse_cycle(
                session,
                actor,
                portfolio_id=portfolio_id,
                predecessor_id=command.predecessor_id,
                successor_id=command.successor_id,
                path=("successorId",),
            )
        return as_row(DependencyRow, await create(session, actor, Dependency, values, entity_id=command.id))


async def update_dependency(database: Database, actor: Actor, command: DependencyUpdate) -> DependencyRow:
    """Change lag, note, or whether a dependency is hard; its ends and its kind stay.

    Raises
    ------
    DependencyCycle
        When it becomes hard and would close a cycle, which the error names.
    InvalidInput
        When a relation is to constrain.
    NotFound, Conflict
        When there is no such dependency, or its version moved on.
    """
    async with transaction(database, actor) as session:
        portfolio_id = (await find(session, actor, Dependency, command.id)).portfolio_id
        await lock_portfolio(session, actor, portfolio_id)
        dependency = await lock(
            session, actor, Dependency, command.id, expected_version=command.expected_version
        )
        changes = command.changes()
        becomes_hard = bool(changes.get("hard", False)) and not dependency.hard
        refuse_constraining(
            dependency.kind,
            hard=changes.get("hard", dependency.hard),
            lag_weeks=changes.get("lag_weeks", dependency.lag_weeks),
        )
        if becomes_hard:
            await _refuse_cycle(
                session,
                actor,
                portfolio_id=portfolio_id,
                predecessor_id=dependency.predecessor_id,
                successor_id=dependency.successor_id,
                path=("hard",),
            )
        return as_row(DependencyRow, await change(session, actor, Dependency, command.id, changes))


async def remove_dependency(database: Database, actor: Actor, command: DependencyRemove) -> DependencyRow:
    """Remove a dependency, and return it as it was.

    Raises
    ------
    NotFound, Conflict
        When there is no such dependency, or its version moved on.
    """
    async with transaction(database, actor) as session:
        portfolio_id = (await find(session, actor, Dependency, command.id)).portfolio_id
        await lock_portfolio(session, actor, portfolio_id)
        dependency = await lock(
            session, actor, Dependency, command.id, expected_version=command.expected_version
        )
        row = as_row(DependencyRow, dependency)
        await session.execute(
            sa.delete(_DEPENDENCIES).where(
                _DEPENDENCIES.c.organisation_id == actor.organisation_id, _DEPENDENCIES.c.id == command.id
            )
        )
        return row


def refuse_senseless(command: DependencyAdd, *, path: Path = ()) -> bool:
    """Refuse what no portfolio can hold; return whether the dependency is a hard one.

    Raises
    ------
    InvalidInput
        For a dependency of an initiative on itself, and for a relation that is to constrain.
    """
    if command.predecessor_id == command.successor_id:
        raise InvalidInput(
            "An initiative cannot depend on itself; choose another successor.", path=(*path, "successorId")
        )
    hard = command.kind in CONSTRAINING_KINDS if command.hard is None else command.hard
    refuse_constraining(command.kind, hard=hard, lag_weeks=command.lag_weeks, path=path)
    return hard


def refuse_constraining(kind: DependencyKind, *, hard: bool, lag_weeks: float, path: Path = ()) -> None:
    """Refuse relations that are hard or have a lag."""
    if kind in CONSTRAINING_KINDS:
        return
    if hard:
        raise InvalidInput(
            f"A relation of the kind {kind.value} only informs and cannot be hard.", path=(*path, "hard")
        )
    if lag_weeks:
        raise InvalidInput(
            f"A relation of the kind {kind.value} only informs and has no lag.", path=(*path, "lagWeeks")
        )


def cycle_error(way_back: Sequence[UUID], titles: Mapping[UUID, str], *, path: Path) -> DependencyCycle:
    """The refusal of a dependency whose successor leads back to its predecessor, both ends included."""
    cycle = [way_back[-1], *way_back[:-1]]
    names = [titles[initiative_id] for initiative_id in (*cycle, cycle[0])]
    if len(names) > _LONGEST_NAMED:
        left_out = len(names) - _LONGEST_NAMED + 1
        names = [*names[: _LONGEST_NAMED - 2], f"({left_out} more)", names[-1]]
    return DependencyCycle(
        f"This hard dependency would close a cycle: {' → '.join(names)}. Remove one of these dependencies or"
        " make it soft first.",
        cycle=cycle,
        path=path,
    )


async def _refuse_duplicate(session: AsyncSession, actor: Actor, command: DependencyAdd) -> None:
    query = sa.select(_DEPENDENCIES.c.version).where(
        _DEPENDENCIES.c.organisation_id == actor.organisation_id,
        _DEPENDENCIES.c.predecessor_id == command.predecessor_id,
        _DEPENDENCIES.c.successor_id == command.successor_id,
        _DEPENDENCIES.c.kind == command.kind,
    )
    version = (await session.execute(query)).scalar_one_or_none()
    if version is not None:
        raise Conflict(
            f"There is a {command.kind.value} dependency between these two already; update that one.",
            actual_version=version,
            path=("successorId",),
        )


async def _refuse_cycle(
    session: AsyncSession,
    actor: Actor,
    *,
    portfolio_id: UUID,
    predecessor_id: UUID,
    successor_id: UUID,
    path: Path,
) -> None:
    way_back = await hard_path(
        session, actor, portfolio_id=portfolio_id, start=successor_id, goal=predecessor_id
    )
    if way_back is None:
        return
    query = sa.select(_INITIATIVES.c.id, _INITIATIVES.c.title).where(
        _INITIATIVES.c.organisation_id == actor.organisation_id,
        _INITIATIVES.c.id == sa.any_(sa.literal(way_back, sa.ARRAY(sa.Uuid))),
    )
    titles = {row.id: row.title for row in await session.execute(query)}
    raise cycle_error(way_back, titles, path=path)
