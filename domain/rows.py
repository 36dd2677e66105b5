"""Light, immutable rows: what reads return, snapshots hold and GraphQL types show.

The field names are those of the tables' columns; ``columns`` selects exactly them.
"""

from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa

from domain.enums import (
    Ambition,
    CriterionDirection,
    CriterionRole,
    CriterionSource,
    CycleLevel,
    DependencyKind,
    InitiativeState,
    KeyResultDirection,
    KeyResultKind,
    MissingPolicy,
    OrderKind,
    Role,
    ScoringMethod,
    UrgencyProfile,
    WorkKind,
)

R = TypeVar("R", bound=tuple[Any, ...])


class OrganisationRow(NamedTuple):
    """A tenant."""

    id: UUID
    slug: str
    name: str
    currency: str
    version: int
    created_at: datetime
    updated_at: datetime


class MemberRow(NamedTuple):
    """A person of an organisation."""

    id: UUID
    email: str
    name: str
    role: Role
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class TeamRow(NamedTuple):
    """A group of people with capacity."""

    id: UUID
    name: str
    description: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class CycleRow(NamedTuple):
    """A planning cycle; both dates belong to it."""

    id: UUID
    name: str
    level: CycleLevel
    starts_on: date
    ends_on: date
    parent_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class AllocationCategoryRow(NamedTuple):
    """A bucket of capacity."""

    id: UUID
    name: str
    description: str
    kind: WorkKind
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class PortfolioRow(NamedTuple):
    """A set of initiatives that are ranked against each other."""

    id: UUID
    name: str
    description: str
    default_scoring_model_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class ObjectiveRow(NamedTuple):
    """An aim of a team in a cycle."""

    id: UUID
    cycle_id: UUID
    team_id: UUID
    parent_id: UUID | None
    title: str
    description: str
    ambition: Ambition
    weight: float
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    reviewed_on: date | None = None
    reviewed_confidence: int | None = None
    closed_at: datetime | None = None
    closed_by_id: UUID | None = None
    computed_grade: float | None = None
    manual_grade: float | None = None
    grade_reason: str | None = None
    retrospective: str = ""
    carried_over_from_id: UUID | None = None


class KeyResultRow(NamedTuple):
    """Measurable evidence of an objective; a draft as long as a value is unknown."""

    id: UUID
    objective_id: UUID
    owner_id: UUID | None
    title: str
    unit: str
    direction: KeyResultDirection
    kind: KeyResultKind
    start_value: float | None
    target_value: float | None
    current_value: float | None
    commit_value: float | None
    stretch_value: float | None
    due_on: date
    weight: float
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    checked_in_at: datetime | None = None
    confidence: int | None = None
    previous_confidence: int | None = None
    computed_grade: float | None = None
    manual_grade: float | None = None
    grade_reason: str | None = None
    carried_over_from_id: UUID | None = None


class InitiativeRow(NamedTuple):
    """A piece of work; its description stays in the database until somebody asks for it."""

    id: UUID
    portfolio_id: UUID
    external_id: str | None
    title: str
    state: InitiativeState
    category_id: UUID | None
    team_id: UUID | None
    owner_id: UUID | None
    sponsor_id: UUID | None
    duration_weeks_low: float | None
    duration_weeks_likely: float | None
    duration_weeks_high: float | None
    cost_minor: int | None
    cost_currency: str | None
    earliest_start: date | None
    deadline: date | None
    mandatory: bool
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class TeamDemandRow(NamedTuple):
    """Person-weeks that an initiative needs of a team."""

    initiative_id: UUID
    team_id: UUID
    skill: str
    person_weeks_low: float | None
    person_weeks_likely: float
    person_weeks_high: float | None


class ContributionRow(NamedTuple):
    """How far an initiative is expected to move a key result."""

    initiative_id: UUID
    key_result_id: UUID
    expected_delta: float
    confidence: float


