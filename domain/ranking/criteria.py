"""From a snapshot to the engine's scoring problem: one column per criterion, by score or by own figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import (
    CriterionRole,
    CriterionSource,
    ScoringMethod,
)
from domain.errors import InvalidInput
from domain.ranking.delay import mean_delay_cost
from domain.rows import CriterionRow
from domain.snapshot import Directory, ModelVersion, PortfolioColumns
from domain.snapshot.columns import Floats, frozen
from prioritisation import outcomes, problem, scoring
from prioritisation.errors import PrioritisationError
from prioritisation.result import Scores, Term

CRITERION_KEYS = {
    CriterionRole.BUSINESS_VALUE: "business_value",
    CriterionRole.TIME_CRITICALITY: "time_criticality",
    CriterionRole.RISK_OPPORTUNITY: "risk_reduction",
    CriterionRole.JOB_SIZE: "job_size",
    CriterionRole.REACH: "reach",
    CriterionRole.IMPACT: "impact",
    CriterionRole.CONFIDENCE: "confidence",
    CriterionRole.EFFORT: "effort",
    CriterionRole.EASE: "ease",
}
"""What the engine calls the criterion that fills a role of a formula."""

DENOMINATOR = {
    ScoringMethod.WSJF: "job_size",
    ScoringMethod.RICE: "effort",
    ScoringMethod.CD3: "duration",
}
"""What the score of a method is a ratio to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPortfolio:
    """Scores of the initiatives at ``positions``, with what they were made of.

    ``size`` is what a score is a ratio to (job size, effort, duration in weeks), 1 for other methods:
    score · size is the value that waits for the work to be done.
    """

    method: ScoringMethod
    positions: NDArray[np.int64]
    scores: Scores
    size: Floats
    problem: problem.ScoringProblem | None
    outcome_problem: outcomes.OutcomeProblem | None
    key_results: tuple[UUID, ...]
    """Ids of the key results of ``outcome_problem``."""
    criterion_of: Mapping[str, CriterionRow]
    """The criterion behind each key of a term."""
    currency: str

    def terms(self, index: int) -> tuple[Term, ...]:
        """What makes up the score of ``positions[index]``; adds up to it exactly."""
        return () if self.problem is None else scoring.terms(self.problem, index)

    def outcome_terms(self, index: int) -> tuple[outcomes.OutcomeTerm, ...]:
        """What makes up the value by outcome of ``positions[index]``; adds up to it exactly."""
        return () if self.outcome_problem is None else outcomes.outcome_terms(self.outcome_problem, index)


def score_portfolio(
    columns: PortfolioColumns,
    directory: Directory,
    *,
    method: ScoringMethod,
    model: ModelVersion | None,
    positions: NDArray[np.int64],
    currency: str,
    today: date,
) -> ScoredPortfolio:
    """Score the initiatives at ``positions``.

    Parameters
    ----------
    columns, directory
        The snapshot.
    method
        How; ``model`` is needed by all but CD3 and VALUE_BY_OUTCOME.
    currency
        The organisation's: a cost of delay in another one can't be compared and counts as missing.
    today
        Week 0 of the costs of delay.

    Raises
    ------
    InvalidInput
        When the model doesn't fit its method, naming what to change.
    """
    figures = _Figures(columns, directory, positions, currency, today)
    try:
        if method is ScoringMethod.VALUE_BY_OUTCOME:
            posed, key_results = figures.outcome_problem()
            return ScoredPortfolio(
                method=method,
                positions=positions,
                scores=outcomes.value_by_outcome(posed),
                size=frozen(np.ones(len(positions))),
                problem=None,
                outcome_problem=posed,
                key_results=key_results,
                criterion_of={},
                currency=currency,
            )
        asked, criteria = _problem(figures, method, model)
        denominator = DENOMINATOR.get(method)
        keys = [criterion.key for criterion in asked.criteria]
        size = np.ones(len(positions)) if denominator is None else asked.values[:, keys.index(denominator)]
        return ScoredPortfolio(
            method=method,
            positions=positions,
            scores=scoring.score(asked),
            size=size,
            problem=asked,
            outcome_problem=None,
            key_results=(),
            criterion_of=criteria,
            currency=currency,
        )
    except PrioritisationError as error:
        named = [columns.rows[positions[item]].title for item in error.items[:3]]
        where = f" Initiatives: {', '.join(named)}." if named else ""
        raise InvalidInput(f"The scoring model can't be applied: {error.message}.{where}") from error


