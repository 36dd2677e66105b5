"""All that a ranking is computed from, in one canonical form: equal bytes mean equal rankings, anywhere.

Initiatives are in the order of their ids, dependencies in the order of their ends; how a snapshot holds them
leaves no trace.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import CriterionSource, OrderKind, ScoringMethod
from domain.ranking.criteria import DENOMINATOR
from domain.ranking.ordering import Floats, Ordered, SoftPrecedences, put_in_order
from domain.ranking.overriding import Integers, Precedences
from domain.snapshot.columns import frozen
from prioritisation import outcomes, problem, scoring

if TYPE_CHECKING:
    from domain.ranking.order import RankedPortfolio

ENGINE_VERSION = "1"
"""Counted up when the same input gives another ranking: replays of older publications then say so."""

_ID_BYTES = 16

_OWN_FIGURES = {"cost_of_delay": CriterionSource.COST_OF_DELAY, "duration": CriterionSource.DURATION_WEEKS}
"""What CD3 draws on, which is no criterion of the organisation."""

Ids = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputCriterion:
    """A column of values: the engine's criterion, and where its values come from."""

    key: str
    criterion_id: UUID | None
    source: CriterionSource
    weight: float
    direction: problem.Direction
    scale_min: float
    scale_max: float | None

    @property
    def meaning(self) -> tuple[object, ...]:
        """What makes values comparable: everything but the weight."""
        return (self.key, self.criterion_id, self.source, self.direction, self.scale_min, self.scale_max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is the same for all initiatives of a ranking."""

    method: ScoringMethod
    kind: OrderKind
    states: tuple[str, ...]
    currency: str
    model_version_id: UUID | None
    missing: problem.MissingPolicy
    soft_penalty_weeks: float | None
    criteria: tuple[InputCriterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankingInput:
    """What a ranking of n initiatives is computed from.

    Attributes
    ----------
    ids : uint8[n, 16]
        In ascending order.
    values : float64[m, n]
        One row per criterion, NaN where missing.
    stated : int64[n]
        Ranks that are set by hand, 0 without one.
    tails, heads : int64[e]
        Hard dependencies, as positions; the soft ones likewise if breaking one costs something.
    key_results : uint8[k, 16]
    figures : float64[5, k]
        Start, target, current value, weight, and weight of the objective of each key result.
    contributor, contributes_to : int64[c]
        Positions of initiatives and key results.
    share : float64[2, c]
        Expected delta and confidence of each contribution. All four are empty unless the method is value by
        outcome.
    """

    settings: Settings
    ids: Ids
    values: Floats
    stated: Integers
    tails: Integers
    heads: Integers
    soft_tails: Integers
    soft_heads: Integers
    key_results: Ids
    figures: Floats
    contributor: Integers
    contributes_to: Integers
    share: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def uuids(self) -> list[UUID]:
        """The initiatives' ids."""
        return [UUID(bytes=row.tobytes()) for row in self.ids]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """The ranking that an input leads to, by position."""

    score: Floats
    size: Floats
    ordered: Ordered = field(repr=False)


def solve(posed: RankingInput) -> Solved:
    """Compute the ranking anew.

    Raises
    ------
    PrioritisationError
        When the input is not one that a ranking was computed from.
    """
    settings, count = posed.settings, len(posed)
    if settings.method is ScoringMethod.VALUE_BY_OUTCOME:
        score = outcomes.value_by_outcome(_outcome_problem(posed)).score
        size = np.ones(count)
    else:
        keys = [criterion.key for criterion in settings.criteria]
        score = scoring.score(_scoring_problem(posed)).score
        denominator = DENOMINATOR.get(settings.method)
        size = np.ones(count) if denominator is None else posed.values[keys.index(denominator)]
    soft = None
    if settings.soft_penalty_weeks is not None:
        soft = SoftPrecedences(
            tails=posed.soft_tails, heads=posed.soft_heads, weeks=settings.soft_penalty_weeks
        )
    ordered = put_in_order(
        kind=settings.kind,
        score=score,
        size=size,
        tie_break=frozen(np.arange(count)),
        precedences=Precedences(tails=posed.tails, heads=posed.heads),
        stated=posed.stated,
        soft=soft,
    )
    return Solved(score=score, size=size, ordered=ordered)


def input_of(ranking: "RankedPortfolio") -> RankingInput:
    """What a ranking was computed from, without the snapshot that it came from."""
    scored, columns = ranking.scored, ranking.columns
    positions = scored.positions
    by_id = np.argsort(columns.tie_break[positions], kind="stable")
    place = np.full(len(columns), -1, dtype=np.int64)
    place[positions[by_id]] = np.arange(len(positions))
    ids = b"".join(columns.rows[position].id.bytes for position in positions[by_id])
    stated = np.zeros(len(positions), dtype=np.int64)
    for at, row in ranking.overrides.items():
        stated[place[positions[at]]] = row.rank

    def ends(entries: Integers) -> tuple[Integers, Integers]:
        tails = place[columns.edges.predecessor[entries]]
        heads = place[columns.edges.successor[entries]]
        in_order = np.lexsort((heads, tails))
        return tails[in_order], heads[in_order]

    weeks = ranking.request.soft_penalty_weeks
    tails, heads = ends(ranking.edges)
    soft_tails, soft_heads = ends(ranking.soft_edges[:0] if weeks is None else ranking.soft_edges)
    values = np.empty((0, len(positions)))
    if scored.problem is not None:
        values = plain(scored.problem.values[by_id].T)
    return RankingInput(
        settings=Settings(
            method=scored.method,
            kind=ranking.request.kind,
            states=tuple(sorted(ranking.request.states)),
            currency=scored.currency,
            model_version_id=None if ranking.model is None else ranking.model.version.id,
            missing=problem.MissingPolicy.EXCLUDE if scored.problem is None else scored.problem.missing,
            soft_penalty_weeks=weeks,
            criteria=_criteria(ranking),
        ),
        ids=_ids(ids),
        values=values,
        stated=stated,
        tails=tails,
        heads=heads,
        soft_tails=soft_tails,
        soft_heads=soft_heads,
        **_contributions(ranking, place[positions]),
    )


def _criteria(ranking: "RankedPortfolio") -> tuple[InputCriterion, ...]:
    if ranking.scored.problem is None:
        return ()
    criterion_of = ranking.scored.criterion_of
    found = []
    for criterion in ranking.scored.problem.criteria:
        row = criterion_of.get(criterion.key)
        found.append(
            InputCriterion(
                key=criterion.key,
                criterion_id=None if row is None else row.id,
                source=_OWN_FIGURES[criterion.key] if row is None else row.source,
                weight=criterion.weight,
                direction=criterion.direction,
                scale_min=criterion.scale_min,
                scale_max=None if np.isinf(criterion.scale_max) else criterion.scale_max,
            )
        )
    return tuple(found)


def _contributions(ranking: "RankedPortfolio", place: Integers) -> dict[str, Any]:
    posed = ranking.scored.outcome_problem
    if posed is None:
        nobody = np.empty(0, dtype=np.int64)
        return {
            "key_results": _ids(b""),
            "figures": np.empty((5, 0)),
            "contributor": nobody,
            "contributes_to": nobody,
            "share": np.empty((2, 0)),
        }
    contributor = place[posed.initiative]
    in_order = np.lexsort((posed.key_result, contributor))
    goals = posed.key_results
    return {
        "key_results": _ids(b"".join(key_result_id.bytes for key_result_id in ranking.scored.key_results)),
        "figures": plain([goals.start, goals.target, goals.current, goals.weight, goals.objective_weight]),
        "contributor": contributor[in_order],
        "contributes_to": posed.key_result[in_order],
        "share": plain([posed.expected_delta[in_order], posed.confidence[in_order]]),
    }


def restricted(posed: RankingInput, kept: Integers) -> RankingInput:
    """The input without the other initiatives; ``kept`` holds positions in ascending order."""
    place = np.full(len(posed), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))

    def ends(tails: Integers, heads: Integers) -> tuple[Integers, Integers]:
        both = (place[tails] >= 0) & (place[heads] >= 0)
        return place[tails[both]], place[heads[both]]

    tails, heads = ends(posed.tails, posed.heads)
    soft_tails, soft_heads = ends(posed.soft_tails, posed.soft_heads)
    contributes = place[posed.contributor] >= 0
    return replace(
        posed,
        ids=posed.ids[kept],
        values=posed.values[:, kept],
        stated=posed.stated[kept],
        tails=tails,
        heads=heads,
        soft_tails=soft_tails,
        soft_heads=soft_heads,
        contributor=place[posed.contributor[contributes]],
        contributes_to=posed.contributes_to[contributes],
        share=posed.share[:, contributes],
    )


