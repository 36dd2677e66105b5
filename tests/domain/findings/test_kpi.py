"""Findings about KPIs: where each fires, where it just does not, and other thresholds."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from domain.enums import Cadence, KeyResultDirection, KpiKind, KpiTargetType
from domain.findings.codes import FindingCode, Severity
from domain.findings.facts import Facts
from domain.findings.finding import Finding, SubjectKind
from domain.findings.kpi import kpi_findings
from domain.findings.listing import evaluate, listed
from domain.findings.names import ThresholdName
from domain.kpi.queries import KpiLinks
from tests.domain.findings.invented import (
    DAY,
    a_cycle,
    a_key_result,
    a_kpi,
    a_team,
    an_objective,
    facts,
    measured,
)

TEAM = a_team()


def _found(given: Facts, code: FindingCode) -> list[Finding]:
    return [each for each in kpi_findings(given) if each.code is code]


def _links(**values: Any) -> KpiLinks:
    return KpiLinks(
        **{
            **{
                key: {}
                for key in ("objectives", "key_results", "promoted", "counters", "counters_of_key_result")
            },
            **values,
        }
    )


@pytest.mark.parametrize(
    ("count", "severity"), [(5, None), (6, Severity.WARN), (10, Severity.WARN), (11, Severity.STRONG)]
)
def test_more_than_five_kpis_of_a_team_or_a_process(count: int, severity: Severity | None) -> None:
    kpis = [a_kpi(TEAM, process=" claims " if number else "Claims") for number in range(count)]
    given = facts(teams=[TEAM], kpis=kpis)
    wanted = [] if severity is None else [severity]
    assert [each.severity for each in _found(given, FindingCode.TOO_MANY_KPIS_OF_TEAM)] == wanted
    of_process = _found(given, FindingCode.TOO_MANY_KPIS_OF_PROCESS)
    assert [(each.severity, each.subject_kind, each.process, each.team_id) for each in of_process] == [
        (each, SubjectKind.PROCESS, "Claims", TEAM.id) for each in wanted
    ]
    wider = facts(
        teams=[TEAM], kpis=kpis, thresholds={ThresholdName.KPIS_WARN: 20, ThresholdName.KPIS_STRONG: 20}
    )
    assert _found(wider, FindingCode.TOO_MANY_KPIS_OF_TEAM) == []


def test_a_process_of_two_teams_is_in_no_teams_list() -> None:
    other = a_team("Sales")
    kpis = [*(a_kpi(TEAM) for _ in range(3)), *(a_kpi(other) for _ in range(3))]
    (found,) = _found(facts(teams=[TEAM, other], kpis=kpis), FindingCode.TOO_MANY_KPIS_OF_PROCESS)
    assert found.team_id is None


def test_a_kpi_that_is_linked_to_nothing() -> None:
    kpi = a_kpi(TEAM)
    assert [each.subject_id for each in _found(facts(kpis=[kpi]), FindingCode.KPI_NOT_LINKED)] == [kpi.id]
    for links in (
        _links(objectives={kpi.id: frozenset([uuid4()])}),
        _links(key_results={kpi.id: frozenset([uuid4()])}),
        _links(promoted={kpi.id: uuid4()}),
    ):
        assert _found(facts(kpis=[kpi], links=links), FindingCode.KPI_NOT_LINKED) == []


@pytest.mark.parametrize(
    ("created", "decided", "severity"),
    [
        (date(2026, 3, 31), None, Severity.WARN),
        (date(2026, 4, 1), None, None),
        (date(2026, 3, 31), date(2026, 3, 31), Severity.INFO),
        (date(2026, 3, 31), date(2026, 4, 1), None),
    ],
)
def test_a_kpi_that_no_review_decided_about_in_two_cycles(
    created: date, decided: date | None, severity: Severity | None
) -> None:
    quarters = [
        a_cycle(date(2026, 1, 1), date(2026, 3, 31)),
        a_cycle(date(2026, 4, 1), date(2026, 6, 30)),
        a_cycle(date(2026, 7, 1), date(2026, 9, 30)),
        a_cycle(),
    ]
    kpi = a_kpi(TEAM, created_at=datetime(created.year, created.month, created.day, 23, tzinfo=UTC))
    given = facts(cycles=quarters, kpis=[kpi], decided_on={} if decided is None else {kpi.id: decided})
    found = _found(given, FindingCode.KPI_WITHOUT_DECISION)
    assert [each.severity for each in found] == ([] if severity is None else [severity])
    more = facts(cycles=quarters, kpis=[kpi], thresholds={ThresholdName.DECISION_CYCLES: 4})
    assert _found(more, FindingCode.KPI_WITHOUT_DECISION) == []


def test_input_metrics_only() -> None:
    calls = a_kpi(TEAM, name="Calls made", process="Sales", kind=KpiKind.INPUT)
    hours = a_kpi(TEAM, name="Number of trainings", process="sales")
    given = facts(kpis=[calls, hours])
    assert {each.subject_id for each in _found(given, FindingCode.KPI_INPUT_ONLY)} == {calls.id, hours.id}
    outcome = a_kpi(TEAM, name="Deals won", process="Sales")
    assert _found(facts(kpis=[calls, hours, outcome]), FindingCode.KPI_INPUT_ONLY) == []
    answered = a_kpi(TEAM, name="Calls answered within a minute", process="Sales")
    assert _found(facts(kpis=[calls, answered]), FindingCode.KPI_INPUT_ONLY) == []
    # without a process, the team's others count
    alone = calls._replace(process="")
    assert len(_found(facts(kpis=[alone, outcome]), FindingCode.KPI_INPUT_ONLY)) == 1
    assert _found(facts(kpis=[alone, outcome._replace(process=" ")]), FindingCode.KPI_INPUT_ONLY) == []


RISING = [90.0, 91, 93, 92, 95, 96, 94, 97]


@pytest.mark.parametrize(
    ("values", "unit", "process", "fires"),
    [
        ([2 * value for value in RISING], "%", "claims", True),
        ([-value for value in RISING], " % ", "Claims", True),
        ([2 * value for value in RISING], "h", "Claims", False),
        ([2 * value for value in RISING], "%", "Sales", False),
        ([2 * value for value in RISING[1:]], "%", "Claims", False),
        ([90.0, 97, 91, 96, 90, 97, 95, 90], "%", "Claims", False),
        ([90.0] * 8, "%", "Claims", False),
    ],
)
def test_series_of_one_process_and_unit_that_move_together(
    values: Sequence[float], unit: str, process: str, fires: bool
) -> None:
    one = measured(a_kpi(TEAM), RISING)
    other = measured(a_kpi(TEAM, unit=unit, process=process), values)
    found = _found(facts(kpis=[one, other]), FindingCode.KPIS_OVERLAP)
    assert [{each.subject_id, each.other_id} for each in found] == ([{one.id, other.id}] if fires else [])


def test_series_are_compared_by_the_periods_of_the_slower_one() -> None:
    months = [90.0, 94, 91, 97, 92, 99, 93, 95]
    weekly = measured(a_kpi(TEAM), [value for value in months for _ in range(4)][-24:], days=7)
    monthly = measured(a_kpi(TEAM, cadence=Cadence.MONTHLY), months, days=30)
    given = facts(
        kpis=[weekly, monthly],
        thresholds={ThresholdName.OVERLAP_PERIODS: 5, ThresholdName.OVERLAP_CORRELATION: 0.5},
    )
    (found,) = _found(given, FindingCode.KPIS_OVERLAP)
    assert "over 6 periods" in found.explanation or "over 5 periods" in found.explanation


@pytest.mark.parametrize(
    ("values", "cadence", "code"),
    [
        ([95.0, 85] * 4, Cadence.WEEKLY, FindingCode.KPI_MEASURED_TOO_RARELY),
        ([95.0, 85.1] * 4, Cadence.WEEKLY, None),
        ([95.0, 85] * 4, Cadence.DAILY, None),
        ([95.0, 85] * 3 + [95.0], Cadence.WEEKLY, None),
        ([95.0, 95.5] * 4, Cadence.WEEKLY, FindingCode.KPI_MEASURED_TOO_OFTEN),
        ([95.0, 95.6] * 4, Cadence.WEEKLY, None),
        ([95.0] * 8, Cadence.QUARTERLY, None),
    ],
)
def test_cadence_and_volatility(values: list[float], cadence: Cadence, code: FindingCode | None) -> None:
    kpi = measured(a_kpi(TEAM, cadence=cadence), values)
    pace = {FindingCode.KPI_MEASURED_TOO_OFTEN, FindingCode.KPI_MEASURED_TOO_RARELY}
    codes = {each.code for each in kpi_findings(facts(kpis=[kpi]))} & pace
    assert codes == ({code} if code else set())


def test_a_range_is_judged_by_its_shorter_side() -> None:
    kpi = a_kpi(
        TEAM,
        target_type=KpiTargetType.STAY_WITHIN,
        amber_low=20.0,
        red_low=10.0,
        target_low=20.0,
        target_high=30.0,
        amber_high=30.0,
        red_high=32.0,
    )
    given = facts(kpis=[measured(kpi, [25.0, 27.0] * 4)])
    assert len(_found(given, FindingCode.KPI_MEASURED_TOO_RARELY)) == 1


def test_metrics_that_are_pulled_apart() -> None:
    cycle = a_cycle()
    objective = an_objective(TEAM, cycle)
    down = a_key_result(
        objective,
        title="Settled claims",
        direction=KeyResultDirection.DECREASE,
        start_value=80.0,
        target_value=50.0,
    )
    up = a_key_result(objective, title="Settled claims")
    kpi = a_kpi(TEAM, name="Settled claims")
    given = facts(teams=[TEAM], cycles=[cycle], objectives=[objective], key_results=[down, up], kpis=[kpi])
    (against,) = _found(given, FindingCode.KPI_AGAINST_KEY_RESULT)
    assert (against.subject_id, against.other_id, against.severity) == (kpi.id, down.id, Severity.STRONG)
    (each_other,) = _found(given, FindingCode.KEY_RESULTS_AGAINST_EACH_OTHER)
    assert {each_other.subject_id, each_other.other_id} == {down.id, up.id}
    calm = facts(teams=[TEAM], cycles=[cycle], objectives=[objective], key_results=[up], kpis=[kpi])
    assert not {FindingCode.KPI_AGAINST_KEY_RESULT, FindingCode.KEY_RESULTS_AGAINST_EACH_OTHER} & {
        each.code for each in kpi_findings(calm)
    }


def test_the_order_is_by_severity_then_code_and_does_not_depend_on_the_input() -> None:
    kpis = [a_kpi(TEAM, process="") for _ in range(11)]
    cycle = a_cycle()
    objective = an_objective(TEAM, cycle)
    rows = [a_key_result(objective, start_value=None)]
    given = facts(
        teams=[TEAM], cycles=[cycle], objectives=[objective], key_results=rows, kpis=kpis, contributed=[]
    )
    turned = facts(
        teams=[TEAM],
        cycles=[cycle],
        objectives=[objective],
        key_results=rows,
        kpis=kpis[::-1],
        contributed=[],
    )
    found = [each.finding for each in listed(given, {})]
    assert [each.finding for each in listed(turned, {})] == found
    assert len({each.key for each in evaluate(given)}) == len(found)
    severities = [each.severity for each in found]
    assert severities == sorted(severities, key=[Severity.STRONG, Severity.WARN, Severity.INFO].index)
    assert found[0].code is FindingCode.KEY_RESULT_WITHOUT_VALUES
    assert given.day == DAY
