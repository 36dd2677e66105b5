import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from prioritisation.cost_of_delay import cost_table, delay_cost, delay_rate, value_lost
from prioritisation.errors import InvalidProblem
from prioritisation.estimates import triangular_mean
from prioritisation.urgency import DelayProblem, UrgencyProfile

NAN = math.nan
P = UrgencyProfile


def one(profile: UrgencyProfile, **columns: float) -> DelayProblem:
    return DelayProblem([profile], **{name: np.array([value]) for name, value in columns.items()})


def test_known_vector_of_two_initiatives_over_six_weeks() -> None:
    # Base 10 a week; A takes 2 weeks and adds 10 a week, B takes 4 and adds 30. What is earned is the base
    # and what both would add from the first day, less what delay costs.
    problem = DelayProblem([P.LINEAR, P.LINEAR], rate=np.array([10.0, 30.0]))
    ideal = 6 * (10 + 10 + 30)
    assert ideal - delay_cost(problem, [2, 6]).sum() == 100
    assert ideal - delay_cost(problem, [6, 4]).sum() == 120


def test_linear_costs_the_rate_every_week() -> None:
    problem = one(P.LINEAR, rate=70)
    assert delay_cost(problem, [[0, 1, 2.5, 1000]]).tolist() == [[0, 70, 175, 70_000]]
    assert delay_rate(problem, [[0, 999]]).tolist() == [[70, 70]]


def test_fixed_date_costs_little_until_the_deadline_then_a_step_then_the_rate() -> None:
    problem = one(P.FIXED_DATE, rate=50, rate_before=2, deadline=10, step=1000)
    assert delay_cost(problem, [[0, 10, 10.5, 12]]).tolist() == [[0, 20, 1045, 1120]]
    assert delay_rate(problem, [[0, 9.99, 10, 12]]).tolist() == [[2, 2, 50, 50]]


def test_rate_after_a_fixed_date_can_grow_slowly() -> None:
    problem = one(P.FIXED_DATE, rate=50, rate_before=10, deadline=10, ramp=4)
    assert delay_rate(problem, [[10, 11, 14, 20]]).tolist() == [[10, 20, 50, 50]]
    assert delay_cost(problem, [[10, 14, 15]]).tolist() == [[100, 220, 270]]


def test_missed_deadline_is_lost_already_and_does_not_make_the_future_dearer() -> None:
    problem = one(P.FIXED_DATE, rate=50, deadline=-3, step=1000)
    assert value_lost(problem).tolist() == [1150]
    assert delay_cost(problem, 2).tolist() == [100]


def test_finishing_on_the_deadline_is_on_time() -> None:
    problem = one(P.FIXED_DATE, rate=0, deadline=0, step=1000)
    assert delay_cost(problem, [[0, 1e-9]]).tolist() == [[0, 1000]]


@pytest.mark.parametrize(
    ("half_life", "delay", "share"),
    # The triangle model of time to market: D(3W − D) / 2W² of all revenue is lost. A life of 52 weeks loses
    # 22 % by a delay of 4 weeks and 50 % by one of 10; 24 months lose over a third by 3.
    [(26, 4, 0.2189), (26, 10, 0.5030), (12, 3, 0.34375), (26, 26, 1.0), (26, 99, 1.0)],
)
def test_short_life_agrees_with_the_triangle_model(half_life: float, delay: float, share: float) -> None:
    problem = one(P.SHORT_LIFE_PEAK_AFFECTED, rate=800, life=2 * half_life, peak=half_life)
    revenue = 800 * half_life
    assert delay_cost(problem, delay)[0] / revenue == pytest.approx(share, abs=5e-5)
    late = min(delay, half_life)
    exact = late * (3 * half_life - late) / (2 * half_life**2)
    assert delay_cost(problem, delay)[0] / revenue == pytest.approx(exact, rel=1e-14)


def test_peak_at_the_very_beginning_is_missed_by_any_delay() -> None:
    problem = one(P.SHORT_LIFE_PEAK_AFFECTED, rate=10, life=20, peak=0)
    assert delay_cost(problem, [[0, 0.001, 50]]).tolist() == [[0, 100, 100]]


def test_long_life_with_affected_peak_starts_dear_and_loses_all_in_the_end() -> None:
    problem = one(P.LONG_LIFE_PEAK_AFFECTED, rate=10, life=100, peak=20)
    assert delay_rate(problem, [[0, 80]]).tolist() == [[10 * (1 + 90 / 80), 0]]
    assert delay_cost(problem, [[80, 200]]) == pytest.approx(np.array([[900, 900]]), rel=1e-14)


def test_long_life_with_unaffected_peak_costs_the_peak_until_life_runs_out() -> None:
    problem = one(P.LONG_LIFE_PEAK_NOT_AFFECTED, rate=10, life=100, peak=20)
    assert delay_cost(problem, [[1, 80, 90, 100, 300]]).tolist() == [[10, 800, 875, 900, 900]]
    assert delay_rate(problem, [[0, 79, 90, 100]]).tolist() == [[10, 10, 5, 0]]


