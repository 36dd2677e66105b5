"""Health findings about KPIs. Pure functions of the facts."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date
from uuid import UUID

from domain.enums import CycleLevel, KpiKind
from domain.findings.codes import FindingCode, Severity
from domain.findings.facts import Facts, by_process
from domain.findings.finding import Finding, SubjectKind, finding, finding_of_process
from domain.findings.names import ThresholdName
from domain.findings.series import overlaps, paces
from domain.kpi.conflicts import metric_conflicts
from domain.kpi.rows import KpiRow
from domain.wording_patterns import read_title

_EFFORT = re.compile(
    r"\b(?:number of|count of|hours of|made|held|sent|written|conducted|published|given|trained)\b",
    re.IGNORECASE,
)
"""Said of output that people produce: calls made, and not calls answered in time."""


def kpi_findings(facts: Facts) -> Iterator[Finding]:
    """Findings about KPIs in use."""
    processes = by_process(facts.kpis)
    yield from _too_many(facts, processes)
    yield from _not_linked(facts)
    yield from _without_decision(facts)
    yield from _input_only(facts, processes)
    yield from _overlapping(facts)
    yield from _cadence(facts)
    yield from _conflicts(facts)


def _too_many(facts: Facts, processes: dict[str, list[KpiRow]]) -> Iterator[Finding]:
    warn, strong = facts.whole(ThresholdName.KPIS_WARN), facts.whole(ThresholdName.KPIS_STRONG)
    by_team: defaultdict[UUID, int] = defaultdict(int)
    for kpi in facts.kpis:
        by_team[kpi.team_id] += 1
    for team_id, count in by_team.items():
        if count > warn:
            name = facts.directory.teams[team_id].name
            yield finding(
                FindingCode.TOO_MANY_KPIS_OF_TEAM,
                Severity.STRONG if count > strong else Severity.WARN,
                (SubjectKind.TEAM, team_id),
                team_id=team_id,
                facts=count,
                explanation=f"{name} has {count} KPIs; three to five are right, more than {warn} are too many.",
            )
    for kpis in processes.values():
        if len(kpis) > warn:
            process = kpis[0].process.strip()
            yield finding_of_process(
                FindingCode.TOO_MANY_KPIS_OF_PROCESS,
                Severity.STRONG if len(kpis) > strong else Severity.WARN,
                process,
                team_id=kpis[0].team_id if len({kpi.team_id for kpi in kpis}) == 1 else None,
                facts=len(kpis),
                explanation=f"{len(kpis)} KPIs watch {process}; three to five are right, more than {warn} are too"
                " many.",
            )


def _not_linked(facts: Facts) -> Iterator[Finding]:
    links = facts.links
    for kpi in facts.kpis:
        if (
            kpi.id not in links.objectives
            and kpi.id not in links.key_results
            and kpi.id not in links.promoted
        ):
            yield finding(
                FindingCode.KPI_NOT_LINKED,
                Severity.INFO,
                (SubjectKind.KPI, kpi.id),
                team_id=kpi.team_id,
                explanation="It is linked to no objective and to no key result.",
            )


def _without_decision(facts: Facts) -> Iterator[Finding]:
    cycles = facts.whole(ThresholdName.DECISION_CYCLES)
    since = decided_since(facts, cycles)
    if since is None:
        return
    for kpi in facts.kpis:
        decided = facts.decided_on.get(kpi.id)
        if kpi.created_at.astimezone(UTC).date() < since and (decided is None or decided < since):
            told = "No review has ever decided anything about it"
            if decided is not None:
                told = f"The last review that decided something about it was on {decided}"
            yield finding(
                FindingCode.KPI_WITHOUT_DECISION,
                Severity.WARN if decided is None else Severity.INFO,
                (SubjectKind.KPI, kpi.id),
                team_id=kpi.team_id,
                facts=decided or "never",
                explanation=f"{told}; in {cycles} cycle{'' if cycles == 1 else 's'} (since {since}) one should have.",
            )


def decided_since(facts: Facts, cycles: int) -> date | None:
    """The first day of the cycles that something should have been decided in; None if there are fewer.

    Those that have ended last count: tactical ones, or all where there are none. Cycles that began on the
    same day are one.
    """
    ended = [
        cycle
        for cycle in facts.directory.cycles.values()
        if cycle.archived_at is None and cycle.ends_on < facts.day
    ]
    tactical = [cycle for cycle in ended if cycle.level is CycleLevel.TACTICAL]
    starts = sorted({cycle.starts_on for cycle in tactical or ended}, reverse=True)
    return starts[cycles - 1] if len(starts) >= cycles else None


def _input_only(facts: Facts, processes: dict[str, list[KpiRow]]) -> Iterator[Finding]:
    by_team: defaultdict[UUID, list[KpiRow]] = defaultdict(list)
    for kpi in facts.kpis:
        if not kpi.process.strip():
            by_team[kpi.team_id].append(kpi)
    for group, where in (
        *((kpis, f"the process {kpis[0].process.strip()}") for kpis in processes.values()),
        *((kpis, "its team") for kpis in by_team.values()),
    ):
        inputs = {kpi.id: why for kpi in group if (why := _input(kpi))}
        if len(inputs) < len(group):
            continue
        for kpi in group:
            yield finding(
                FindingCode.KPI_INPUT_ONLY,
                Severity.WARN,
                (SubjectKind.KPI, kpi.id),
                team_id=kpi.team_id,
                facts=inputs[kpi.id],
                explanation=f"It measures what is put in ({inputs[kpi.id]}), and no KPI of {where} measures what comes"
                " out.",
            )


def _input(kpi: KpiRow) -> str:
    """Why a KPI measures what is put in; empty if it does not."""
    if kpi.kind is KpiKind.INPUT:
        return "declared as an input"
    output = read_title(kpi.name).output
    counted = output is not None and _EFFORT.search(kpi.name) is not None
    return f"its name counts “{output}”" if counted else ""


def _overlapping(facts: Facts) -> Iterator[Finding]:
    for overlap in overlaps(
        facts.kpis,
        least_periods=facts.whole(ThresholdName.OVERLAP_PERIODS),
        least_correlation=facts.thresholds[ThresholdName.OVERLAP_CORRELATION],
    ):
        one, other = overlap.kpi, overlap.other
        yield finding(
            FindingCode.KPIS_OVERLAP,
            Severity.INFO,
            (SubjectKind.KPI, one.id),
            team_id=one.team_id,
            other=(SubjectKind.KPI, other.id),
            explanation=f"It has process and unit in common with {other.name}, and their series move"
            f" {'together' if overlap.correlation > 0 else 'against each other'}: correlation"
            f" {overlap.correlation:.2f} over {overlap.periods} periods.",
        )


def _cadence(facts: Facts) -> Iterator[Finding]:
    for pace in paces(
        facts.kpis,
        least=facts.whole(ThresholdName.CADENCE_MEASUREMENTS),
        step=facts.thresholds[ThresholdName.CADENCE_STEP],
        flat=facts.thresholds[ThresholdName.CADENCE_FLAT],
    ):
        kpi = pace.kpi
        if pace.too_rarely:
            code, severity = FindingCode.KPI_MEASURED_TOO_RARELY, Severity.WARN
            why = (
                f"Half of its last {pace.measurements} measurements differ from the one before by at least"
                f" {pace.step:.2g} times the way from healthy to red, and it is measured {kpi.cadence.value}."
            )
        else:
            code, severity = FindingCode.KPI_MEASURED_TOO_OFTEN, Severity.INFO
            why = (
                f"Its last {pace.measurements} measurements lie within {pace.spread:.2g} times the way from healthy to"
                f" red, and it is measured {kpi.cadence.value}."
            )
        yield finding(
            code,
            severity,
            (SubjectKind.KPI, kpi.id),
            team_id=kpi.team_id,
            facts=kpi.cadence.value,
            explanation=why,
        )


def _conflicts(facts: Facts) -> Iterator[Finding]:
    objectives = facts.directory.objectives
    current = [
        row for objective, _ in facts.current_objectives() for row in facts.key_results_of(objective.id)
    ]
    kpis = {kpi.id: kpi for kpi in facts.kpis}
    for conflict in metric_conflicts(facts.kpis, current, objectives, facts.links):
        first = facts.directory.key_results[conflict.key_result_ids[0]]
        objective = objectives[first.objective_id]
        if conflict.kpi_id is not None:
            yield finding(
                FindingCode.KPI_AGAINST_KEY_RESULT,
                Severity.STRONG,
                (SubjectKind.KPI, conflict.kpi_id),
                team_id=kpis[conflict.kpi_id].team_id,
                cycle_id=objective.cycle_id,
                other=(SubjectKind.KEY_RESULT, first.id),
                facts=conflict.explanation,
                explanation=conflict.explanation,
            )
        else:
            yield finding(
                FindingCode.KEY_RESULTS_AGAINST_EACH_OTHER,
                Severity.STRONG,
                (SubjectKind.KEY_RESULT, first.id),
                team_id=objective.team_id,
                cycle_id=objective.cycle_id,
                other=(SubjectKind.KEY_RESULT, conflict.key_result_ids[1]),
                facts=conflict.explanation,
                explanation=conflict.explanation,
            )
