"""What is uncertain in the values that a ranking rests on: low, likely and high, as people have stated them."""

from collections.abc import Callable
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import CriterionSource
from domain.ranking.delay import mean_delay_cost
from domain.ranking.order import RankedPortfolio
from domain.rows import CostOfDelayRow, InitiativeRow
from domain.snapshot.columns import Floats
from prioritisation.problem import Criterion, ScoringProblem
from prioritisation.sampling import Estimates

_OWN = {"cost_of_delay": CriterionSource.COST_OF_DELAY, "duration": CriterionSource.DURATION_WEEKS}
"""What CD3 draws on, which is no criterion of the organisation."""


def uncertain_values(ranking: RankedPortfolio, posed: ScoringProblem, index: NDArray[np.int64]) -> Estimates:
    """Values of some indices of a ranking on all its criteria (k × m), with their ranges; NaN where missing.

    Ranges come from the ratings, of durations, demands and costs of delay from their own estimates; what has
    none is certain. Own figures end where the scale ends.
    """
    likely = np.asarray(posed.values[index], dtype=np.float64)
    low, high = likely.copy(), likely.copy()
    for column, criterion in enumerate(posed.criteria):
        row = ranking.scored.criterion_of.get(criterion.key)
        source = _OWN[criterion.key] if row is None else row.source
        if source is CriterionSource.SCORE and row is not None:
            ends = _rated(ranking, row.id, index)
        else:
            ends = _own(ranking, source, index)
        if ends is None:
            continue
        for values, end in zip((low, high), ends, strict=True):
            known = ~np.isnan(end) & ~np.isnan(likely[:, column])
            values[known, column] = _within(criterion, end[known])
        np.minimum(low[:, column], likely[:, column], out=low[:, column])
        np.maximum(high[:, column], likely[:, column], out=high[:, column])
    return Estimates(low=low, likely=likely, high=high)


def _within(criterion: Criterion, values: Floats) -> Floats:
    return np.clip(values, criterion.scale_min, criterion.scale_max)


def _rated(
    ranking: RankedPortfolio, criterion_id: UUID, index: NDArray[np.int64]
) -> tuple[Floats, Floats] | None:
    ranges = ranking.columns.score_ranges
    entries = np.array([each == criterion_id for each in ranges.criterion], dtype=np.bool_)
    if not entries.any():
        return None
    low, high = np.full(len(ranking.columns), np.nan), np.full(len(ranking.columns), np.nan)
    low[ranges.initiative[entries]] = ranges.low[entries]
    high[ranges.initiative[entries]] = ranges.high[entries]
    positions = ranking.scored.positions[index]
    return low[positions], high[positions]


def _own(
    ranking: RankedPortfolio, source: CriterionSource, index: NDArray[np.int64]
) -> tuple[Floats, Floats] | None:
    columns, positions = ranking.columns, ranking.scored.positions[index]
    if source is CriterionSource.DURATION_WEEKS:
        rows = [columns.rows[position] for position in positions]
        return _column(rows, lambda row: row.duration_weeks_low), _column(
            rows, lambda row: row.duration_weeks_high
        )
    if source is CriterionSource.EFFORT_PERSON_WEEKS:
        demands, count = columns.demands, len(columns)
        ends = [np.where(np.isnan(end), demands.likely, end) for end in (demands.low, demands.high)]
        low, high = (
            np.bincount(demands.initiative, weights=end, minlength=count).astype(np.float64)[positions]
            for end in ends
        )
        # without any demand the effort is unknown, which `uncertain_values` sees from the likely value
        return low, high
    if source is CriterionSource.COST_OF_DELAY:
        return _delay(ranking, positions, "low"), _delay(ranking, positions, "high")
    return None


def _column(rows: list[InitiativeRow], value: Callable[[InitiativeRow], float | None]) -> Floats:
    found = (value(row) for row in rows)
    return np.array([np.nan if each is None else each for each in found], dtype=np.float64)


def _delay(ranking: RankedPortfolio, positions: NDArray[np.int64], end: str) -> Floats:
    """Mean cost of delay if every rate is at one end of its range."""

    def at_end(cost: CostOfDelayRow | None) -> CostOfDelayRow | None:
        rate = None if cost is None else getattr(cost, f"rate_minor_per_week_{end}")
        return cost if cost is None or rate is None else cost._replace(rate_minor_per_week_likely=rate)

    return mean_delay_cost(
        [at_end(ranking.columns.costs_of_delay[position]) for position in positions],
        earliest=ranking.columns.duration_weeks[positions],
        currency=ranking.scored.currency,
        today=ranking.request.today,
    )
