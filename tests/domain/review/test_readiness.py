"""Which teams can carry strategic investment: each reason, and its boundary."""

from uuid import uuid4

import pytest

from domain.enums import KpiStatus, TrendKind
from domain.review.operations import KpiStanding
from domain.review.readiness import Readiness, ReadinessReason, readiness, readiness_of

TEAM = uuid4()
H, A, R, S, U = KpiStatus.HEALTHY, KpiStatus.AMBER, KpiStatus.RED, KpiStatus.STALE, KpiStatus.UNKNOWN


def _kpi(status: KpiStatus, *, trend: TrendKind | None = None, breached: bool = False) -> KpiStanding:
    return KpiStanding(uuid4(), TEAM, "KPI", status, trend, uuid4() if breached else None)


@pytest.mark.parametrize(
    ("statuses", "verdict", "reasons"),
    [
        ([H, H], Readiness.READY, {ReadinessReason.ALL_HEALTHY: 2}),
        ([], Readiness.UNKNOWN, {ReadinessReason.NO_KPIS: 0}),
        ([H, A], Readiness.CAUTION, {ReadinessReason.AMBER_KPIS: 1}),
        ([H, S], Readiness.CAUTION, {ReadinessReason.SOME_UNMEASURED: 1}),
        ([H, S, U], Readiness.UNKNOWN, {ReadinessReason.MOSTLY_UNMEASURED: 2}),
        ([H, H, H, R], Readiness.REMEDIATE_FIRST, {ReadinessReason.RED_KPIS: 1}),
        (
            [R, S, U, A, S],
            Readiness.REMEDIATE_FIRST,
            {
                ReadinessReason.RED_KPIS: 1,
                ReadinessReason.MOSTLY_UNMEASURED: 3,
                ReadinessReason.AMBER_KPIS: 1,
            },
        ),
    ],
)
def test_verdict_and_reasons(
    statuses: list[KpiStatus], verdict: Readiness, reasons: dict[ReadinessReason, int]
) -> None:
    judged = readiness_of(TEAM, [_kpi(status) for status in statuses])
    assert judged.verdict is verdict
    assert {each.reason: each.kpi_count for each in judged.reasons} == reasons
    assert all(each.text.endswith(".") for each in judged.reasons)


def test_a_worsening_trend_and_a_breach_that_is_not_over_ask_for_caution() -> None:
    worsening = readiness_of(TEAM, [_kpi(H, trend=TrendKind.WORSENING), _kpi(H, trend=TrendKind.IMPROVING)])
    assert (worsening.verdict, worsening.reasons[0].text) == (
        Readiness.CAUTION,
        "1 of 2 KPIs is getting worse.",
    )
    breached = readiness_of(TEAM, [_kpi(H, breached=True)])
    assert (breached.verdict, breached.reasons[0].reason) == (
        Readiness.CAUTION,
        ReadinessReason.OPEN_BREACHES,
    )
    # a red one is counted once
    red = readiness_of(TEAM, [_kpi(R, breached=True)])
    assert [each.reason for each in red.reasons] == [ReadinessReason.RED_KPIS]


def test_those_that_need_remediation_come_first() -> None:
    other, third = uuid4(), uuid4()
    rows = [_kpi(H), _kpi(R)._replace(team_id=other)]
    found = readiness([TEAM, third, other], rows)
    assert [(each.team_id, each.verdict) for each in found] == [
        (other, Readiness.REMEDIATE_FIRST),
        (third, Readiness.UNKNOWN),
        (TEAM, Readiness.READY),
    ]
