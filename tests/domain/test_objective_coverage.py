"""Whether what initiatives are expected to bring is enough."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.enums import InitiativeState, KeyResultDirection, KeyResultKind
from domain.objective_coverage import (
    ContributionStanding,
    CoverageReason,
    CoverageVerdict,
    key_result_coverage,
    objective_coverage,
)
from domain.queries.coverage import ExpectedContribution
from domain.rows import KeyResultRow

NOW = datetime(2026, 7, 1, tzinfo=UTC)
DOWN = {"direction": KeyResultDirection.DECREASE, "start_value": 5.0, "target_value": 3.0}
APPROVED, PROPOSED = InitiativeState.APPROVED, InitiativeState.PROPOSED


def _row(current: float | None, **values: Any) -> KeyResultRow:
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
        "due_on": date(2026, 9, 30),
        "weight": 1.0,
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
        "archived_at": None,
    }
    return KeyResultRow(**{**defaults, **values})


def _brings(
    delta: float,
    confidence: float = 1.0,
    state: InitiativeState = APPROVED,
    *,
    start: date | None = None,
    archived: bool = False,
) -> ExpectedContribution:
    nobody = UUID(int=0)
    return ExpectedContribution(nobody, nobody, nobody, delta, confidence, state, start, archived)


YES, NO, UNKNOWN = CoverageVerdict


@pytest.mark.parametrize(
    ("row", "contributions", "expected"),
    [
        # (sum, by confidence, decided, gap, uncovered, verdict, reason)
        (_row(40), [_brings(60)], (60, 60, 60, 60, 0, YES, CoverageReason.COVERED)),
        (_row(40), [_brings(50, 0.8), _brings(40, 0.5)], (90, 60, 60, 60, 0, YES, CoverageReason.COVERED)),
        (
            _row(40),
            [_brings(50, 0.8), _brings(40, 0.5, PROPOSED)],
            (90, 60, 40, 60, 0, YES, CoverageReason.RELIES_ON_UNDECIDED),
        ),
        (
            _row(40),
            [_brings(60, 0.5)],
            (60, 30, 30, 60, 30, NO, CoverageReason.ONLY_AT_FULL_CONFIDENCE),
        ),
        (_row(40), [_brings(20, 0.5)], (20, 10, 10, 60, 50, NO, CoverageReason.FALLS_SHORT)),
        (_row(40), [], (0, 0, 0, 60, 60, NO, CoverageReason.NO_INITIATIVE)),
        (
            _row(40),
            [_brings(60, state=InitiativeState.STOPPED)],
            (0, 0, 0, 60, 60, NO, CoverageReason.NO_INITIATIVE),
        ),
        (_row(4.5, **DOWN), [_brings(-1, 0.5)], (-1, -0.5, -0.5, -1.5, -1, NO, CoverageReason.FALLS_SHORT)),
        (_row(4.5, **DOWN), [_brings(-2, 0.75)], (-2, -1.5, -1.5, -1.5, 0, YES, CoverageReason.COVERED)),
        (_row(120), [], (0, 0, 0, 0, 0, YES, CoverageReason.MET)),
        (_row(2.5, **DOWN), [_brings(-1)], (-1, -1, -1, 0, 0, YES, CoverageReason.MET)),
        (
            _row(40, target_value=None),
            [_brings(60)],
            (60, 60, 60, None, None, UNKNOWN, CoverageReason.VALUES_MISSING),
        ),
        # three tenths are not exact in binary
        (
            _row(40),
            [_brings(20, 0.9)] * 2 + [_brings(80, 0.3)],
            (120, 60, 60, 60, 0, YES, CoverageReason.COVERED),
        ),
    ],
)
def test_expected_sums_are_held_against_the_remaining_gap(
    row: KeyResultRow, contributions: list[ExpectedContribution], expected: tuple[Any, ...]
) -> None:
    found = key_result_coverage(row, contributions)
    figures = (
        found.expected_sum,
        found.expected_sum_by_confidence,
        found.decided_sum_by_confidence,
        found.remaining_gap,
        found.uncovered,
    )
    assert figures == pytest.approx(expected[:5])
    assert (found.enough, found.reason) == expected[5:]


def test_what_does_not_count_says_why() -> None:
    due = _row(40).due_on
    contributions = [
        _brings(10, state=InitiativeState.ACTIVE),
        _brings(10, state=InitiativeState.PAUSED),
        _brings(10, state=InitiativeState.COMPLETED),
        _brings(10, state=InitiativeState.STOPPED),
        _brings(10, archived=True),
        _brings(10, start=date(2026, 10, 1)),
        _brings(10, start=due),
    ]
    found = key_result_coverage(_row(40), contributions)
    assert [entry.standing for entry in found.contributions] == [
        ContributionStanding.COUNTS,
        ContributionStanding.COUNTS,
        ContributionStanding.COMPLETED,
        ContributionStanding.STOPPED,
        ContributionStanding.ARCHIVED,
        ContributionStanding.TOO_LATE,
        ContributionStanding.COUNTS,
    ]
    assert found.expected_sum == 30


def test_an_objective_is_covered_when_all_its_key_results_are() -> None:
    met, open_, draft = (
        _row(100, id=UUID(int=4)),
        _row(40, id=UUID(int=5)),
        _row(None, id=UUID(int=6)),
    )
    gone = _row(0, id=UUID(int=7), archived_at=NOW)
    enough = {open_.id: [_brings(60)]}
    objective_id = UUID(int=3)
    cases = [
        ([met, open_, gone], enough, YES, (CoverageReason.MET, CoverageReason.COVERED)),
        ([met, open_], {}, NO, (CoverageReason.MET, CoverageReason.NO_INITIATIVE)),
        ([met, draft], {}, UNKNOWN, (CoverageReason.MET, CoverageReason.VALUES_MISSING)),
        ([draft, open_], {}, NO, (CoverageReason.VALUES_MISSING, CoverageReason.NO_INITIATIVE)),
        ([gone], {}, UNKNOWN, (CoverageReason.NO_KEY_RESULT,)),
    ]
    for rows, contributions, verdict, reasons in cases:
        found = objective_coverage(objective_id, rows, contributions)
        assert (found.enough, found.reasons) == (verdict, reasons)


@given(
    current=st.floats(-50, 150),
    brought=st.lists(
        st.tuples(st.floats(0.01, 80), st.floats(0.01, 1), st.sampled_from(InitiativeState)), max_size=5
    ),
)
def test_gap_sum_and_remainder_fit_together(
    current: float, brought: list[tuple[float, float, InitiativeState]]
) -> None:
    found = key_result_coverage(_row(current), [_brings(*entry) for entry in brought])
    assert found.remaining_gap is not None
    assert found.uncovered is not None
    assert 0 <= found.decided_sum_by_confidence <= found.expected_sum_by_confidence <= found.expected_sum
    assert (found.uncovered == 0) == (found.enough is YES)
    if found.enough is NO:
        assert found.uncovered + found.expected_sum_by_confidence == pytest.approx(found.remaining_gap)
