"""The types of a ranking: its items with their reasons, and the connection that says how it was made."""

import math
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Info
from api.enums import ScoringMethod
from api.errors import BadUserInput
from api.nodes import as_type
from api.override.fields import RankedOverride
from api.pagination import Connection
from api.ranking.enums import OrderKind, TermRole, TermState
from api.ranking.explanation import RankedExplanation
from api.ranking.ranked import Ranked
from api.ranking.sensitivity import RankingSensitivities
from api.ranking.soft_dependencies import RankingSoftDependencies
from api.selection.ranked import RankedFundings
from domain.ranking import RankedPortfolio
from domain.rows import CriterionRow, KeyResultRow
from prioritisation.outcomes import OutcomeTerm as EngineOutcomeTerm
from prioritisation.result import Term as EngineTerm

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.key_result.types import KeyResult
    from api.scoring.types import Criterion, ScoringModelVersion

MOST_NEIGHBOURS = 100

FirstNeighbours = Annotated[
    int,
    strawberry.argument(
        description=f"How many at most, in their order in the ranking: 1 to {MOST_NEIGHBOURS}."
    ),
]


class _Term(NamedTuple):
    """A term of the engine with the criterion that it comes from."""

    term: EngineTerm
    criterion_row: CriterionRow | None


@strawberry.type(
    description="One term of a score: score = (Σ addends) · (Π factors) / (Π denominators), exactly, in the order"
    " given."
)
class ScoreTerm:
    """Shows ``_Term``."""

    @strawberry.field(
        description="Name of the term: the criterion's key, or what the formula calls it, such as"
        " `cost_of_delay` (money per week) or `duration` (weeks)."
    )
    def key(self: _Term) -> str:
        return self.term.key

    @strawberry.field(description="The criterion; null for what is no criterion of the organisation.")
    def criterion(self: _Term) -> Annotated["Criterion", strawberry.lazy("api.scoring.types")] | None:
        return cast("Criterion | None", self.criterion_row)

    @strawberry.field(description="Its place in the formula.")
    def role(self: _Term) -> TermRole:
        return self.term.role

    @strawberry.field(description="Where the value comes from, or why there is none.")
    def state(self: _Term) -> TermState:
        return self.term.state

    @strawberry.field(description="The value as it is, in the criterion's unit; null when missing.")
    def raw(self: _Term) -> float | None:
        return self.term.raw

    @strawberry.field(
        description="The value on its fixed scale, 0 worst and 1 best; null outside weighted scoring."
    )
    def normalised(self: _Term) -> float | None:
        return self.term.normalised

    @strawberry.field(description="The criterion's weight in the model.")
    def weight(self: _Term) -> float:
        return self.term.weight

    @strawberry.field(description="The criterion's share in the total weight, 0 to 1; null in formulas.")
    def share(self: _Term) -> float | None:
        return self.term.share

    @strawberry.field(description="What enters the score; null when there is no score because of it.")
    def contribution(self: _Term) -> float | None:
        return self.term.contribution


class _OutcomeTerm(NamedTuple):
    """A term of the engine with the key result that it is about."""

    term: EngineOutcomeTerm
    key_result_row: KeyResultRow


@strawberry.type(
    description="One contribution's part in the value by outcome: gapShare · keyResultWeight · objectiveWeight ·"
    " confidence. The parts add up to the score, exactly, in the order given."
)
class OutcomeTerm:
    """Shows ``_OutcomeTerm``."""

    @strawberry.field(description="The key result.")
    def key_result(self: _OutcomeTerm) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")]:
        return cast("KeyResult", self.key_result_row)

    @strawberry.field(description="Expected change, in the key result's own unit.")
    def expected_delta(self: _OutcomeTerm) -> float | None:
        return self.term.expected_delta

    @strawberry.field(
        description="Target less current value, in the key result's own unit; 0 when it is met, null while its"
        " start or target is unknown."
    )
    def remaining_gap(self: _OutcomeTerm) -> float | None:
        return self.term.remaining_gap

    @strawberry.field(description="Part of the remaining gap that the contribution closes, at most 1.")
    def gap_share(self: _OutcomeTerm) -> float | None:
        return self.term.share

    @strawberry.field(description="The key result's weight.")
    def key_result_weight(self: _OutcomeTerm) -> float:
        return self.term.weight

    @strawberry.field(description="The objective's weight.")
    def objective_weight(self: _OutcomeTerm) -> float:
        return self.term.objective_weight

    @strawberry.field(description="Confidence in the contribution, 0 to 1.")
    def confidence(self: _OutcomeTerm) -> float | None:
        return self.term.confidence

    @strawberry.field(description="The product: what enters the score.")
    def contribution(self: _OutcomeTerm) -> float | None:
        return self.term.contribution


