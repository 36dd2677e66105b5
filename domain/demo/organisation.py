"""Larkmere Energy: who works there, in which teams, over which half-years, and how capacity is split."""

from datetime import date

from domain.demo.content import Bucket, Named, Person, Span
from domain.enums import CycleLevel, Role, WorkKind

NAME = "Larkmere Energy"
CURRENCY = "GBP"
PORTFOLIO = "Change at Larkmere"
PORTFOLIO_DESCRIPTION = (
    "Everything beyond the daily run of the company that competes for the six teams until the summer of 2027."
)

PEOPLE = (
    Person("nair", "Priya Nair", Role.ADMIN),
    Person("ashworth", "Tom Ashworth", Role.BOARD),
    Person("marsh", "Helen Marsh", Role.BOARD),
    Person("bowen", "Idris Bowen", Role.PLANNER),
    Person("webb", "Marcus Webb", Role.CONTRIBUTOR),
    Person("okafor", "Joan Okafor", Role.CONTRIBUTOR),
    Person("grant", "Lewis Grant", Role.CONTRIBUTOR),
    Person("tanaka", "Mei Tanaka", Role.CONTRIBUTOR),
    Person("morgan", "Rhys Morgan", Role.CONTRIBUTOR),
    Person("donnelly", "Claire Donnelly", Role.CONTRIBUTOR),
    Person("pike", "Edward Pike", Role.VIEWER),
)
"""The first one is the administrator that the organisation begins with."""

TEAMS = (
    Named("billing", "Billing", "Reads become bills: tariffs, invoices, payments."),
    Named("care", "Customer Care", "Calls, letters and visits; complaints and hardship."),
    Named("digital", "Digital Channels", "Website and app."),
    Named("data", "Data Platform", "The pipelines and databases that all others build on."),
    Named("field", "Field Services", "Engineers and meters in 900,000 homes."),
    Named("risk", "Risk & Compliance", "The regulator, security, settlement with the grid."),
)

CYCLES = (
    Span("past", "2026 H1", date(2026, 1, 1), date(2026, 6, 30)),
    Span("h2", "2026 H2", date(2026, 7, 1), date(2026, 12, 31)),
    Span("h1", "2027 H1", date(2027, 1, 1), date(2027, 6, 30)),
    Span("years", "2026 to mid-2027", date(2026, 1, 1), date(2027, 6, 30), CycleLevel.STRATEGIC),
)

CATEGORIES = (
    Bucket(
        "run",
        "Run and improve",
        WorkKind.LIGHTS_ON,
        "60 % of capacity: keeps today's service at its level and takes small steps forward.",
    ),
    Bucket(
        "bets",
        "Strategic bets",
        WorkKind.STEP_CHANGE,
        "20 % of capacity, ring-fenced: what makes Larkmere a different company.",
    ),
    Bucket(
        "planning",
        "Planning and alignment",
        WorkKind.PLANNING,
        "10 % of capacity: agreeing on what to do, and with whom.",
    ),
    Bucket(
        "unplanned",
        "Unplanned",
        WorkKind.UNPLANNED,
        "10 % of capacity kept free for storms, faults and the regulator's letters.",
    ),
)
