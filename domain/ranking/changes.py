"""The smallest change of one input or weight that swaps two initiatives, or lifts one to a rank.

By score alone that is exact, in closed form. Where dependencies count, the change is searched for by ordering
the initiatives that hang together with the two anew, to nine digits.
"""

from dataclasses import dataclass

import numpy as np

from domain.errors import InvalidInput
from domain.ranking.change_search import lifts, not_to_be_searched, swaps
from domain.ranking.levers import ChangeKind, ChangeObstacle, RankChange, form_of
from domain.ranking.order import RankedPortfolio
from domain.ranking.paths import predecessor_count
from domain.ranking.weighing import Inapplicable
from domain.ranking.weight_changes import lifts_by_weight, swaps_by_weight, ties
from prioritisation.ratio_changes import swap_by_ratio
from prioritisation.smallest_changes import Obstacle, Quantity

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
    weights = swaps_by_weight(ranking, above, below)
    if isinstance(weights, Inapplicable):
        return _sorted(found, reason=weights.reason)
    return _sorted([*found, *weights])


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
    weights = lifts_by_weight(ranking, index, rank, target=target)
    if isinstance(weights, Inapplicable):
        return _sorted(found, reason=weights.reason)
    return _sorted([*found, *weights])


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
        tie_break=ties(ranking, [above, below]),
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
                obstacle=ChangeObstacle[(ratio.obstacle or Obstacle.NO_EFFECT).name],
            )
            for lever in form.levers
            if lever.moves is ratio.quantity
        ]
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
