"""The vocabularies of KPIs and breaches as GraphQL enums, every value described."""

from api.enums import described
from domain.enums import (
    BreachEnding,
    BreachEventKind,
    Cadence,
    KpiKind,
    KpiLevel,
    KpiStatus,
    KpiTargetType,
    KpiTiming,
    StandardBasis,
    TrendKind,
)
from domain.kpi.series import SeriesBucket

__all__ = [
    "BreachEnding",
    "BreachEventKind",
    "Cadence",
    "KpiKind",
    "KpiLevel",
    "KpiStatus",
    "KpiTargetType",
    "KpiTiming",
    "SeriesBucket",
    "StandardBasis",
    "TrendKind",
]

described(
    Cadence,
    "How often something is measured or reviewed.",
    {
        "DAILY": "Every day.",
        "WEEKLY": "Every 7 days.",
        "MONTHLY": "Every month; 31 days where days are counted.",
        "QUARTERLY": "Every quarter; 92 days where days are counted.",
    },
)
described(
    KpiTargetType,
    "What a KPI's value is to do.",
    {
        "STAY_ABOVE": "Hold at `targetLow` or above.",
        "STAY_BELOW": "Hold at `targetHigh` or below.",
        "STAY_WITHIN": "Hold from `targetLow` to `targetHigh`.",
        "INCREASE_TO": "Rise to `targetLow`.",
        "DECREASE_TO": "Fall to `targetHigh`.",
    },
)
described(
    KpiTiming,
    "When a KPI moves.",
    {
        "LEADING": "Before what it stands for: it warns.",
        "LAGGING": "After what it stands for: it confirms.",
    },
)
described(
    KpiKind,
    "What a KPI measures.",
    {
        "INPUT": "What is put in, such as calls made or hours trained.",
        "OUTCOME": "What comes out of it for those whom the process serves.",
    },
)
described(
    KpiLevel,
    "What a measured value means by a KPI's thresholds; a value at a threshold is on its better side.",
    {
        "HEALTHY": "At the amber threshold or better.",
        "AMBER": "Beyond the amber threshold, and not beyond the red one.",
        "RED": "Beyond the red threshold.",
    },
)
described(
    KpiStatus,
    "How a process is, as far as is known now; only the first value is good.",
    {
        "HEALTHY": "Its last measurement is at the amber threshold or better.",
        "AMBER": "Its last measurement is beyond the amber threshold, and not beyond the red one.",
        "RED": "Its last measurement is beyond the red threshold.",
        "STALE": "Its last measurement is older than its cadence and grace allow.",
        "UNKNOWN": "It has never been measured.",
    },
)
described(
    TrendKind,
    "Where a KPI's newest measurements move, by what its target type calls good.",
    {
        "IMPROVING": "They move the good way, by more than chance; in a range: towards its middle.",
        "STEADY": "They don't move by more than chance.",
        "WORSENING": "They move the bad way, by more than chance; in a range: away from its middle.",
    },
)
described(
    BreachEnding,
    "How a breach ended.",
    {
        "RECOVERED": "As many measurements in a row as the KPI asks for were healthy.",
        "BY_HAND": "Somebody ended it, with a reason.",
        "ARCHIVED": "The KPI was archived.",
    },
)
described(
    BreachEventKind,
    "What happened to a breach.",
    {
        "OPENED": "A measurement crossed a threshold.",
        "ROSE": "A further measurement was worse: from amber to red, or from healthy back.",
        "EASED": "A further measurement was better, and did not end the breach yet.",
        "ESCALATED": "A level of the escalation path was due.",
        "ACKNOWLEDGED": "Somebody took it on.",
        "DIAGNOSED": "Its cause, corrective action or initiative was set.",
        "RESTORED": "It ended.",
    },
)
described(
    StandardBasis,
    "Where a key result that a KPI becomes starts.",
    {"CURRENT": "At the last measured value.", "STANDARD": "At the KPI's standard."},
)
described(
    SeriesBucket,
    "The period that measurements are summed up over, in UTC.",
    {
        "HOUR": "An hour.",
        "DAY": "A day.",
        "WEEK": "A week from Monday on.",
        "MONTH": "A month of the calendar.",
        "QUARTER": "A quarter of the calendar.",
    },
)
