"""Limits of categories: what each mode reserves and allows, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prioritisation.allocation_limits import AllocationLimits, AllocationMode, reserved_and_upper
from prioritisation.errors import InvalidProblem

RING, FLOOR, CAP = AllocationMode.RING_FENCED, AllocationMode.FLOOR, AllocationMode.CAP
AMOUNT = st.integers(0, 12).map(float)


def test_shares_and_modes_for_each_resource_of_each_period() -> None:
    capacity = np.array([[10.0, 20.0], [0.0, 40.0]])
    reserved, upper = reserved_and_upper(
        capacity=capacity, share=[[0.5, 0.25], [0.1, 0.2]], mode=[[RING, FLOOR], [CAP, RING]]
    )
    assert reserved.tolist() == [[[5.0, 5.0], [0.0, 4.0]], [[0.0, 10.0], [0.0, 8.0]]]
    assert upper.tolist() == [[[5.0, np.inf], [1.0, 4.0]], [[0.0, np.inf], [0.0, 8.0]]]


@settings(max_examples=100, deadline=None)
@given(st.lists(AMOUNT, min_size=3, max_size=3), st.lists(AMOUNT, min_size=3, max_size=3), st.data())
def test_room_is_what_can_be_added_and_no_more(
    use: list[float], more: list[float], data: st.DataObject
) -> None:
    reserved = data.draw(st.lists(AMOUNT, min_size=2, max_size=2))
    spread = data.draw(st.lists(st.one_of(AMOUNT, st.just(np.inf)), min_size=2, max_size=2))
    capacity = sum(reserved) + data.draw(AMOUNT)
    limits = AllocationLimits(
        capacity=np.array([capacity]),
        reserved=np.array([[amount] for amount in reserved]),
        upper=np.array([[amount + extra] for amount, extra in zip(reserved, spread, strict=True)]),
    )
    used = np.array(use)[:, np.newaxis]
    room = limits.room(used)
    for row, amount in enumerate(more):
        then = used.copy()
        then[row] += amount
        if limits.fits(used) and amount > 0:
            assert limits.fits(then) == (amount <= room[row, 0] + 1e-6)


def test_more_weeks_go_to_a_category_or_to_all_in_proportion() -> None:
    limits = AllocationLimits.from_shares(capacity=[10.0], share=[0.5, 0.2, 0.1], mode=[RING, FLOOR, CAP])
    ring, floor, cap = (limits.enlarged(resource=0, weeks=2.0, category=b) for b in range(3))
    assert (ring.reserved.ravel().tolist(), ring.upper.ravel().tolist()) == (
        [7.0, 2.0, 0.0],
        [7.0, np.inf, 1.0],
    )
    assert (floor.reserved.ravel().tolist(), floor.upper[1, 0]) == ([5.0, 4.0, 0.0], np.inf)
    assert (cap.reserved.ravel().tolist(), cap.upper[2, 0]) == ([5.0, 2.0, 0.0], 3.0)
    nobody = limits.enlarged(resource=0, weeks=2.0, category=-1)
    assert (nobody.capacity.tolist(), nobody.reserved.tolist()) == ([12.0], limits.reserved.tolist())
    everybody = limits.enlarged(resource=0, weeks=10.0)
    assert everybody.reserved.ravel().tolist() == [10.0, 4.0, 0.0]
    none = AllocationLimits.from_shares(capacity=[0.0], share=[1.0], mode=[RING])
    with pytest.raises(InvalidProblem) as caught:
        none.enlarged(resource=0, weeks=1.0)
    assert caught.value.code == "NO_SHARES"


@pytest.mark.parametrize(
    ("capacity", "reserved", "upper", "code", "field"),
    [
        ([np.nan], [], [], "MISSING_VALUE", "capacity"),
        ([-1.0], [], [], "NEGATIVE", "capacity"),
        ([np.inf], [], [], "NOT_FINITE", "capacity"),
        ([5.0], [[1.0, 2.0]], [[1.0]], "SHAPE", "reserved"),
        ([5.0], [[1.0]], [[1.0], [2.0]], "SHAPE", "upper"),
        ([5.0], [[1.0]], [[np.nan]], "MISSING_VALUE", "upper"),
        ([5.0], [[2.0]], [[1.0]], "RESERVED_OVER_UPPER", "reserved"),
        ([5.0], [[3.0], [3.0]], [[3.0], [3.0]], "RESERVED_OVER_CAPACITY", "reserved"),
        ([5.0], [1.0], [1.0], "SHAPE", "reserved"),
    ],
)
def test_impossible_limits_are_refused(
    capacity: list[float], reserved: list[object], upper: list[object], code: str, field: str
) -> None:
    with pytest.raises(InvalidProblem) as caught:
        AllocationLimits(capacity=np.array(capacity), reserved=reserved, upper=upper)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("share", "mode", "code"),
    [
        ([1.2], [CAP], "SHARE_OUT_OF_RANGE"),
        ([-0.1], [CAP], "SHARE_OUT_OF_RANGE"),
        ([None], [CAP], "SHARE_OUT_OF_RANGE"),
        ([0.7, 0.4], [RING, FLOOR], "RESERVED_OVER_CAPACITY"),
        ([0.5], ["soft"], "UNKNOWN_MODE"),
        ([0.5, 0.5], [RING], "SHAPE"),
        ([[0.5, 0.5, 0.5]], [RING], "SHAPE"),
    ],
)
def test_impossible_shares_are_refused(share: list[float], mode: list[AllocationMode], code: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        AllocationLimits.from_shares(capacity=[5.0, 6.0], share=share, mode=mode)
    assert caught.value.code == code


def test_shares_that_add_up_to_the_whole_are_not_over_it_by_rounding() -> None:
    capacity = np.array([0.1, 1.0, 1e6 / 3])
    AllocationLimits.from_shares(capacity=capacity, share=[0.6, 0.2, 0.1, 0.1], mode=[RING] * 4)
