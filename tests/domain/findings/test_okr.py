"""Findings about objectives and key results: where each fires, where it just does not, and other thresholds."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from domain.enums import Ambition, CycleLevel, KeyResultDirection, KeyResultKind
from domain.findings.codes import FindingCode, Severity
from domain.findings.facts import Facts
from domain.findings.finding import Finding
from domain.findings.names import ThresholdName
from domain.findings.okr import okr_findings
from domain.kpi.queries import KpiLinks
from domain.rows import KeyResultRow
from tests.domain.findings.invented import NO_LINKS, a_cycle, a_key_result, a_team, an_objective, facts

TEAM, CYCLE = a_team(), a_cycle()
OBJECTIVE = an_objective(TEAM, CYCLE)


def _found(given: Facts, code: FindingCode) -> list[Finding]:
    return [each for each in okr_findings(given) if each.code is code]


def _of(*key_results: KeyResultRow, **values: Any) -> Facts:
    return facts(teams=[TEAM], cycles=[CYCLE], objectives=[OBJECTIVE], key_results=key_results, **values)


def _two(**values: Any) -> tuple[KeyResultRow, KeyResultRow]:
    return a_key_result(OBJECTIVE, **values), a_key_result(OBJECTIVE)


def test_what_is_in_order_has_no_findings() -> None:
    assert list(okr_findings(_of(*_two()))) == []
    assert list(okr_findings(facts())) == []


@pytest.mark.parametrize(
    ("count", "severity"), [(3, None), (4, Severity.WARN), (5, Severity.WARN), (6, Severity.STRONG)]
)
def test_too_many_objectives_of_a_team_in_a_cycle(count: int, severity: Severity | None) -> None:
    objectives = [an_objective(TEAM, CYCLE) for _ in range(count)]
    other = a_team("Sales")
    given = facts(
        teams=[TEAM, other],
        cycles=[CYCLE],
        objectives=[
            *objectives,
            an_objective(other, CYCLE),
            an_objective(TEAM, CYCLE, archived_at=datetime.now(UTC)),
        ],
    )
    found = _found(given, FindingCode.TOO_MANY_OBJECTIVES)
    assert [each.severity for each in found] == ([] if severity is None else [severity])
    if found:
        assert (found[0].subject_id, found[0].cycle_id) == (TEAM.id, CYCLE.id)
        assert f"{count} objectives" in found[0].explanation


def test_other_thresholds_move_the_boundary() -> None:
    objectives = [an_objective(TEAM, CYCLE) for _ in range(4)]
    for warn, strong, severities in ((4, 5, []), (3, 3, [Severity.STRONG])):
        given = facts(
            teams=[TEAM],
            cycles=[CYCLE],
            objectives=objectives,
            thresholds={ThresholdName.OBJECTIVES_WARN: warn, ThresholdName.OBJECTIVES_STRONG: strong},
        )
        assert [each.severity for each in _found(given, FindingCode.TOO_MANY_OBJECTIVES)] == severities


@pytest.mark.parametrize(
    ("count", "code"),
    [
        (0, FindingCode.TOO_FEW_KEY_RESULTS),
        (1, FindingCode.TOO_FEW_KEY_RESULTS),
        (2, None),
        (5, None),
        (6, FindingCode.TOO_MANY_KEY_RESULTS),
    ],
)
def test_two_to_five_key_results_are_right(count: int, code: FindingCode | None) -> None:
    rows = [a_key_result(OBJECTIVE) for _ in range(count)]
    archived = a_key_result(OBJECTIVE, archived_at=datetime.now(UTC))
    codes = {each.code for each in okr_findings(_of(*rows, archived))}
    both = {FindingCode.TOO_FEW_KEY_RESULTS, FindingCode.TOO_MANY_KEY_RESULTS}
    assert codes & both == ({code} if code else set())


@pytest.mark.parametrize(
    ("title", "kind", "code", "severity"),
    [
        (
            "Conduct three interviews",
            KeyResultKind.OUTCOME,
            FindingCode.KEY_RESULT_IS_ACTIVITY,
            Severity.WARN,
        ),
        (
            "Conduct three interviews",
            KeyResultKind.ACTIVITY,
            FindingCode.KEY_RESULT_IS_ACTIVITY,
            Severity.WARN,
        ),
        ("Churn from 5 % to 3 %", KeyResultKind.ACTIVITY, FindingCode.KEY_RESULT_IS_ACTIVITY, Severity.WARN),
        ("Keep 99.9 % uptime", KeyResultKind.OUTCOME, FindingCode.KEY_RESULT_KEEPS_LEVEL, Severity.WARN),
        ("Churn from 5 % to 3 %", KeyResultKind.OUTCOME, None, None),
        ("Key result 3", KeyResultKind.OUTCOME, None, None),
    ],
)
def test_wording_and_declared_kind(
    title: str, kind: KeyResultKind, code: FindingCode | None, severity: Severity | None
) -> None:
    found = list(okr_findings(_of(*_two(title=title, kind=kind))))
    assert [(each.code, each.severity) for each in found] == ([(code, severity)] if code else [])


def test_the_explanation_names_the_words_and_the_declaration() -> None:
    (worded,) = okr_findings(_of(*_two(title="Launch the portal")))
    assert "“launch”" in worded.explanation
    assert "declared as an outcome" in worded.explanation
    (declared,) = okr_findings(_of(*_two(kind=KeyResultKind.ACTIVITY)))
    assert "does not say so" in declared.explanation


@pytest.mark.parametrize(
    ("missing", "words"), [("start_value", "no start value"), ("target_value", "no target value")]
)
def test_no_start_or_target_value(missing: str, words: str) -> None:
    (found,) = _found(_of(*_two(**{missing: None})), FindingCode.KEY_RESULT_WITHOUT_VALUES)
    assert found.severity is Severity.STRONG
    assert words in found.explanation


@pytest.mark.parametrize(
    ("checked_in", "severity"),
    [
        (date(2026, 11, 15), None),
        (date(2026, 11, 14), Severity.WARN),
        (date(2026, 11, 1), Severity.WARN),
        (date(2026, 10, 31), Severity.STRONG),
        (None, Severity.STRONG),
    ],
)
def test_no_check_in_within_seven_days(checked_in: date | None, severity: Severity | None) -> None:
    at = (
        None
        if checked_in is None
        else datetime(checked_in.year, checked_in.month, checked_in.day, 23, tzinfo=UTC)
    )
    found = _found(_of(*_two(checked_in_at=at)), FindingCode.CHECK_IN_OVERDUE)
    assert [each.severity for each in found] == ([] if severity is None else [severity])


def test_nobody_has_to_check_in_on_what_is_met_not_begun_or_over() -> None:
    stale = datetime(2026, 1, 6, tzinfo=UTC)
    met = _of(*_two(checked_in_at=stale, current_value=80.0))
    assert _found(met, FindingCode.CHECK_IN_OVERDUE) == []
    for starts_on, ends_on in (
        (date(2026, 11, 23), date(2026, 12, 31)),
        (date(2026, 7, 1), date(2026, 11, 21)),
    ):
        cycle = a_cycle(starts_on, ends_on)
        objective = an_objective(TEAM, cycle)
        rows = [a_key_result(objective, checked_in_at=None) for _ in range(2)]
        given = facts(teams=[TEAM], cycles=[cycle], objectives=[objective], key_results=rows)
        assert list(okr_findings(given)) == []
    closed = OBJECTIVE._replace(closed_at=stale)
    rows = [a_key_result(closed, checked_in_at=None)]
    assert (
        list(okr_findings(facts(teams=[TEAM], cycles=[CYCLE], objectives=[closed], key_results=rows))) == []
    )


def test_a_key_result_of_today_has_its_seven_days() -> None:
    fresh = datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert _found(_of(*_two(checked_in_at=None, created_at=fresh)), FindingCode.CHECK_IN_OVERDUE) == []
    (found,) = _found(
        _of(*_two(checked_in_at=None, created_at=datetime(2026, 11, 14, tzinfo=UTC))),
        FindingCode.CHECK_IN_OVERDUE,
    )
    assert "8 days" in found.explanation


def test_no_initiative_contributes_to_any_or_to_some() -> None:
    first, second = _two()
    (whole,) = okr_findings(_of(first, second, contributed=[]))
    assert (whole.code, whole.subject_id) == (FindingCode.OBJECTIVE_WITHOUT_INITIATIVE, OBJECTIVE.id)
    (part,) = okr_findings(_of(first, second, contributed=[second.id]))
    assert (part.code, part.subject_id) == (FindingCode.KEY_RESULT_WITHOUT_INITIATIVE, first.id)


def test_an_objective_without_a_parent_below_the_top_level() -> None:
    year = a_cycle(date(2026, 1, 1), date(2026, 12, 31), CycleLevel.STRATEGIC)
    above = an_objective(TEAM, year)
    below = an_objective(TEAM, CYCLE)

    def lonely(*objectives: Any) -> list[Any]:
        given = facts(teams=[TEAM], cycles=[CYCLE, year], objectives=objectives)
        return [each.subject_id for each in _found(given, FindingCode.OBJECTIVE_WITHOUT_PARENT)]

    assert lonely(above, below) == [below.id]
    assert lonely(above, below._replace(parent_id=above.id)) == []
    # without anything above, this is the top level
    assert lonely(below) == []
    earlier = a_cycle(date(2025, 1, 1), date(2026, 9, 30), CycleLevel.STRATEGIC)
    given = facts(teams=[TEAM], cycles=[CYCLE, earlier], objectives=[an_objective(TEAM, earlier), below])
    assert _found(given, FindingCode.OBJECTIVE_WITHOUT_PARENT) == []


def test_a_single_metric_wants_a_counter_metric() -> None:
    metric = a_key_result(OBJECTIVE)
    milestone = a_key_result(
        OBJECTIVE,
        direction=KeyResultDirection.MILESTONE,
        start_value=0.0,
        target_value=1.0,
        current_value=0.0,
    )
    (found,) = _found(_of(metric, milestone), FindingCode.SINGLE_METRIC_WITHOUT_COUNTER)
    assert found.subject_id == metric.id
    assert _found(_of(*_two()), FindingCode.SINGLE_METRIC_WITHOUT_COUNTER) == []
    paired = KpiLinks(
        objectives={},
        key_results={},
        promoted={},
        counters={},
        counters_of_key_result={metric.id: frozenset([uuid4()])},
    )
    assert _found(_of(metric, milestone, links=paired), FindingCode.SINGLE_METRIC_WITHOUT_COUNTER) == []
    assert NO_LINKS.counters_of_key_result == {}


@pytest.mark.parametrize(
    ("reached", "ended", "fires"), [(2, 3, True), (2, 4, False), (3, 4, True), (2, 2, False)]
)
def test_aspirational_objectives_that_are_always_reached(reached: int, ended: int, fires: bool) -> None:
    cycle = a_cycle(date(2026, 7, 1), date(2026, 9, 30))
    objectives = [an_objective(TEAM, cycle, ambition=Ambition.ASPIRATIONAL) for _ in range(ended)]
    rows = [
        a_key_result(objective, current_value=80.0 if number < reached else 70.0)
        for number, objective in enumerate(objectives)
    ]
    given = facts(teams=[TEAM], cycles=[cycle], objectives=objectives, key_results=rows)
    found = _found(given, FindingCode.FULLY_REACHED_TOO_OFTEN)
    assert [each.subject_id for each in found] == ([TEAM.id] if fires else [])
    committed = [objective._replace(ambition=Ambition.COMMITTED) for objective in objectives]
    given = facts(teams=[TEAM], cycles=[cycle], objectives=committed, key_results=rows)
    assert _found(given, FindingCode.FULLY_REACHED_TOO_OFTEN) == []


def test_only_the_last_cycles_count_for_what_was_always_reached() -> None:
    years = [a_cycle(date(2020 + number, 1, 1), date(2020 + number, 12, 31)) for number in range(6)]
    objectives = [an_objective(TEAM, cycle, ambition=Ambition.ASPIRATIONAL) for cycle in years]
    rows = [
        a_key_result(objective, current_value=80.0 if number < 3 else 60.0)
        for number, objective in enumerate(objectives)
    ]
    for cycles, fires in ((4, False), (6, False), (20, False)):
        given = facts(
            teams=[TEAM],
            cycles=years,
            objectives=objectives,
            key_results=rows,
            thresholds={ThresholdName.FULLY_REACHED_CYCLES: cycles},
        )
        assert bool(_found(given, FindingCode.FULLY_REACHED_TOO_OFTEN)) is fires
    given = facts(
        teams=[TEAM],
        cycles=years,
        objectives=objectives[::-1],
        key_results=[row._replace(current_value=80.0) for row in rows],
    )
    (found,) = _found(given, FindingCode.FULLY_REACHED_TOO_OFTEN)
    assert "Of 4 aspirational objectives" in found.explanation
