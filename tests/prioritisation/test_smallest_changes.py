"""Thresholds against ranking anew, in exact fractions, on both sides of them."""

import itertools
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.errors import InvalidProblem
from prioritisation.smallest_changes import (
    Change,
    Obstacle,
    Quantity,
    lift_by_score,
    lift_by_weight,
    smallest,
    swap_by_score,
    swap_by_weight,
)
from tests.prioritisation.exact_ranking import HAIR, PROPORTIONAL, Case, cases


def score_order(case: Case, utilities: list[list[Fraction]]) -> list[int]:
    changed = Case(utilities, case.weights, case.tie_break, case.variation)
    return changed.order(0, case.present(0))


def with_utility(case: Case, item: int, criterion: int, value: Fraction) -> list[int]:
    utilities = [list(row) for row in case.utilities]
    utilities[item][criterion] = value
    return score_order(case, utilities)


@given(case=cases(), data=st.data())
def test_a_weight_swaps_two_items_beyond_its_threshold_and_not_before(
    case: Case, data: st.DataObject
) -> None:
    present = case.order(0, case.present(0))
    first = data.draw(st.integers(0, len(present) - 2))
    above, below = present[first], present[data.draw(st.integers(first + 1, len(present) - 1))]
    top = Fraction(1) if case.variation is PROPORTIONAL else Fraction(1_000)
    for found in swap_by_weight(above=above, below=below, **case.floats()):
        j = found.criterion
        assert j is not None
        assert found.present == pytest.approx(float(case.present(j)))

        def swapped(weight: Fraction, j: int = j) -> bool:
            order = case.order(j, weight)
            return order.index(below) < order.index(above)

        if found.threshold is None:
            # Differences are linear in the weight: both ends of the range decide.
            assert not swapped(HAIR)
            assert not swapped(top - HAIR)
            assert found.obstacle is not None
            continue
        assert found.change is not None
        rising = found.change > 0.0 or (found.change == 0.0 and swapped(top - HAIR))
        side = 1 if rising else -1
        beyond, before = Fraction(found.threshold) + side * HAIR, Fraction(found.threshold) - side * HAIR
        if 0 <= beyond <= top:
            assert swapped(beyond)
        else:
            assert found.at_threshold
        assert not 0 <= before <= top or not swapped(before)
        assert found.at_threshold == (case.tie_break[below] < case.tie_break[above])


@given(case=cases(), data=st.data())
def test_a_utility_swaps_two_items_beyond_its_threshold_and_not_before(
    case: Case, data: st.DataObject
) -> None:
    present = case.order(0, case.present(0))
    first = data.draw(st.integers(0, len(present) - 2))
    above, below = present[first], present[data.draw(st.integers(first + 1, len(present) - 1))]
    arguments = case.floats()
    del arguments["variation"]
    found = swap_by_score(above=above, below=below, **arguments)
    criteria = len(case.weights)
    assert [change.item for change in found] == [below] * criteria + [above] * criteria
    for change in found:
        assert change.item is not None
        assert change.criterion is not None
        side = 1 if change.item == below else -1
        best = Fraction(1) if change.item == below else Fraction(0)
        reached = with_utility(case, change.item, change.criterion, best)
        possible = reached.index(below) < reached.index(above)
        assert (change.threshold is not None) == possible
        if change.threshold is None:
            unweighted = case.weights[change.criterion] == 0
            assert change.obstacle is (Obstacle.NO_WEIGHT if unweighted else Obstacle.OUT_OF_RANGE)
            continue
        threshold = Fraction(change.threshold)
        beyond = with_utility(case, change.item, change.criterion, threshold + side * HAIR)
        before = with_utility(case, change.item, change.criterion, threshold - side * HAIR)
        assert beyond.index(below) < beyond.index(above)
        assert before.index(above) < before.index(below)


@given(case=cases(), data=st.data())
def test_a_utility_lifts_an_item_to_a_position_beyond_its_threshold_and_not_before(
    case: Case, data: st.DataObject
) -> None:
    present = case.order(0, case.present(0))
    place = data.draw(st.integers(1, len(present) - 1))
    position = data.draw(st.integers(1, place))
    item = present[place]
    arguments = case.floats()
    del arguments["variation"]
    for change in lift_by_score(item=item, position=position, **arguments):
        assert change.criterion is not None
        reached = with_utility(case, item, change.criterion, Fraction(1)).index(item) < position
        assert (change.threshold is not None) == reached
        if change.threshold is not None:
            threshold = Fraction(change.threshold)
            assert with_utility(case, item, change.criterion, threshold + HAIR).index(item) < position
            assert with_utility(case, item, change.criterion, threshold - HAIR).index(item) >= position


