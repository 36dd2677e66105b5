"""Weights of criteria from judgements in pairs (AHP), and how consistent the judgements are."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.errors import InvalidInput, NotFound
from domain.rows import CriterionRow
from domain.snapshot import Directory
from prioritisation import ahp
from prioritisation.errors import PrioritisationError

LEAST_CRITERIA, MOST_CRITERIA = 2, len(ahp.RANDOM_INDEX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """That one criterion matters so many times as much as another."""

    first: UUID
    second: UUID
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstJudgement:
    """The judgement that differs most, as a factor, from the ratio of the weights."""

    first: CriterionRow
    second: CriterionRow
    judged: float
    implied: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedWeights:
    """Criteria with their weights, of sum 1, and the consistency of what they were derived from."""

    criteria: tuple[CriterionRow, ...]
    weights: tuple[float, ...]
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    acceptable: bool
    worst: WorstJudgement | None


def ahp_weights(
    directory: Directory, criteria: Sequence[UUID], judgements: Sequence[Judgement]
) -> DerivedWeights:
    """Derive weights from one judgement for each pair of criteria, in whatever direction and order.

    Raises
    ------
    InvalidInput
        When a pair is judged twice or not at all, a ratio is no positive number, or there are too few or too
        many criteria.
    NotFound
        When a criterion is not there.
    """
    rows = _criteria(directory, criteria)
    position = {row.id: place for place, row in enumerate(rows)}
    ratios: dict[tuple[int, int], float] = {}
    for place, judgement in enumerate(judgements):
        for key_id, name in ((judgement.first, "first"), (judgement.second, "second")):
            if key_id not in position:
                raise NotFound(
                    "A judgement is about a criterion that is not among `criteria`.",
                    path=("judgements", place, name),
                )
        one, other = position[judgement.first], position[judgement.second]
        if one == other:
            raise InvalidInput(
                f"“{rows[one].name}” can't be judged against itself; leave that out.",
                path=("judgements", place),
            )
        pair, ratio = (min(one, other), max(one, other)), judgement.ratio
        if not ratio > 0:
            raise InvalidInput("A ratio must be greater than 0.", path=("judgements", place, "ratio"))
        if pair in ratios:
            raise InvalidInput(
                f"“{rows[one].name}” and “{rows[other].name}” are judged twice; keep one of the judgements.",
                path=("judgements", place),
            )
        ratios[pair] = ratio if one < other else 1 / ratio
    pairs = [(one, other) for one in range(len(rows)) for other in range(one + 1, len(rows))]
    missing = [
        f"“{rows[one].name}” and “{rows[other].name}”" for one, other in pairs if (one, other) not in ratios
    ]
    if missing:
        more = f", and {len(missing) - 3} more pairs" if len(missing) > 3 else ""
        raise InvalidInput(f"Judge {'; '.join(missing[:3])}{more}.", path=("judgements",))
    try:
        matrix = ahp.comparison_matrix([ratios[pair] for pair in pairs], criteria=len(rows))
        derived = ahp.derive_weights(matrix)
    except PrioritisationError as error:
        raise InvalidInput(error.message, path=("judgements",)) from error
    worst = None
    if derived.worst_pair is not None:
        one, other = derived.worst_pair
        worst = WorstJudgement(
            first=rows[one],
            second=rows[other],
            judged=ratios[one, other],
            implied=float(derived.weights[one] / derived.weights[other]),
        )
    return DerivedWeights(
        criteria=rows,
        weights=tuple(derived.weights.tolist()),
        lambda_max=derived.lambda_max,
        consistency_index=derived.consistency_index,
        consistency_ratio=derived.consistency_ratio,
        acceptable=derived.acceptable,
        worst=worst,
    )


def _criteria(directory: Directory, criteria: Sequence[UUID]) -> tuple[CriterionRow, ...]:
    if not LEAST_CRITERIA <= len(criteria) <= MOST_CRITERIA:
        raise InvalidInput(
            f"Compare {LEAST_CRITERIA} to {MOST_CRITERIA} criteria, not {len(criteria)}; group more than that.",
            path=("criteria",),
        )
    for place, criterion_id in enumerate(criteria):
        if criterion_id not in directory.criteria:
            raise NotFound("There is no criterion with this id.", path=("criteria", place))
        if criterion_id in criteria[:place]:
            raise InvalidInput("A criterion is named twice; keep it once.", path=("criteria", place))
    return tuple(directory.criteria[criterion_id] for criterion_id in criteria)
