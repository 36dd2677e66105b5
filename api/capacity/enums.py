"""Vocabularies of capacity."""

from api.enums import described
from domain.capacity.table import CapacitySource
from domain.periods import PeriodLength, Weekday

__all__ = ["CapacitySource", "PeriodLength", "Weekday"]

described(
    PeriodLength,
    "What days are counted by.",
    {
        "WEEK": "Weeks from Monday to Sunday; the first and the last one may be partial.",
        "MONTH": "Calendar months; the first and the last one may be partial.",
    },
)
described(
    CapacitySource,
    "Where a figure of capacity comes from.",
    {
        "COMPUTED": "From people, leave and focus.",
        "STATED": "From figures that were stated instead, on all working days of the period.",
        "MIXED": "From stated figures on some working days of the period, computed on the others.",
        "UNKNOWN": "From nothing: there are working days with neither people nor a stated figure.",
    },
)
described(Weekday, "A day of the week.", {day.name: f"{day.value.title()}." for day in Weekday})
