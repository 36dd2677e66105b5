"""Enums of reviews."""

from api.enums import described
from domain.review.kinds import DueState, ReviewCadence, ReviewKind

__all__ = ["DueState", "ReviewCadence", "ReviewKind"]

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
