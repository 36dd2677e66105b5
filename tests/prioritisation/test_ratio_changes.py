"""Thresholds of numerators and denominators against ranking anew, in exact fractions."""

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.errors import InvalidProblem
from prioritisation.ratio_changes import lift_by_ratio, swap_by_ratio
from prioritisation.smallest_changes import Change, Obstacle, Quantity, smallest

HAIR = Fraction(1, 10**9)
MOST = Fraction(40)

# Powers of two as denominators: floats hold every ratio exactly.
ratio_tables = st.lists(
    st.tuples(st.integers(0, 16).map(Fraction), st.sampled_from([Fraction(1, 2), *map(Fraction, (1, 2, 4))])),
    min_size=2,
    max_size=7,
)


def order(table: list[tuple[Fraction, Fraction]]) -> list[int]:
    return sorted(range(len(table)), key=lambda i: (-table[i][0] / table[i][1], i))


def with_change(table: list[tuple[Fraction, Fraction]], change: Change, value: Fraction) -> list[int]:
    assert change.item is not None
    changed = list(table)
    numerator, denominator = changed[change.item]
    if change.quantity is Quantity.NUMERATOR:
        changed[change.item] = (value, denominator)
    else:
        changed[change.item] = (numerator, value)
    return order(changed)


def check(table: list[tuple[Fraction, Fraction]], change: Change, *, rising: bool, reached: Any) -> None:
    """``reached`` says whether an order is the wanted one; ``rising`` which way the quantity goes."""
    if change.threshold is None:
        assert change.obstacle is not None
        end = MOST if rising else Fraction(0)
        if change.quantity is Quantity.DENOMINATOR and not rising:
            end = HAIR
        assert not reached(with_change(table, change, end))
        return
    threshold, side = Fraction(change.threshold), 1 if rising else -1
    if not change.at_threshold or threshold + side * HAIR > 0:
        assert reached(with_change(table, change, threshold + side * HAIR))
    assert not reached(with_change(table, change, threshold - side * HAIR))


@given(table=ratio_tables, data=st.data())
def test_an_estimate_swaps_two_items_beyond_its_threshold_and_not_before(
    table: list[tuple[Fraction, Fraction]], data: st.DataObject
) -> None:
    present = order(table)
    first = data.draw(st.integers(0, len(present) - 2))
    above, below = present[first], present[data.draw(st.integers(first + 1, len(present) - 1))]
    changes = swap_by_ratio(
        numerator=[float(n) for n, _ in table],
        denominator=[float(d) for _, d in table],
        above=above,
        below=below,
        numerator_range=(0.0, float(MOST)),
        denominator_range=(0.0, float(MOST)),
    )
    assert [change.item for change in changes] == [below, below, above, above]
    for change, rising in zip(changes, (True, False, False, True), strict=True):
        check(table, change, rising=rising, reached=lambda found: found.index(below) < found.index(above))


@given(table=ratio_tables, data=st.data())
def test_an_estimate_lifts_an_item_to_a_position_beyond_its_threshold_and_not_before(
    table: list[tuple[Fraction, Fraction]], data: st.DataObject
) -> None:
    present = order(table)
    place = data.draw(st.integers(1, len(present) - 1))
    position = data.draw(st.integers(1, place))
    item = present[place]
    changes = lift_by_ratio(
        numerator=[float(n) for n, _ in table],
        denominator=[float(d) for _, d in table],
        item=item,
        position=position,
        numerator_range=(0.0, float(MOST)),
        denominator_range=(0.0, float(MOST)),
    )
    for change, rising in zip(changes, (True, False), strict=True):
        check(table, change, rising=rising, reached=lambda found: found.index(item) < position)


def test_wsjf_says_by_how_much_a_job_must_shrink() -> None:
    """(8 + 5 + 2)/5 = 3 against (3 + 5 + 1)/9 = 1: nine points pass three only below a size of 3."""
    changes = swap_by_ratio(numerator=[15, 9], denominator=[5, 9], above=0, below=1)
    assert [change.threshold for change in changes] == [27.0, 3.0, 5.0, 15.0]
    least = smallest(change for change in changes if change.quantity is Quantity.DENOMINATOR)
    assert least is not None
    assert (least.item, least.change) == (1, -6.0)


def test_changes_beyond_their_range_are_impossible() -> None:
    changes = swap_by_ratio(
        numerator=[15, 9],
        denominator=[5, 9],
        above=0,
        below=1,
        numerator_range=(6.0, 27.0),
        denominator_range=(3.0, 15.0),
    )
    # 27, 3 and 15 are ends, where the tie-breaker still keeps the first item; 5 is below the range.
    assert [change.obstacle for change in changes] == [Obstacle.OUT_OF_RANGE] * 4
    decided = swap_by_ratio(
        numerator=[15, 9],
        denominator=[5, 9],
        above=0,
        below=1,
        tie_break=[1, 0],
        numerator_range=(6.0, 27.0),
        denominator_range=(3.0, 15.0),
    )
    assert [change.threshold for change in decided] == [27.0, 3.0, None, 15.0]


def test_nothing_divides_zero_into_something() -> None:
    changes = swap_by_ratio(numerator=[1, 0], denominator=[1, 1], above=0, below=1)
    assert [change.obstacle for change in changes] == [
        None,
        Obstacle.NO_EFFECT,
        Obstacle.OUT_OF_RANGE,
        Obstacle.OUT_OF_RANGE,
    ]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"numerator": [1.0, None]}, "numerator", "MISSING_VALUE"),
        ({"numerator": [1.0, -1.0]}, "numerator", "NEGATIVE"),
        ({"numerator": [math.inf, 1.0]}, "numerator", "NOT_FINITE"),
        ({"denominator": [1.0, 0.0]}, "denominator", "ZERO_DENOMINATOR"),
        ({"denominator": [1.0]}, "denominator", "SHAPE"),
        ({"above": 1, "below": 0}, "above", "NOT_ABOVE"),
        ({"below": 2}, "below", "UNKNOWN_POSITION"),
        ({"numerator_range": (3.0, 2.0)}, "numerator_range", "INVALID_PROBLEM"),
        ({"denominator_range": (math.nan, 2.0)}, "denominator_range", "INVALID_PROBLEM"),
    ],
)
def test_wrong_input_names_field_and_code(change: dict[str, Any], field: str, code: str) -> None:
    arguments: dict[str, Any] = {"numerator": [2, 1], "denominator": [1, 1], "above": 0, "below": 1}
    with pytest.raises(InvalidProblem) as caught:
        swap_by_ratio(**(arguments | change))
    assert (caught.value.field, caught.value.code) == (field, code)
