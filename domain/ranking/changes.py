"""The smallest change of one input or weight that swaps two initiatives, or lifts one to a rank.

By score alone that is exact, in closed form. Where dependencies count, the change is searched for by ordering
the initiatives that hang together with the two anew, to nine digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.errors import InvalidInput
from domain.ranking.change_search import lifts, not_to_be_searched, swaps
from domain.ranking.levers import ChangeKind, ChangeObstacle, RankChange, form_of
from domain.ranking.order import RankedPortfolio
from domain.ranking.paths import predecessor_count
from domain.ranking.weighing import Inapplicable, Weighing, weighing
from prioritisation.errors import InvalidProblem
from prioritisation.ratio_changes import swap_by_ratio
from prioritisation.smallest_changes import Change, Obstacle, Quantity, lift_by_weight, swap_by_weight

_KINDS = tuple(ChangeKind)
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class RankChanges:
    """Changes each of which alone does it, the nearest of each kind first; impossible ones come last.

    ``reason`` says why there are none, or why some kind of change was not looked at.
    """

    changes: tuple[RankChange, ...]
    reason: str | None = None


def swap_changes(ranking: RankedPortfolio, above: int, below: int) -> RankChanges:
    """What would put ``below`` above ``above``; both are indices, and now it is the other way round."""
    for index in (below, above):
        reason = _fixed(ranking, index)
        if reason is not None:
            return RankChanges(changes=(), reason=reason)
    if ranking.solved is not None and not (_free(ranking, above) and _free(ranking, below)):
        reason = not_to_be_searched(ranking, above, below)
        if reason is not None:
            return RankChanges(changes=(), reason=reason)
        return _sorted(swaps(ranking, above, below), reason=_NO_WEIGHTS)
    if _indistinct(ranking, above, below):
        return RankChanges(changes=(), reason=_ROUNDED)
    found = _by_ratio(ranking, above=above, below=below)
    model = weighing(ranking.scored, np.array([above, below]))
    if isinstance(model, Inapplicable):
        return _sorted(found, reason=model.reason)
    ties = _ties(ranking, [above, below])
    try:
        weights = swap_by_weight(
            utilities=model.utilities, weights=model.weights, above=0, below=1, tie_break=ties
        )
    except InvalidProblem as error:
        weights = _tied(error, model, above=0, below=1)
    return _sorted([*found, *_weight_changes(ranking, model, weights, below=1, above=0)])


def changes_to_rank(ranking: RankedPortfolio, index: int, rank: int) -> RankChanges:
    """What would lift an initiative to a rank, or above it; ranks count places here, from 1.

    Raises
    ------
    InvalidInput
        When there is no such rank.
    """
    if not 1 <= rank <= len(ranking):
        raise InvalidInput(f"`rank` must be from 1 to {len(ranking):,}.", path=("rank",))
    reason = _fixed(ranking, index)
    if reason is None and ranking.place_of[index] < rank:
        reason = "It has this rank or a better one already."
    if reason is None and ranking.overrides:
        reason = "Some ranks are set by hand, and the others give way to them."
    if reason is None and ranking.solved is not None:
        reason = _crowded(ranking, index, rank) or not_to_be_searched(ranking, index)
    if reason is not None:
        return RankChanges(changes=(), reason=reason)
    if ranking.solved is not None and len(ranking.edges):
        return _sorted(lifts(ranking, ranking.solved, index, rank), reason=_NO_WEIGHTS)
    target = int(ranking.order[rank - 1])
    if _indistinct(ranking, target, index):
        return RankChanges(changes=(), reason=_ROUNDED)
    found = _by_ratio(ranking, above=target, below=index)
    found = [change for change in found if change.index == index]
    model = weighing(ranking.scored)
    if isinstance(model, Inapplicable):
        return _sorted(found, reason=model.reason)
    item, passed = np.searchsorted(model.index, [index, target]).tolist()
    try:
        weights = lift_by_weight(
            utilities=model.utilities,
            weights=model.weights,
            item=item,
            position=rank,
            tie_break=_ties(ranking, model.index),
        )
    except InvalidProblem as error:
        weights = _tied(error, model, above=passed, below=item)
    return _sorted([*found, *_weight_changes(ranking, model, weights, below=item, above=passed)])


_ROUNDED = "The two scores differ by no more than rounding."
_NO_WEIGHTS = (
    "Weights are not looked at: where dependencies count, a weight moves whole blocks. See `sensitivity`, or rank"
    " by SCORE."
)


def _fixed(ranking: RankedPortfolio, index: int) -> str | None:
    """Why no score, weight or estimate moves an initiative."""
    title = ranking.columns.rows[int(ranking.scored.positions[index])].title
    if index in ranking.overrides:
        return f"The rank of “{title}” is set by hand."
    if np.isnan(ranking.scored.scores.score[index]):
        return f"“{title}” has no score; rate or estimate what is missing."
    if ranking.scored.scores.score[index] < 0:
        return f"“{title}” scores below 0: it moves key results away from their targets."
    return None


def _crowded(ranking: RankedPortfolio, index: int, rank: int) -> str | None:
    """Why an initiative can't have a rank whatever it is worth."""
    before = predecessor_count(ranking, index)
    if before < rank:
        return None
    return f"It has to wait for {before:,} others, so that it can't rank before {before + 1:,}."