def test_intangible_costs_nothing_now_and_grows_later() -> None:
    problem = one(P.INTANGIBLE, rate=40, start=5, ramp=10)
    assert delay_rate(problem, [[0, 5, 10, 15, 99]]).tolist() == [[0, 0, 20, 40, 40]]
    assert delay_cost(problem, [[0, 5, 10, 15, 16]]).tolist() == [[0, 0, 50, 200, 240]]


def test_start_in_the_past_counts_what_is_lost_so_far_apart_from_what_is_to_come() -> None:
    problem = DelayProblem(
        [P.LINEAR, P.LINEAR, P.INTANGIBLE],
        rate=np.array([10.0, 10, 10]),
        start=np.array([-4.0, 3, -2]),
        ramp=np.array([NAN, NAN, 4]),
    )
    assert value_lost(problem).tolist() == [40, 0, 5]
    assert delay_cost(problem, 4).tolist() == [40, 10, 35]
    assert value_lost(problem, 4).tolist() == [80, 10, 40]


def test_unknown_rate_gives_unknown_costs() -> None:
    for profile in P:
        problem = one(profile, rate=NAN, deadline=2, ramp=0, life=9, peak=0)
        for cost in (
            delay_cost(problem, [[0, 1, 9]]),
            value_lost(problem, [[0]]),
            delay_rate(problem, [[0, 5]]),
        ):
            assert np.isnan(cost).all()


def test_shapes_of_weeks_and_results() -> None:
    problem = DelayProblem([P.LINEAR] * 3, rate=np.array([1.0, 2, 3]))
    assert delay_cost(problem, 2).tolist() == [2, 4, 6]
    assert delay_cost(problem, [1, 2, 3]).tolist() == [1, 4, 9]
    assert delay_cost(problem, [[1, 2]]).tolist() == [[1, 2], [2, 4], [3, 6]]
    assert delay_cost(problem, [[1], [2], [3]]).tolist() == [[1], [4], [9]]


def test_table_for_scheduling_counts_ends_of_periods_and_a_column_for_not_done() -> None:
    problem = DelayProblem(
        [P.LINEAR, P.FIXED_DATE],
        rate=np.array([10.0, 0]),
        deadline=np.array([NAN, 4]),
        step=np.array([0.0, 500]),
    )
    assert cost_table(problem, periods=3, weeks_per_period=2).tolist() == [[20, 40, 60, 80], [0, 0, 500, 500]]
    assert cost_table(problem, periods=1, not_done_week=52)[:, -1].tolist() == [520, 500]


@pytest.mark.parametrize(
    ("periods", "length", "not_done", "code"),
    [
        (0, 1.0, None, "HORIZON_EMPTY"),
        (3, 0.0, None, "HORIZON_EMPTY"),
        (3, NAN, None, "HORIZON_EMPTY"),
        (3, 1.0, 2.0, "NOT_DONE_WITHIN_HORIZON"),
        (3, 1.0, NAN, "NOT_DONE_WITHIN_HORIZON"),
        (3, 1.0, math.inf, "NOT_FINITE"),
    ],
)
def test_impossible_horizon_is_refused(
    periods: int, length: float, not_done: float | None, code: str
) -> None:
    with pytest.raises(InvalidProblem) as caught:
        cost_table(one(P.LINEAR, rate=1), periods=periods, weeks_per_period=length, not_done_week=not_done)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("finish", "code"),
    [
        ([0, -1, 1], "NEGATIVE"),
        ([0, NAN, 1], "MISSING_VALUE"),
        ([0, math.inf, 1], "NOT_FINITE"),
        ([0, 1e101, 1], "TOO_GREAT"),
    ],
)
def test_impossible_week_is_refused_by_name(finish: list[float], code: str) -> None:
    problem = DelayProblem([P.LINEAR] * 3, rate=np.ones(3))
    with pytest.raises(InvalidProblem) as caught:
        delay_cost(problem, finish)
    assert (caught.value.code, caught.value.items) == (code, (1,))


@pytest.mark.parametrize("finish", [[1, 2], [[1, 2], [3, 4]], [[[1]]]])
def test_weeks_that_fit_no_initiative_are_refused(finish: list[float]) -> None:
    with pytest.raises(InvalidProblem) as caught:
        delay_cost(DelayProblem([P.LINEAR] * 3, rate=np.ones(3)), finish)
    assert caught.value.code == "SHAPE"


def test_empty_portfolio_costs_nothing() -> None:
    problem = DelayProblem([], rate=np.array([]))
    assert delay_cost(problem, 3).shape == (0,)
    assert cost_table(problem, periods=4).shape == (0, 5)


weeks = st.floats(0, 150)


