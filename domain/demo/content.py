"""The shapes in which the demo's content is written down; amounts in pounds, everything by short keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeAlias

from domain.enums import (
    Ambition,
    CriterionDirection,
    CriterionRole,
    CriterionSource,
    CycleLevel,
    DependencyKind,
    InitiativeState,
    KeyResultDirection,
    MissingPolicy,
    Role,
    ScoringMethod,
    UrgencyProfile,
    WorkKind,
)

Points: TypeAlias = tuple[float, float, float]
"""Low, likely and high estimate."""


class Person(NamedTuple):
    """A member; the email address follows from the name."""

    key: str
    name: str
    role: Role


class Named(NamedTuple):
    """A team: key, name, what it does."""

    key: str
    name: str
    description: str


class Bucket(NamedTuple):
    """An allocation category."""

    key: str
    name: str
    kind: WorkKind
    description: str


class Span(NamedTuple):
    """A cycle."""

    key: str
    name: str
    starts_on: date
    ends_on: date
    level: CycleLevel = CycleLevel.TACTICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """An objective."""

    key: str
    title: str
    description: str
    cycle: str
    team: str
    contributing: tuple[str, ...] = ()
    parent: str | None = None
    ambition: Ambition
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A key result; a milestone has no values."""

    key: str
    objective: str
    title: str
    owner: str
    unit: str = ""
    direction: KeyResultDirection
    start: float | None = None
    target: float | None = None
    current: float | None = None
    due_on: date
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Cost of delay, per week."""

    profile: UrgencyProfile
    rate: Points | float
    deadline: date | None = None
    step: float | None = None
    ramp_weeks: float | None = None
    life_weeks: float | None = None
    peak_week: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An initiative with what it demands, contributes, and costs when it is late.

    ``brings`` is the expected change of key results, each with its confidence.
    """

    key: str
    title: str
    description: str
    category: str
    team: str
    owner: str
    sponsor: str | None = None
    weeks: Points | None
    cost: int | None = None
    start: date | None = None
    deadline: date | None = None
    mandatory: bool = False
    demands: Mapping[str, Points | float]
    delay: Delay | None = None
    brings: Mapping[str, tuple[float, float]] = field(default_factory=dict)


class Link(NamedTuple):
    """A dependency: ``after`` waits for ``before``."""

    before: str
    after: str
    kind: DependencyKind = DependencyKind.FINISH_TO_START
    hard: bool = True
    lag_weeks: float = 0.0
    note: str = ""


class Step(NamedTuple):
    """A decision: by whom, to which state, why."""

    by: str
    to: InitiativeState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """A criterion with its anchors in words."""

    key: str
    name: str
    description: str
    direction: CriterionDirection = CriterionDirection.BENEFIT
    source: CriterionSource = CriterionSource.SCORE
    scale: tuple[float, float] = (0, 10)
    anchors: Mapping[float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A scoring model with its only version; ``criteria`` are role and weight by criterion."""

    key: str
    name: str
    description: str
    method: ScoringMethod
    missing: MissingPolicy = MissingPolicy.EXCLUDE
    criteria: Mapping[str, tuple[CriterionRole, float]] = field(default_factory=dict)
    note: str


class Said(NamedTuple):
    """A check-in: on which day what value was told, with which confidence."""

    key_result: str
    day: date
    value: float
    confidence: int
    note: str = ""


class Doubt(NamedTuple):
    """A confidence review of an objective."""

    objective: str
    day: date
    confidence: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The closing of an objective; ``carried_into`` names the cycle in which it goes on."""

    objective: str
    day: date
    retrospective: str
    grade: float | None = None
    reason: str | None = None
    carried_into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """A benefit: in pounds, or in the unit of a key result; amounts by day."""

    key: str
    initiative: str
    title: str
    description: str = ""
    owner: str
    key_result: str | None = None
    planned: Mapping[date, float]
    realised: Mapping[date, float] = field(default_factory=dict)
