"""Why one initiative ranks above another, and which smallest change would make it otherwise."""

import asyncio
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast
from uuid import UUID

import strawberry

from api.context import Info
from api.errors import BadUserInput
from api.inputs import decoded
from api.nodes import as_type, as_types
from api.ranking.enums import ChangeKind, ChangeObstacle, RankReason, TermRole
from api.ranking.ranked import Ranked
from domain.errors import NotFound
from domain.ranking import RankedPortfolio
from domain.ranking.caching import once
from domain.ranking.changes import RankChanges as FoundChanges
from domain.ranking.changes import changes_to_rank, swap_changes
from domain.ranking.comparison import RankComparison as Compared
from domain.ranking.comparison import TermDifference as Difference
from domain.ranking.comparison import compare
from domain.ranking.levers import RankChange as Found

if TYPE_CHECKING:
    from api.key_result.types import KeyResult
    from api.ranking.types import RankedInitiative
    from api.scoring.types import Criterion

_RankedInitiative = Annotated["RankedInitiative", strawberry.lazy("api.ranking.types")]
_Criterion = Annotated["Criterion", strawberry.lazy("api.scoring.types")]
_KeyResult = Annotated["KeyResult", strawberry.lazy("api.key_result.types")]

MOST_ON_PATH = 100


class _Change(NamedTuple):
    """A change within a ranking."""

    ranking: RankedPortfolio
    found: Found


@strawberry.type(description="One change that alone would do it, or why this one can't.")
class RankChange:
    """Shows ``_Change``."""

    @strawberry.field(description="What changes.")
    def kind(self: _Change) -> ChangeKind:
        return self.found.kind

    @strawberry.field(
        description="Name of the input: the criterion's key, or what the formula calls it, such as `duration`; of a"
        " contribution `confidence` or `expected_delta`."
    )
    def key(self: _Change) -> str:
        return self.found.key

    @strawberry.field(description="The criterion; null for what is no criterion of the organisation.")
    def criterion(self: _Change) -> _Criterion | None:
        return cast("Criterion | None", self.found.criterion)

    @strawberry.field(description="The key result of the contribution that changes; null for other changes.")
    def key_result(self: _Change, info: Info) -> _KeyResult | None:
        return _key_result(info, self.found.key_result)

    @strawberry.field(
        description="The initiative whose score or estimate changes; null for a weight, which changes for all."
    )
    def initiative(self: _Change) -> _RankedInitiative | None:
        return None if self.found.index is None else _ranked(self.ranking, self.found.index)

    @strawberry.field(
        description="The value now, in its own unit; of a weight its share in all weight, 0 to 1. Null when it is"
        " missing and the worst is assumed."
    )
    def present(self: _Change) -> float | None:
        return self.found.present

    @strawberry.field(
        description="The value from which on it is so, in the same unit; the other weights keep their proportions. Null"
        " when there is an obstacle."
    )
    def threshold(self: _Change) -> float | None:
        return self.found.threshold

    @strawberry.field(description="Threshold less present value; null when either is unknown.")
    def change(self: _Change) -> float | None:
        present, threshold = self.found.present, self.found.threshold
        return None if present is None or threshold is None else threshold - present

    @strawberry.field(
        description="Whether the value has to be the threshold or more; otherwise the threshold or less."
    )
    def rises(self: _Change) -> bool:
        return self.found.rises

    @strawberry.field(
        description="Whether the threshold itself does it; otherwise the value has to go beyond it."
    )
    def inclusive(self: _Change) -> bool:
        return self.found.inclusive

    @strawberry.field(description="Why no value of it does it; null when one does.")
    def obstacle(self: _Change) -> ChangeObstacle | None:
        return self.found.obstacle


class _Changes(NamedTuple):
    """Changes within a ranking."""

    ranking: RankedPortfolio
    found: FoundChanges


@strawberry.type(
    description="Single changes of a score, an estimate or a weight, each of which alone would do what was asked. By"
    " score alone thresholds are exact; where dependencies count they are searched for, to nine digits."
)
class RankChanges:
    """Shows ``_Changes``."""

    @strawberry.field(
        description="The possible ones, first scores, then estimates, then weights, each kind the nearest first (as"
        " part of its scale); then the impossible ones with the obstacle. At most 150."
    )
    def changes(self: _Changes) -> list[RankChange]:
        return as_types(RankChange, (_Change(self.ranking, change) for change in self.found.changes))

    @strawberry.field(description="Why there are none, or why one kind is missing; null otherwise.")
    def reason(self: _Changes) -> str | None:
        return self.found.reason


class _Difference(NamedTuple):
    """Part of a comparison within a ranking."""

    ranking: RankedPortfolio
    term: Difference


