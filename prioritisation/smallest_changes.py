"""The smallest change of a weight, a score or an estimate that puts one item above another.

Everything is in closed form: a change of a score or an estimate moves one item along a line or a hyperbola,
a change of a weight moves all of them along lines (see `sensitivity`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from prioritisation.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    Numbers,
    float_array,
    index_array,
)
from prioritisation.errors import InvalidProblem
from prioritisation.sensitivity import ScoreLines, WeightVariation, score_lines, two_items

_ROUNDING: Final = 1e-12


class Quantity(StrEnum):
    """What changes: a criterion's weight, an item's utility, or its part of a ratio."""

    WEIGHT = "WEIGHT"
    UTILITY = "UTILITY"
    NUMERATOR = "NUMERATOR"
    DENOMINATOR = "DENOMINATOR"


class Obstacle(StrEnum):
    """Why no change of a quantity does it.

    NO_EFFECT
        The quantity moves both items alike, or the one not at all.
    NO_WEIGHT
        The criterion has no weight.
    OUT_OF_RANGE
        Only a value beyond the scale or the range would do it.
    """

    NO_EFFECT = "NO_EFFECT"
    NO_WEIGHT = "NO_WEIGHT"
    OUT_OF_RANGE = "OUT_OF_RANGE"


@dataclass(frozen=True, slots=True)
class Change:
    """A quantity, and the value from which on the order is the wanted one.

    Attributes
    ----------
    quantity : Quantity
    criterion : int or None
        Position of the criterion; None for ratios.
    item : int or None
        The item whose utility or estimate changes; None for a weight.
    present : float
    threshold : float or None
        The value at which the two items tie; None if there is an obstacle.
    at_threshold : bool
        Whether the tie does it already, by the tie-breaker; otherwise the value must go beyond.
    obstacle : Obstacle or None
    """

    quantity: Quantity
    criterion: int | None
    item: int | None
    present: float
    threshold: float | None
    at_threshold: bool
    obstacle: Obstacle | None

    @property
    def change(self) -> float | None:
        """``threshold − present``; None if there is an obstacle."""
        return None if self.threshold is None else self.threshold - self.present


def smallest(changes: Iterable[Change]) -> Change | None:
    """Return the possible change of least magnitude, the first among equals, or None.

    Compare like with like: weights among themselves, utilities among themselves.
    """
    possible = [(abs(found.change), i, found) for i, found in enumerate(changes) if found.change is not None]
    return min(possible)[2] if possible else None


def swap_by_weight(
    *,
    utilities: Numbers,
    weights: Numbers,
    above: int,
    below: int,
    tie_break: Numbers | None = None,
    variation: WeightVariation = WeightVariation.PROPORTIONAL,
) -> tuple[Change, ...]:
    """Return for each criterion the change of its weight that puts ``below`` above ``above``.

    Raises
    ------
    InvalidProblem
        As `sensitivity.score_lines`; ``NOT_ABOVE`` if by its score ``above`` is not above ``below``.

    Examples
    --------
    >>> changes = swap_by_weight(utilities=[[1.0, 0.0], [0.6, 0.6]], weights=[0.75, 0.25], above=0, below=1)
    >>> [round(found.threshold, 6) for found in changes]
    [0.6, 0.4]
    """
    lines = score_lines(utilities=utilities, weights=weights, tie_break=tie_break, variation=variation)
    require_above(lines.score, lines.tie_break, above=above, below=below)
    lead = float(lines.score[above] - lines.score[below])
    at_threshold = bool(lines.tie_break[below] < lines.tie_break[above])
    changes = []
    for j in range(lines.weights.size):
        gain = float(lines.slope[j, below] - lines.slope[j, above])
        change = lead / gain if gain else None
        changes.append(_weight_change(lines, j, change, rising=gain > 0.0, at_threshold=at_threshold))
    return tuple(changes)


def swap_by_score(
    *, utilities: Numbers, weights: Numbers, above: int, below: int, tie_break: Numbers | None = None
) -> tuple[Change, ...]:
    """Return changes of one utility, within 0..1, that put ``below`` above ``above``.

    First, for each criterion, a better utility of ``below``; then a worse one of ``above``. On a linear
    scale a utility of 1 is its best end and 0 its worst.

    Raises
    ------
    InvalidProblem
        As `sensitivity.score_lines`; ``NOT_ABOVE`` if by its score ``above`` is not above ``below``.

    Examples
    --------
    >>> changes = swap_by_score(utilities=[[1.0, 0.0], [0.6, 0.6]], weights=[0.75, 0.25], above=0, below=1)
    >>> [found.threshold and round(found.threshold, 6) for found in changes]
    [0.8, None, 0.8, None]
    >>> changes[1].obstacle
    <Obstacle.OUT_OF_RANGE: 'OUT_OF_RANGE'>
    """
    lines, table = _scores_and_table(utilities, weights, tie_break)
    require_above(lines.score, lines.tie_break, above=above, below=below)
    lead = float(lines.score[above] - lines.score[below])
    at_threshold = bool(lines.tie_break[below] < lines.tie_break[above])
    raised = _utility_changes(lines, table, item=below, gain=lead, at_threshold=at_threshold, rising=True)
    lowered = _utility_changes(lines, table, item=above, gain=-lead, at_threshold=at_threshold, rising=False)
    return raised + lowered


def lift_by_score(
    *, utilities: Numbers, weights: Numbers, item: int, position: int, tie_break: Numbers | None = None
) -> tuple[Change, ...]:
    """Return for each criterion the utility, within 0..1, that lifts ``item`` to ``position`` (1 = first).

    Raises
    ------
    InvalidProblem
        As `sensitivity.score_lines`; ``ALREADY_THERE`` if the item stands there or above.
    """
    lines, table = _scores_and_table(utilities, weights, tie_break)
    target = item_to_beat(lines.order, item=item, position=position)
    lead = float(lines.score[target] - lines.score[item])
    at_threshold = bool(lines.tie_break[item] < lines.tie_break[target])
    return _utility_changes(lines, table, item=item, gain=lead, at_threshold=at_threshold, rising=True)


def lift_by_weight(
    *,
    utilities: Numbers,
    weights: Numbers,
    item: int,
    position: int,
    tie_break: Numbers | None = None,
    variation: WeightVariation = WeightVariation.PROPORTIONAL,
) -> tuple[Change, ...]:
    """Return for each criterion the nearest weight that lifts ``item`` to ``position`` (1 = first) or above.

    All other items move too, so this follows the item's rank from crossing to crossing, both ways.

    Raises
    ------
    InvalidProblem
        As `sensitivity.score_lines`; ``ALREADY_THERE`` if the item stands there or above.

    Examples
    --------
    A = w, B = 0.6, C = 0.8(1 − w): C leads below 0.25.

    >>> changes = lift_by_weight(
    ...     utilities=[[1.0, 0.0], [0.6, 0.6], [0.0, 0.8]], weights=[0.5, 0.5], item=2, position=1
    ... )
    >>> [round(found.threshold, 9) for found in changes]
    [0.25, 0.75]
    """
    lines = score_lines(utilities=utilities, weights=weights, tie_break=tie_break, variation=variation)
    item_to_beat(lines.order, item=item, position=position)
    others = np.delete(np.arange(lines.score.size), item)
    lead = lines.score[item] - lines.score[others]
    first = lines.tie_break[item] < lines.tie_break[others]
    changes = []
    for j in range(lines.weights.size):
        gain = lines.slope[j, item] - lines.slope[j, others]
        ways = []
        for sign, limit in ((1.0, float(lines.most[j])), (-1.0, -float(lines.least[j]))):
            found = _first_rise(lead, sign * gain, first, position, limit)
            if found is not None:
                ways.append((found[0], sign, found[1]))
        if ways:
            size, sign, at_threshold = min(ways)
            changes.append(
                _weight_change(lines, j, sign * size, rising=sign > 0.0, at_threshold=at_threshold)
            )
        else:
            obstacle = Obstacle.OUT_OF_RANGE if gain.any() else Obstacle.NO_EFFECT
            changes.append(_immovable_weight(lines, j, obstacle))
    return tuple(changes)


def require_above(score: FloatArray, tie_break: IntArray, *, above: int, below: int) -> None:
    """Refuse a pair (``NOT_ABOVE``) that is not in this order by score, then tie-breaker."""
    pair = two_items(above, below, items=score.size, fields=("above", "below"))
    if (-score[above], tie_break[above]) > (-score[below], tie_break[below]):
        message = (
            "by score, 'above' is not above 'below'; if something else puts it there, such as a dependency, "
            "no change of a score or a weight swaps them"
        )
        raise InvalidProblem(message, field="above", items=pair, code="NOT_ABOVE")


def item_to_beat(order: IntArray, *, item: int, position: int) -> int:
    """Return the item that ``item`` must pass to reach ``position`` (1 = first) of an order.

    Raises
    ------
    InvalidProblem
        ``ALREADY_THERE``, or ``UNKNOWN_POSITION`` for what is not in the order.
    """
    index_array([item], field="item", size=order.size)
    if isinstance(position, bool) or not 1 <= position <= order.size:
        message = f"'position' must be from 1 to {order.size}"
        raise InvalidProblem(message, field="position", code="UNKNOWN_POSITION")
    others = order[order != item]
    if (order[:position] == item).any():
        message = f"the item has position {position} or a better one already"
        raise InvalidProblem(message, field="position", items=[item], code="ALREADY_THERE")
    return int(others[position - 1])


def _scores_and_table(
    utilities: Numbers, weights: Numbers, tie_break: Numbers | None
) -> tuple[ScoreLines, FloatArray]:
    table = float_array(utilities, field="utilities", ndim=2)
    lines = score_lines(
        utilities=table, weights=weights, tie_break=tie_break, variation=WeightVariation.PROPORTIONAL
    )
    return lines, table


def _utility_changes(
    lines: ScoreLines, table: FloatArray, *, item: int, gain: float, at_threshold: bool, rising: bool
) -> tuple[Change, ...]:
    changes = []
    for j, weight in enumerate(lines.weights.tolist()):
        present = float(table[item, j])
        threshold, obstacle = None, None
        if weight == 0.0:
            obstacle = Obstacle.NO_WEIGHT
        else:
            wanted = present + gain / weight
            room = 1.0 - wanted if rising else wanted
            if room > _ROUNDING or (room >= -_ROUNDING and at_threshold):
                threshold = min(max(wanted, 0.0), 1.0)
            else:
                obstacle = Obstacle.OUT_OF_RANGE
        changes.append(
            Change(
                quantity=Quantity.UTILITY,
                criterion=j,
                item=item,
                present=present,
                threshold=threshold,
                at_threshold=at_threshold,
                obstacle=obstacle,
            )
        )
    return tuple(changes)


def _weight_change(
    lines: ScoreLines, criterion: int, change: float | None, *, rising: bool, at_threshold: bool
) -> Change:
    if change is None:
        return _immovable_weight(lines, criterion, Obstacle.NO_EFFECT)
    room = float(lines.most[criterion]) - change if rising else change - float(lines.least[criterion])
    if not (room > _ROUNDING or (room >= -_ROUNDING and at_threshold)):
        return _immovable_weight(lines, criterion, Obstacle.OUT_OF_RANGE)
    present = float(lines.weights[criterion])
    return Change(
        quantity=Quantity.WEIGHT,
        criterion=criterion,
        item=None,
        present=present,
        threshold=max(present + change, 0.0),
        at_threshold=at_threshold,
        obstacle=None,
    )


def _immovable_weight(lines: ScoreLines, criterion: int, obstacle: Obstacle) -> Change:
    return Change(
        quantity=Quantity.WEIGHT,
        criterion=criterion,
        item=None,
        present=float(lines.weights[criterion]),
        threshold=None,
        at_threshold=False,
        obstacle=obstacle,
    )


def _first_rise(
    lead: FloatArray, gain: FloatArray, first: BoolArray, position: int, limit: float
) -> tuple[float, bool] | None:
    """Return the least change that brings the item to the position, and whether the tie does it already.

    ``lead + gain · change`` is what the item has over each other one; ``first`` says whom it precedes in a
    tie.
    """
    starts_above = (lead < 0.0) | ((lead == 0.0) & ((gain < 0.0) | ((gain == 0.0) & ~first)))
    above = int(starts_above.sum())
    if above < position and limit > 0.0:
        return 0.0, False
    crosses = ((lead < 0.0) & (gain > 0.0)) | ((lead > 0.0) & (gain < 0.0))
    where = np.flatnonzero(crosses)
    change = -lead[where] / gain[where]
    near = np.argsort(change, kind="stable")
    where, change = where[near], change[near]
    if not change.size:
        return None
    # What crosses at one point must be taken together, whatever the rounding.
    begins = np.flatnonzero(np.diff(change, prepend=-np.inf) > _ROUNDING * (1.0 + change))
    at, passed, ahead = change[begins], lead[where] < 0.0, first[where]
    ends = np.append(begins[1:], where.size) - 1
    beyond = above + np.cumsum(np.where(passed, -1, 1))[ends]
    before = np.concatenate([[above], beyond[:-1]])
    tied = before + np.add.reduceat((~passed & ~ahead).astype(np.int64), begins)
    tied -= np.add.reduceat((passed & ahead).astype(np.int64), begins)
    inside, at_limit = at < limit - _ROUNDING, np.abs(at - limit) <= _ROUNDING
    reached = np.flatnonzero((inside & (beyond < position)) | (at_limit & (tied < position)))
    if not reached.size:
        return None
    return float(at[reached[0]]), bool(tied[reached[0]] < position)
