"""``Portfolio.rankingComparison``: the same initiatives ranked in several ways, and who moves most."""

import math
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.enums import ScoringMethod
from api.nodes import as_type
from api.pagination import Connection, Page, slice_of
from api.ranking.enums import OrderKind
from domain.ranking.agreement import ComparedRankings

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.scoring.types import ScoringModelVersion


class _Compared(NamedTuple):
    """One of the rankings of a comparison."""

    comparison: ComparedRankings
    at: int


@strawberry.type(description="One of the rankings that are compared.")
class ComparedRanking:
    """Shows ``_Compared``."""

    @strawberry.field(description="Its place in `by`, from 0.")
    def index(self: _Compared) -> int:
        return self.at

    @strawberry.field(description="The method.")
    def method(self: _Compared) -> ScoringMethod:
        return self.comparison.rankings[self.at].scored.method

    @strawberry.field(description="The scoring model's version; null for methods that need none.")
    def model_version(
        self: _Compared,
    ) -> Annotated["ScoringModelVersion", strawberry.lazy("api.scoring.types")] | None:
        model = self.comparison.rankings[self.at].model
        return None if model is None else cast("ScoringModelVersion", model.version)

    @strawberry.field(description="How many initiatives it ranks.")
    def ranked_count(self: _Compared) -> int:
        return int((self.comparison.rankings[self.at].rank > 0).sum())

    @strawberry.field(description="Digest of everything that this ranking depends on.")
    def fingerprint(self: _Compared) -> str:
        return self.comparison.rankings[self.at].fingerprint


class _Pair(NamedTuple):
    """Two of the rankings of a comparison."""

    comparison: ComparedRankings
    one: int
    other: int


@strawberry.type(description="How far two rankings agree.")
class RankingAgreement:
    """Shows ``_Pair``."""

    @strawberry.field(description="One of the two.")
    def first(self: _Pair) -> ComparedRanking:
        return as_type(ComparedRanking, _Compared(self.comparison, self.one))

    @strawberry.field(description="The other one.")
    def second(self: _Pair) -> ComparedRanking:
        return as_type(ComparedRanking, _Compared(self.comparison, self.other))

    @strawberry.field(
        description="Kendall's tau-b over what both rank: 1 for the same order, 0 for no relation, -1 for the reverse."
        " Null when there is no order to agree on: fewer than two in common, or all of them tied."
    )
    def tau_b(self: _Pair) -> float | None:
        tau = float(self.comparison.table.tau_b[self.one, self.other])
        return None if math.isnan(tau) else tau

    @strawberry.field(description="How many initiatives both rank.")
    def compared_count(self: _Pair) -> int:
        return int(self.comparison.table.compared[self.one, self.other])


class _Spread(NamedTuple):
    """An initiative in a comparison."""

    comparison: ComparedRankings
    at: int


@strawberry.type(description="Where an initiative stands in the rankings that are compared.")
class RankSpread:
    """Shows ``_Spread``."""

    @strawberry.field(description="The initiative.")
    def initiative(self: _Spread) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")]:
        ranking = self.comparison.rankings[0]
        return cast("Initiative", ranking.columns.rows[int(ranking.scored.positions[self.at])])

    @strawberry.field(
        description="Its best place in any of the rankings that rank it, from 1; null if none does."
    )
    def highest(self: _Spread) -> int | None:
        return int(self.comparison.table.highest[self.at]) or None

    @strawberry.field(
        description="Its worst place in any of the rankings that rank it, from 1; null if none does."
    )
    def lowest(self: _Spread) -> int | None:
        return int(self.comparison.table.lowest[self.at]) or None

    @strawberry.field(
        description="Lowest less highest place: by how much it moves with the choice of the method; null if no ranking"
        " ranks it."
    )
    def spread(self: _Spread) -> int | None:
        table = self.comparison.table
        return int(table.lowest[self.at] - table.highest[self.at]) if table.highest[self.at] else None

    @strawberry.field(
        description="Its rank in each ranking, in the order of `by` (at most 6); null where it has none. In an order by"
        " score equal scores share a rank."
    )
    def ranks(self: _Spread) -> list[int | None]:
        return [self.comparison.rank(number, self.at) for number in range(len(self.comparison.rankings))]


@strawberry.type(
    description="A page of initiatives, those first whose rank depends most on the choice of the method, and how far"
    " the rankings agree."
)
class RankingComparisonConnection(Connection[RankSpread]):
    """Connection of spreads."""

    comparison: strawberry.Private[ComparedRankings]

    @strawberry.field(description="How they are ordered; all alike.")
    def order(self) -> OrderKind:
        return self.comparison.rankings[0].request.kind

    @strawberry.field(description="The rankings, in the order of `by`; at most 6.")
    def rankings(self) -> list[ComparedRanking]:
        return [
            as_type(ComparedRanking, _Compared(self.comparison, at))
            for at in range(len(self.comparison.rankings))
        ]

    @strawberry.field(description="Each pair of them, at most 15: the upper half of the matrix, row by row.")
    def agreements(self) -> list[RankingAgreement]:
        count = len(self.comparison.rankings)
        return [
            as_type(RankingAgreement, _Pair(self.comparison, one, other))
            for one in range(count)
            for other in range(one + 1, count)
        ]


def comparison_page(comparison: ComparedRankings, page: Page) -> RankingComparisonConnection:
    """One page of a comparison; its cursors are bound to the very rankings that are compared."""
    total = len(comparison.by_spread)
    scope = "agreement:" + ":".join(ranking.fingerprint for ranking in comparison.rankings)
    indices, window = slice_of(length=total, page=page, scope=scope)
    nodes = [as_type(RankSpread, _Spread(comparison, int(comparison.by_spread[place]))) for place in indices]
    return RankingComparisonConnection.of(window, nodes=nodes, total=total, comparison=comparison)
