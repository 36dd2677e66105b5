"""Enums of schedules."""

from enum import StrEnum

from api.enums import described
from domain.planning.delay_costs import DelayBasis
from domain.planning.timing import Gap
from prioritisation.schedule_explanation import Cause
from prioritisation.schedule_problem import ScheduleStatus

__all__ = ["Cause", "DelayBasis", "Gap", "ScheduleStatus", "ScheduledWhat", "ScheduledWhich"]


class ScheduledWhat(StrEnum):
    """What to schedule."""

    OPTIMUM = "optimum"
    CUT_LINE = "cut_line"
    EVERYTHING = "everything"


class ScheduledWhich(StrEnum):
    """Which initiatives of a schedule to list."""

    ALL = "all"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"


described(
    ScheduledWhat,
    "What to schedule besides work in flight.",
    {
        "OPTIMUM": "What the selection that is worth most funds.",
        "CUT_LINE": "What the walk down the ranking funds.",
        "EVERYTHING": "All open initiatives; what costs least to leave out is left out where capacity ends.",
    },
)
described(
    ScheduledWhich,
    "Which initiatives of a schedule to list.",
    {
        "ALL": "All that were to be scheduled.",
        "SCHEDULED": "Those that run within the cycle, work in flight included.",
        "UNSCHEDULED": "Those that do not run within the cycle, or can't be placed.",
    },
)
described(
    ScheduleStatus,
    "What is proven about a schedule.",
    {
        "OPTIMAL": "No schedule costs less delay.",
        "FEASIBLE": "It keeps all limits; `gap` says how much of its cost could be saved at most.",
        "HEURISTIC": "It keeps all limits; nothing is proven about its cost.",
    },
)
described(
    DelayBasis,
    "What the cost of delay of an initiative in a schedule rests on.",
    {
        "STATED": "Its stated cost of delay, by its urgency profile.",
        "FROM_VALUE": "Nobody has stated one in the organisation's currency: it grows linearly, by what a unit of value"
        " costs per week among those that have both. To take it for nothing would put all that is not estimated yet"
        " last. Where nobody has stated any, the value itself, times weeks.",
        "UNKNOWN": "It has neither: it is only filled in, far behind all others.",
    },
)
described(
    Gap,
    "Why an initiative that was to be scheduled can't be placed at all.",
    {
        "DURATION_UNKNOWN": "Nobody has estimated how long it takes.",
        "EFFORT_UNKNOWN": "Nobody has stated what it demands of any team.",
        "CAPACITY_UNKNOWN": "It demands a team whose capacity is unknown in some period.",
        "NO_CAPACITY": "It demands a team that has nothing left for its category in any period.",
        "PREREQUISITE_MISSING": "It waits for what is not scheduled, or can't be placed.",
        "TOO_LATE": "Its deadline can't be met however early it begins, or its earliest start lies after the last"
        " period's beginning.",
    },
    name="ScheduleGap",
)
described(
    Cause,
    "Why an initiative starts when it does, or does not run.",
    {
        "BEGINNING": "Nothing holds it: it starts in the first period.",
        "FIXED": "It is in flight.",
        "EARLIEST": "Its own earliest start.",
        "PREDECESSOR": "A dependency leaves no time in between.",
        "RESOURCE": "A team, or its category's part in it, has no room in the period before.",
        "SEQUENCE": "Nothing but the plan: it could start earlier.",
        "TOO_LATE": "It does not run: dates and dependencies leave no time before its deadline or the end of the"
        " cycle.",
        "PREDECESSOR_UNDONE": "It does not run: something that must come before does not.",
        "NO_ROOM": "It does not run: wherever dates allow it, a team has no room.",
    },
    name="ScheduleCause",
)