@strawberry.type(description="Part of one term in the difference of two scores.")
class TermDifference:
    """Shows ``_Difference``."""

    @strawberry.field(
        description="Name of the term: the criterion's key, what the formula calls it, or `key_result`."
    )
    def key(self: _Difference) -> str:
        return self.term.key

    @strawberry.field(description="The criterion; null for what is no criterion of the organisation.")
    def criterion(self: _Difference) -> _Criterion | None:
        return cast("Criterion | None", self.ranking.scored.criterion_of.get(self.term.key))

    @strawberry.field(description="The key result that both contribute to or one of them; null otherwise.")
    def key_result(self: _Difference, info: Info) -> _KeyResult | None:
        return _key_result(info, self.term.key_result)

    @strawberry.field(description="Its place in the formula.")
    def role(self: _Difference) -> TermRole:
        return self.term.role

    @strawberry.field(
        description="Its part of the difference, in the unit of the score; positive where it speaks for the one above."
        " In formulas this is the Shapley value: the effect of exchanging it, averaged over all orders."
    )
    def amount(self: _Difference) -> float:
        return self.term.amount

    @strawberry.field(
        description="Its part of the sum of all magnitudes, -1 to 1, with the sign of the amount."
    )
    def share(self: _Difference) -> float:
        return self.term.share


class _Comparison(NamedTuple):
    """A comparison within a ranking."""

    ranking: RankedPortfolio
    compared: Compared


@strawberry.type(description="Why one initiative ranks above another.")
class RankComparison:
    """Shows ``_Comparison``."""

    @strawberry.field(description="The one of the two that is placed first.")
    def above(self: _Comparison) -> _RankedInitiative:
        return _ranked(self.ranking, self.compared.above)

    @strawberry.field(description="The other one.")
    def below(self: _Comparison) -> _RankedInitiative:
        return _ranked(self.ranking, self.compared.below)

    @strawberry.field(description="What decides.")
    def reason(self: _Comparison) -> RankReason:
        return self.compared.reason

    @strawberry.field(
        description="Where the one below has to wait for the one above: the shortest chain of hard dependencies from"
        " the latter to the former, both included; its first 100. Empty otherwise."
    )
    def path(self: _Comparison) -> list[_RankedInitiative]:
        return [_ranked(self.ranking, index) for index in self.compared.path[:MOST_ON_PATH]]

    @strawberry.field(
        description="Score of the one above less score of the one below; null unless both have one. Negative where not"
        " the score decides."
    )
    def score_difference(self: _Comparison) -> float | None:
        return self.compared.difference

    @strawberry.field(
        description="What makes the difference, the greatest share first; adds up to it, in weighted scoring to the"
        " last bit. Empty unless both have a score."
    )
    def terms(self: _Comparison) -> list[TermDifference]:
        return as_types(TermDifference, (_Difference(self.ranking, term) for term in self.compared.terms))

    @strawberry.field(description="What would swap the two.", metadata={"cost": 20})
    async def swap(self: _Comparison) -> RankChanges:
        ranking, above, below = self.ranking, self.compared.above, self.compared.below
        key = ("swap", ranking.fingerprint, above, below)
        found = await once(
            ranking.columns, key, lambda: swap_changes(ranking, above, below), long=bool(len(ranking.edges))
        )
        return as_type(RankChanges, _Changes(ranking, found))


@strawberry.type
class RankedExplanation:
    """Fields of ``RankedInitiative``."""

    @strawberry.field(
        description="Why it ranks above another initiative of this ranking, or below it.",
        metadata={"cost": 5},
    )
    async def compared_to(
        self: Ranked,
        initiative: Annotated[strawberry.ID, strawberry.argument(description="The other initiative.")],
    ) -> RankComparison:
        other = _index(self.ranking, initiative)
        if other == self.at:
            raise BadUserInput("Compare it to another initiative than itself.", argument="initiative")
        compared = await asyncio.to_thread(compare, self.ranking, self.at, other)
        return as_type(RankComparison, _Comparison(self.ranking, compared))

    @strawberry.field(
        description="What would lift it to a rank; other initiatives stay as they are.", metadata={"cost": 20}
    )
    async def smallest_changes_to_rank(
        self: Ranked,
        rank: Annotated[
            int, strawberry.argument(description="The place to reach, or to pass: 1 is the first.")
        ],
    ) -> RankChanges:
        ranking, at = self.ranking, self.at
        key = ("lift", ranking.fingerprint, at, rank)
        found = await once(ranking.columns, key, lambda: changes_to_rank(ranking, at, rank), long=True)
        return as_type(RankChanges, _Changes(ranking, found))


def _index(ranking: RankedPortfolio, initiative: str) -> int:
    position = ranking.columns.find(decoded("Initiative", initiative, "initiative"))
    index = -1 if position is None else int(ranking.index_of[position])
    if index < 0:
        raise NotFound("This initiative is not in the ranking.", path=("initiative",))
    return index


def _ranked(ranking: RankedPortfolio, index: int) -> "RankedInitiative":
    return cast("RankedInitiative", Ranked(ranking, index))


def _key_result(info: Info, key_result_id: UUID | None) -> "KeyResult | None":
    return (
        None
        if key_result_id is None
        else cast("KeyResult", info.context.directory.key_results[key_result_id])
    )
