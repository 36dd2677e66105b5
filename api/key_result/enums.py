"""Enums of how key results and objectives stand."""

from api.enums import described
from domain.enums import CheckInSource
from domain.grade import GradeBand
from domain.key_result_status import ConfidenceTrend, ExpectedShape, OkrStatus

__all__ = ["CheckInSource", "ConfidenceTrend", "ExpectedShape", "GradeBand", "OkrStatus"]

described(
    CheckInSource,
    "Where a check-in comes from.",
    {
        "MANUAL": "Somebody said so.",
        "KPI": "A measurement of the KPI that the key result was promoted from.",
    },
)
described(
    GradeBand,
    "How a grade reads on a board's page; a boundary belongs to the upper band.",
    {"GREEN": "0.7 or more.", "AMBER": "0.4 or more, below 0.7.", "RED": "Below 0.4."},
)
described(
    ConfidenceTrend,
    "Where confidence has gone with the last check-in that stated one.",
    {
        "RISING": "Above the one stated before.",
        "STEADY": "The same as the one stated before.",
        "FALLING": "Below the one stated before.",
    },
)
described(
    ExpectedShape,
    "How progress is expected to come.",
    {
        "LINEAR": "In equal steps from 0 on the first day to 1 on the last one.",
        "AT_THE_END": "Nothing before the last day, all on it: a milestone.",
    },
)
described(
    OkrStatus,
    "How a key result or an objective stands on a day. Unless one of the first cases holds, the worse of two: how"
    " far progress lies behind what was expected, and the confidence that was stated last.",
    {
        "MET": "Progress is at least 1.",
        "ON_TRACK": "At most 0.1 behind, and a confidence of at least 7 if one was stated.",
        "AT_RISK": "At most 0.3 behind, and a confidence of at least 4 if one was stated.",
        "OFF_TRACK": "More than 0.3 behind, a confidence below 4, or overdue.",
        "NOT_STARTED": "The cycle has not begun, or nobody has checked in and nothing has moved.",
        "UNKNOWN": "Start, target or current value is unknown. It is not on track.",
    },
)
