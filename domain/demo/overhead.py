"""Planning, and room for what nobody planned."""

from domain.demo.content import Delay, Work
from domain.enums import UrgencyProfile

OVERHEAD = (
    Work(
        key="LE-37",
        title="Portfolio for the first half of 2027",
        description="What to fund, agreed with the six teams before Christmas.",
        category="planning",
        team="risk",
        owner="bowen",
        sponsor="ashworth",
        weeks=(3, 4, 5),
        cost=15_000,
        demands={"billing": 1, "care": 1, "digital": 1, "data": 1, "field": 1, "risk": 1},
        delay=Delay(profile=UrgencyProfile.LINEAR, rate=2_000),
    ),
    Work(
        key="LE-38",
        title="Capacity by team and month",
        description="Who is there, less holidays and daily business.",
        category="planning",
        team="data",
        owner="bowen",
        weeks=(2, 3, 4),
        cost=9_000,
        demands={"data": 2},
        delay=Delay(profile=UrgencyProfile.LINEAR, rate=800),
    ),
    Work(
        key="LE-39",
        title="A way out of the metering contract",
        description="What it would take to change the supplier of meters in 2028.",
        category="planning",
        team="field",
        owner="morgan",
        sponsor="ashworth",
        weeks=(4, 6, 9),
        cost=60_000,
        demands={"field": 2, "risk": 3},
        delay=Delay(profile=UrgencyProfile.INTANGIBLE, rate=5_000, ramp_weeks=60),
    ),
    Work(
        key="LE-40",
        title="Reserve for the storm season",
        description="Engineers and call takers held back for the storms between November and March.",
        category="unplanned",
        team="field",
        owner="morgan",
        weeks=(18, 18, 18),
        cost=140_000,
        demands={"field": (4, 9, 20), "care": (2, 5, 12)},
    ),
)
