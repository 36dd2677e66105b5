"""Colliding mandatory initiatives: found if and only if there are any, and none too many."""

from dataclasses import replace

from hypothesis import given, settings

from prioritisation.allocation_limits import AllocationMode
from prioritisation.selection_conflict import ConflictKind, minimal_conflict
from tests.prioritisation.selection_cases import Case, cases, optimum

RING, FLOOR = AllocationMode.RING_FENCED, AllocationMode.FLOOR


@settings(max_examples=150, deadline=None)
@given(cases())
def test_there_is_a_conflict_if_and_only_if_nothing_is_allowed(case: Case) -> None:
    conflict = minimal_conflict(case.problem())
    assert (conflict is None) == (optimum(case) is not None)
    if conflict is None:
        return
    assert set(conflict.items) <= set(case.mandatory)
    assert optimum(replace(case, mandatory=list(conflict.items))) is None
    for spared in conflict.items:
        rest = [item for item in conflict.items if item != spared]
        assert optimum(replace(case, mandatory=rest)) is not None


def test_who_needs_what_is_excluded_collides_alone() -> None:
    case = Case([1, 1, 1], [[1], [1], [1]], [0, 0, 0], [9.0], [1.0], [RING], [(0, 1)], [], [1, 2], [0])
    conflict = minimal_conflict(case.problem())
    assert conflict is not None
    assert (conflict.items, conflict.kind, conflict.involved) == ((1,), ConflictKind.EXCLUDED, (0,))
    assert conflict.short is None


def test_two_may_need_alternatives_to_each_other() -> None:
    case = Case([1] * 4, [[1]] * 4, [0] * 4, [9.0], [1.0], [RING], [(0, 2), (1, 3)], [[0, 1]], [2, 3])
    conflict = minimal_conflict(case.problem())
    assert conflict is not None
    assert (conflict.items, conflict.kind, conflict.involved) == ((2, 3), ConflictKind.ALTERNATIVES, (0, 1))


def test_the_largest_users_of_what_runs_out_are_named_with_what_is_missing() -> None:
    # the ring-fence of category 1 is 4 weeks of resource 1; four mandatory ones want 1 + 3 + 1 + 3
    case = Case(
        [1] * 4,
        [[0, 1], [0, 3], [0, 1], [0, 3]],
        [1] * 4,
        [10.0, 8.0],
        [0.5, 0.5],
        [RING, RING],
        mandatory=[0, 1, 2, 3],
    )
    conflict = minimal_conflict(case.problem())
    assert conflict is not None
    assert (conflict.items, conflict.kind, conflict.involved) == ((1, 3), ConflictKind.CATEGORY, (1, 3))
    assert (conflict.category, conflict.resource) == (1, 1)
    assert (conflict.needed, conflict.available, conflict.short) == (6.0, 4.0, 2.0)


def test_what_others_reserve_counts_as_claimed() -> None:
    case = Case([1], [[5]], [-1], [10.0], [0.6], [FLOOR], mandatory=[0])
    conflict = minimal_conflict(case.problem())
    assert conflict is not None
    assert (conflict.kind, conflict.needed, conflict.available) == (ConflictKind.CAPACITY, 11.0, 10.0)