def nearest_weight(case: Case, criterion: int, item: int, position: int) -> Fraction | None:
    """Distance to the nearest stretch (or end) of weights that gives the item the position."""
    present = case.present(criterion)
    top = Fraction(1) if case.variation is PROPORTIONAL else Fraction(10_000)

    def lead(other: int, weight: Fraction) -> Fraction:
        weights = list(case.weights)
        if case.variation is PROPORTIONAL:
            others = sum(weights) - weights[criterion]
            weights = [w / others * (1 - weight) for w in weights]
        weights[criterion] = weight
        rows = case.utilities[item], case.utilities[other]
        return sum((w * (a - b) for w, a, b in zip(weights, *rows, strict=True)), Fraction(0))

    points = {Fraction(0), present, top}
    for other in range(len(case.utilities)):
        start, slope = lead(other, Fraction(0)), lead(other, Fraction(1)) - lead(other, Fraction(0))
        if slope and 0 < -start / slope < top:
            points.add(-start / slope)
    ordered = sorted(points)
    distances = [
        max(low - present, present - high, Fraction(0))
        for low, high in itertools.pairwise(ordered)
        if case.order(criterion, (low + high) / 2).index(item) < position
    ]
    ends = [Fraction(0), Fraction(1)] if case.variation is PROPORTIONAL else [Fraction(0)]
    distances += [abs(end - present) for end in ends if case.order(criterion, end).index(item) < position]
    return min(distances, default=None)


@given(case=cases(), data=st.data())
def test_the_nearest_weight_that_lifts_an_item_is_found_among_all_crossings(
    case: Case, data: st.DataObject
) -> None:
    present = case.order(0, case.present(0))
    place = data.draw(st.integers(1, len(present) - 1))
    position = data.draw(st.integers(1, place))
    item = present[place]
    for change in lift_by_weight(item=item, position=position, **case.floats()):
        assert change.criterion is not None
        expected = nearest_weight(case, change.criterion, item, position)
        if expected is None:
            assert change.threshold is None
        else:
            assert change.change is not None
            assert abs(change.change) == pytest.approx(float(expected), abs=1e-12)


def test_the_smallest_change_ignores_what_is_impossible() -> None:
    def change(threshold: float | None) -> Change:
        return Change(
            quantity=Quantity.WEIGHT,
            criterion=0,
            item=None,
            present=0.5,
            threshold=threshold,
            at_threshold=False,
            obstacle=None if threshold is not None else Obstacle.NO_EFFECT,
        )

    near = change(0.375)
    assert smallest([change(None), change(0.75), near, change(0.625)]) is near
    assert smallest([change(None)]) is None


def test_parallel_items_are_not_swapped_by_weights() -> None:
    changes = swap_by_weight(utilities=[[0.5, 0.5], [0.25, 0.25]], weights=[1, 1], above=0, below=1)
    assert [found.obstacle for found in changes] == [Obstacle.NO_EFFECT, Obstacle.NO_EFFECT]


def test_a_dominated_item_is_lifted_by_no_weight() -> None:
    changes = lift_by_weight(utilities=[[0.5, 0.75], [0.25, 0.5]], weights=[1, 1], item=1, position=1)
    assert [found.obstacle for found in changes] == [Obstacle.NO_EFFECT, Obstacle.NO_EFFECT]
    changes = lift_by_weight(utilities=[[0.5, 1.0], [0.25, 0.5]], weights=[1, 1], item=1, position=1)
    assert [found.obstacle for found in changes] == [Obstacle.OUT_OF_RANGE, Obstacle.OUT_OF_RANGE]


@pytest.mark.parametrize(
    ("function", "arguments", "field", "code"),
    [
        (swap_by_weight, {"above": 1, "below": 0}, "above", "NOT_ABOVE"),
        (swap_by_score, {"above": 1, "below": 0}, "above", "NOT_ABOVE"),
        (swap_by_score, {"above": 0, "below": 0}, "below", "INVALID_PROBLEM"),
        (swap_by_score, {"above": 0, "below": 9}, "below", "UNKNOWN_POSITION"),
        (lift_by_score, {"item": 0, "position": 1}, "position", "ALREADY_THERE"),
        (lift_by_score, {"item": 0, "position": 2}, "position", "ALREADY_THERE"),
        (lift_by_score, {"item": 1, "position": 0}, "position", "UNKNOWN_POSITION"),
        (lift_by_weight, {"item": 1, "position": 3}, "position", "UNKNOWN_POSITION"),
        (lift_by_weight, {"item": 2, "position": 1}, "item", "UNKNOWN_POSITION"),
    ],
)
def test_wrong_input_names_field_and_code(
    function: Any, arguments: dict[str, int], field: str, code: str
) -> None:
    with pytest.raises(InvalidProblem) as caught:
        function(utilities=[[0.5, 0.5], [0.25, 0.25]], weights=[1, 1], **arguments)
    assert (caught.value.field, caught.value.code) == (field, code)


def test_a_tie_at_the_end_of_the_scale_swaps_only_by_the_tie_breaker() -> None:
    changes = swap_by_score(utilities=[[1.0], [0.0]], weights=[1], above=0, below=1)
    assert [found.obstacle for found in changes] == [Obstacle.OUT_OF_RANGE] * 2
    decided = swap_by_score(utilities=[[1.0], [0.0]], weights=[1], above=0, below=1, tie_break=[1, 0])
    assert [found.threshold for found in decided] == [1.0, 0.0]
    assert all(found.at_threshold for found in decided)
