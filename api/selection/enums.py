"""Enums of selections."""

from enum import StrEnum

from api.enums import described
from domain.planning.asking import InFlight
from domain.planning.reasons import UnfundedReason
from domain.planning.standing import Bar
from domain.planning.starting import StartObstacle
from prioritisation.cut_line import CutReading
from prioritisation.selection_result import SelectionStatus

__all__ = [
    "Bar",
    "CutReading",
    "InFlight",
    "PlannedWhich",
    "SelectionStatus",
    "StartObstacle",
    "UnfundedReason",
]


class PlannedWhich(StrEnum):
    """Which initiatives of a selection to list."""

    ALL = "all"
    FUNDED = "funded"
    UNFUNDED = "unfunded"
    IN_FLIGHT = "in_flight"
    ABOVE_CUT_LINE = "above_cut_line"
    DIFFERENT = "different"


described(
    PlannedWhich,
    "Which initiatives of a selection to list.",
    {
        "ALL": "All open ones.",
        "FUNDED": "Those that the optimum funds, work in flight included.",
        "UNFUNDED": "Those that the optimum does not fund.",
        "IN_FLIGHT": "Those that are being worked on.",
        "ABOVE_CUT_LINE": "Those that the walk down the ranking funds, work in flight included.",
        "DIFFERENT": "Those about which optimum and cut line differ.",
    },
)
described(
    InFlight,
    "What becomes of work in flight (active initiatives) in a plan.",
    {
        "KEPT": "It goes on: what it still needs is taken off capacity before anything else is funded.",
        "COMPETES": "It competes with all other work by its value and by what it still needs; what is then not funded"
        " would have to stop.",
    },
)
described(
    CutReading,
    "What a board does at the first initiative of the ranking that does not fit.",
    {
        "SKIP": "Leaves it out and goes on: whatever further down still fits is funded.",
        "STOP": "Draws the line: nothing below it is funded but prerequisites and mandatory ones.",
    },
)
described(
    SelectionStatus,
    "What is proven about a selection.",
    {
        "OPTIMAL": "No selection is worth more.",
        "FEASIBLE": "It keeps all limits; no selection is worth more than its bound.",
    },
)
described(
    UnfundedReason,
    "Why an initiative is not funded.",
    {
        "EXCLUDED": "By decision, in a scenario.",
        "VALUE_UNKNOWN": "It has no value under the ranking's method; unknown is not 0, and nothing unknown is funded"
        " unless it is mandatory.",
        "EFFORT_UNKNOWN": "Nobody has stated what it demands of any team.",
        "CAPACITY_UNKNOWN": "It demands a team for which nobody has stated capacity in the whole rest of the cycle.",
        "PREREQUISITE_GONE": "It waits for an initiative that was stopped or archived.",
        "ALTERNATIVE_IN_FLIGHT": "An alternative to it is being worked on.",
        "STARTS_AFTER_CYCLE": "Its earliest start lies after the cycle.",
        "DEADLINE_UNATTAINABLE": "Begun on the first day possible, its likely duration ends after its deadline.",
        "PREREQUISITE_BARRED": "It needs an initiative that can't be funded, for one of the reasons above.",
        "ALTERNATIVE_FUNDED": "Of a group of which at most one may be done another one is funded; or what it needs has"
        " such a rival.",
        "NEVER_FITS": "Even alone, with what it needs and what is mandatory, it exceeds a limit.",
        "CATEGORY_EXHAUSTED": "Its category has not enough left of a team: the category's share is spent on others.",
        "CAPACITY_EXHAUSTED": "A team has not enough left that is not reserved for other categories.",
        "WORTH_NOTHING": "It would fit, but adds no value.",
        "LEFT_OUT": "It would fit and add value: the board stopped before it, or the best plan known is not proven to"
        " be the best.",
    },
)
described(
    Bar,
    "What is not known about an initiative, or stands against it, though it has to be funded.",
    {
        "EXCLUDED": "It is excluded.",
        "VALUE_UNKNOWN": "It has no value under the ranking's method; it counts with none.",
        "EFFORT_UNKNOWN": "Nobody has stated what it demands of any team; it takes no capacity.",
        "CAPACITY_UNKNOWN": "It demands a team for which nobody has stated capacity; that part takes none.",
        "PREREQUISITE_GONE": "It waits for an initiative that was stopped or archived.",
        "ALTERNATIVE_IN_FLIGHT": "An alternative to it is being worked on.",
        "STARTS_AFTER_CYCLE": "Its earliest start lies after the cycle.",
        "DEADLINE_UNATTAINABLE": "Begun on the first day possible, its likely duration ends after its deadline.",
    },
    name="PlanningGap",
)
described(
    StartObstacle,
    "Why nothing that may stop would make room for an initiative.",
    {
        "IN_FLIGHT": "It is in flight already.",
        "BARRED": "It, or what it needs, can't be funded whatever the capacity; see `barred`.",
        "TOO_LARGE": "Even if everything stopped that may, it would not fit.",
    },
)
