"""The KPIs of Larkmere's teams: what keeps the lights on, over the last two quarters.

Times are told in steps of each KPI's cadence before the demo is loaded, so that it is fresh whenever it is looked
at: one KPI is red and its breach on its way up, one has recovered, one has been forgotten, one is to improve, and
of one nothing is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.enums import Cadence, KpiKind, KpiTargetType, KpiTiming


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A KPI with its series: from ``first`` to ``last`` in ``count`` measurements, wavering by ``wobble``.

    ``limits`` are target, amber and red, from below or from above by the target type; ``ceiling`` those from
    above of a range. ``steps`` sets single measurements, counted from the newest, 0. ``oldest`` is how many
    steps before now the newest one lies.
    """

    key: str
    team: str
    owner: str
    name: str
    process: str
    unit: str
    target_type: KpiTargetType
    limits: tuple[float, float, float]
    ceiling: tuple[float, float, float] | None = None
    cadence: Cadence = Cadence.WEEKLY
    timing: KpiTiming = KpiTiming.LAGGING
    kind: KpiKind = KpiKind.OUTCOME
    first: float = 0.0
    last: float = 0.0
    wobble: float = 0.0
    count: int = 26
    newest: int = 0
    steps: Mapping[int, float] = field(default_factory=dict)
    objectives: tuple[str, ...] = ()


GAUGES = (
    Gauge(
        key="bills-on-time",
        team="billing",
        owner="webb",
        name="Bills sent on the day they are due",
        process="Billing run",
        unit="% of bills",
        target_type=KpiTargetType.STAY_ABOVE,
        limits=(98.5, 98, 96),
        first=98.7,
        last=98.9,
        wobble=0.3,
        objectives=("trusted-bills",),
    ),
    Gauge(
        key="payments-matched",
        team="billing",
        owner="webb",
        name="Payments matched without a person",
        process="Payments",
        unit="% of payments",
        target_type=KpiTargetType.STAY_ABOVE,
        limits=(96, 95, 92),
        first=97.4,
        last=95.9,
        wobble=0.2,
    ),
    Gauge(
        key="calls-answered",
        team="care",
        owner="okafor",
        name="Calls answered within a minute",
        process="Calls",
        unit="% of calls",
        target_type=KpiTargetType.STAY_ABOVE,
        limits=(80, 75, 65),
        cadence=Cadence.DAILY,
        first=86,
        last=83,
        wobble=3,
        count=182,
        steps={0: 58, 1: 77, 2: 79},
        objectives=("one-contact",),
    ),
    Gauge(
        key="old-complaints",
        team="care",
        owner="okafor",
        name="Complaints open for more than eight weeks",
        process="Complaints",
        unit="complaints",
        target_type=KpiTargetType.STAY_BELOW,
        limits=(40, 60, 90),
        first=38,
        last=34,
        wobble=5,
        steps={12: 72, 11: 97, 10: 88, 9: 64},
        objectives=("trusted-bills",),
    ),
    Gauge(
        key="recommend",
        team="care",
        owner="okafor",
        name="Customers who would recommend us",
        process="Care",
        unit="% of customers asked",
        target_type=KpiTargetType.STAY_ABOVE,
        limits=(60, 57, 50),
        first=60.5,
        last=64,
        wobble=0.8,
        objectives=("one-contact",),
    ),
    Gauge(
        key="crash-free",
        team="digital",
        owner="grant",
        name="App sessions without a crash",
        process="App",
        unit="% of sessions",
        target_type=KpiTargetType.STAY_ABOVE,
        limits=(99.5, 99.2, 98.5),
        first=99.3,
        last=99.8,
        wobble=0.05,
        objectives=("self-service",),
    ),
    Gauge(
        key="page-speed",
        team="digital",
        owner="grant",
        name="Time until the account page shows",
        process="Website",
        unit="seconds",
        target_type=KpiTargetType.STAY_BELOW,
        limits=(1.5, 2, 3),
        timing=KpiTiming.LEADING,
        first=1.4,
        last=2.3,
        wobble=0.1,
    ),
    Gauge(
        key="pipelines",
        team="data",
        owner="tanaka",
        name="Nightly pipelines done by six",
        process="Pipelines",
        unit="% of nights",
        target_type=KpiTargetType.STAY_ABOVE,
        limits=(95, 90, 80),
        first=97,
        last=98,
        wobble=1.5,
    ),
    Gauge(
        key="restore-drills",
        team="data",
        owner="tanaka",
        name="Backups restored in a drill",
        process="Backups",
        unit="% of systems",
        target_type=KpiTargetType.STAY_ABOVE,
        limits=(90, 80, 60),
        cadence=Cadence.MONTHLY,
        kind=KpiKind.INPUT,
        first=92,
        last=91,
        count=4,
        newest=3,
    ),
    Gauge(
        key="silent-meters",
        team="field",
        owner="morgan",
        name="Meters silent for more than a week",
        process="Metering",
        unit="meters",
        target_type=KpiTargetType.DECREASE_TO,
        limits=(9_000, 12_000, 15_000),
        first=13_800,
        last=11_200,
        wobble=250,
        objectives=("talking-meters",),
    ),
    Gauge(
        key="booked-days",
        team="field",
        owner="morgan",
        name="Share of an engineer's day that is booked",
        process="Visits",
        unit="% of working hours",
        target_type=KpiTargetType.STAY_WITHIN,
        limits=(75, 70, 60),
        ceiling=(88, 92, 98),
        timing=KpiTiming.LEADING,
        kind=KpiKind.INPUT,
        first=82,
        last=84,
        wobble=3,
    ),
    Gauge(
        key="reads-accepted",
        team="risk",
        owner="donnelly",
        name="Half-hourly reads that the settlement accepts",
        process="Settlement",
        unit="% of reads",
        target_type=KpiTargetType.INCREASE_TO,
        limits=(97, 90, 80),
        first=86,
        last=93,
        wobble=0.6,
        objectives=("settlement",),
    ),
    Gauge(
        key="exit-plans",
        team="risk",
        owner="donnelly",
        name="Suppliers with a tested exit plan",
        process="Suppliers",
        unit="% of suppliers",
        target_type=KpiTargetType.STAY_ABOVE,
        limits=(90, 80, 60),
        cadence=Cadence.QUARTERLY,
        kind=KpiKind.INPUT,
        count=0,
    ),
)

RED = "calls-answered"
RECOVERED = "old-complaints"
PROMOTED = "recommend"

PROMOTED_STEPS = 6
"""Weeks ago that it was promoted."""

PROMOTED_TARGET = 70.0

RED_HOURS = 10
"""Hours ago that the red one was noticed: two levels of its path are behind it, two ahead."""

COUNTERED = {
    "calls-answered": ("recommend", "A call that is answered fast and helps nobody is soon another one.")
}
"""What is watched while something else is pushed, and why."""

CAUSE = "Letters about the price change were sorted into the queue of complaints, and nobody looked at the oldest."
ACTION = "A rota for the oldest fifty, and letters sorted by their first sentence."
MENDED_BY = "LE-35"
