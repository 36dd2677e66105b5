"""Enums of the dependency map."""

from api.enums import described
from domain.dependency_map.pictures import MapGrouping
from domain.dependency_map.violations import ViolationKind

__all__ = ["MapGrouping", "ViolationKind"]

described(
    ViolationKind,
    "What dependencies forbid.",
    {
        "PREDECESSOR_STOPPED": "It waits, over a hard dependency, for what is stopped, or archived without being"
        " completed.",
        "DEADLINE": "The earliest finish that durations and hard dependencies allow comes after its deadline.",
        "COST_OF_DELAY_DEADLINE": "The same, with the fixed date of its cost of delay where that is another day than"
        " its deadline.",
        "OUT_OF_SEQUENCE": "It has begun, or is completed, though a hard dependency does not allow it yet.",
    },
    name="DateViolationKind",
)
described(
    MapGrouping,
    "What the colours of a picture stand for.",
    {
        "TEAM": "The team that is responsible.",
        "CATEGORY": "The allocation category.",
        "NONE": "Nothing: all boxes are white.",
    },
    name="DependencyMapGrouping",
)
