"""What reviews are about and how often they are held. A leaf: imports nothing of the project."""

from enum import StrEnum


class ReviewKind(StrEnum):
    """What a review looks at; each instrument has its own."""

    OPERATIONS = "operations"
    CHANGE = "change"
    READINESS = "readiness"


class ReviewCadence(StrEnum):
    """How often a review is due."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


class DueState(StrEnum):
    """How a review of the calendar stands on a day."""

    OVERDUE = "overdue"
    DUE = "due"
    UPCOMING = "upcoming"
