"""Enums of stop candidates."""

from api.enums import described
from domain.stop_candidates import OutcomeFate, StopReason

__all__ = ["OutcomeFate", "StopReason"]

described(
    StopReason,
    "Why work in flight is a candidate for stopping.",
    {
        "BELOW_CUT_LINE": "With a cycle: a plan in which it competes with all other work by its value and its remaining"
        " effort does not fund it, because others make better use of what its category has. Without one: its value per"
        " remaining person-week is less than that of waiting work of the same category which could begin, demands one"
        " of the same teams and does not need it.",
        "OUTCOMES_SETTLED": "It contributes to key results, and nothing is left to contribute to any of them.",
        "BLOCKED_BY_STOPPED": "It waits for what is stopped or archived: nobody is going to do that.",
    },
)
described(
    OutcomeFate,
    "Why there is nothing left to contribute to a key result.",
    {
        "MET": "Its target is reached.",
        "ARCHIVED": "It, its objective or its cycle was taken out of use.",
        "CLOSED": "Its objective is closed.",
        "OUT_OF_CYCLE": "Its cycle has ended.",
    },
)
