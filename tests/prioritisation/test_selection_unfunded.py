"""Why initiatives are out: each reason by its definition, and shortages that are exactly what is missing."""

import numpy as np
import pytest
from hypothesis import assume, given, settings

from prioritisation.allocation_limits import AllocationMode
from prioritisation.errors import InvalidProblem
from prioritisation.selection import select
from prioritisation.selection_unfunded import Unfunded, UnfundedReason, explain_unfunded
from tests.prioritisation.selection_cases import Case, as_tuple, cases, is_allowed, optimum

RING, FLOOR, CAP = AllocationMode.RING_FENCED, AllocationMode.FLOOR, AllocationMode.CAP
SHORT = {UnfundedReason.CATEGORY_EXHAUSTED, UnfundedReason.CAPACITY_EXHAUSTED}


def only(case: Case, chosen: list[bool]) -> Unfunded:
    (reason,) = explain_unfunded(case.problem(), np.array(chosen))
    return reason


@settings(max_examples=100, deadline=None)
@given(cases())
def test_every_reason_holds_by_its_definition(case: Case) -> None:
    assume(optimum(case) is not None)
    problem = case.problem()
    result = select(problem)
    chosen = as_tuple(result.chosen)
    explained = explain_unfunded(problem, result.chosen)
    assert [each.item for each in explained] == [i for i in range(case.size) if not chosen[i]]
    for each in explained:
        with_it = tuple(
            taken or i == each.item or i in each.unfunded_prerequisites for i, taken in enumerate(chosen)
        )
        if each.reason is UnfundedReason.EXCLUDED:
            assert each.item in case.excluded
        elif each.reason is UnfundedReason.PREREQUISITE_EXCLUDED:
            assert set(each.excluded_prerequisites) <= set(case.excluded)
            assert each.excluded_prerequisites
        elif each.reason is UnfundedReason.ALTERNATIVE_FUNDED:
            assert all(chosen[rival] for rival in each.rivals)
        elif each.reason in SHORT:
            assert each.shortages
            assert all(short.short > 0 for short in each.shortages)
            assert not is_allowed(case, with_it)
        elif each.reason is UnfundedReason.WORTH_NOTHING:
            assert is_allowed(case, with_it)
            assert case.value[each.item] == 0
        else:
            # an optimum leaves out nothing that fits and adds value
            assert each.reason is UnfundedReason.NEVER_FITS


def test_the_share_of_the_category_is_spent() -> None:
    case = Case([5, 4], [[2], [3]], [0, 0], [9.0], [4 / 9], [RING])
    reason = only(case, [True, False])
    assert reason.reason is UnfundedReason.CATEGORY_EXHAUSTED
    (shortage,) = reason.shortages
    assert (shortage.category, shortage.resource, shortage.needed) == (0, 0, 3.0)
    assert shortage.short == pytest.approx(1.0)


def test_what_is_reserved_for_others_is_no_room() -> None:
    case = Case([5, 4], [[2], [3]], [-1, -1], [9.0], [5 / 9], [FLOOR])
    reason = only(case, [True, False])
    assert reason.reason is UnfundedReason.CAPACITY_EXHAUSTED
    (shortage,) = reason.shortages
    assert (shortage.category, shortage.needed, shortage.left) == (None, 3.0, 2.0)


def test_a_prerequisite_shares_the_blame_for_what_is_short() -> None:
    case = Case([9, 0, 9], [[5], [3], [1]], [0] * 3, [7.0], [1.0], [CAP], [(1, 2)])
    first, second = explain_unfunded(case.problem(), np.array([True, False, False]))
    assert (first.item, second.item) == (1, 2)
    assert second.unfunded_prerequisites == (1,)
    assert [each.needed for each in second.shortages] == [4.0, 4.0]


def test_alternatives_exclusions_and_unknown_values_are_told_apart() -> None:
    case = Case([5, 4, 3, 2], [[1]] * 4, [0] * 4, [9.0], [1.0], [RING], [(2, 3)], [[0, 1]], [], [2])
    problem = case.problem()
    chosen = np.array([True, False, False, False])
    reasons = [each.reason for each in explain_unfunded(problem, chosen)]
    assert reasons == [
        UnfundedReason.ALTERNATIVE_FUNDED,
        UnfundedReason.EXCLUDED,
        UnfundedReason.PREREQUISITE_EXCLUDED,
    ]
    unknown = explain_unfunded(problem, chosen, unknown=np.array([False, False, True, False]))
    assert unknown[1].reason is UnfundedReason.VALUE_UNKNOWN


def test_what_a_board_stopped_before_is_left_out_and_not_short() -> None:
    case = Case([5, 4], [[1], [1]], [0, 0], [9.0], [1.0], [RING])
    assert only(case, [True, False]).reason is UnfundedReason.LEFT_OUT


def test_what_is_larger_than_its_ring_fence_never_fits() -> None:
    case = Case([5, 4], [[1], [8]], [0, 0], [9.0], [0.5], [RING])
    assert only(case, [True, False]).reason is UnfundedReason.NEVER_FITS


def test_a_selection_of_another_size_is_refused() -> None:
    case = Case([5, 4], [[1], [1]], [0, 0], [9.0], [1.0], [RING])
    with pytest.raises(InvalidProblem) as caught:
        explain_unfunded(case.problem(), np.array([True]))
    assert caught.value.code == "SHAPE"
