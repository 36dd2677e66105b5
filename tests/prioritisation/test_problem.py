import math
from collections.abc import Callable

import numpy as np
import pytest

from prioritisation.errors import InvalidProblem
from prioritisation.problem import (
    ROLES,
    Criterion,
    Direction,
    Method,
    MissingPolicy,
    Role,
    ScoringProblem,
    ZeroDenominator,
    problem_from_columns,
    role_of,
    standard_criteria,
)

REACH = Criterion("reach", 3, scale_max=10)
RISK = Criterion("risk", 1, Direction.COST, 1, 5)
ONE = np.array([[5.0, 3.0]])
WSJF = standard_criteria(Method.WSJF)
CD3 = standard_criteria(Method.CD3)


def weighted(*criteria: Criterion, values: object = ONE) -> ScoringProblem:
    return ScoringProblem(Method.WEIGHTED, criteria, np.array(values, dtype=float))


def wsjf(**weights: float) -> ScoringProblem:
    criteria = [Criterion(c.key, weights.get(c.key, 1.0), c.direction) for c in WSJF]
    return ScoringProblem(Method.WSJF, criteria, np.ones((1, 4)))


@pytest.mark.parametrize(
    ("make", "code", "field"),
    [
        (lambda: Criterion(""), "UNKNOWN_CRITERION", "key"),
        (lambda: Criterion("a", math.nan), "NOT_FINITE", "criteria.a"),
        (lambda: Criterion("a", math.inf), "NOT_FINITE", "criteria.a"),
        (lambda: Criterion("a", -1), "NEGATIVE", "criteria.a"),
        (lambda: Criterion("a", scale_min=-math.inf), "NOT_FINITE", "criteria.a"),
        (lambda: Criterion("a", scale_min=5, scale_max=5), "SCALE_EMPTY", "criteria.a"),
        (lambda: Criterion("a", scale_max=math.nan), "SCALE_EMPTY", "criteria.a"),
        (weighted, "NO_CRITERIA", "criteria"),
        (lambda: weighted(REACH, REACH), "DUPLICATE_CRITERION", "criteria.reach"),
        (lambda: weighted(Criterion("open")), "SCALE_UNBOUNDED", "criteria.open"),
        (lambda: weighted(Criterion("wide", 1, scale_max=1e101)), "SCALE_UNBOUNDED", "criteria.wide"),
        (lambda: weighted(Criterion("a", 0, scale_max=1)), "WEIGHTS_ALL_ZERO", "criteria"),
        (
            lambda: weighted(Criterion("a", 1e308, scale_max=1), Criterion("b", 1e308, scale_max=1)),
            "NOT_FINITE",
            "criteria",
        ),
        (
            lambda: wsjf(business_value=0, time_criticality=0, risk_reduction=0),
            "WEIGHTS_ALL_ZERO",
            "criteria",
        ),
        (lambda: wsjf(job_size=2), "WEIGHT_WITHOUT_MEANING", "criteria.job_size"),
        (
            lambda: ScoringProblem(Method.WSJF, [*WSJF, Criterion("hype")], np.ones((1, 5))),
            "UNKNOWN_CRITERION",
            "criteria.hype",
        ),
        (
            lambda: ScoringProblem(Method.WSJF, WSJF[:3], np.ones((1, 3))),
            "CRITERION_REQUIRED",
            "criteria.job_size",
        ),
        (
            lambda: ScoringProblem(
                Method.CD3, [Criterion("cost_of_delay", scale_min=-5), CD3[1]], np.ones((1, 2))
            ),
            "NEGATIVE",
            "criteria.cost_of_delay",
        ),
        (
            lambda: ScoringProblem(
                Method.CD3, [Criterion("cost_of_delay", 1, Direction.COST), CD3[1]], np.ones((1, 2))
            ),
            "WRONG_DIRECTION",
            "criteria.cost_of_delay",
        ),
        (
            lambda: ScoringProblem(Method.CD3, CD3, np.ones((1, 2)), MissingPolicy.WORST),
            "SCALE_UNBOUNDED",
            "criteria.duration",
        ),
        (
            lambda: ScoringProblem(Method.VALUE_BY_OUTCOME, CD3, np.ones((1, 2))),
            "METHOD_HAS_OWN_PROBLEM",
            "method",
        ),
        (lambda: weighted(REACH, values=[[1, 2]]), "SHAPE", "values"),
        (lambda: weighted(REACH, values=[1, 2]), "SHAPE", "values"),
        (lambda: standard_criteria(Method.WEIGHTED), "NO_CRITERIA", "method"),
    ],
)
def test_wrong_model_is_refused_with_its_field(make: Callable[[], object], code: str, field: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        make()
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("column", "code", "items"),
    [
        ([5, 11, -1, 10.000001], "OUTSIDE_SCALE", (1, 2, 3)),
        ([5, math.inf, math.nan, 11], "NOT_FINITE", (1,)),
        ([5, -math.inf, 0, 0], "NOT_FINITE", (1,)),
    ],
)
def test_values_outside_the_scale_are_named(column: list[float], code: str, items: tuple[int, ...]) -> None:
    with pytest.raises(InvalidProblem) as caught:
        weighted(RISK, REACH, values=np.column_stack([[1, 2, 3, 4], column]))
    assert (caught.value.code, caught.value.field, caught.value.items) == (code, "values.reach", items)


