"""Vocabularies of drift."""

from enum import StrEnum

from api.enums import described
from prioritisation.drift import ForecastMethod

__all__ = ["DriftAlertState", "ForecastMethod"]


class DriftAlertState(StrEnum):
    """Where an alert is."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


described(
    DriftAlertState,
    "Where an alert about drift is.",
    {
        "OPEN": "Nobody has said anything to it.",
        "ACKNOWLEDGED": "Somebody has seen it.",
        "CLOSED": "It needs no more attention: somebody has closed it, or the share has recovered.",
    },
)
described(
    ForecastMethod,
    "How a share in the whole cycle is foreseen.",
    {
        "TREND": "Booked so far, and the periods to come by the trend line of the shares (Theil–Sen: the median of the"
        " slopes through all pairs of booked periods), kept between 0 and 1 and scaled to 1 together, each with the"
        " median time of the booked periods.",
        "MEAN": "As booked so far: there are fewer than 3 booked periods, through which no trend can be told.",
        "BOOKED": "As booked: no period is to come.",
    },
    name="DriftForecastMethod",
)
