"""Which teams are healthy enough to carry strategic investment, by their KPIs. Pure functions.

Planning a cycle begins here: a team whose operation is red needs remediation first, whatever it would like to
change. Unknown is not healthy.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.enums import KpiStatus, TrendKind
from domain.review.operations import KpiStanding


class Readiness(StrEnum):
    """What a team can carry, the least first."""

    REMEDIATE_FIRST = "remediate_first"
    UNKNOWN = "unknown"
    CAUTION = "caution"
    READY = "ready"


class ReadinessReason(StrEnum):
    """Why a team can carry as much."""

    RED_KPIS = "red_kpis"
    OPEN_BREACHES = "open_breaches"
    MOSTLY_UNMEASURED = "mostly_unmeasured"
    NO_KPIS = "no_kpis"
    AMBER_KPIS = "amber_kpis"
    WORSENING_KPIS = "worsening_kpis"
    SOME_UNMEASURED = "some_unmeasured"
    ALL_HEALTHY = "all_healthy"


_VERDICTS = {
    ReadinessReason.RED_KPIS: Readiness.REMEDIATE_FIRST,
    ReadinessReason.OPEN_BREACHES: Readiness.CAUTION,
    ReadinessReason.MOSTLY_UNMEASURED: Readiness.UNKNOWN,
    ReadinessReason.NO_KPIS: Readiness.UNKNOWN,
    ReadinessReason.AMBER_KPIS: Readiness.CAUTION,
    ReadinessReason.WORSENING_KPIS: Readiness.CAUTION,
    ReadinessReason.SOME_UNMEASURED: Readiness.CAUTION,
    ReadinessReason.ALL_HEALTHY: Readiness.READY,
}
_ORDER = list(Readiness)


class ReasonedCount(NamedTuple):
    """A reason, and how many KPIs are behind it."""

    reason: ReadinessReason
    kpi_count: int
    text: str


class TeamReadiness(NamedTuple):
    """What a team can carry, why, and its KPIs, the worst first."""

    team_id: UUID
    verdict: Readiness
    reasons: tuple[ReasonedCount, ...]
    kpis: tuple[KpiStanding, ...]


def readiness_of(team_id: UUID, kpis: Iterable[KpiStanding]) -> TeamReadiness:
    """Judge a team by its KPIs.

    A red KPI asks for remediation first. Unknown when there is no KPI, or more than half of them are stale or
    unknown. Caution with one that is amber, getting worse or unmeasured, or whose breach is not over yet.
    """
    rows = tuple(kpis)
    status = Counter(row.status for row in rows)
    unmeasured = status[KpiStatus.STALE] + status[KpiStatus.UNKNOWN]
    mostly = 2 * unmeasured > len(rows)
    breached = sum(row.breach_id is not None and row.status is not KpiStatus.RED for row in rows)
    worsening = sum(row.trend is TrendKind.WORSENING for row in rows)
    counts = {
        ReadinessReason.RED_KPIS: status[KpiStatus.RED],
        ReadinessReason.OPEN_BREACHES: breached,
        ReadinessReason.MOSTLY_UNMEASURED: unmeasured if mostly else 0,
        ReadinessReason.AMBER_KPIS: status[KpiStatus.AMBER],
        ReadinessReason.WORSENING_KPIS: worsening,
        ReadinessReason.SOME_UNMEASURED: 0 if mostly else unmeasured,
    }
    reasons = [
        ReasonedCount(reason, count, _text(reason, count, len(rows)))
        for reason, count in counts.items()
        if count
    ]
    if not rows:
        reasons = [ReasonedCount(ReadinessReason.NO_KPIS, 0, "Nobody measures how its operation is.")]
    elif not reasons:
        text = _text(ReadinessReason.ALL_HEALTHY, len(rows), len(rows))
        reasons = [ReasonedCount(ReadinessReason.ALL_HEALTHY, len(rows), text)]
    verdict = min((_VERDICTS[each.reason] for each in reasons), key=_ORDER.index)
    return TeamReadiness(team_id, verdict, tuple(reasons), rows)


def readiness(team_ids: Iterable[UUID], kpis: Iterable[KpiStanding]) -> list[TeamReadiness]:
    """Judge teams, those that need remediation first; within a verdict in the order of ``team_ids``."""
    by_team: defaultdict[UUID, list[KpiStanding]] = defaultdict(list)
    for row in kpis:
        by_team[row.team_id].append(row)
    found = [readiness_of(team_id, by_team[team_id]) for team_id in team_ids]
    return sorted(found, key=lambda each: _ORDER.index(each.verdict))


def _text(reason: ReadinessReason, count: int, of: int) -> str:
    one = count == 1
    share = f"{count} of {of} KPI{'' if of == 1 else 's'}"
    return {
        ReadinessReason.RED_KPIS: f"{share} {'is' if one else 'are'} red.",
        ReadinessReason.OPEN_BREACHES: f"{share} {'has an open breach' if one else 'have open breaches'} without being"
        " red any more.",
        ReadinessReason.MOSTLY_UNMEASURED: f"{share} {'is' if one else 'are'} stale or unknown: its operation is not"
        " known.",
        ReadinessReason.AMBER_KPIS: f"{share} {'is' if one else 'are'} amber.",
        ReadinessReason.WORSENING_KPIS: f"{share} {'is' if one else 'are'} getting worse.",
        ReadinessReason.SOME_UNMEASURED: f"{share} {'is' if one else 'are'} stale or unknown.",
        ReadinessReason.ALL_HEALTHY: f"All {of} KPIs are healthy." if of > 1 else "Its KPI is healthy.",
    }[reason]
