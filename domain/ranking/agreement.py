"""The same portfolio ranked in several ways: how far they agree, and whose rank depends on the choice."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.errors import InvalidInput
from domain.ranking.caching import once
from domain.ranking.order import RankedPortfolio, RankingRequest, rank_portfolio
from domain.snapshot import View
from domain.snapshot.columns import frozen
from prioritisation.agreement import AgreementTable, compare_all
from prioritisation.result import Ranking

LEAST_COMPARED, MOST_COMPARED = 2, 6
_LONG = 5_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComparedRankings:
    """Rankings of the same initiatives, and how they agree.

    ``table`` is by position in ``rankings`` and by index into ``scored.positions``, which is the same for all.
    ``by_spread`` holds these indices: whose places lie furthest apart first, then who has the best place;
    those that no ranking ranks come last.
    """

    rankings: tuple[RankedPortfolio, ...]
    table: AgreementTable
    by_spread: NDArray[np.int64]

    def rank(self, ranking: int, index: int) -> int | None:
        """Rank of an index in one of the rankings; None where it has none."""
        return int(self.rankings[ranking].rank[index]) or None


async def compare_rankings(
    view: View, portfolio_id: UUID, requests: Sequence[RankingRequest]
) -> ComparedRankings:
    """Rank a portfolio in 2 to 6 ways and compare; they must be about the same states.

    Raises
    ------
    InvalidInput, NotFound
        When there are too few or too many, or one of them can't be made.
    """
    if not LEAST_COMPARED <= len(requests) <= MOST_COMPARED:
        raise InvalidInput(
            f"Compare {LEAST_COMPARED} to {MOST_COMPARED} rankings, not {len(requests)}.", path=("by",)
        )
    if len({request.states for request in requests}) > 1:
        raise InvalidInput(
            "Only rankings of initiatives in the same states can be compared.", path=("states",)
        )
    columns = view.portfolio(portfolio_id)
    rankings = tuple(
        await asyncio.gather(*(rank_portfolio(view, portfolio_id, request) for request in requests))
    )
    key = ("agreement", *(ranking.fingerprint for ranking in rankings))
    return await once(columns, key, lambda: _compared(rankings), long=len(rankings[0]) > _LONG)


def _compared(rankings: tuple[RankedPortfolio, ...]) -> ComparedRankings:
    named = {
        str(number): Ranking(
            order=ranking.order,
            rank=ranking.rank,
            score=ranking.scored.scores.score,
            unranked=frozen(ranking.rank == 0),
        )
        for number, ranking in enumerate(rankings)
    }
    table = compare_all(named)
    spread = table.lowest - table.highest
    never = table.highest == 0
    tie_break = rankings[0].columns.tie_break[rankings[0].scored.positions]
    return ComparedRankings(
        rankings=rankings,
        table=table,
        by_spread=frozen(np.lexsort((tie_break, table.highest, -spread, never))),
    )
