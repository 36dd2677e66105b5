"""Use cases about ranks that are set by hand: decisions with a reason, in force until they are withdrawn.

A rank is set against the portfolio's own ranking: its default model, all open initiatives, in the
dependency-aware order. It then counts in every dependency-aware ranking of all open initiatives.
"""

from datetime import date
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.ranking import RankingOverrideRemove, RankingOverrideSet
from domain.db import Database, reading, transaction
from domain.entities import in_use, lock_portfolio
from domain.errors import Conflict, InvalidInput, NotFound, RankNotFeasible
from domain.models import Initiative, RankingOverride, metadata
from domain.ranking import RankedPortfolio, RankingRequest, rank_portfolio
from domain.ranking.overriding import Obstacles, Precedences, obstacles
from domain.rows import RankingOverrideRow, columns
from domain.snapshot import SnapshotStore, Version

_OVERRIDES = metadata.tables["ranking_override"]
_ATTEMPTS = 10
_MOST_NAMED = 5

_MOVED_ON = sa.text(
    "SELECT EXISTS (SELECT 1 FROM change_log WHERE organisation_id = :organisation_id"
    " AND portfolio_id = :portfolio_id AND entity IN ('ranking_override', 'dependency')"
    " AND xid >= pg_snapshot_xmin(CAST(:version AS pg_snapshot))"
    " AND NOT pg_visible_in_snapshot(xid, CAST(:version AS pg_snapshot)))"
)


async def set_ranking_override(
    database: Database,
    snapshots: SnapshotStore,
    actor: Actor,
    command: RankingOverrideSet,
    *,
    today: date,
) -> RankingOverrideRow:
    """Decide that an initiative has a rank, in place of what was decided before.

    Dependencies and other decisions can't change between the check and the decision: both are written
    under the portfolio's lock, and the check is repeated when the ranking that it saw has moved on. To
    decide the same again, for the same reason, writes nothing.

    Parameters
    ----------
    today
        The day that costs of delay are counted from.

    Raises
    ------
    RankNotFeasible
        When a hard predecessor would come later or a successor earlier, or the rank is or would cost
        another one that is set by hand; it names what is in the way and which ranks are possible.
    InvalidInput
        When the initiative is archived, completed or stopped; when there are not so many ranks; when the
        other initiative is the same or has no rank; when the portfolio's model can't be applied.
    NotFound, Conflict
        When there is no such initiative in the portfolio; when somebody else has decided meanwhile.
    """
    portfolio_id = await _portfolio_of(database, actor, command.initiative_id)
    for _ in range(_ATTEMPTS):
        view = await snapshots.fresh(actor.organisation_id, portfolio_id)
        ranking = await rank_portfolio(view, portfolio_id, RankingRequest(today=today))
        computed = ranking
        if ranking.overrides:
            computed = await rank_portfolio(view, portfolio_id, RankingRequest(today=today, overridden=False))
        index, rank = _asked_for(ranking, command)
        async with transaction(database, actor, reason=command.reason) as session:
            await lock_portfolio(session, actor, portfolio_id)
            live = await _live(session, actor, command.initiative_id)
            _refuse_stale(command.expected_version, live)
            if not await _moved_on(session, actor, portfolio_id, view.version):
                await in_use(session, actor, Initiative, command.initiative_id, path=("initiativeId",))
                _refuse_infeasible(ranking, computed, index, rank, path=_path(command))
                return await _decide(session, actor, command, portfolio_id, rank=rank, live=live)
    raise Conflict("Others are deciding about this portfolio's ranks; read them again and decide anew.")


