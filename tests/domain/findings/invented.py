"""Facts that nobody has stored: an organisation in whose middle quarter everything is in order."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.enums import (
    Ambition,
    Cadence,
    CycleLevel,
    KeyResultDirection,
    KeyResultKind,
    KpiKind,
    KpiLevel,
    KpiStatus,
    KpiTargetType,
    KpiTiming,
)
from domain.findings.facts import Facts
from domain.findings.names import ThresholdName
from domain.findings.thresholds import DEFAULTS
from domain.kpi.queries import KpiLinks
from domain.kpi.rows import KpiRow
from domain.rows import CycleRow, KeyResultRow, ObjectiveRow, TeamRow
from domain.snapshot import Directory

DAY = date(2026, 11, 22)
CREATED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NO_LINKS = KpiLinks(objectives={}, key_results={}, promoted={}, counters={}, counters_of_key_result={})


def a_team(name: str = "Claims") -> TeamRow:
    """A team."""
    return TeamRow(uuid4(), name, "", 1, CREATED, CREATED, None)


def a_cycle(
    starts_on: date = date(2026, 10, 1),
    ends_on: date = date(2026, 12, 31),
    level: CycleLevel = CycleLevel.TACTICAL,
) -> CycleRow:
    """A quarter that has begun and not ended."""
    return CycleRow(uuid4(), f"Cycle {starts_on}", level, starts_on, ends_on, None, 1, CREATED, CREATED, None)


def an_objective(team: TeamRow, cycle: CycleRow, **values: Any) -> ObjectiveRow:
    """A committed objective at the top."""
    row = ObjectiveRow(
        uuid4(),
        cycle.id,
        team.id,
        None,
        "Settle claims at once",
        "",
        Ambition.COMMITTED,
        1.0,
        1,
        CREATED,
        CREATED,
        None,
    )
    return row._replace(**values)


def a_key_result(objective: ObjectiveRow, **values: Any) -> KeyResultRow:
    """A well worded outcome, checked in on yesterday and half done."""
    row = KeyResultRow(
        id=uuid4(),
        objective_id=objective.id,
        owner_id=None,
        title="Raise settled claims from 50 % to 80 %",
        unit="%",
        direction=KeyResultDirection.INCREASE,
        kind=KeyResultKind.OUTCOME,
        start_value=50.0,
        target_value=80.0,
        current_value=65.0,
        commit_value=None,
        stretch_value=None,
        due_on=date(2026, 12, 31),
        weight=1.0,
        version=1,
        created_at=CREATED,
        updated_at=CREATED,
        archived_at=None,
        checked_in_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    )
    return row._replace(**values)


def a_kpi(team: TeamRow, **values: Any) -> KpiRow:
    """A weekly outcome to stay above 90, red below 80, that moves by a quarter of that way."""
    row = KpiRow(
        id=uuid4(),
        team_id=team.id,
        owner_id=None,
        category_id=None,
        name="Claims settled in time",
        process="Claims",
        description="",
        unit="%",
        metric="",
        target_type=KpiTargetType.STAY_ABOVE,
        target_low=90.0,
        amber_low=90.0,
        red_low=80.0,
        target_high=None,
        amber_high=None,
        red_high=None,
        cadence=Cadence.WEEKLY,
        grace_hours=48.0,
        timing=KpiTiming.LAGGING,
        kind=KpiKind.OUTCOME,
        recovery_measurements=2,
        version=1,
        created_at=CREATED,
        updated_at=CREATED,
        archived_at=None,
        status=KpiStatus.HEALTHY,
        level=KpiLevel.HEALTHY,
        last_value=95.0,
        last_measured_at=CREATED,
        previous_value=None,
        previous_measured_at=None,
        measurement_count=0,
        recent_at=[],
        recent_values=[],
        trend=None,
        trend_per_day=None,
        stale_at=None,
    )
    return row._replace(**values)


def measured(kpi: KpiRow, values: Sequence[float], *, days: int = 7) -> KpiRow:
    """The KPI with measurements every so many days, the last one today."""
    today = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    at = [today - timedelta(days=days * (len(values) - 1 - number)) for number in range(len(values))]
    return kpi._replace(recent_at=at, recent_values=list(values), measurement_count=len(values))


def facts(
    *,
    teams: Sequence[TeamRow] = (),
    cycles: Sequence[CycleRow] = (),
    objectives: Sequence[ObjectiveRow] = (),
    key_results: Sequence[KeyResultRow] = (),
    kpis: Sequence[KpiRow] = (),
    links: KpiLinks = NO_LINKS,
    contributed: Sequence[UUID] | None = None,
    decided_on: Mapping[UUID, date] | None = None,
    thresholds: Mapping[ThresholdName, float] | None = None,
    day: date = DAY,
) -> Facts:
    """What the rules see; initiatives contribute to all key results unless said otherwise."""
    children: dict[UUID, tuple[KeyResultRow, ...]] = {}
    for row in key_results:
        children[row.objective_id] = (*children.get(row.objective_id, ()), row)
    nothing: dict[str, Any] = {field.name: {} for field in fields(Directory)}
    directory = Directory(
        **{
            **nothing,
            "teams": {row.id: row for row in teams},
            "cycles": {row.id: row for row in cycles},
            "objectives": {row.id: row for row in objectives},
            "key_results": {row.id: row for row in key_results},
            "key_results_of": children,
        }
    )
    everything = [row.id for row in key_results]
    return Facts(
        day=day,
        directory=directory,
        thresholds={**DEFAULTS, **(thresholds or {})},
        contributed=frozenset(everything if contributed is None else contributed),
        kpis=tuple(kpis),
        links=links,
        decided_on=decided_on or {},
    )
