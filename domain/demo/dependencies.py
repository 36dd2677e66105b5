"""What waits for what.

The longest way leads from the meter readings over the three steps of half-hourly settlement: 28 weeks.
"""

from domain.demo.content import Link
from domain.enums import DependencyKind

DEPENDENCIES = (
    Link("LE-01", "LE-02", note="The register takes its half-hours from the stream."),
    Link("LE-02", "LE-03", note="The regulator tests the finished interfaces."),
    Link("LE-03", "LE-04", note="No customer is moved before the test is passed."),
    Link("LE-01", "LE-05", note="Prices by the half-hour need reads by the half-hour."),
    Link("LE-05", "LE-06", note="The night tariff is one of the new tariffs."),
    Link("LE-01", "LE-07", note="Yesterday's usage is in the stream."),
    Link("LE-07", "LE-08", note="Alerts appear beside the daily usage."),
    Link("LE-01", "LE-15", note="A restart is seen to have worked by the next reading."),
    Link("LE-09", "LE-10", note="Routing looks at the case history."),
    Link("LE-09", "LE-11", note="The assistant answers from the case history."),
    Link(
        "LE-13",
        "LE-14",
        DependencyKind.FINISH_TO_FINISH,
        note="The old ledger goes last: until then it prints the old bill.",
    ),
    Link(
        "LE-31", "LE-15", DependencyKind.START_TO_START, lag_weeks=1, note="First see them, then wake them."
    ),
    Link("LE-36", "LE-05", hard=False, note="The same people; new prices go first."),
    Link("LE-23", "LE-12", hard=False, note="The form is better with clean addresses."),
    Link("LE-23", "LE-29", hard=False, note="So are the routes."),
    Link("LE-38", "LE-37", hard=False, note="The plan is better when the capacity is known."),
    Link("LE-21", "LE-01", hard=False, lag_weeks=-2, note="Less to move if the new version is there first."),
    Link(
        "LE-27", "LE-13", DependencyKind.RELATES_TO, hard=False, note="The same words in letters and bills."
    ),
    Link("LE-35", "LE-09", DependencyKind.RELATES_TO, hard=False, note="Complaints are cases, too."),
    Link("LE-33", "LE-19", DependencyKind.RELATES_TO, hard=False),
)