async def remove_ranking_override(
    database: Database, actor: Actor, command: RankingOverrideRemove
) -> RankingOverrideRow:
    """Withdraw an initiative's rank that was set by hand, and return the decision as it is then.

    Raises
    ------
    NotFound, Conflict
        When there is no such initiative, or its rank is not set by hand; when somebody else has decided
        meanwhile.
    """
    portfolio_id = await _portfolio_of(database, actor, command.initiative_id)
    async with transaction(database, actor, reason=command.reason) as session:
        await lock_portfolio(session, actor, portfolio_id)
        live = await _live(session, actor, command.initiative_id)
        _refuse_stale(command.expected_version, live)
        if live is None:
            raise NotFound("The rank of this initiative is not set by hand.", path=("initiativeId",))
        return await _withdraw(session, actor, live, reason=command.reason)


def _path(command: RankingOverrideSet) -> tuple[str]:
    return ("rank" if command.before_id is None else "beforeId",)


def _asked_for(ranking: RankedPortfolio, command: RankingOverrideSet) -> tuple[int, int]:
    """The initiative's index in the ranking, and the rank that it is to have."""
    if (command.rank is None) == (command.before_id is None):
        raise InvalidInput("Give either a rank or the initiative to come before.", path=("rank",))
    index = _index(ranking, command.initiative_id)
    if index is None:
        raise InvalidInput(
            "Only open initiatives have a rank; this one is archived, completed or stopped.",
            path=("initiativeId",),
        )
    if command.rank is not None:
        return index, command.rank
    if command.before_id is None or ranking.columns.find(command.before_id) is None:
        raise NotFound("There is no initiative with this id in the portfolio.", path=_path(command))
    other = _index(ranking, command.before_id)
    if other == index:
        raise InvalidInput("An initiative can't come before itself; choose another.", path=_path(command))
    if other is None or not ranking.rank[other]:
        raise InvalidInput("That one has no rank, so that nothing can come before it.", path=_path(command))
    comes_earlier = 0 < ranking.rank[index] < ranking.rank[other]
    return index, int(ranking.rank[other]) - int(comes_earlier)


def _index(ranking: RankedPortfolio, initiative_id: UUID) -> int | None:
    position = ranking.columns.find(initiative_id)
    index = -1 if position is None else int(ranking.index_of[position])
    return None if index < 0 else index


def _refuse_infeasible(
    ranking: RankedPortfolio, computed: RankedPortfolio, index: int, rank: int, *, path: tuple[str]
) -> None:
    """Refuse a rank that can't be had beside those in force; ``computed`` is the ranking without them."""
    edges, positions = ranking.columns.edges, ranking.scored.positions
    stated = np.zeros(len(positions), dtype=np.int64)
    for at, row in ranking.overrides.items():
        stated[at] = row.rank
    stated[index] = rank
    precedences = Precedences(
        tails=ranking.index_of[edges.predecessor[ranking.edges]],
        heads=ranking.index_of[edges.successor[ranking.edges]],
    )
    needed = precedences.closed((ranking.rank > 0) | (stated > 0))
    among = needed[precedences.heads]
    sequence = computed.order[needed[computed.order]]
    if rank > len(sequence):
        raise InvalidInput(f"There are {len(sequence)} ranks; choose one from 1 to that.", path=path)
    found = obstacles(
        index,
        sequence,
        stated,
        ranking.columns.tie_break[positions],
        Precedences(tails=precedences.tails[among], heads=precedences.heads[among]),
    )
    if found is None:
        return
    rows = [ranking.columns.rows[positions[blocker]] for blocker in found.indices]
    named = ", ".join(
        f"{row.title} (rank {ranking.rank[blocker] or 'none'})"
        for row, blocker in list(zip(rows, found.indices, strict=True))[:_MOST_NAMED]
    )
    more = len(rows) - _MOST_NAMED
    raise RankNotFeasible(
        f"Rank {rank} can't be had because of {named}{f' and {more} more' if more > 0 else ''}: an initiative"
        " stays behind what it needs, before what needs it, and off the ranks that are set by hand."
        f" {_possible(found)}",
        blockers=[row.id for row in rows],
        earliest=found.earliest,
        latest=found.latest,
        path=path,
    )