def _free(ranking: RankedPortfolio, index: int) -> bool:
    """Whether no hard dependency between ranked initiatives touches it."""
    if ranking.request.soft_penalty_weeks is not None and len(ranking.soft_edges):
        return False
    return not (ranking.neighbours(index, incoming=True) or ranking.neighbours(index, incoming=False))


def _ties(ranking: RankedPortfolio, indices: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    return ranking.columns.tie_break[ranking.scored.positions[indices]]


def _indistinct(ranking: RankedPortfolio, above: int, below: int) -> bool:
    """Whether two scores are not the same number, but as good as equal: then rounding has put them in order."""
    scores = ranking.scored.scores.score[[above, below]]
    return bool(scores[0] != scores[1] and scores[0] - scores[1] <= _ROUNDING * abs(scores).max())


def _by_ratio(ranking: RankedPortfolio, *, above: int, below: int) -> list[RankChange]:
    above_form, below_form = form_of(ranking.scored, above), form_of(ranking.scored, below)
    ratios = swap_by_ratio(
        numerator=[above_form.numerator, below_form.numerator],
        denominator=[above_form.size, below_form.size],
        above=0,
        below=1,
        tie_break=_ties(ranking, [above, below]),
    )
    found = []
    for ratio in ratios:
        form, index = (above_form, above) if ratio.item == 0 else (below_form, below)
        # whoever is below has to get more for less, whoever is above the reverse
        rises = (ratio.item == 1) == (ratio.quantity is Quantity.NUMERATOR)
        found += [
            lever.change(
                index=index,
                origin=form.origin(lever.moves),
                wanted=ratio.threshold,
                rises=rises,
                inclusive=ratio.at_threshold,
                obstacle=_obstacle(ratio),
            )
            for lever in form.levers
            if lever.moves is ratio.quantity
        ]
    return found


def _obstacle(change: Change) -> ChangeObstacle:
    return ChangeObstacle[(change.obstacle or Obstacle.NO_EFFECT).name]


def _tied(error: InvalidProblem, model: Weighing, *, above: int, below: int) -> tuple[Change, ...]:
    """Changes of weights where two scores are equal, and only as ratios are rounding has made them differ."""
    if error.code not in {"NOT_ABOVE", "ALREADY_THERE"}:
        raise error
    shares = model.weights / model.weights.sum()
    differs = model.utilities[below] != model.utilities[above]
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


def _weight_changes(
    ranking: RankedPortfolio, model: Weighing, changes: tuple[Change, ...], *, below: int, above: int
) -> list[RankChange]:
    """Changes of weights; ``below`` and ``above`` are rows of the model that change places."""
    # where the two are equal now, the criterion on which the one below is better has to weigh more
    better = model.utilities[below] > model.utilities[above]
    found = []
    for place, (key, change) in enumerate(zip(model.keys, changes, strict=True)):
        threshold, obstacle = change.threshold, None if change.obstacle is None else _obstacle(change)
        if threshold is not None and min(threshold, 1 - threshold) < _ROUNDING:
            # at the very end there is no beyond, and rounding decides whether the two are equal there
            threshold, obstacle = None, ChangeObstacle.OUT_OF_RANGE
        found.append(
            RankChange(
                kind=ChangeKind.WEIGHT,
                key=key,
                criterion=ranking.scored.criterion_of.get(key),
                key_result=None,
                index=None,
                present=change.present,
                threshold=threshold,
                rises=bool(better[place]) if not change.change else change.change > 0,
                inclusive=change.at_threshold,
                obstacle=obstacle,
                size=np.inf if threshold is None else abs(threshold - change.present),
            )
        )
    return found


def _sorted(changes: list[RankChange], *, reason: str | None = None) -> RankChanges:
    return RankChanges(
        changes=tuple(
            sorted(
                changes,
                key=lambda change: (
                    change.obstacle is not None,
                    _KINDS.index(change.kind),
                    round(change.size, 12),
                ),
            )
        ),
        reason=reason,
    )
