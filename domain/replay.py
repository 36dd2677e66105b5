"""Published rankings computed again from what was stored with them: to prove them, and to compare them."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from domain.db import Database, reading_in_thread
from domain.errors import InvalidInput, NotFound
from domain.models import RankingPublication, RankingPublicationItem, metadata
from domain.publication import thawed
from domain.ranking.causes import Comparison, RankCause, compare
from domain.ranking.encoding import fingerprint, result_bytes
from domain.ranking.input import ENGINE_VERSION, RankingInput, Solved, solve
from domain.ranking.ordering import Ordered
from domain.ranking.overriding import Integers
from domain.rows import RankingPublicationItemRow, RankingPublicationRow, columns

_PUBLICATIONS = metadata.tables["ranking_publication"]
_INPUTS = metadata.tables["ranking_publication_input"]
_ITEMS = metadata.tables["ranking_publication_item"]

_ONE_BY_ONE = ThreadPoolExecutor(max_workers=1, thread_name_prefix="replay")
"""So that a query with many replays leaves connections and processors to the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What computing a publication again has led to.

    ``equal`` when what it was computed from is unharmed and leads to the published lines to the last bit;
    ``fingerprint`` is that of what was stored, ``engine_version`` that of this program's engine.
    """

    equal: bool
    fingerprint: str
    engine_version: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankingDiff:
    """Two publications of a portfolio side by side, by ids of initiatives.

    ``entered`` and ``left`` follow the rankings; ``moved`` begins with the longest moves, and with those that
    have gained or lost a rank. ``unchanged`` counts those of the same rank.
    """

    before: RankingPublicationRow
    after: RankingPublicationRow
    entered: tuple[UUID, ...]
    left: tuple[UUID, ...]
    moved: tuple[UUID, ...]
    unchanged: int
    comparison: Comparison
    index_of: dict[UUID, int]
    """Index in the comparison of what has moved."""

    def causes(self, initiative_id: UUID) -> tuple[RankCause, ...]:
        """Why an initiative has moved."""
        return self.comparison.causes(self.index_of[initiative_id])


async def replay_ranking(database: Database, organisation_id: UUID, publication_id: UUID) -> Replay:
    """Compute a published ranking again from what was stored with it.

    Raises
    ------
    NotFound
        When there is no such publication.
    InvalidInput
        When it was published by a newer program.
    """
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_ONE_BY_ONE, _replay, database, organisation_id, publication_id)


async def diff_rankings(
    database: Database, organisation_id: UUID, *, before_id: UUID, after_id: UUID
) -> RankingDiff:
    """Set two publications of a portfolio against each other.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such publication; when they are of two portfolios, or published by a newer program.
    """
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_ONE_BY_ONE, _diff, database, organisation_id, before_id, after_id)


def _read(
    connection: sa.Connection, organisation_id: UUID, publication_id: UUID, *, path: str
) -> tuple[RankingPublicationRow, RankingInput]:
    query = (
        sa.select(*columns(RankingPublication, RankingPublicationRow), _INPUTS.c.content)
        .join(
            _INPUTS,
            sa.and_(
                _INPUTS.c.organisation_id == _PUBLICATIONS.c.organisation_id,
                _INPUTS.c.publication_id == _PUBLICATIONS.c.id,
            ),
        )
        .where(_PUBLICATIONS.c.organisation_id == organisation_id, _PUBLICATIONS.c.id == publication_id)
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NotFound("There is no published ranking with this id.", path=(path,))
    *values, content = found
    return RankingPublicationRow._make(values), thawed(content)


def _replay(database: Database, organisation_id: UUID, publication_id: UUID) -> Replay:
    with reading_in_thread(database, organisation_id) as connection:
        row, posed = _read(connection, organisation_id, publication_id, path="id")
        query = (
            sa.select(*columns(RankingPublicationItem, RankingPublicationItemRow))
            .where(_ITEMS.c.organisation_id == organisation_id, _ITEMS.c.publication_id == publication_id)
            .order_by(_ITEMS.c.place)
        )
        lines = [RankingPublicationItemRow._make(line) for line in connection.execute(query)]
    digest = fingerprint(posed)
    published = _published(posed, lines)
    anew = None if published is None else solve(posed)
    return Replay(
        equal=published is not None
        and anew is not None
        and result_bytes(published) == result_bytes(anew)
        and digest == row.fingerprint,
        fingerprint=digest,
        engine_version=ENGINE_VERSION,
    )


def _published(posed: RankingInput, lines: Sequence[RankingPublicationItemRow]) -> Solved | None:
    """The ranking that the stored lines show; None when they are not of the initiatives that were ranked."""
    position = {initiative_id: at for at, initiative_id in enumerate(posed.uuids())}
    if {line.initiative_id for line in lines} != position.keys() or len(lines) != len(position):
        return None
    order = np.array([position[line.initiative_id] for line in lines], dtype=np.int64)

    def by_position(name: str) -> Integers:
        ranks = np.zeros(len(lines), dtype=np.int64)
        ranks[order] = [getattr(line, name) or 0 for line in lines]
        return ranks

    score = np.full(len(lines), np.nan)
    score[order] = [np.nan if line.score is None else line.score for line in lines]
    ordered = Ordered(
        order=order,
        rank=by_position("rank"),
        computed_rank=by_position("computed_rank"),
        score_rank=by_position("score_rank"),
        solved=None,
    )
    return Solved(score=score, size=np.ones(len(lines)), ordered=ordered)


def _diff(database: Database, organisation_id: UUID, before_id: UUID, after_id: UUID) -> RankingDiff:
    with reading_in_thread(database, organisation_id) as connection:
        before, earlier = _read(connection, organisation_id, before_id, path="from")
        after, later = _read(connection, organisation_id, after_id, path="to")
    if before.portfolio_id != after.portfolio_id:
        raise InvalidInput("These rankings are of two portfolios; choose two of the same one.", path=("to",))
    comparison = compare(earlier, later)
    ids = later.uuids()
    moved = comparison.moved
    ranks = comparison.rank_before[moved], comparison.rank_after[moved]
    # without a rank it is behind all others
    length = np.where((ranks[0] == 0) | (ranks[1] == 0), len(later) + 1, np.abs(ranks[0] - ranks[1]))
    place = _places(comparison.later)
    moved = moved[np.lexsort((place[comparison.after[moved]], -length))]
    moved_ids = [ids[position] for position in comparison.after[moved]]
    return RankingDiff(
        before=before,
        after=after,
        entered=_in_order(later, comparison.later, comparison.entered),
        left=_in_order(earlier, comparison.earlier, comparison.left),
        moved=tuple(moved_ids),
        unchanged=len(comparison.after) - len(moved_ids),
        comparison=comparison,
        index_of=dict(zip(moved_ids, moved.tolist(), strict=True)),
    )


def _places(solved: Solved) -> Integers:
    place = np.empty(len(solved.score), dtype=np.int64)
    place[solved.ordered.order] = np.arange(len(place))
    return place


def _in_order(posed: RankingInput, solved: Solved, positions: Integers) -> tuple[UUID, ...]:
    best_first = positions[np.argsort(_places(solved)[positions])]
    return tuple(UUID(bytes=posed.ids[position].tobytes()) for position in best_first)
