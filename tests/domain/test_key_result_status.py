"""What is expected by a day, and how key results and objectives stand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.enums import CycleLevel, KeyResultDirection, KeyResultKind
from domain.grade import GradeBand, grade_band
from domain.key_result_status import (
    ConfidenceTrend,
    ExpectedProgress,
    ExpectedShape,
    ObjectiveStanding,
    OkrStatus,
    confidence_trend,
    expected_progress,
    key_result_status,
    objective_standing,
)
from domain.rows import CycleRow, KeyResultRow

NOW = datetime(2026, 7, 1, tzinfo=UTC)
# 100 days from the first to the last
CYCLE = CycleRow(
    *(UUID(int=1), "Q3", CycleLevel.TACTICAL, date(2026, 7, 1), date(2026, 10, 9), None, 1, NOW, NOW, None)
)


def _day(number: int) -> date:
    return CYCLE.starts_on + timedelta(number)


def _row(current: float | None = 0.0, **values: Any) -> KeyResultRow:
    defaults: dict[str, Any] = {
        "id": UUID(int=2),
        "objective_id": UUID(int=3),
        "owner_id": None,
        "title": "Faster",
        "unit": "%",
        "direction": KeyResultDirection.INCREASE,
        "kind": KeyResultKind.OUTCOME,
        "start_value": 0.0,
        "target_value": 100.0,
        "current_value": current,
        "commit_value": None,
        "stretch_value": None,
        "due_on": CYCLE.ends_on,
        "weight": 1.0,
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
        "archived_at": None,
        "checked_in_at": NOW,
    }
    return KeyResultRow(**{**defaults, **values})


MILESTONE: dict[str, Any] = {"direction": KeyResultDirection.MILESTONE, "target_value": 1.0}


def test_progress_is_expected_in_equal_steps_from_the_first_day_to_the_due_date() -> None:
    for day, value in ((-5, 0), (0, 0), (1, 0.01), (50, 0.5), (100, 1), (120, 1)):
        assert expected_progress(_row(), cycle=CYCLE, day=_day(day)) == ExpectedProgress(
            value, CYCLE.starts_on, CYCLE.ends_on, ExpectedShape.LINEAR
        )
    early = _row(due_on=_day(40))
    assert expected_progress(early, cycle=CYCLE, day=_day(10)).value == 0.25
    at_once = _row(due_on=_day(0))
    assert [expected_progress(at_once, cycle=CYCLE, day=_day(day)).value for day in (-1, 0)] == [0, 1]


def test_of_a_milestone_nothing_is_expected_before_its_day() -> None:
    row = _row(**MILESTONE, due_on=_day(60))
    found = [expected_progress(row, cycle=CYCLE, day=_day(day)) for day in (59, 60)]
    assert [expected.value for expected in found] == [0, 1]
    assert found[0].shape is ExpectedShape.AT_THE_END


@pytest.mark.parametrize(
    ("row", "day", "status"),
    [
        (_row(None), 50, OkrStatus.UNKNOWN),
        (_row(5, target_value=None), 50, OkrStatus.UNKNOWN),
        (_row(5, start_value=None), 150, OkrStatus.UNKNOWN),
        (_row(100), 1, OkrStatus.MET),
        (_row(101, confidence=1), 150, OkrStatus.MET),
        (_row(20), -1, OkrStatus.NOT_STARTED),
        (_row(0, checked_in_at=None), 50, OkrStatus.NOT_STARTED),
        # somebody has looked: nothing has moved in half of the time
        (_row(0), 50, OkrStatus.OFF_TRACK),
        (_row(1, checked_in_at=None), 50, OkrStatus.OFF_TRACK),
        # boundaries belong to the better side
        (_row(40), 50, OkrStatus.ON_TRACK),
        (_row(39.9), 50, OkrStatus.AT_RISK),
        (_row(20), 50, OkrStatus.AT_RISK),
        (_row(19.9), 50, OkrStatus.OFF_TRACK),
        (_row(50, confidence=7), 50, OkrStatus.ON_TRACK),
        (_row(90, confidence=6), 50, OkrStatus.AT_RISK),
        (_row(90, confidence=4), 50, OkrStatus.AT_RISK),
        (_row(90, confidence=3), 50, OkrStatus.OFF_TRACK),
        (_row(19, confidence=10), 50, OkrStatus.OFF_TRACK),
        (_row(99, due_on=_day(40)), 40, OkrStatus.ON_TRACK),
        (_row(99, due_on=_day(40)), 41, OkrStatus.OFF_TRACK),
        (_row(0, **MILESTONE, confidence=8), 90, OkrStatus.ON_TRACK),
        (_row(0, **MILESTONE, confidence=5), 90, OkrStatus.AT_RISK),
        (_row(0, **MILESTONE), 101, OkrStatus.OFF_TRACK),
        (_row(1, **MILESTONE), 10, OkrStatus.MET),
    ],
)
def test_a_status_follows_its_rule(row: KeyResultRow, day: int, status: OkrStatus) -> None:
    assert key_result_status(row, cycle=CYCLE, day=_day(day)) is status


def test_an_objective_stands_by_the_means_of_what_is_measured() -> None:
    rows = [
        _row(100, weight=1.0, confidence=9),
        _row(30, weight=3.0, confidence=5),
        _row(None, weight=50.0, confidence=0),
        _row(0, weight=9.0, archived_at=NOW),
        _row(60, weight=0.0),
    ]
    found = objective_standing(rows, cycle=CYCLE, day=_day(50))
    assert found == ObjectiveStanding(190 / 400, 0.5, 6.0, OkrStatus.AT_RISK)


@pytest.mark.parametrize(
    ("rows", "day", "status"),
    [
        ([], 50, OkrStatus.UNKNOWN),
        ([_row(None)], 50, OkrStatus.UNKNOWN),
        ([_row(50, weight=0.0)], 50, OkrStatus.UNKNOWN),
        ([_row(100), _row(110)], 50, OkrStatus.MET),
        ([_row(100), _row(99.9)], 100, OkrStatus.ON_TRACK),
        ([_row(100), _row(99.9)], 101, OkrStatus.OFF_TRACK),
        ([_row(0, checked_in_at=None)] * 2, 50, OkrStatus.NOT_STARTED),
        ([_row(0, checked_in_at=None), _row(0)], 50, OkrStatus.OFF_TRACK),
        ([_row(50)], -1, OkrStatus.NOT_STARTED),
    ],
)
def test_an_objective_has_a_status(rows: list[KeyResultRow], day: int, status: OkrStatus) -> None:
    assert objective_standing(rows, cycle=CYCLE, day=_day(day)).status is status


@given(
    st.lists(
        st.tuples(
            st.none() | st.floats(-200, 200),
            st.floats(0, 1_000),
            st.none() | st.integers(0, 10),
            st.booleans(),
        ),
        max_size=5,
    ),
    st.integers(-10, 110),
)
def test_means_stay_within_what_they_are_means_of(
    given_: list[tuple[float | None, float, int | None, bool]], day: int
) -> None:
    rows = [
        _row(value, weight=weight, confidence=confidence, checked_in_at=NOW if seen else None)
        for value, weight, confidence, seen in given_
    ]
    found = objective_standing(rows, cycle=CYCLE, day=_day(day))
    known = [row for row in rows if row.current_value is not None and row.weight > 0]
    assert (found.progress is None) == (not known) == (found.status is OkrStatus.UNKNOWN)
    if found.progress is not None:
        assert -1e-12 <= found.progress <= 1 + 1e-12
        assert 0 <= (found.expected or 0) <= 1 + 1e-12
    if found.confidence is not None:
        assert -1e-12 <= found.confidence <= 10 + 1e-9


def test_confidence_goes_up_down_or_nowhere() -> None:
    pairs = [(None, None), (5, None), (None, 5), (6, 5), (5, 5), (4, 5)]
    found = [confidence_trend(_row(confidence=now, previous_confidence=before)) for now, before in pairs]
    rising, steady, falling = ConfidenceTrend
    assert found == [None, None, None, rising, steady, falling]


def test_a_boundary_belongs_to_the_upper_band() -> None:
    green, amber, red = GradeBand
    grades = [1.0, 0.7, 0.6999999, 0.4, 0.3999999, 0.0]
    assert [grade_band(grade) for grade in grades] == [green, green, amber, amber, red, red]