@strawberry.type(description="An initiative in a ranking, with the reasons for its place.")
class RankedInitiative(RankedOverride, RankedExplanation, RankedFundings):
    """Shows ``Ranked``."""

    @strawberry.field(
        description="Rank from 1. In the order by score equal scores share one. Null for what can't be ranked: it"
        " has no score, and nothing that has one needs it."
    )
    def rank(self: Ranked) -> int | None:
        return int(self.ranking.rank[self.at]) or None

    @strawberry.field(description="Rank by score alone; equal scores share one. Null without a score.")
    def score_rank(self: Ranked) -> int | None:
        return int(self.ranking.score_rank[self.at]) or None

    @strawberry.field(
        description="The score, in the unit of the method; higher ranks first. Null when values are missing: that"
        " is not 0."
    )
    def score(self: Ranked) -> float | None:
        score = float(self.ranking.scored.scores.score[self.at])
        return None if math.isnan(score) else score

    @strawberry.field(description="Part of what the score needs that is known, 0 to 1.")
    def completeness(self: Ranked) -> float:
        return float(self.ranking.scored.scores.completeness[self.at])

    @strawberry.field(description="What makes up the score, term by term; empty for value by outcome.")
    def terms(self: Ranked) -> list[ScoreTerm]:
        scored = self.ranking.scored
        return [
            as_type(ScoreTerm, _Term(term, scored.criterion_of.get(term.key)))
            for term in scored.terms(self.at)
        ]

    @strawberry.field(
        description="What makes up the value by outcome, a part for each contribution; empty for other methods."
    )
    def outcome_terms(self: Ranked, info: Info) -> list[OutcomeTerm]:
        scored = self.ranking.scored
        key_results = info.context.directory.key_results
        return [
            as_type(OutcomeTerm, _OutcomeTerm(term, key_results[scored.key_results[term.key_result]]))
            for term in scored.outcome_terms(self.at)
        ]

    @strawberry.field(
        description="Worth that it inherits because others wait for it, from whom, the most first (at most 100). With"
        " it the initiative ranks before others of a better score. Empty in the order by score."
    )
    def inherits(self: Ranked) -> list["Inheritance"]:
        return [
            Inheritance(source=as_type(RankedInitiative, Ranked(self.ranking, lender)), worth=worth)
            for lender, worth in self.ranking.inherited(self.at)[:MOST_NEIGHBOURS]
        ]

    @strawberry.field(
        description="Number of its block, from 1: initiatives that are only worth it together stand together. Null in"
        " the order by score."
    )
    def block(self: Ranked) -> int | None:
        solved = self.ranking.solved
        return None if solved is None else int(solved.block[self.at]) + 1

    @strawberry.field(
        description="What the block is worth per unit of size, in the unit of the score: blocks are ordered by it. Null"
        " in the order by score."
    )
    def block_score(self: Ranked) -> float | None:
        solved = self.ranking.solved
        return None if solved is None else float(solved.density[solved.block[self.at]])

    @strawberry.field(description="The initiative.")
    def initiative(self: Ranked) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")]:
        return cast("Initiative", self.ranking.columns.rows[self.position])

    @strawberry.field(description="How many open initiatives it directly has to wait for.")
    def blocked_by_count(self: Ranked) -> int:
        return len(self.ranking.neighbours(self.at, incoming=True))

    @strawberry.field(
        description="Open initiatives that it directly has to wait for: hard dependencies, best ranked first."
    )
    def blocked_by(self: Ranked, first: FirstNeighbours = 20) -> list["RankedInitiative"]:
        return _neighbours(self, first, incoming=True)

    @strawberry.field(description="How many open initiatives directly wait for it.")
    def unlocks_count(self: Ranked) -> int:
        return len(self.ranking.neighbours(self.at, incoming=False))

    @strawberry.field(
        description="Open initiatives that directly wait for it: hard dependencies, best ranked first."
    )
    def unlocks(self: Ranked, first: FirstNeighbours = 20) -> list["RankedInitiative"]:
        return _neighbours(self, first, incoming=False)


def _neighbours(ranked: Ranked, first: int, *, incoming: bool) -> list[RankedInitiative]:
    if not 1 <= first <= MOST_NEIGHBOURS:
        raise BadUserInput(f"`first` must be from 1 to {MOST_NEIGHBOURS}.", argument="first")
    found: Sequence[int] = ranked.ranking.neighbours(ranked.at, incoming=incoming)[:first]
    return [as_type(RankedInitiative, Ranked(ranked.ranking, index)) for index in found]


@strawberry.type(description="Worth that an initiative has because another one waits for it.")
class Inheritance:
    """One lender."""

    source: RankedInitiative = strawberry.field(description="The initiative that waits.")
    worth: float = strawberry.field(
        description="What it lends, in the unit of score · size: with CD3 money per week in major units."
    )


@strawberry.type(description="A page of a ranking, best first, and how the ranking was made.")
class RankingConnection(Connection[RankedInitiative], RankingSoftDependencies, RankingSensitivities):
    """Connection of ranked initiatives; its cursors are bound to this very ranking."""

    ranking: strawberry.Private[RankedPortfolio]

    @strawberry.field(description="The method.")
    def method(self) -> ScoringMethod:
        return self.ranking.scored.method

    @strawberry.field(description="The order.")
    def order(self) -> OrderKind:
        return self.ranking.request.kind

    @strawberry.field(description="The day that costs of delay are counted from.")
    def as_of(self) -> date:
        return self.ranking.request.today

    @strawberry.field(description="The scoring model's version; null for methods that need none.")
    def model_version(
        self,
    ) -> Annotated["ScoringModelVersion", strawberry.lazy("api.scoring.types")] | None:
        model = self.ranking.model
        return None if model is None else cast("ScoringModelVersion", model.version)

    @strawberry.field(
        description="Digest of everything that the ranking depends on: equal digests mean equal rankings."
    )
    def fingerprint(self) -> str:
        return self.ranking.fingerprint

    @strawberry.field(description="How many initiatives have a score.")
    def scored_count(self) -> int:
        return int((~self.ranking.scored.scores.unscored).sum())

    @strawberry.field(
        description="How far the dependency-aware order can be from the best one at most, as a share of the lower"
        " bound of Σ weight · completion: 0 is proven optimal. Null in the order by score."
    )
    def gap(self) -> float | None:
        return None if self.ranking.solved is None else self.ranking.solved.gap
