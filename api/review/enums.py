"""Enums of reviews."""

from api.enums import described
from domain.review.kinds import DueState, ReviewCadence, ReviewKind
from domain.review.readiness import Readiness, ReadinessReason

__all__ = ["DueState", "Readiness", "ReadinessReason", "ReviewCadence", "ReviewKind"]

described(
    ReviewKind,
    "What a review looks at; each instrument has its own.",
    {
        "OPERATIONS": "Lights-on: KPIs, breaches, drift.",
        "CHANGE": "Step-change: objectives, confidence, ranked initiatives, stop candidates.",
        "READINESS": "Before a cycle is planned: which areas are healthy enough to carry strategic investment.",
    },
)
described(
    ReviewCadence,
    "How often a review is due, counted from its first day.",
    {
        "WEEKLY": "Every week.",
        "BIWEEKLY": "Every second week.",
        "MONTHLY": "Every month; on its last day where the month is too short.",
        "QUARTERLY": "Every third month.",
        "HALF_YEARLY": "Every sixth month.",
        "YEARLY": "Every year.",
    },
)
described(
    DueState,
    "How a review of the calendar stands on a day.",
    {
        "OVERDUE": "A day of it has passed that no review has settled.",
        "DUE": "It is due on the day itself.",
        "UPCOMING": "It is due later.",
    },
)
described(
    Readiness,
    "What a team can carry in the next cycle, by the health of its operation.",
    {
        "REMEDIATE_FIRST": "Its operation is red: it needs remediation before strategic investment.",
        "UNKNOWN": "Nobody knows how its operation is: that comes first.",
        "CAUTION": "It can carry something, with an eye on its operation.",
        "READY": "Healthy enough to carry strategic investment.",
    },
)
described(
    ReadinessReason,
    "Why a team can carry as much.",
    {
        "RED_KPIS": "KPIs are red.",
        "OPEN_BREACHES": "Breaches are open of KPIs that are not red any more.",
        "MOSTLY_UNMEASURED": "More than half of the KPIs are stale or unknown.",
        "NO_KPIS": "There is no KPI.",
        "AMBER_KPIS": "KPIs are amber.",
        "WORSENING_KPIS": "KPIs are getting worse.",
        "SOME_UNMEASURED": "KPIs are stale or unknown, at most half of them.",
        "ALL_HEALTHY": "All KPIs are healthy, and none is getting worse.",
    },
)
