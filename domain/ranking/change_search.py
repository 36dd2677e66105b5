"""Changes of one input that move an initiative in an order under dependencies, found by bisection.

What a change can move hangs together through dependencies: the rest keeps its blocks and their densities. So
only that part is ordered anew. A heavier or shorter initiative never comes later in Sidney's order, which is
what makes bisection right; inside a block the order is improved by a heuristic, and there it is what was found.
"""

import math
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.ranking.levers import ChangeObstacle, Form, RankChange, form_of
from domain.ranking.order import RankedPortfolio
from domain.ranking.ordering import amounts
from domain.ranking.paths import component, shortest_path
from domain.snapshot.columns import Floats, frozen
from prioritisation import precedence
from prioritisation.compilation import compiled
from prioritisation.smallest_changes import Quantity

MOST_TOGETHER = 5_000
"""Initiatives that may hang together with those that are to be moved."""

_INTERPRETED = 40
"""Up to so many initiatives it takes longer to load machine code than to do without."""

_DIGITS = 1e-9
_PRACTICALLY_NOTHING = 1e-9
_NEGLIGIBLE = 1e-12
_MOST_DOUBLINGS = 100
_SAME_DENSITY = 1e-11


class _Move(NamedTuple):
    """What of which initiative changes, and in which direction."""

    item: int
    moved: Quantity
    rises: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """The initiatives that hang together with those to be moved, as a problem of their own."""

    items: NDArray[np.int64]
    duration: Floats
    weight: Floats
    tie_break: NDArray[np.int64]
    tails: NDArray[np.int64]
    heads: NDArray[np.int64]

    def posed(self, move: _Move, value: float) -> precedence.PrecedenceProblem:
        """The problem if the move is made as far as ``value``."""
        duration, weight = self.duration.copy(), self.weight.copy()
        changed = weight if move.moved is Quantity.NUMERATOR else duration
        changed[np.searchsorted(self.items, move.item)] = value
        return precedence.PrecedenceProblem(
            duration=frozen(duration),
            weight=frozen(weight),
            predecessor=self.tails,
            successor=self.heads,
            tie_break=self.tie_break,
        )

    def place(self, posed: precedence.PrecedenceProblem) -> NDArray[np.int64]:
        """Place of each item of the part, improved inside blocks as rankings are."""
        place = np.empty(len(self.items), dtype=np.int64)
        place[precedence.order(posed).order] = np.arange(len(self.items))
        return place


def not_to_be_searched(ranking: RankedPortfolio, *indices: int) -> str | None:
    """Why no change can be, or is, looked for; None if it can be. Two indices are in the order of their places."""
    if ranking.request.soft_penalty_weeks is not None and len(ranking.soft_edges):
        return "Breaking soft dependencies has a price in this ranking; leave `softPenaltyWeeks` out."
    if len(indices) == 2:
        path = shortest_path(ranking, *indices)
        if path:
            waits, first = (_title(ranking, index) for index in (path[-1], path[0]))
            return f"“{waits}” has to wait for “{first}”, whatever it is worth."
    together = len(component(ranking, *indices))
    if together > MOST_TOGETHER:
        return (
            f"{together:,} initiatives hang together here, more than the {MOST_TOGETHER:,} that are searched;"
            " rank by SCORE."
        )
    return None


def swaps(ranking: RankedPortfolio, above: int, below: int) -> list[RankChange]:
    """Changes of one input that put ``below`` before ``above``."""
    part = _part(ranking, above, below)
    first, last = np.searchsorted(part.items, [above, below])

    def reached(move: _Move, value: float) -> bool:
        posed = part.posed(move, value)
        block = precedence.order(posed, transitions=0).block
        if block[first] != block[last]:
            return bool(block[last] < block[first])
        place = part.place(posed)
        return bool(place[last] < place[first])

    moves = [
        _Move(below, Quantity.NUMERATOR, True),
        _Move(below, Quantity.DENOMINATOR, False),
        _Move(above, Quantity.NUMERATOR, False),
        _Move(above, Quantity.DENOMINATOR, True),
    ]
    return _found(ranking, part, moves, reached)


