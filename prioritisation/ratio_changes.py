"""The smallest change of an estimate that puts one item above another by a ratio, as in WSJF and CD3."""

import math
from typing import Final

import numpy as np

from prioritisation.columns import (
    FloatArray,
    IntArray,
    Numbers,
    float_array,
    refuse,
    require_finite,
    require_not_negative,
    tie_break_array,
)
from prioritisation.errors import InvalidProblem
from prioritisation.smallest_changes import Change, Obstacle, Quantity, item_to_beat, require_above

Range = tuple[float, float]
ANY_POSITIVE: Final[Range] = (0.0, math.inf)


def swap_by_ratio(
    *,
    numerator: Numbers,
    denominator: Numbers,
    above: int,
    below: int,
    tie_break: Numbers | None = None,
    numerator_range: Range = ANY_POSITIVE,
    denominator_range: Range = ANY_POSITIVE,
) -> tuple[Change, ...]:
    """Return changes of one estimate that put ``below`` above ``above`` by numerator / denominator.

    For WSJF, CD3 and the like: a greater numerator or a smaller denominator of ``below``, a smaller
    numerator or a greater denominator of ``above``. In a sum each addend may take the whole change; in a
    product each factor may be multiplied by ``threshold / present``.

    Parameters
    ----------
    numerator, denominator : array_like, shape (n,)
        Not negative and positive, finite.
    numerator_range, denominator_range : (float, float)
        Least and greatest possible values, ends included; a denominator stays above 0 in any case.

    Raises
    ------
    InvalidProblem
        ``NOT_ABOVE``; ``NEGATIVE``, ``NOT_FINITE``, ``MISSING_VALUE``, ``ZERO_DENOMINATOR``, ``SHAPE``.

    Examples
    --------
    CD3 of 12/2 and 10/5 a week:

    >>> changes = swap_by_ratio(numerator=[12.0, 10.0], denominator=[2.0, 5.0], above=0, below=1)
    >>> [found.threshold for found in changes]
    [30.0, 1.6666666666666667, 4.0, 6.0]
    """
    top, bottom, score, ties = _ratios(numerator, denominator, tie_break)
    require_above(score, ties, above=above, below=below)
    at_threshold = bool(ties[below] < ties[above])
    ranges = _checked(numerator_range, "numerator_range"), _checked(denominator_range, "denominator_range")
    raised = _ratio_changes(top, bottom, below, float(score[above]), ranges, rising=True, tie=at_threshold)
    lowered = _ratio_changes(top, bottom, above, float(score[below]), ranges, rising=False, tie=at_threshold)
    return raised + lowered


def lift_by_ratio(
    *,
    numerator: Numbers,
    denominator: Numbers,
    item: int,
    position: int,
    tie_break: Numbers | None = None,
    numerator_range: Range = ANY_POSITIVE,
    denominator_range: Range = ANY_POSITIVE,
) -> tuple[Change, ...]:
    """Return the numerator and the denominator that lift ``item`` to ``position`` (1 = first).

    Parameters and errors are those of `swap_by_ratio`; ``ALREADY_THERE`` if it stands there or above.
    """
    top, bottom, score, ties = _ratios(numerator, denominator, tie_break)
    order = np.lexsort((ties, -score)).astype(np.int64)
    target = item_to_beat(order, item=item, position=position)
    at_threshold = bool(ties[item] < ties[target])
    ranges = _checked(numerator_range, "numerator_range"), _checked(denominator_range, "denominator_range")
    return _ratio_changes(top, bottom, item, float(score[target]), ranges, rising=True, tie=at_threshold)


def _checked(limits: Range, field: str) -> Range:
    least, most = limits
    if not 0.0 <= least <= most:
        raise InvalidProblem(f"'{field}' must be (least, most) with 0 ≤ least ≤ most", field=field)
    return limits


def _ratios(
    numerator: Numbers, denominator: Numbers, tie_break: Numbers | None
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    top = float_array(numerator, field="numerator")
    bottom = float_array(denominator, field="denominator", length=top.size)
    for field, values in (("numerator", top), ("denominator", bottom)):
        require_finite(values, field=field)
        require_not_negative(values, field=field)
    message = "must be positive; there is no ratio otherwise"
    refuse(bottom == 0.0, field="denominator", message=message, code="ZERO_DENOMINATOR")
    return top, bottom, top / bottom, tie_break_array(tie_break, length=top.size)


def _ratio_changes(
    top: FloatArray,
    bottom: FloatArray,
    item: int,
    goal: float,
    ranges: tuple[Range, Range],
    *,
    rising: bool,
    tie: bool,
) -> tuple[Change, Change]:
    """Return the numerator and the denominator with which the item's ratio is ``goal``."""
    numerator, denominator = float(top[item]), float(bottom[item])
    wanted = goal * denominator
    fits = _fits(wanted, ranges[0], rising=rising, tie=tie)
    over = Change(
        quantity=Quantity.NUMERATOR,
        criterion=None,
        item=item,
        present=numerator,
        threshold=wanted if fits else None,
        at_threshold=tie,
        obstacle=None if fits else Obstacle.OUT_OF_RANGE,
    )
    # No denominator moves a ratio of 0, and none makes a ratio 0.
    wanted = numerator / goal if goal > 0.0 else math.inf
    fits = numerator > 0.0 and _fits(wanted, ranges[1], rising=not rising, tie=tie)
    under = Change(
        quantity=Quantity.DENOMINATOR,
        criterion=None,
        item=item,
        present=denominator,
        threshold=wanted if fits else None,
        at_threshold=tie,
        obstacle=None if fits else Obstacle.OUT_OF_RANGE if numerator > 0.0 else Obstacle.NO_EFFECT,
    )
    return over, under


def _fits(value: float, limits: Range, *, rising: bool, tie: bool) -> bool:
    least, most = limits
    if not math.isfinite(value):
        return False
    beyond = value < most if rising else value > least
    return beyond or (tie and value == (most if rising else least))
