"""Who works in Larkmere's teams, how their time is split, and what became of the split."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from prioritisation.allocation_limits import AllocationMode


class Worker(NamedTuple):
    """Somebody in a team; a joiner needs some weeks until she does all of it."""

    team: str
    name: str
    skills: tuple[str, ...] = ()
    fte: float = 1.0
    joins_on: date | None = None
    leaves_on: date | None = None
    ramp_up_weeks: float = 0.0
    ramp_down_weeks: float = 0.0


class Absence(NamedTuple):
    """Days off: of somebody, or of everybody."""

    name: str
    starts_on: date
    ends_on: date
    worker: str | None = None
    team: str | None = None
    share: float = 1.0


class Stated(NamedTuple):
    """A figure that a team states instead."""

    team: str
    cycle: str
    person_weeks: float
    note: str


class Split(NamedTuple):
    """A version of the policy: shares with their mode by category, and those of teams instead."""

    effective_from: date
    reason: str
    shares: Mapping[str, tuple[float, AllocationMode]]
    teams: Mapping[str, Mapping[str, tuple[float, AllocationMode]]]


class Spent(NamedTuple):
    """Booked time: of a team in a week, on a category or one of its initiatives."""

    team: str
    week: date
    category: str
    initiative: str | None
    person_weeks: float


_FENCED, _FLOOR, _CAP = AllocationMode.RING_FENCED, AllocationMode.FLOOR, AllocationMode.CAP

WORKERS = (
    Worker("billing", "Aileen Drummond", ("tariffs", "java")),
    Worker("billing", "Samir Qureshi", ("java",)),
    Worker("billing", "Beth Lockwood", ("tariffs",), fte=0.8),
    Worker("billing", "Gavin Strand", ("java",)),
    Worker("billing", "Oona Pryce", ("java",), leaves_on=date(2027, 2, 26), ramp_down_weeks=4),
    Worker("care", "Dolores Finch", ("complaints",)),
    Worker("care", "Hamid Rasul", ("complaints",)),
    Worker("care", "Penny Ostler", fte=0.6),
    Worker("care", "Ruth Ambrose"),
    Worker("care", "Colin Tarn", fte=0.8),
    Worker("care", "Yusuf Bello", joins_on=date(2026, 9, 1), ramp_up_weeks=8),
    Worker("digital", "Ines Calder", ("design", "web")),
    Worker("digital", "Tom Hesketh", ("web",)),
    Worker("digital", "Kofi Mensah", ("mobile",)),
    Worker("digital", "Lara Whitby", ("design",), fte=0.8),
    Worker("data", "Greta Solberg", ("sql", "pipelines")),
    Worker("data", "Anton Reeve", ("sql",)),
    Worker("data", "Maya Iyer", ("pipelines",)),
    Worker("data", "Joel Carver", ("sql", "pipelines"), joins_on=date(2027, 1, 11), ramp_up_weeks=12),
    Worker("field", "Bryn Howell", ("metering",)),
    Worker("field", "Dawn Sutcliffe", ("metering",)),
    Worker("field", "Errol Baptiste", ("metering",)),
    Worker("field", "Fiona Mackay"),
    Worker("field", "Hugh Penrose", ("metering",), fte=0.5),
    Worker("field", "Ivan Kosic"),
)

ABSENCES = (
    Absence("Summer bank holiday", date(2026, 8, 31), date(2026, 8, 31)),
    Absence("Christmas Eve afternoon", date(2026, 12, 24), date(2026, 12, 24), share=0.5),
    Absence("Christmas", date(2026, 12, 25), date(2026, 12, 28)),
    Absence("New Year", date(2027, 1, 1), date(2027, 1, 1)),
    Absence("Easter", date(2027, 3, 26), date(2027, 3, 29)),
    Absence("May bank holiday", date(2027, 5, 3), date(2027, 5, 3)),
    Absence("Spring bank holiday", date(2027, 5, 31), date(2027, 5, 31)),
    Absence("Team days", date(2027, 1, 20), date(2027, 1, 21), team="digital"),
    Absence("Parental leave", date(2027, 1, 4), date(2027, 4, 30), worker="Maya Iyer"),
    Absence("Skiing", date(2027, 2, 15), date(2027, 2, 26), worker="Gavin Strand"),
    Absence("Sabbatical", date(2026, 10, 1), date(2026, 12, 31), worker="Ruth Ambrose", share=0.5),
)

FOCUS: Mapping[str, float] = {"billing": 0.75, "care": 0.55, "digital": 0.8, "data": 0.7, "field": 0.5}
"""The rest goes into everyday matters: calls that must be taken, meters that must be read."""

CYCLE_FOCUS: Mapping[tuple[str, str], float] = {("data", "h1"): 0.8}
"""From January on another team answers the questions that Data Platform has answered so far."""

STATED = (
    Stated("risk", "h2", 58, "As the head of Risk & Compliance has said in June."),
    Stated("risk", "h1", 64, "As the head of Risk & Compliance has said in November."),
)

SPLITS = (
    Split(
        date(2026, 1, 5),
        "The first split that was ever written down: what was usual in 2025.",
        {"run": (0.70, _FLOOR), "bets": (0.15, _CAP), "planning": (0.05, _CAP), "unplanned": (0.10, _FLOOR)},
        {},
    ),
    Split(
        date(2026, 7, 1),
        "In 2025 bets were promised a sixth and got a tenth. A fifth is fenced in from now on; Field Services"
        " keep more back for storms.",
        {
            "run": (0.60, _FLOOR),
            "bets": (0.20, _FENCED),
            "planning": (0.10, _CAP),
            "unplanned": (0.10, _FLOOR),
        },
        {
            "field": {
                "run": (0.65, _FLOOR),
                "bets": (0.10, _FENCED),
                "planning": (0.05, _CAP),
                "unplanned": (0.20, _FLOOR),
            }
        },
    ),
    Split(
        date(2027, 1, 1),
        "Half-hourly settlement is the law from summer on, and needs the stream of meter readings first: for half a"
        " year more than a half of Data Platform, and a third of Risk & Compliance, are for bets.",
        {
            "run": (0.60, _FLOOR),
            "bets": (0.20, _FENCED),
            "planning": (0.10, _CAP),
            "unplanned": (0.10, _FLOOR),
        },
        {
            "field": {
                "run": (0.65, _FLOOR),
                "bets": (0.10, _FENCED),
                "planning": (0.05, _CAP),
                "unplanned": (0.20, _FLOOR),
            },
            "data": {
                "run": (0.30, _FLOOR),
                "bets": (0.55, _FENCED),
                "planning": (0.05, _CAP),
                "unplanned": (0.10, _FLOOR),
            },
            "risk": {
                "run": (0.45, _FLOOR),
                "bets": (0.35, _FENCED),
                "planning": (0.10, _CAP),
                "unplanned": (0.10, _FLOOR),
            },
        },
    ),
)

FIRST_WEEK = date(2026, 4, 6)
LAST_WEEK = date(2026, 11, 9)

# person-weeks a week, the share of bets at first and at last, and the share of planning
_HABITS: Mapping[str, tuple[float, float, float, float]] = {
    "billing": (3.4, 0.18, 0.09, 0.09),
    "care": (2.6, 0.16, 0.05, 0.08),
    "digital": (3.0, 0.24, 0.17, 0.10),
    "data": (2.1, 0.19, 0.20, 0.11),
    "field": (2.7, 0.11, 0.04, 0.05),
    "risk": (2.2, 0.15, 0.12, 0.14),
}

# in flight: initiative, team, first week, person-weeks a week
_IN_FLIGHT = (
    ("LE-09", "care", date(2026, 9, 14), 0.1),
    ("LE-09", "data", date(2026, 9, 14), 0.25),
    ("LE-13", "billing", date(2026, 10, 5), 0.2),
    ("LE-25", "risk", date(2026, 10, 12), 0.5),
)


def spent(categories: Mapping[str, str]) -> Iterator[Spent]:
    """What teams have booked, week by week: bets give way, month by month, to what nobody has planned.

    ``categories`` are the buckets of initiatives, by key; what is booked on one counts for its bucket.
    """
    weeks = (LAST_WEEK - FIRST_WEEK).days // 7 + 1
    for number in range(weeks):
        week = FIRST_WEEK + timedelta(7 * number)
        for team, (volume, first, last, planning) in _HABITS.items():
            # no two weeks are alike, and each load is
            wave = (number * 7 + len(team) * 5) % 11 - 5
            bets = max(0.0, first + (last - first) * number / (weeks - 1) + wave * 0.002)
            unplanned = 0.08 + (first - bets) * 0.9
            shares = {"bets": bets, "planning": planning, "unplanned": unplanned}
            amounts = {name: round(volume * share, 2) for name, share in shares.items()}
            amounts["run"] = round(volume - sum(amounts.values()), 2)
            for key, of, since, each in _IN_FLIGHT:
                bucket = categories[key]
                if of == team and week >= since and each <= amounts[bucket]:
                    amounts[bucket] = round(amounts[bucket] - each, 2)
                    yield Spent(team, week, bucket, key, each)
            for category, amount in amounts.items():
                yield Spent(team, week, category, None, amount)