def lifts(
    ranking: RankedPortfolio, solved: precedence.PrecedenceOrder, index: int, rank: int
) -> list[RankChange]:
    """Changes of one of its inputs that lift an initiative to a rank; ``solved`` is how it was ordered."""
    part = _part(ranking, index)
    at = int(np.searchsorted(part.items, index))
    ranked = ranking.rank[part.items] > 0
    others = ranking.rank > 0
    others[part.items] = False
    densities = np.sort(solved.density[solved.block[others]])

    def reached(move: _Move, value: float) -> bool:
        posed = part.posed(move, value)
        found = precedence.order(posed, transitions=0)
        block = found.block
        density = float(found.density[block[at]]) * (1 - _SAME_DENSITY)
        before = len(densities) - int(np.searchsorted(densities, density))
        before += int((ranked & (block < block[at])).sum())
        together = ranked & (block == block[at])
        if before >= rank or before + int(together.sum()) <= rank:
            return before < rank
        place = part.place(posed)
        return before + int((together & (place < place[at])).sum()) < rank

    moves = [_Move(index, Quantity.NUMERATOR, True), _Move(index, Quantity.DENOMINATOR, False)]
    return _found(ranking, part, moves, reached)


def _title(ranking: RankedPortfolio, index: int) -> str:
    return ranking.columns.rows[int(ranking.scored.positions[index])].title


def _part(ranking: RankedPortfolio, *indices: int) -> _Part:
    items = component(ranking, *indices)
    duration, weight = amounts(ranking.scored.scores.score, ranking.scored.size)
    edges = ranking.columns.edges
    tails = ranking.index_of[edges.predecessor[ranking.edges]]
    heads = ranking.index_of[edges.successor[ranking.edges]]
    within = np.isin(tails, items)
    return _Part(
        items=items,
        duration=duration[items],
        weight=weight[items],
        tie_break=ranking.columns.tie_break[ranking.scored.positions[items]],
        tails=np.searchsorted(items, tails[within]),
        heads=np.searchsorted(items, heads[within]),
    )


def _found(
    ranking: RankedPortfolio, part: _Part, moves: list[_Move], reached: Callable[[_Move, float], bool]
) -> list[RankChange]:
    with compiled() if len(part.items) > _INTERPRETED else nullcontext():
        return [change for move in moves for change in _changes(ranking, move, reached)]


def _changes(
    ranking: RankedPortfolio, move: _Move, reached: Callable[[_Move, float], bool]
) -> list[RankChange]:
    form = form_of(ranking.scored, move.item)
    levers = [lever for lever in form.levers if lever.moves is move.moved and lever.obstacle is None]
    fixed = [lever for lever in form.levers if lever.moves is move.moved and lever.obstacle is not None]
    wanted = _threshold(form, move, reached) if levers else None
    return [
        lever.change(
            index=move.item,
            origin=form.origin(move.moved),
            wanted=wanted,
            rises=move.rises,
            inclusive=True,
            obstacle=ChangeObstacle.OUT_OF_RANGE,
        )
        for lever in [*levers, *fixed]
    ]


def _threshold(form: Form, move: _Move, reached: Callable[[_Move, float], bool]) -> float | None:
    """The value from which on the goal is reached, to nine digits; None if no lever gets that far."""
    origin = form.origin(move.moved)
    limit = _limit(form, move)
    if math.isinf(limit):
        step = origin or _PRACTICALLY_NOTHING
        limit = origin
        for _ in range(_MOST_DOUBLINGS):
            limit += step
            if reached(move, limit):
                break
            step *= 2
        else:
            return None
    elif limit == origin or not reached(move, limit):
        return None
    near, far = origin, limit
    least = _NEGLIGIBLE * max(abs(origin), abs(limit))
    while abs(far - near) > max(_DIGITS * max(abs(far), abs(near)), least):
        middle = (near + far) / 2
        if reached(move, middle):
            far = middle
        else:
            near = middle
    return far


def _limit(form: Form, move: _Move) -> float:
    """As far as any lever moves it in this direction; infinite if one has no end."""
    origin = form.origin(move.moved)
    ends = [origin]
    for lever in form.levers:
        if lever.moves is move.moved and lever.obstacle is None and lever.slope:
            ends += [origin + lever.slope * (end - lever.base) for end in (lever.least, lever.most)]
    if move.rises:
        return max(ends)
    # no work takes no time at all
    least = _PRACTICALLY_NOTHING * origin if move.moved is Quantity.DENOMINATOR else 0.0
    return max(min(ends), least)
