"""Many dependencies of a portfolio at once, as imports bring them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.acyclic import AcyclicGraph
from domain.bulk import Outcome, held_back, rows_as_table
from domain.commands.dependency import DependencyAdd
from domain.db import Database, transaction
from domain.dependency import cycle_error, refuse_senseless
from domain.entities import in_use, lock_portfolio
from domain.enums import DependencyKind, ErrorPolicy
from domain.errors import Conflict, DomainError, InvalidInput
from domain.estimates import Path
from domain.models import Dependency, Portfolio, metadata
from domain.references import unusable
from domain.rows import DependencyRow, columns

_DEPENDENCIES = metadata.tables["dependency"]
_INITIATIVES = metadata.tables["initiative"]
_CHUNK = 5_000
"""Rows a statement: keeps each far from the statement timeout."""

_Key = tuple[UUID, UUID, DependencyKind]


class _End(NamedTuple):
    id: UUID
    title: str
    portfolio_id: UUID
    archived_at: datetime | None


class _Candidate(NamedTuple):
    position: int
    command: DependencyAdd
    hard: bool

    @property
    def key(self) -> _Key:
        return self.command.predecessor_id, self.command.successor_id, self.command.kind


async def add_dependencies(
    database: Database,
    actor: Actor,
    portfolio_id: UUID,
    edges: Sequence[DependencyAdd | DomainError],
    policy: ErrorPolicy,
) -> list[Outcome[DependencyRow]]:
    """Add dependencies of one portfolio; one outcome per edge, in the order of the input.

    The edges are judged in their order: of those that close a cycle together, the last one is refused. An
    edge that is there already, with the same hardness, lag and note, is returned as it is. An edge that
    could not even be read is given as its error. A dependency has no parts that could be left out, so
    ``IGNORE_FAILED`` does as ``REJECT_FAILED``: it adds the good ones. Errors have paths from the edge on.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such portfolio, or it is archived.
    """
    async with transaction(database, actor) as session:
        await lock_portfolio(session, actor, portfolio_id)
        await in_use(session, actor, Portfolio, portfolio_id, path=("portfolioId",))
        faults: list[list[DomainError]] = [[] for _ in edges]
        candidates = _candidates(edges, faults)
        initiatives = await _initiatives(session, actor, portfolio_id, candidates)
        existing = await _existing(session, actor, portfolio_id)
        found: dict[int, DependencyRow] = {}
        new = []
        for candidate in candidates:
            fault = _misplaced(candidate, initiatives, portfolio_id)
            row = existing.get(candidate.key)
            if fault is None and row is not None:
                fault = _differing(candidate, row)
                if fault is None:
                    found[candidate.position] = row
            if fault is not None:
                faults[candidate.position].append(fault)
            elif row is None:
                new.append(candidate)
        new = _acyclic(new, existing.values(), initiatives, faults)
        if not held_back(policy, faults):
            found |= await _insert(session, actor, portfolio_id, new)
        return [
            Outcome(row=found.get(position), errors=tuple(errors)) for position, errors in enumerate(faults)
        ]


def _candidates(
    edges: Sequence[DependencyAdd | DomainError], faults: list[list[DomainError]]
) -> list[_Candidate]:
    candidates = []
    first: dict[_Key, int] = {}
    for position, edge in enumerate(edges):
        try:
            if isinstance(edge, DomainError):
                raise edge
            candidate = _Candidate(position, edge, refuse_senseless(edge))
            repeated = first.setdefault(candidate.key, position)
            if repeated != position:
                raise InvalidInput(
                    f"This repeats the dependency at position {repeated}, counted from 0; leave one out.",
                    path=("successorId",),
                )
            candidates.append(candidate)
        except DomainError as error:
            faults[position].append(error)
    return candidates


async def _initiatives(
    session: AsyncSession, actor: Actor, portfolio_id: UUID, candidates: Sequence[_Candidate]
) -> dict[UUID, _End]:
    """The named initiatives, and those of the portfolio, for their titles."""
    named = {end for candidate in candidates for end in candidate.key[:2]}
    table = _INITIATIVES.c
    query = sa.select(table.id, table.title, table.portfolio_id, table.archived_at).where(
        table.organisation_id == actor.organisation_id,
        sa.or_(
            table.portfolio_id == portfolio_id,
            table.id == sa.any_(sa.literal(list(named), sa.ARRAY(sa.Uuid))),
        ),
    )
    return {row.id: row for row in map(_End._make, await session.execute(query))}


async def _existing(session: AsyncSession, actor: Actor, portfolio_id: UUID) -> dict[_Key, DependencyRow]:
    query = sa.select(*columns(Dependency, DependencyRow)).where(
        _DEPENDENCIES.c.organisation_id == actor.organisation_id,
        _DEPENDENCIES.c.portfolio_id == portfolio_id,
    )
    rows = map(DependencyRow._make, await session.execute(query))
    return {(row.predecessor_id, row.successor_id, row.kind): row for row in rows}


def _misplaced(
    candidate: _Candidate, initiatives: Mapping[UUID, _End], portfolio_id: UUID
) -> DomainError | None:
    ends: tuple[tuple[UUID, Path], ...] = (
        (candidate.command.predecessor_id, ("predecessorId",)),
        (candidate.command.successor_id, ("successorId",)),
    )
    for end, path in ends:
        row = initiatives.get(end)
        fault = unusable(row, noun="initiative", path=path)
        if fault is not None:
            return fault
        if row is not None and row.portfolio_id != portfolio_id:
            return InvalidInput(
                f"“{row.title}” is an initiative of another portfolio; dependencies stay within one.",
                path=path,
            )
    return None


def _differing(candidate: _Candidate, row: DependencyRow) -> DomainError | None:
    command = candidate.command
    if command.id in (None, row.id) and (candidate.hard, command.lag_weeks, command.note) == (
        row.hard,
        row.lag_weeks,
        row.note,
    ):
        return None
    return Conflict(
        f"There is a {row.kind.value} dependency between these two already, and it differs; update that one.",
        actual_version=row.version,
        path=("successorId",),
    )


def _acyclic(
    new: Sequence[_Candidate],
    existing: Iterable[DependencyRow],
    initiatives: Mapping[UUID, _End],
    faults: list[list[DomainError]],
) -> list[_Candidate]:
    """What of ``new`` closes no cycle with what is there and with what comes before it."""
    graph = AcyclicGraph(
        ((row.predecessor_id, row.successor_id) for row in existing if row.hard),
        expected=(candidate.key[:2] for candidate in new if candidate.hard),
    )
    good = []
    for candidate in new:
        way_back = graph.add(*candidate.key[:2]) if candidate.hard else None
        if way_back is None:
            good.append(candidate)
        else:
            titles = {node: initiatives[node].title for node in way_back}
            faults[candidate.position].append(cycle_error(way_back, titles, path=("successorId",)))
    return good


async def _insert(
    session: AsyncSession, actor: Actor, portfolio_id: UUID, candidates: Sequence[_Candidate]
) -> dict[int, DependencyRow]:
    inserted: dict[_Key, DependencyRow] = {}
    for start in range(0, len(candidates), _CHUNK):
        rows = [
            {
                **candidate.command.model_dump(),
                "id": candidate.command.id or uuid4(),
                "hard": candidate.hard,
            }
            for candidate in candidates[start : start + _CHUNK]
        ]
        given = rows_as_table(_DEPENDENCIES, rows)
        query = sa.select(
            sa.literal(actor.organisation_id, sa.Uuid),
            sa.literal(portfolio_id, sa.Uuid),
            *given.c,
        )
        statement = (
            sa.insert(_DEPENDENCIES)
            .from_select(["organisation_id", "portfolio_id", *rows[0]], query)
            .returning(*columns(Dependency, DependencyRow))
        )
        for row in map(DependencyRow._make, await session.execute(statement)):
            inserted[row.predecessor_id, row.successor_id, row.kind] = row
    return {candidate.position: inserted[candidate.key] for candidate in candidates}
