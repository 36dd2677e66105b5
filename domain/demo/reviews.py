"""Larkmere's reviews: when they are due, two that were held, and a finding that the board can live with."""

from datetime import date
from typing import NamedTuple

from domain.findings.codes import FindingCode
from domain.review.kinds import ReviewCadence, ReviewKind


class Rhythm(NamedTuple):
    """A review of the calendar; of the organisation without a team, unless it is of the portfolio."""

    key: str
    name: str
    kind: ReviewKind
    cadence: ReviewCadence
    first: date
    owner: str
    team: str | None = None
    of_portfolio: bool = False


class Ruling(NamedTuple):
    """What was decided: about a KPI, an initiative, a key result, or a topic in words."""

    about: str
    key: str
    decision: str
    reason: str


class Meeting(NamedTuple):
    """A review that was held."""

    key: str
    schedule: str
    day: date
    by: str
    participants: tuple[str, ...]
    notes: str
    rulings: tuple[Ruling, ...]


class Excuse(NamedTuple):
    """A finding about a KPI that is not to be shown."""

    code: FindingCode
    kpi: str
    by: str
    reason: str


CALENDAR = (
    Rhythm(
        "operations",
        "Operations on Monday",
        ReviewKind.OPERATIONS,
        ReviewCadence.WEEKLY,
        date(2026, 1, 5),
        "okafor",
    ),
    Rhythm(
        "billing",
        "Billing's own numbers",
        ReviewKind.OPERATIONS,
        ReviewCadence.WEEKLY,
        date(2026, 9, 1),
        "webb",
        team="billing",
    ),
    Rhythm(
        "change",
        "The board on change",
        ReviewKind.CHANGE,
        ReviewCadence.MONTHLY,
        date(2026, 1, 20),
        "ashworth",
        of_portfolio=True,
    ),
    Rhythm(
        "readiness",
        "Ready for the next half-year?",
        ReviewKind.READINESS,
        ReviewCadence.HALF_YEARLY,
        date(2026, 6, 10),
        "bowen",
    ),
)

MEETINGS = (
    Meeting(
        "change in October",
        "change",
        date(2026, 10, 20),
        "ashworth",
        ("ashworth", "marsh", "bowen", "okafor"),
        "Two hours; the first one went to what waits for the data platform.",
        (
            Ruling(
                "key result",
                "corrected-bills",
                "Keep the target of two in a hundred.",
                "It is late because reads are, and the reads have a plan.",
            ),
            Ruling(
                "topic",
                "How many bets at a time",
                "No new bet before one of the running ones is done.",
                "Three teams are in all of them.",
            ),
        ),
    ),
    Meeting(
        "operations in November",
        "operations",
        date(2026, 11, 16),
        "marsh",
        ("marsh", "okafor", "webb", "tanaka"),
        "Calls are fine. Nobody could say who looks at old complaints.",
        (
            Ruling(
                "KPI",
                "old-complaints",
                "Joan Okafor brings a plan by the end of the month.",
                "It has been beyond its standard for three weeks, and the ombudsman counts with us.",
            ),
            Ruling(
                "KPI",
                "page-speed",
                "Leave it as it is.",
                "The new pages are measured in another way anyhow.",
            ),
            Ruling(
                "initiative",
                "LE-22",
                "Keep the drills going through the winter.",
                "They have shortened two outages already.",
            ),
        ),
    ),
)

EXCUSES = (
    Excuse(
        FindingCode.KPI_NOT_LINKED,
        "restore-drills",
        "bowen",
        "The regulator asks for it; it stands behind no objective of ours, and need not.",
    ),
)
