"""Health findings about objectives and key results. Pure functions of the facts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC
from uuid import UUID

from domain.enums import Ambition, CycleLevel, KeyResultDirection, KeyResultKind
from domain.findings.codes import FindingCode, Severity
from domain.findings.facts import Facts
from domain.findings.finding import Finding, SubjectKind, finding
from domain.findings.names import ThresholdName
from domain.progress import key_result_progress
from domain.rows import CycleRow, KeyResultRow, ObjectiveRow
from domain.wording import KEEPING_RULES, Wording, WordingSignal, assess_key_result

_MOST_WORDS = 3
_CLEARLY = -1.5


def okr_findings(facts: Facts) -> Iterator[Finding]:
    """Findings about what is in use and not over; and about how often aspirational objectives were reached."""
    current = facts.current_objectives()
    yield from _too_many(facts, current)
    yield from _without_parent(facts, current)
    for objective, cycle in current:
        key_results = facts.key_results_of(objective.id)
        yield from _count(facts, objective, key_results)
        yield from _single_metric(facts, objective, key_results)
        yield from _without_initiative(facts, objective, key_results)
        for row in key_results:
            yield from _wording(objective, row)
            yield from _values(objective, row)
            yield from _check_in(facts, objective, cycle, row)
    yield from _fully_reached(facts)


def _too_many(facts: Facts, current: list[tuple[ObjectiveRow, CycleRow]]) -> Iterator[Finding]:
    counts: defaultdict[tuple[UUID, UUID], int] = defaultdict(int)
    for objective, _ in current:
        counts[objective.team_id, objective.cycle_id] += 1
    warn, strong = facts.whole(ThresholdName.OBJECTIVES_WARN), facts.whole(ThresholdName.OBJECTIVES_STRONG)
    for (team_id, cycle_id), count in counts.items():
        if count > warn:
            team, cycle = facts.directory.teams[team_id], facts.directory.cycles[cycle_id]
            yield finding(
                FindingCode.TOO_MANY_OBJECTIVES,
                Severity.STRONG if count > strong else Severity.WARN,
                (SubjectKind.TEAM, team_id),
                team_id=team_id,
                cycle_id=cycle_id,
                facts=count,
                explanation=f"{team.name} has {count} objectives in {cycle.name}; more than {warn} are too many"
                f" and more than {strong} far too many.",
            )


def _count(facts: Facts, objective: ObjectiveRow, key_results: list[KeyResultRow]) -> Iterator[Finding]:
    least, most = facts.whole(ThresholdName.KEY_RESULTS_LEAST), facts.whole(ThresholdName.KEY_RESULTS_MOST)
    count = len(key_results)
    if least <= count <= most:
        return
    yield finding(
        FindingCode.TOO_FEW_KEY_RESULTS if count < least else FindingCode.TOO_MANY_KEY_RESULTS,
        Severity.WARN,
        (SubjectKind.OBJECTIVE, objective.id),
        team_id=objective.team_id,
        cycle_id=objective.cycle_id,
        facts=count,
        explanation=f"It has {count} key result{'' if count == 1 else 's'}; {least} to {most} are right.",
    )


def _wording(objective: ObjectiveRow, row: KeyResultRow) -> Iterator[Finding]:
    advice = assess_key_result(row)
    declared = row.kind is KeyResultKind.ACTIVITY
    if advice.verdict is Wording.MAINTENANCE:
        yield finding(
            FindingCode.KEY_RESULT_KEEPS_LEVEL,
            Severity.WARN,
            (SubjectKind.KEY_RESULT, row.id),
            team_id=objective.team_id,
            cycle_id=objective.cycle_id,
            facts=row.title,
            explanation=f"By its wording it keeps a level ({_words(advice.signals)}).",
        )
    elif declared or (advice.verdict is Wording.ACTIVITY and advice.points <= _CLEARLY):
        if not declared:
            why = f"It is declared as an outcome, and its wording speaks of an activity ({_words(advice.signals)})."
        elif advice.verdict is Wording.ACTIVITY:
            why = f"It is declared as an activity, and its wording says so too ({_words(advice.signals)})."
        else:
            why = "It is declared as an activity; its wording does not say so."
        yield finding(
            FindingCode.KEY_RESULT_IS_ACTIVITY,
            Severity.WARN,
            (SubjectKind.KEY_RESULT, row.id),
            team_id=objective.team_id,
            cycle_id=objective.cycle_id,
            facts=f"{row.kind.value} {row.title}",
            explanation=why,
        )


def _words(signals: Iterable[WordingSignal]) -> str:
    found = [
        f"“{signal.words}”" if signal.words else "no measure"
        for signal in signals
        if signal.rule in KEEPING_RULES or signal.points < 0
    ]
    return ", ".join(found[:_MOST_WORDS])


def _values(objective: ObjectiveRow, row: KeyResultRow) -> Iterator[Finding]:
    missing = [
        name for name, value in (("start", row.start_value), ("target", row.target_value)) if value is None
    ]
    if missing:
        yield finding(
            FindingCode.KEY_RESULT_WITHOUT_VALUES,
            Severity.STRONG,
            (SubjectKind.KEY_RESULT, row.id),
            team_id=objective.team_id,
            cycle_id=objective.cycle_id,
            facts=" ".join(missing),
            explanation=f"It has no {' and no '.join(missing)} value, so that its progress is unknown.",
        )


def _check_in(facts: Facts, objective: ObjectiveRow, cycle: CycleRow, row: KeyResultRow) -> Iterator[Finding]:
    progress = key_result_progress(row)
    if cycle.starts_on > facts.day or (progress is not None and progress.raw >= 1):
        return
    created_on = row.created_at.astimezone(UTC).date()
    last = None if row.checked_in_at is None else row.checked_in_at.astimezone(UTC).date()
    days = (facts.day - (last or max(created_on, cycle.starts_on))).days
    if days <= facts.whole(ThresholdName.CHECK_IN_DAYS):
        return
    strong = days > facts.whole(ThresholdName.CHECK_IN_STRONG_DAYS)
    since = f"for {days} days" if last is None else f"since {last}, {days} days ago"
    yield finding(
        FindingCode.CHECK_IN_OVERDUE,
        Severity.STRONG if strong else Severity.WARN,
        (SubjectKind.KEY_RESULT, row.id),
        team_id=objective.team_id,
        cycle_id=objective.cycle_id,
        facts=last or "never",
        explanation=f"Nobody has checked in {since}; every {facts.whole(ThresholdName.CHECK_IN_DAYS)} days is the"
        " rhythm.",
    )


def _without_initiative(
    facts: Facts, objective: ObjectiveRow, key_results: list[KeyResultRow]
) -> Iterator[Finding]:
    lacking = [row for row in key_results if row.id not in facts.contributed]
    if not key_results or not lacking:
        return
    if len(lacking) == len(key_results):
        yield finding(
            FindingCode.OBJECTIVE_WITHOUT_INITIATIVE,
            Severity.WARN,
            (SubjectKind.OBJECTIVE, objective.id),
            team_id=objective.team_id,
            cycle_id=objective.cycle_id,
            explanation=f"No initiative contributes to any of its {len(key_results)} key results."
            if len(key_results) > 1
            else "No initiative contributes to its key result.",
        )
        return
    for row in lacking:
        yield finding(
            FindingCode.KEY_RESULT_WITHOUT_INITIATIVE,
            Severity.INFO,
            (SubjectKind.KEY_RESULT, row.id),
            team_id=objective.team_id,
            cycle_id=objective.cycle_id,
            explanation="No initiative contributes to it, and some do to other key results of its objective.",
        )


def _without_parent(facts: Facts, current: list[tuple[ObjectiveRow, CycleRow]]) -> Iterator[Finding]:
    above = [cycle for _, cycle in current if cycle.level is CycleLevel.STRATEGIC]
    strategic = list(dict.fromkeys(above))
    for objective, cycle in current:
        if objective.parent_id is not None or cycle.level is CycleLevel.STRATEGIC:
            continue
        # without anything above, this is the top level
        if any(each.starts_on <= cycle.ends_on and each.ends_on >= cycle.starts_on for each in strategic):
            yield finding(
                FindingCode.OBJECTIVE_WITHOUT_PARENT,
                Severity.INFO,
                (SubjectKind.OBJECTIVE, objective.id),
                team_id=objective.team_id,
                cycle_id=objective.cycle_id,
                explanation=f"It is of the tactical cycle {cycle.name}, there are strategic objectives for that time,"
                " and it serves none of them.",
            )


def _single_metric(
    facts: Facts, objective: ObjectiveRow, key_results: list[KeyResultRow]
) -> Iterator[Finding]:
    metrics = [row for row in key_results if row.direction is not KeyResultDirection.MILESTONE]
    if len(metrics) != 1 or metrics[0].id in facts.links.counters_of_key_result:
        return
    yield finding(
        FindingCode.SINGLE_METRIC_WITHOUT_COUNTER,
        Severity.INFO,
        (SubjectKind.KEY_RESULT, metrics[0].id),
        team_id=objective.team_id,
        cycle_id=objective.cycle_id,
        explanation="It is the only metric of its objective, and no counter-metric is watched beside it.",
    )


def _fully_reached(facts: Facts) -> Iterator[Finding]:
    over = [
        cycle
        for cycle in facts.directory.cycles.values()
        if cycle.archived_at is None and cycle.ends_on < facts.day
    ]
    rank = {cycle.id: (cycle.ends_on, str(cycle.id)) for cycle in over}
    by_team: defaultdict[UUID, list[ObjectiveRow]] = defaultdict(list)
    for objective in facts.directory.objectives.values():
        if (
            objective.archived_at is None
            and objective.ambition is Ambition.ASPIRATIONAL
            and objective.cycle_id in rank
        ):
            by_team[objective.team_id].append(objective)
    most_cycles = facts.whole(ThresholdName.FULLY_REACHED_CYCLES)
    least = facts.whole(ThresholdName.FULLY_REACHED_OBJECTIVES)
    share = facts.thresholds[ThresholdName.FULLY_REACHED_SHARE]
    for team_id, objectives in by_team.items():
        cycles = sorted({row.cycle_id for row in objectives}, key=rank.__getitem__, reverse=True)
        looked_at = set(cycles[:most_cycles])
        judged = [
            reached
            for row in objectives
            if row.cycle_id in looked_at and (reached := _reached(facts, row)) is not None
        ]
        count = sum(judged)
        if len(judged) >= least and count > share * len(judged):
            team = facts.directory.teams[team_id]
            yield finding(
                FindingCode.FULLY_REACHED_TOO_OFTEN,
                Severity.WARN,
                (SubjectKind.TEAM, team_id),
                team_id=team_id,
                facts=f"{count} of {len(judged)}",
                explanation=f"Of {len(judged)} aspirational objectives of {team.name} that have ended,"
                f" {count} had all key results at 1.0; more than {share:.0%} is too often.",
            )


def _reached(facts: Facts, objective: ObjectiveRow) -> bool | None:
    """Whether all key results are at 1.0; None when nothing was measured."""
    progress = [
        found.raw >= 1
        for row in facts.key_results_of(objective.id)
        if (found := key_result_progress(row)) is not None
    ]
    return all(progress) if progress else None
