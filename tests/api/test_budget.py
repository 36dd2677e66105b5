import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.budget import CostBudget
from api.errors import BudgetExhausted


class Clock:
    """Seconds since the epoch that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_budget_is_spent_and_comes_back() -> None:
    clock = Clock()
    budget = CostBudget(capacity=100, per_minute=60, clock=clock)
    budget.spend("a", 100)
    with pytest.raises(BudgetExhausted) as refused:
        budget.spend("a", 30)
    assert refused.value.extensions == {
        "code": "COST_LIMIT",
        "requested": 30,
        "limit": 100,
        "retryAfter": 30,
        "resetAt": "1970-01-12T13:48:20Z",
    }
    assert refused.value.message == (
        "The operation costs 30 points, and 0 of 100 are left. Try again in 30 s."
    )
    clock.now += 29
    with pytest.raises(BudgetExhausted):
        budget.spend("a", 30)
    clock.now += 1
    budget.spend("a", 30)


def test_what_is_refused_is_not_spent() -> None:
    budget = CostBudget(capacity=100, per_minute=60, clock=Clock())
    budget.spend("a", 60)
    for _ in range(3):
        with pytest.raises(BudgetExhausted):
            budget.spend("a", 41)
    budget.spend("a", 40)


def test_every_key_has_its_own() -> None:
    budget = CostBudget(capacity=10, per_minute=1, clock=Clock())
    budget.spend("a", 10)
    budget.spend("b", 10)


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    clock = Clock()
    budget = CostBudget(capacity=10, per_minute=60, clock=clock)
    budget.spend("a", 10)
    clock.now -= 3600
    with pytest.raises(BudgetExhausted):
        budget.spend("a", 1)
    clock.now += 1
    budget.spend("a", 1)


def test_the_keys_that_are_remembered_are_bounded() -> None:
    budget = CostBudget(capacity=10, per_minute=1, max_keys=2, clock=Clock())
    for key in ("a", "b", "a", "c"):
        budget.spend(key, 5)
    with pytest.raises(BudgetExhausted):
        budget.spend("a", 1)
    budget.spend("b", 10)


def refused_for(budget: CostBudget, points: int) -> float | None:
    """Spend, or return the seconds to wait."""
    try:
        budget.spend("a", points)
    except BudgetExhausted as refused:
        return float((refused.extensions or {})["retryAfter"])
    return None


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 30)), max_size=50))
def test_no_more_is_spent_than_there_was_and_came_back(steps: list[tuple[int, float]]) -> None:
    clock = Clock()
    budget = CostBudget(capacity=100, per_minute=120, clock=clock)
    started, spent = clock.now, 0
    for points, seconds in steps:
        clock.now += seconds
        if (seconds_to_wait := refused_for(budget, points)) is not None:
            clock.now += seconds_to_wait
            budget.spend("a", points)
        spent += points
        assert spent <= 100 + 2 * (clock.now - started) + 1e-6


def test_a_budget_of_nothing_is_refused() -> None:
    for arguments in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
        capacity, per_minute, max_keys = arguments
        with pytest.raises(ValueError, match="at least 1"):
            CostBudget(capacity=capacity, per_minute=per_minute, max_keys=max_keys)