class CostOfDelayRow(NamedTuple):
    """What a week of delay costs, by urgency profile; rates in minor units of the currency."""

    initiative_id: UUID
    profile: UrgencyProfile
    currency: str
    rate_minor_per_week_low: float | None
    rate_minor_per_week_likely: float
    rate_minor_per_week_high: float | None
    deadline: date | None
    step_minor: float | None
    ramp_weeks: float | None
    life_weeks: float | None
    peak_week: float | None
    version: int
    updated_at: datetime


class DecisionRow(NamedTuple):
    """A change of state with its reason."""

    id: UUID
    initiative_id: UUID
    from_state: InitiativeState
    to_state: InitiativeState
    reason: str
    decided_by_id: UUID
    created_at: datetime


class DependencyRow(NamedTuple):
    """predecessor → successor."""

    id: UUID
    predecessor_id: UUID
    successor_id: UUID
    kind: DependencyKind
    hard: bool
    lag_weeks: float
    note: str
    version: int
    created_at: datetime
    updated_at: datetime


class CriterionRow(NamedTuple):
    """What initiatives are scored on."""

    id: UUID
    key: str
    name: str
    description: str
    direction: CriterionDirection
    source: CriterionSource
    scale_min: float
    scale_max: float
    anchors: list[dict[str, Any]]
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class ScoringModelRow(NamedTuple):
    """A named way to score."""

    id: UUID
    name: str
    description: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class ScoringModelVersionRow(NamedTuple):
    """One immutable version of a scoring model."""

    id: UUID
    model_id: UUID
    number: int
    method: ScoringMethod
    missing_policy: MissingPolicy
    note: str
    published_by_id: UUID | None
    created_at: datetime


class ScoringModelCriterionRow(NamedTuple):
    """A criterion in a model version."""

    model_version_id: UUID
    criterion_id: UUID
    role: CriterionRole
    weight: float
    position: int


class ScoreRow(NamedTuple):
    """One person's rating of an initiative on a criterion."""

    initiative_id: UUID
    criterion_id: UUID
    rater_id: UUID
    value: float
    value_low: float | None
    value_high: float | None
    note: str
    updated_at: datetime


class RankingOverrideRow(NamedTuple):
    """A decision that an initiative has a rank, whatever is computed."""

    id: UUID
    portfolio_id: UUID
    initiative_id: UUID
    version: int
    rank: int
    reason: str
    decided_by_id: UUID
    created_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by_id: UUID | None
    withdrawn_reason: str | None


class RankingPublicationRow(NamedTuple):
    """A published ranking, without its lines and what it was computed from."""

    id: UUID
    portfolio_id: UUID
    number: int
    note: str
    published_by_id: UUID
    model_version_id: UUID | None
    method: ScoringMethod
    order_kind: OrderKind
    states: list[str]
    as_of: date
    currency: str
    soft_penalty_weeks: float | None
    fingerprint: str
    engine_version: str
    item_count: int
    created_at: datetime


class RankingPublicationItemRow(NamedTuple):
    """A line of a published ranking."""

    publication_id: UUID
    place: int
    initiative_id: UUID
    title: str
    rank: int | None
    score_rank: int | None
    computed_rank: int | None
    score: float | None
    override_rank: int | None
    previous_rank: int | None
    causes: list[dict[str, Any]]


class ApiTokenRow(NamedTuple):
    """A bearer token, without its secret."""

    id: UUID
    member_id: UUID
    name: str
    prefix: str
    scopes: list[str]
    local_development: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def columns(model: Any, row: type[Any]) -> list[sa.Column[Any]]:
    """The table's columns that make up the row, in its order."""
    table: sa.Table = sa.inspect(model).local_table
    return [table.c[name] for name in row._fields]


def as_row(row: type[R], entity: Any) -> R:
    """The row that shows a stored entity."""
    fields: tuple[str, ...] = row._fields  # type: ignore[attr-defined]
    return row(*(getattr(entity, name) for name in fields))
