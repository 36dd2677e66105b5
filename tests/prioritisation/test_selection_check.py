from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from prioritisation.allocation_limits import AllocationLimits
from prioritisation.selection import select
from prioritisation.selection_check import SelectionRule, check_selection
from prioritisation.selection_problem import SelectionProblem
from prioritisation.selection_result import Selection, SelectionStatus


def problem_of(**changes: Any) -> SelectionProblem:
    """Four initiatives of a team with 10 person-weeks, 4 of them fenced for category 0."""
    limits: dict[str, Any] = {"capacity": [10.0], "reserved": [[4.0]], "upper": [[4.0]]}
    given: dict[str, Any] = {
        "value": [5.0, 4.0, 3.0, 2.0],
        "demand": [[3.0], [2.0], [3.0], [3.0]],
        "category": [0, 0, -1, -1],
        "limits": AllocationLimits(**limits),
    }
    return SelectionProblem(**(given | changes))


def claim(problem: SelectionProblem, chosen: list[int], **changes: Any) -> Selection:
    """What a solver that tells the truth about an invalid choice would return."""
    mask = np.zeros(problem.size, dtype=np.bool_)
    mask[chosen] = True
    used = np.zeros((2, 1))
    for j in chosen:
        used[problem.category[j]] += problem.demand[j]
    value = float(problem.value[mask].sum())
    given: dict[str, Any] = {
        "chosen": mask,
        "value": value,
        "bound": value,
        "status": SelectionStatus.OPTIMAL,
        "used": used,
        "price": np.zeros((2, 1)),
    }
    return Selection(**(given | changes))


def rules(problem: SelectionProblem, selection: Selection) -> list[SelectionRule]:
    return [violation.rule for violation in check_selection(problem, selection)]


def test_a_valid_selection_breaks_nothing() -> None:
    problem = problem_of()
    assert rules(problem, claim(problem, [0, 2, 3])) == []
    assert rules(problem, select(problem)) == []


@pytest.mark.parametrize(
    ("changes", "chosen", "rule", "items"),
    [
        ({"mandatory": np.array([False, True, False, False])}, [2], SelectionRule.MANDATORY, (1,)),
        ({"excluded": np.array([False, False, True, False])}, [2], SelectionRule.EXCLUDED, (2,)),
        ({"before": [0], "after": [2]}, [2], SelectionRule.PREREQUISITE, (0, 2)),
        ({"alternatives": [[2, 3], [0, 1]]}, [2, 3], SelectionRule.ALTERNATIVES, (2, 3)),
    ],
)
def test_choices_that_break_a_rule_are_named(
    changes: dict[str, Any], chosen: list[int], rule: SelectionRule, items: tuple[int, ...]
) -> None:
    problem = problem_of(**changes)
    (violation,) = check_selection(problem, claim(problem, chosen))
    assert (violation.rule, violation.items) == (rule, items)


def test_a_category_above_its_limit_is_named_with_the_excess() -> None:
    problem = problem_of()
    (violation,) = check_selection(problem, claim(problem, [0, 1]))
    assert (violation.rule, violation.category, violation.resource) == (SelectionRule.CATEGORY_LIMIT, 0, 0)
    assert violation.excess == 1.0


def test_others_may_not_use_what_is_reserved_even_if_it_lies_idle() -> None:
    problem = problem_of(demand=[[3.0], [2.0], [3.0], [3.5]])
    (violation,) = check_selection(problem, claim(problem, [2, 3]))
    assert (violation.rule, violation.resource, violation.excess) == (SelectionRule.CAPACITY, 0, 0.5)


def test_use_above_a_floor_counts_in_full() -> None:
    limits: dict[str, Any] = {"capacity": [10.0], "reserved": [[4.0]], "upper": [[np.inf]]}
    problem = problem_of(limits=AllocationLimits(**limits))
    assert rules(problem, claim(problem, [0, 1, 2])) == []
    (violation,) = check_selection(problem, claim(problem, [0, 1, 2, 3]))
    assert (violation.rule, violation.excess) == (SelectionRule.CAPACITY, 1.0)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"value": 6.0, "bound": 6.0}, SelectionRule.VALUE),
        ({"value": np.nan}, SelectionRule.VALUE),
        ({"bound": 4.0, "status": SelectionStatus.FEASIBLE}, SelectionRule.BOUND),
        ({"bound": 6.0}, SelectionRule.STATUS),
        ({"used": np.array([[3.0], [1.0]])}, SelectionRule.USE),
        ({"used": np.zeros((1, 1))}, SelectionRule.SHAPE),
        ({"chosen": np.zeros(3, dtype=np.bool_)}, SelectionRule.SHAPE),
    ],
)
def test_what_a_solver_misstates_is_named(changes: dict[str, Any], rule: SelectionRule) -> None:
    problem = problem_of()
    assert rule in rules(problem, replace(claim(problem, [0]), **changes))