def test_open_scale_still_refuses_infinity_and_negative_values() -> None:
    for bad, code in ((math.inf, "NOT_FINITE"), (-1.0, "OUTSIDE_SCALE")):
        with pytest.raises(InvalidProblem) as caught:
            ScoringProblem(Method.CD3, CD3, np.array([[1, 1], [1, bad], [1, math.nan]]))
        assert (caught.value.code, caught.value.items) == (code, (1,))


def test_zero_denominator_is_refused_by_name_or_let_through_by_choice() -> None:
    values = np.array([[1, 2], [3, 0], [4, math.nan], [5, 0]])
    with pytest.raises(InvalidProblem, match="greater than 0; positions: 1, 3") as caught:
        ScoringProblem(Method.CD3, CD3, values)
    assert (caught.value.code, caught.value.field) == ("ZERO_DENOMINATOR", "values.duration")
    problem = ScoringProblem(Method.CD3, CD3, values, zero_denominator=ZeroDenominator.UNRANKED)
    assert problem.size == 4


def test_problem_keeps_its_own_copy_and_says_whether_anything_is_missing() -> None:
    values = np.array([[5.0, 3.0], [6.0, 4.0]])
    problem = ScoringProblem(Method.WEIGHTED, [REACH, RISK], values)
    values[0, 0] = 9.0
    assert problem.values[0, 0] == 5.0
    assert not problem.any_missing
    assert weighted(REACH, RISK, values=[[math.nan, 3], [1, 1]]).any_missing
    with pytest.raises(ValueError, match="read-only"):
        problem.values[0, 0] = 1.0


def test_empty_portfolio_is_a_problem() -> None:
    problem = weighted(REACH, RISK, values=np.empty((0, 2)))
    assert problem.size == 0
    assert not problem.any_missing


def test_columns_are_found_by_key_whatever_their_order() -> None:
    problem = problem_from_columns(Method.WEIGHTED, [REACH, RISK], {"risk": [1, 2], "reach": [3, math.nan]})
    np.testing.assert_array_equal(problem.values, [[3, 1], [np.nan, 2]])
    assert problem_from_columns(Method.WEIGHTED, [REACH, RISK], {"risk": [], "reach": []}).size == 0


@pytest.mark.parametrize(
    ("columns", "code", "field"),
    [
        ({"reach": [1], "risk": [1], "hype": [1]}, "UNKNOWN_CRITERION", "values.hype"),
        ({"reach": [1]}, "CRITERION_REQUIRED", "values.risk"),
        ({"reach": [1], "risk": [1, 2]}, "SHAPE", "values.risk"),
        ({"reach": [1], "risk": ["high"]}, "NOT_NUMERIC", "values.risk"),
    ],
)
def test_wrong_columns_are_refused(columns: dict[str, list[float]], code: str, field: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        problem_from_columns(Method.WEIGHTED, [REACH, RISK], columns)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize("method", list(ROLES))
def test_standard_criteria_fit_their_method(method: Method) -> None:
    criteria = standard_criteria(method)
    assert [c.key for c in criteria] == list(ROLES[method])
    assert ScoringProblem(method, criteria, np.ones((1, len(criteria)))).size == 1


def test_ends_of_a_scale_follow_the_direction() -> None:
    assert (REACH.worst, REACH.best) == (0, 10)
    assert (RISK.worst, RISK.best) == (5, 1)


def test_roles() -> None:
    assert role_of(Method.WEIGHTED, "anything") is Role.ADDEND
    assert role_of(Method.RICE, "reach") is Role.FACTOR
    assert role_of(Method.WSJF, "job_size") is Role.DENOMINATOR