def _possible(found: Obstacles) -> str:
    if not found.earliest:
        return "There is no rank that it could have; withdraw another one first."
    if found.earliest == found.latest:
        return f"It could have rank {found.earliest}."
    return f"It could have a rank from {found.earliest} to {found.latest}."


def _refuse_stale(expected: int | None, live: RankingOverrideRow | None) -> None:
    actual = 0 if live is None else live.version
    if expected is not None and expected != actual:
        state = "is not set by hand (version 0)" if live is None else f"is at version {actual}"
        raise Conflict(
            f"The initiative's rank {state}, not at {expected}: somebody has decided meanwhile. Read it again"
            " and decide anew.",
            expected_version=expected,
            actual_version=actual,
            path=("expectedVersion",),
        )


async def _portfolio_of(database: Database, actor: Actor, initiative_id: UUID) -> UUID:
    table = metadata.tables["initiative"]
    query = sa.select(table.c.portfolio_id).where(
        table.c.organisation_id == actor.organisation_id, table.c.id == initiative_id
    )
    async with reading(database, actor.organisation_id) as connection:
        portfolio_id: UUID | None = (await connection.execute(query)).scalar_one_or_none()
    if portfolio_id is None:
        raise NotFound("There is no initiative with this id.", path=("initiativeId",))
    return portfolio_id


async def _moved_on(session: AsyncSession, actor: Actor, portfolio_id: UUID, version: Version) -> bool:
    values = {
        "organisation_id": actor.organisation_id,
        "portfolio_id": portfolio_id,
        "version": version.pg_snapshot,
    }
    return bool((await session.execute(_MOVED_ON, values)).scalar_one())


async def _live(session: AsyncSession, actor: Actor, initiative_id: UUID) -> RankingOverrideRow | None:
    query = sa.select(*columns(RankingOverride, RankingOverrideRow)).where(
        _OVERRIDES.c.organisation_id == actor.organisation_id,
        _OVERRIDES.c.initiative_id == initiative_id,
        _OVERRIDES.c.withdrawn_at.is_(None),
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else RankingOverrideRow._make(row)


async def _decide(
    session: AsyncSession,
    actor: Actor,
    command: RankingOverrideSet,
    portfolio_id: UUID,
    *,
    rank: int,
    live: RankingOverrideRow | None,
) -> RankingOverrideRow:
    if live is not None:
        if (live.rank, live.reason, live.decided_by_id) == (rank, command.reason, actor.member_id):
            return live
        await _withdraw(session, actor, live, reason=command.reason)
    latest = (
        sa.select(sa.func.coalesce(sa.func.max(_OVERRIDES.c.version), 0) + 1)
        .where(
            _OVERRIDES.c.organisation_id == actor.organisation_id,
            _OVERRIDES.c.initiative_id == command.initiative_id,
        )
        .scalar_subquery()
    )
    decided = (
        sa.insert(_OVERRIDES)
        .values(
            organisation_id=actor.organisation_id,
            portfolio_id=portfolio_id,
            initiative_id=command.initiative_id,
            version=latest,
            rank=rank,
            reason=command.reason,
            decided_by_id=actor.member_id,
            # now() is when the transaction began, which may be before the decision that this one waited for
            created_at=sa.func.clock_timestamp(),
        )
        .returning(*columns(RankingOverride, RankingOverrideRow))
    )
    return RankingOverrideRow._make((await session.execute(decided)).one())


async def _withdraw(
    session: AsyncSession, actor: Actor, live: RankingOverrideRow, *, reason: str
) -> RankingOverrideRow:
    withdrawn = (
        sa.update(_OVERRIDES)
        .where(_OVERRIDES.c.organisation_id == actor.organisation_id, _OVERRIDES.c.id == live.id)
        .values(
            withdrawn_at=sa.func.clock_timestamp(),
            withdrawn_by_id=actor.member_id,
            withdrawn_reason=reason,
        )
        .returning(*columns(RankingOverride, RankingOverrideRow))
    )
    return RankingOverrideRow._make((await session.execute(withdrawn)).one())
