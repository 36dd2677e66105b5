"""The smallest change of one weight that swaps two initiatives, or lifts one to a rank, by score."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from domain.ranking.levers import ChangeKind, ChangeObstacle, RankChange
from domain.ranking.order import RankedPortfolio
from domain.ranking.weighing import Inapplicable, Weighing, weighing
from prioritisation.errors import InvalidProblem
from prioritisation.smallest_changes import Change, Obstacle, Quantity, lift_by_weight, swap_by_weight

_ROUNDING = 1e-12
_BEYOND = 1e-6
"""So far beyond its threshold a change is tried out."""


def ties(ranking: RankedPortfolio, indices: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Ranks of the ids of some indices."""
    return ranking.columns.tie_break[ranking.scored.positions[indices]]


def swaps_by_weight(ranking: RankedPortfolio, above: int, below: int) -> list[RankChange] | Inapplicable:
    """For each criterion the change of its weight that puts ``below`` above ``above``."""
    model = weighing(ranking.scored, np.array([above, below]))
    if isinstance(model, Inapplicable):
        return model
    tie_break = ties(ranking, [above, below])
    try:
        changes = swap_by_weight(
            utilities=model.utilities, weights=model.weights, above=0, below=1, tie_break=tie_break
        )
    except InvalidProblem as error:
        changes = _tied(error, model, item=1, passed=0)
    return _told(ranking, model, changes, tie_break, item=1, passed=0, rank=1)


def lifts_by_weight(
    ranking: RankedPortfolio, index: int, rank: int, *, target: int
) -> list[RankChange] | Inapplicable:
    """For each criterion the nearest weight that lifts ``index`` to a rank, which ``target`` has now."""
    model = weighing(ranking.scored)
    if isinstance(model, Inapplicable):
        return model
    item, passed = np.searchsorted(model.index, [index, target]).tolist()
    tie_break = ties(ranking, model.index)
    try:
        changes = lift_by_weight(
            utilities=model.utilities,
            weights=model.weights,
            item=item,
            position=rank,
            tie_break=tie_break,
        )
    except InvalidProblem as error:
        changes = _tied(error, model, item=item, passed=passed)
    return _told(ranking, model, changes, tie_break, item=item, passed=passed, rank=rank)


def _tied(error: InvalidProblem, model: Weighing, *, item: int, passed: int) -> tuple[Change, ...]:
    """Changes where two scores are equal, and only as ratios are rounding has made them differ."""
    if error.code not in {"NOT_ABOVE", "ALREADY_THERE"}:
        raise error
    shares = model.weights / model.weights.sum()
    differs = model.utilities[item] != model.utilities[passed]
    return tuple(
        Change(
            quantity=Quantity.WEIGHT,
            criterion=place,
            item=None,
            present=float(share),
            threshold=float(share) if differs[place] else None,
            at_threshold=False,
            obstacle=None if differs[place] else Obstacle.NO_EFFECT,
        )
        for place, share in enumerate(shares)
    )


def _told(
    ranking: RankedPortfolio,
    model: Weighing,
    changes: tuple[Change, ...],
    tie_break: NDArray[np.int64],
    *,
    item: int,
    passed: int,
    rank: int,
) -> list[RankChange]:
    # where the two are equal now, the criterion on which the one below is better has to weigh more
    better = model.utilities[item] > model.utilities[passed]
    found = []
    for place, (key, change) in enumerate(zip(model.keys, changes, strict=True)):
        rises = change.change > 0 if change.change else bool(better[place])
        threshold, obstacle = change.threshold, None
        if change.obstacle is not None:
            obstacle = ChangeObstacle[change.obstacle.name]
        elif threshold is not None and (1 - threshold if rises else threshold) < _ROUNDING:
            # at the very end there is no beyond, and rounding decides whether the two are equal there
            threshold, obstacle = None, ChangeObstacle.OUT_OF_RANGE
        elif threshold is not None and not _does_it(
            model, tie_break, place, threshold, rises=rises, item=item, rank=rank
        ):
            # what rounding has made differ
            threshold, obstacle = None, ChangeObstacle.NO_EFFECT
        found.append(
            RankChange(
                kind=ChangeKind.WEIGHT,
                key=key,
                criterion=ranking.scored.criterion_of.get(key),
                key_result=None,
                index=None,
                present=change.present,
                threshold=threshold,
                rises=rises,
                inclusive=change.at_threshold,
                obstacle=obstacle,
                size=np.inf if threshold is None else abs(threshold - change.present),
            )
        )
    return found


def _does_it(
    model: Weighing,
    tie_break: NDArray[np.int64],
    place: int,
    threshold: float,
    *,
    rises: bool,
    item: int,
    rank: int,
) -> bool:
    """Whether a weight a little beyond the threshold puts the item at the rank, or above it."""
    room = 1 - threshold if rises else threshold
    share = threshold + (1 if rises else -1) * min(_BEYOND, room / 2)
    weights = model.weights / model.weights.sum()
    others = weights.sum() - weights[place]
    weights = weights * ((1 - share) / others) if others > 0 else weights
    weights[place] = share
    lead = model.utilities @ weights
    lead -= lead[item]
    lead[item] = -np.inf
    equal = np.abs(lead) <= _ROUNDING
    above = (lead > _ROUNDING) | (equal & (tie_break < tie_break[item]))
    return int(above.sum()) < rank