@st.composite
def problems(draw: st.DrawFn) -> DelayProblem:
    life = draw(st.floats(1, 150))
    return one(
        draw(st.sampled_from(P)),
        rate=draw(st.floats(0, 1e5)),
        start=draw(st.floats(-60, 60)),
        deadline=draw(st.floats(-60, 100)),
        step=draw(st.sampled_from([0.0, 1e4])),
        rate_before=draw(st.floats(0, 100)),
        ramp=draw(st.one_of(st.just(0.0), st.floats(0.01, 50))),
        life=life,
        peak=draw(st.one_of(st.just(0.0), st.floats(0.01, 0.95))) * life,
    )


@given(problems(), weeks)
def test_cost_is_the_integral_of_the_rate_and_the_steps_on_the_way(
    problem: DelayProblem, finish: float
) -> None:
    pieces = problem.pieces
    borders = [
        float(b) for at in (pieces.at, pieces.at + pieces.length) for b in (at + pieces.origin).ravel()
    ]
    inner = sorted({0.0, finish} | {b for b in borders if 0 < b < finish})
    area = 0.0
    for a, b in pairwise(inner):
        nodes, weights = np.polynomial.legendre.leggauss(5)
        rates = delay_rate(problem, ((a + b) / 2 + (b - a) / 2 * nodes)[np.newaxis])
        area += float((b - a) / 2 * (rates @ weights)[0])
    jumps = sum(
        float(step)
        for step, at in zip(pieces.step[:, 0], pieces.at[:, 0] + pieces.origin[0], strict=True)
        if 0 <= at < finish
    )
    assert delay_cost(problem, finish)[0] == pytest.approx(area + jumps, rel=1e-9, abs=1e-6)


@given(problems(), st.lists(weeks, min_size=2, max_size=9))
def test_cost_never_falls_and_starts_at_nothing(problem: DelayProblem, finish: list[float]) -> None:
    cost = delay_cost(problem, np.array([[0.0, *sorted(finish)]]))[0]
    assert cost[0] == 0
    assert (np.diff(cost) >= -1e-9 * (1 + cost[-1])).all()


@given(problems(), weeks)
def test_what_is_lost_and_what_is_to_come_add_up(problem: DelayProblem, finish: float) -> None:
    total = value_lost(problem) + delay_cost(problem, finish)
    assert value_lost(problem, finish) == pytest.approx(total, rel=1e-12)


@given(st.lists(problems(), min_size=1, max_size=5), weeks)
def test_columns_give_what_each_initiative_gives_alone(each: list[DelayProblem], finish: float) -> None:
    names = ("rate", "start", "deadline", "step", "rate_before", "ramp", "life", "peak")
    together = DelayProblem(
        np.concatenate([np.asarray(problem.profile) for problem in each]),
        **{name: np.concatenate([getattr(problem, name) for problem in each]) for name in names},
    )
    assert delay_cost(together, finish).tolist() == [delay_cost(problem, finish)[0] for problem in each]


def short_life(week: float, late: float, life: float, peak: float) -> float:
    top = max(0.0, (peak - late) / peak)
    if not late < week < life or not top:
        return 0.0
    return top * (week - late) / (peak - late) if week < peak else top * (life - week) / (life - peak)


def long_life(week: float, late: float, life: float, peak: float, *, affected: bool) -> float:
    level = max(0.0, 1 - late / (life - peak)) if affected else 1.0
    return level * min(1.0, (week - late) / peak) if late < week < life else 0.0


@pytest.mark.parametrize(
    ("profile", "earnings"),
    [
        (P.SHORT_LIFE_PEAK_AFFECTED, short_life),
        (P.LONG_LIFE_PEAK_AFFECTED, lambda *a: long_life(*a, affected=True)),
        (P.LONG_LIFE_PEAK_NOT_AFFECTED, lambda *a: long_life(*a, affected=False)),
    ],
)
@pytest.mark.parametrize("late", [0.5, 7, 20, 35, 60])
def test_cost_is_what_the_late_earn_less_than_the_punctual(
    profile: UrgencyProfile, earnings: Callable[[float, float, float, float], float], late: float
) -> None:
    life, peak = 55.0, 21.0

    def earned(delay: float) -> float:
        if delay >= life:
            return 0.0
        points = sorted(p for p in {peak, delay, min(delay + peak, life)} if 0 < p < life)
        return float(quad(earnings, 0, life, args=(delay, life, peak), points=points, limit=200)[0])

    problem = one(profile, rate=1.0, life=life, peak=peak)
    assert delay_cost(problem, late)[0] == pytest.approx(earned(0) - earned(late), rel=1e-6)


def test_cost_at_the_mean_rate_is_the_mean_cost() -> None:
    rng = np.random.default_rng(3)
    low, likely, high = 100.0, 300.0, 1400.0
    draws = rng.triangular(low, likely, high, 40_000)

    def cost(rates: np.ndarray) -> np.ndarray:
        columns = {"life": np.full(len(rates), 50.0), "peak": np.full(len(rates), 20.0)}
        return delay_cost(DelayProblem([P.LONG_LIFE_PEAK_AFFECTED] * len(rates), rate=rates, **columns), 8)

    mean = cost(triangular_mean([low], [likely], [high]))[0]
    assert cost(draws).mean() == pytest.approx(mean, rel=0.01)