def _problem(
    figures: "_Figures", method: ScoringMethod, model: ModelVersion | None
) -> tuple[problem.ScoringProblem, dict[str, CriterionRow]]:
    engine_method = problem.Method[method.name]
    if method is ScoringMethod.CD3:
        criteria = problem.standard_criteria(engine_method)
        values = np.column_stack([figures.cost_of_delay(), figures.columns.duration_weeks[figures.positions]])
        asked = problem.ScoringProblem(
            engine_method,
            criteria,
            frozen(np.asfortranarray(values)),
            zero_denominator=problem.ZeroDenominator.UNRANKED,
        )
        return asked, {}
    if model is None:
        raise InvalidInput(
            f"The method {method.value} needs a scoring model; publish one or choose CD3.", path=("by",)
        )
    chosen = []
    rows = []
    for item, row in model.criteria:
        weighted = method is ScoringMethod.WEIGHTED
        divides = item.role in {CriterionRole.JOB_SIZE, CriterionRole.EFFORT}
        multiplies = divides or method in {ScoringMethod.RICE, ScoringMethod.ICE_PRODUCT}
        chosen.append(
            problem.Criterion(
                row.key if weighted else CRITERION_KEYS[item.role],
                weight=1.0 if multiplies else item.weight,
                direction=_direction(row, weighted=weighted, divides=divides),
                scale_min=row.scale_min,
                scale_max=row.scale_max,
            )
        )
        rows.append(row)
    asked = problem.ScoringProblem(
        engine_method,
        chosen,
        figures.values(rows),
        problem.MissingPolicy[model.version.missing_policy.name],
        problem.ZeroDenominator.UNRANKED,
    )
    return asked, {criterion.key: row for criterion, row in zip(chosen, rows, strict=True)}


def _direction(row: CriterionRow, *, weighted: bool, divides: bool) -> problem.Direction:
    if weighted:
        return problem.Direction[row.direction.name]
    return problem.Direction.COST if divides else problem.Direction.BENEFIT


@dataclass(frozen=True, slots=True)
class _Figures:
    """The columns that criteria draw on."""

    columns: PortfolioColumns
    directory: Directory
    positions: NDArray[np.int64]
    currency: str
    today: date

    def values(self, rows: list[CriterionRow]) -> Floats:
        everything = len(self.positions) == len(self.columns)
        by_score = [row.source is CriterionSource.SCORE for row in rows]
        at = [self.columns.criteria.index(row.id) for row in rows]
        if all(by_score) and everything and at == list(range(len(self.columns.criteria))):
            return self.columns.scores
        values = np.empty((len(self.positions), len(rows)), order="F")
        for index, row in enumerate(rows):
            if by_score[index]:
                scored = self.columns.scores[:, at[index]]
                values[:, index] = scored if everything else scored[self.positions]
            else:
                # an own figure beyond the scale is at its end: the scale is what the model agreed on
                np.clip(self._own(row.source), row.scale_min, row.scale_max, out=values[:, index])
        return frozen(values)

    def _own(self, source: CriterionSource) -> Floats:
        match source:
            case CriterionSource.DURATION_WEEKS:
                return self.columns.duration_weeks[self.positions]
            case CriterionSource.EFFORT_PERSON_WEEKS:
                return self.columns.effort_person_weeks[self.positions]
            case CriterionSource.COST_OF_DELAY:
                return self.cost_of_delay()
            case _:
                return outcomes.value_by_outcome(self.outcome_problem()[0]).score

    def cost_of_delay(self) -> Floats:
        """Mean cost of a week of delay, in major units."""
        return mean_delay_cost(
            [self.columns.costs_of_delay[position] for position in self.positions],
            earliest=self.columns.duration_weeks[self.positions],
            currency=self.currency,
            today=self.today,
        )

    def outcome_problem(self) -> tuple[outcomes.OutcomeProblem, tuple[UUID, ...]]:
        """Contributions to key results that are in use and open, and the ids of those key results."""
        shares = self.columns.shares
        index_of = np.full(len(self.columns), -1, dtype=np.int64)
        index_of[self.positions] = np.arange(len(self.positions))
        used: set[UUID] = set()
        entries: list[int] = []
        for entry in np.flatnonzero(index_of[shares.initiative] >= 0).tolist():
            row = self.directory.key_results[shares.key_result[entry]]
            objective = self.directory.objectives[row.objective_id]
            in_use = row.archived_at is None and objective.archived_at is None
            # nothing is left to contribute to what is closed
            if in_use and objective.closed_at is None:
                used.add(row.id)
                entries.append(entry)
        # sums are formed in this order: the same everywhere
        ids = {key_result_id: index for index, key_result_id in enumerate(sorted(used))}
        rows = [self.directory.key_results[key_result_id] for key_result_id in ids]

        def column(values: Iterable[float | None]) -> Floats:
            known = (np.nan if value is None else value for value in values)
            return frozen(np.fromiter(known, dtype=np.float64, count=len(rows)))

        key_results = outcomes.KeyResults(
            start=column(row.start_value for row in rows),
            target=column(row.target_value for row in rows),
            current=column(row.current_value for row in rows),
            weight=column(row.weight for row in rows),
            objective_weight=column(self.directory.objectives[row.objective_id].weight for row in rows),
        )
        at = np.array(entries, dtype=np.int64)
        posed = outcomes.OutcomeProblem(
            size=len(self.positions),
            key_results=key_results,
            initiative=index_of[shares.initiative[at]],
            key_result=np.array([ids[shares.key_result[entry]] for entry in entries], dtype=np.int64),
            expected_delta=shares.expected_delta[at],
            confidence=shares.confidence[at],
        )
        return posed, tuple(ids)
