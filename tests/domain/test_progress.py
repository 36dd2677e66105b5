"""Progress of key results and objectives, and the default commit and stretch values."""

import math
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.enums import KeyResultDirection, KeyResultKind
from domain.models.base import LARGEST
from domain.progress import (
    Levels,
    Progress,
    key_result_progress,
    levels,
    objective_progress,
    progress,
    weighted_progress,
)
from domain.rows import KeyResultRow

INCREASE, DECREASE, MILESTONE = KeyResultDirection
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)

figures = st.floats(min_value=-LARGEST, max_value=LARGEST)


def _key_result(current: float, *, weight: float = 1.0, archived: bool = False) -> KeyResultRow:
    return KeyResultRow(
        id=UUID(int=1),
        objective_id=UUID(int=2),
        owner_id=None,
        title="Satisfaction",
        unit="%",
        direction=INCREASE,
        kind=KeyResultKind.OUTCOME,
        start_value=85,
        target_value=93,
        current_value=current,
        commit_value=None,
        stretch_value=None,
        due_on=date(2026, 12, 31),
        weight=weight,
        version=1,
        created_at=MOMENT,
        updated_at=MOMENT,
        archived_at=MOMENT if archived else None,
    )


@pytest.mark.parametrize(
    ("direction", "start", "target", "current", "expected"),
    [
        (INCREASE, 85, 93, 87, (0.25, 0.25)),
        (INCREASE, 85, 93, 85, (0.0, 0.0)),
        (INCREASE, 85, 93, 93, (1.0, 1.0)),
        (INCREASE, 85, 93, 95, (1.25, 1.0)),
        (INCREASE, 85, 93, 83, (-0.25, 0.0)),
        (DECREASE, 12, 4, 10, (0.25, 0.25)),
        (DECREASE, 12, 4, 14, (-0.25, 0.0)),
        (DECREASE, 12, 4, 0, (1.5, 1.0)),
        (MILESTONE, 0, 1, 0, (0.0, 0.0)),
        (MILESTONE, 0, 1, 1, (1.0, 1.0)),
    ],
)
def test_progress_is_the_share_of_the_way(
    direction: KeyResultDirection, start: float, target: float, current: float, expected: tuple[float, float]
) -> None:
    found = progress(direction=direction, start_value=start, target_value=target, current_value=current)
    assert found == Progress(*expected)


@pytest.mark.parametrize(
    ("direction", "current", "expected"),
    [(INCREASE, 5, 1.0), (INCREASE, 4.9, 0.0), (INCREASE, 6, 1.0), (DECREASE, 5, 1.0), (DECREASE, 5.1, 0.0)],
)
def test_without_a_distance_a_level_is_met_or_not(
    direction: KeyResultDirection, current: float, expected: float
) -> None:
    found = progress(direction=direction, start_value=5, target_value=5, current_value=current)
    assert found == Progress(expected, expected)


@given(direction=st.sampled_from(KeyResultDirection), start=figures, target=figures, current=figures)
def test_progress_is_always_a_finite_number(
    direction: KeyResultDirection, start: float, target: float, current: float
) -> None:
    found = progress(direction=direction, start_value=start, target_value=target, current_value=current)
    assert found is not None
    raw, clamped = found
    assert math.isfinite(raw)
    assert clamped == max(0.0, min(1.0, raw))


def test_an_objective_is_the_weighted_mean_of_clamped_progress() -> None:
    # 0.25 · 3 and 1.25, clamped to 1, · 1 and −0.25, clamped to 0, · 4
    key_results = [_key_result(87, weight=3), _key_result(95, weight=1), _key_result(83, weight=4)]
    assert objective_progress(key_results) == 1.75 / 8


def test_archived_key_results_do_not_count() -> None:
    assert objective_progress([_key_result(87), _key_result(93, weight=9, archived=True)]) == 0.25


def test_an_objective_without_key_results_has_no_progress_rather_than_none_made() -> None:
    assert objective_progress([]) is None
    assert objective_progress([_key_result(93, archived=True)]) is None
    assert weighted_progress([(0.0, 1.0)]) is None
    assert objective_progress([_key_result(85)]) == 0.0


def test_a_key_result_row_carries_its_progress() -> None:
    assert key_result_progress(_key_result(95)) == Progress(1.25, 1.0)


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1)), max_size=8))
def test_the_mean_stays_between_its_parts(parts: list[tuple[float, float]]) -> None:
    mean = weighted_progress(parts)
    if mean is None:
        assert all(weight == 0 for weight, _ in parts)
    else:
        weighing = [value for weight, value in parts if weight > 0]
        assert min(weighing) - 1e-12 <= mean <= max(weighing) + 1e-12


@pytest.mark.parametrize(
    ("direction", "start", "target", "commit", "stretch", "expected"),
    [
        (INCREASE, 0, 70, None, None, (30, 70, 100)),
        (INCREASE, 20, 90, None, None, (50, 90, 120)),
        (DECREASE, 100, 30, None, None, (70, 30, 0)),
        (INCREASE, 0, 70, 10, None, (10, 70, 100)),
        (INCREASE, 0, 70, None, 200, (60, 70, 200)),
        (INCREASE, 0, 70, None, 300, (70, 70, 300)),
        (DECREASE, 0, -70, None, -300, (-70, -70, -300)),
        (INCREASE, 0, 70, 35, 80, (35, 70, 80)),
        (MILESTONE, 0, 1, None, None, (1, 1, 1)),
    ],
)
def test_absent_commit_and_stretch_values_follow_from_the_target(
    direction: KeyResultDirection,
    start: float,
    target: float,
    commit: float | None,
    stretch: float | None,
    expected: tuple[float, float, float],
) -> None:
    found = levels(
        direction=direction,
        start_value=start,
        target_value=target,
        commit_value=commit,
        stretch_value=stretch,
    )
    assert found == Levels(*expected)
