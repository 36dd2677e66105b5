"""What a value means by a KPI's standard, when a measurement is due, and where a series is heading."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.enums import Cadence, KpiLevel, KpiStatus, KpiTargetType, TrendKind
from domain.errors import InvalidInput
from domain.kpi.errors import ThresholdsOutOfOrder
from domain.kpi.standard import (
    LIMITS,
    level_of,
    meets_target,
    refuse_senseless_limits,
    stale_at,
    status_at,
    trend_of,
    with_default_limits,
)
from tests.domain.kpi.moments import NOW


def _limits(target_type: KpiTargetType, **given: float) -> dict[str, Any]:
    return {**dict.fromkeys(LIMITS), **given, "target_type": target_type}


def _kpi(target_type: KpiTargetType, **given: float) -> Any:
    return SimpleNamespace(**_limits(target_type, **given))


ABOVE = _kpi(KpiTargetType.STAY_ABOVE, target_low=99.9, amber_low=99.5, red_low=99.0)
BELOW = _kpi(KpiTargetType.DECREASE_TO, target_high=2, amber_high=3, red_high=5)
WITHIN = _kpi(
    KpiTargetType.STAY_WITHIN,
    target_low=20,
    amber_low=18,
    red_low=15,
    target_high=24,
    amber_high=26,
    red_high=30,
)


@pytest.mark.parametrize(
    ("kpi", "value", "level"),
    [
        (ABOVE, 99.9, KpiLevel.HEALTHY),
        (ABOVE, 99.5, KpiLevel.HEALTHY),
        (ABOVE, 99.49, KpiLevel.AMBER),
        (ABOVE, 99.0, KpiLevel.AMBER),
        (ABOVE, 98.99, KpiLevel.RED),
        (BELOW, 3, KpiLevel.HEALTHY),
        (BELOW, 3.01, KpiLevel.AMBER),
        (BELOW, 5, KpiLevel.AMBER),
        (BELOW, 5.01, KpiLevel.RED),
        (WITHIN, 18, KpiLevel.HEALTHY),
        (WITHIN, 26, KpiLevel.HEALTHY),
        (WITHIN, 17, KpiLevel.AMBER),
        (WITHIN, 30, KpiLevel.AMBER),
        (WITHIN, 14.9, KpiLevel.RED),
        (WITHIN, 31, KpiLevel.RED),
    ],
)
def test_a_value_at_a_threshold_is_on_its_better_side(kpi: Any, value: float, level: KpiLevel) -> None:
    assert level_of(value, kpi) is level


def test_the_target_is_met_at_it_and_beyond() -> None:
    assert [meets_target(value, ABOVE) for value in (99.8, 99.9, 100)] == [False, True, True]
    assert [meets_target(value, BELOW) for value in (1, 2, 2.1)] == [True, True, False]
    assert [meets_target(value, WITHIN) for value in (19, 20, 24, 25)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("target_type", "given", "field", "order"),
    [
        (KpiTargetType.STAY_ABOVE, {"target_low": 90, "amber_low": 95, "red_low": 80}, "amberLow", "low"),
        (KpiTargetType.STAY_ABOVE, {"target_low": 90, "amber_low": 85, "red_low": 85}, "redLow", "low"),
        (KpiTargetType.INCREASE_TO, {"target_low": 90, "amber_low": 80, "red_low": 85}, "redLow", "low"),
        (KpiTargetType.STAY_BELOW, {"target_high": 3, "amber_high": 2, "red_high": 5}, "amberHigh", "high"),
        (KpiTargetType.DECREASE_TO, {"target_high": 3, "amber_high": 4, "red_high": 4}, "redHigh", "high"),
        (
            KpiTargetType.STAY_WITHIN,
            {
                "target_low": 5,
                "amber_low": 4,
                "red_low": 3,
                "target_high": 5,
                "amber_high": 6,
                "red_high": 7,
            },
            "targetHigh",
            "both",
        ),
    ],
)
def test_limits_in_the_wrong_order_are_refused_with_the_right_one(
    target_type: KpiTargetType, given: dict[str, float], field: str, order: str
) -> None:
    with pytest.raises(ThresholdsOutOfOrder) as refused:
        refuse_senseless_limits(_limits(target_type, **given))
    right = {
        "low": "redLow < amberLow <= targetLow",
        "high": "targetHigh <= amberHigh < redHigh",
        "both": "redLow < amberLow <= targetLow < targetHigh <= amberHigh < redHigh",
    }[order]
    assert (refused.value.path, refused.value.order) == ((field,), right)
    assert right in refused.value.message


@pytest.mark.parametrize(
    ("target_type", "given", "field"),
    [
        (KpiTargetType.STAY_ABOVE, {"target_low": 90, "amber_low": 85}, "redLow"),
        (
            KpiTargetType.STAY_ABOVE,
            {"target_low": 90, "amber_low": 85, "red_low": 80, "red_high": 99},
            "redHigh",
        ),
        (
            KpiTargetType.DECREASE_TO,
            {"target_low": 3, "target_high": 3, "amber_high": 4, "red_high": 5},
            "targetLow",
        ),
        (KpiTargetType.STAY_WITHIN, {"target_low": 90, "amber_low": 85, "red_low": 80}, "targetHigh"),
    ],
)
def test_limits_that_are_missing_or_mean_nothing_are_refused(
    target_type: KpiTargetType, given: dict[str, float], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_senseless_limits(_limits(target_type, **given))
    assert refused.value.path == (field,)


def test_an_amber_threshold_that_is_left_out_is_the_target() -> None:
    assert with_default_limits(_limits(KpiTargetType.STAY_ABOVE, target_low=90, red_low=80)) == _limits(
        KpiTargetType.STAY_ABOVE, target_low=90, amber_low=90, red_low=80
    )


def test_a_kpi_is_stale_from_cadence_and_grace_on_and_unknown_before_the_first_measurement() -> None:
    due = stale_at(NOW, cadence=Cadence.WEEKLY, grace_hours=48)
    assert due == NOW + timedelta(days=9)
    before = due - timedelta(microseconds=1)
    assert status_at(before, level=KpiLevel.AMBER, stale_from=due) is KpiStatus.AMBER
    assert status_at(due, level=KpiLevel.HEALTHY, stale_from=due) is KpiStatus.STALE
    assert status_at(due, level=None, stale_from=None) is KpiStatus.UNKNOWN


@pytest.mark.parametrize(
    ("kpi", "values", "kind"),
    [
        (ABOVE, [90, 91, 92, 93, 94], TrendKind.IMPROVING),
        (ABOVE, [94, 93, 92, 91, 90], TrendKind.WORSENING),
        (ABOVE, [90, 92, 91, 92, 90], TrendKind.STEADY),
        (BELOW, [9, 8, 7, 6, 5], TrendKind.IMPROVING),
        (BELOW, [5, 6, 7, 8, 9], TrendKind.WORSENING),
        (WITHIN, [36, 34, 32, 30, 28], TrendKind.IMPROVING),
        (WITHIN, [10, 11, 12, 13, 14], TrendKind.IMPROVING),
        (WITHIN, [23, 24, 25, 26, 27], TrendKind.WORSENING),
    ],
)
def test_a_trend_is_good_or_bad_by_the_target_type(kpi: Any, values: list[float], kind: TrendKind) -> None:
    times = [NOW + timedelta(weeks=week) for week in range(5)]
    figures = trend_of(times, values, kpi)
    assert figures is not None
    assert figures.kind is kind
    if kind is not TrendKind.STEADY:
        assert figures.per_day == pytest.approx((values[1] - values[0]) / 7)


def test_too_few_measurements_have_no_trend_and_old_ones_do_not_count() -> None:
    times = [NOW + timedelta(days=day) for day in range(30)]
    assert trend_of(times[:4], [1.0, 2, 3, 4], ABOVE) is None
    figures = trend_of(times, [100.0 - day for day in range(18)] + list(range(12)), ABOVE)
    assert figures is not None
    assert (figures.per_day, figures.kind) == (1, TrendKind.IMPROVING)


@given(st.floats(-1e15, 1e15), st.floats(-1e15, 1e15), st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_better_value_never_has_a_worse_level(
    value: float, target: float, amber_gap: float, red_gap: float
) -> None:
    kpi = _kpi(
        KpiTargetType.STAY_ABOVE,
        target_low=target,
        amber_low=target - amber_gap,
        red_low=target - amber_gap - red_gap - 1,
    )
    order = [KpiLevel.HEALTHY, KpiLevel.AMBER, KpiLevel.RED]
    assert order.index(level_of(value + 1, kpi)) <= order.index(level_of(value, kpi))
