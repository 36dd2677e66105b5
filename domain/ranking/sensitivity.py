"""How far each weight of a model may move before the ranking changes."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from domain.errors import InvalidInput
from domain.ranking.caching import once
from domain.ranking.order import RankedPortfolio
from domain.ranking.weighing import Inapplicable, Weighing, weighing
from domain.rows import CriterionRow
from prioritisation.sensitivity import WeightIntervals, order_intervals, top_intervals

MOST_TOP = 1_000
_LONG = 2_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sensitivity:
    """Intervals of each weight, in shares of all weight, while the others keep their proportions.

    They are about the order by score. Within ``top_stays`` the ``top`` best stay the same set, within
    ``order_stays`` the whole order does; items are rows of ``model``. ``matches`` says whether the ranking
    itself has that set on top: dependencies and ranks that are set by hand may bring in others.
    """

    model: Weighing
    top: int
    top_stays: WeightIntervals
    order_stays: WeightIntervals
    matches: bool

    def criterion(self, ranking: RankedPortfolio, number: int) -> CriterionRow:
        """The criterion of a weight."""
        return ranking.scored.criterion_of[self.model.keys[number]]


async def sensitivity(ranking: RankedPortfolio, *, top: int) -> Sensitivity | Inapplicable:
    """The sensitivity of a ranking to the weights of its model; of fewer on top when fewer have a score.

    Raises
    ------
    InvalidInput
        When ``top`` is not from 1 to 1,000.
    """
    if not 1 <= top <= MOST_TOP:
        raise InvalidInput(f"`top` must be from 1 to {MOST_TOP:,}.", path=("top",))
    version: UUID | None = None if ranking.model is None else ranking.model.version.id
    key = ("sensitivity", version, ranking.scored.method, ranking.request, top)
    return await once(ranking.columns, key, lambda: _sensitivity(ranking, top), long=len(ranking) > _LONG)


def _sensitivity(ranking: RankedPortfolio, top: int) -> Sensitivity | Inapplicable:
    model = weighing(ranking.scored)
    if isinstance(model, Inapplicable):
        return model
    tie_break = ranking.columns.tie_break[ranking.scored.positions[model.index]]
    top = min(top, len(model.index))
    score = ranking.scored.scores.score[model.index]
    best = model.index[np.lexsort((tie_break, -score))[:top]]
    return Sensitivity(
        model=model,
        top=top,
        top_stays=top_intervals(
            utilities=model.utilities, weights=model.weights, top_k=top, tie_break=tie_break
        ),
        order_stays=order_intervals(utilities=model.utilities, weights=model.weights, tie_break=tie_break),
        matches=bool(np.isin(ranking.order[:top], best).all()),
    )