def plain(values: Any) -> Floats:
    """Floats with one zero and one NaN, so that equal numbers are equal bytes."""
    array = np.ascontiguousarray(values, dtype=np.float64) + 0.0
    array[np.isnan(array)] = np.nan
    return array


def _ids(joined: bytes) -> Ids:
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, _ID_BYTES)


def _scoring_problem(posed: RankingInput) -> problem.ScoringProblem:
    return problem.ScoringProblem(
        problem.Method[posed.settings.method.name],
        [
            problem.Criterion(
                criterion.key,
                weight=criterion.weight,
                direction=criterion.direction,
                scale_min=criterion.scale_min,
                scale_max=np.inf if criterion.scale_max is None else criterion.scale_max,
            )
            for criterion in posed.settings.criteria
        ],
        frozen(posed.values.T),
        posed.settings.missing,
        problem.ZeroDenominator.UNRANKED,
    )


def _outcome_problem(posed: RankingInput) -> outcomes.OutcomeProblem:
    start, target, current, weight, objective_weight = posed.figures
    delta, confidence = posed.share
    return outcomes.OutcomeProblem(
        size=len(posed),
        key_results=outcomes.KeyResults(
            start=start, target=target, current=current, weight=weight, objective_weight=objective_weight
        ),
        initiative=posed.contributor,
        key_result=posed.contributes_to,
        expected_delta=delta,
        confidence=confidence,
    )
