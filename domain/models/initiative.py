"""Initiatives with what they demand, contribute and cost when they are late."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.enums import InitiativeState, UrgencyProfile
from domain.models.base import Entity, TenantRow, bounded, enum_type, not_blank, tenant_key, tenant_reference

_LONGEST_WEEKS = 5200


def _estimate(prefix: str, high: float, *, above_zero: bool) -> tuple[sa.CheckConstraint, ...]:
    """Low, likely and high estimate: within limits and in order."""
    comparison = ">" if above_zero else ">="
    return (
        sa.CheckConstraint(
            f"{prefix}_likely {comparison} 0 AND {prefix}_likely <= {high:.0f}", name=f"{prefix}_range"
        ),
        sa.CheckConstraint(
            f"{prefix}_low {comparison} 0 AND {prefix}_low <= {prefix}_likely", name=f"{prefix}_low_in_order"
        ),
        sa.CheckConstraint(
            f"{prefix}_high >= {prefix}_likely AND {prefix}_high <= {high:.0f}",
            name=f"{prefix}_high_in_order",
        ),
        sa.CheckConstraint(
            f"{prefix}_likely IS NOT NULL OR ({prefix}_low IS NULL AND {prefix}_high IS NULL)",
            name=f"{prefix}_likely_first",
        ),
    )


def initiative_reference(*columns: str) -> sa.ForeignKeyConstraint:
    """An initiative of the same portfolio; children go with it."""
    return tenant_reference(
        "initiative",
        ["portfolio_id", *(columns or ("initiative_id",))],
        referred=("portfolio_id", "id"),
        ondelete="CASCADE",
    )


class Initiative(Entity, table=True):
    """A piece of work that competes for capacity."""

    __tablename__ = "initiative"
    __table_args__ = (
        tenant_key(),
        tenant_reference("portfolio", ["portfolio_id"]),
        tenant_reference("allocation_category", ["category_id"]),
        tenant_reference("team", ["team_id"]),
        tenant_reference("member", ["owner_id"]),
        tenant_reference("member", ["sponsor_id"]),
        sa.UniqueConstraint("organisation_id", "portfolio_id", "id"),
        # partial, and no other index starts alike: without statistics the planner would otherwise take such
        # a one, and not the key, for the checks of the foreign keys of 100,000 children
        sa.Index(
            "uq_initiative_external_id",
            "organisation_id",
            "portfolio_id",
            "external_id",
            unique=True,
            postgresql_where=sa.text("external_id IS NOT NULL"),
        ),
        sa.CheckConstraint("external_id <> ''", name="external_id_not_empty"),
        sa.CheckConstraint("earliest_start <= deadline", name="dates_in_order"),
        sa.CheckConstraint("cost_minor BETWEEN 0 AND 1000000000000000", name="cost_range"),
        sa.CheckConstraint("(cost_minor IS NULL) = (cost_currency IS NULL)", name="cost_has_currency"),
        sa.CheckConstraint("cost_currency ~ '^[A-Z]{3}$'", name="currency_form"),
        *_estimate("duration_weeks", _LONGEST_WEEKS, above_zero=True),
        not_blank("title"),
    )

    portfolio_id: UUID
    external_id: str | None = Field(default=None, max_length=200)
    title: str = Field(max_length=500)
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    state: InitiativeState = Field(
        default=InitiativeState.PROPOSED,
        sa_type=enum_type(InitiativeState),
        sa_column_kwargs={"server_default": "proposed"},
    )
    category_id: UUID | None = None
    team_id: UUID | None = None
    owner_id: UUID | None = None
    sponsor_id: UUID | None = None
    duration_weeks_low: float | None = None
    duration_weeks_likely: float | None = None
    duration_weeks_high: float | None = None
    cost_minor: int | None = Field(default=None, sa_type=sa.BigInteger)
    cost_currency: str | None = Field(default=None, max_length=3)
    earliest_start: date | None = None
    deadline: date | None = None
    mandatory: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})


class TeamDemand(TenantRow, table=True):
    """Person-weeks that an initiative needs of a team, optionally of one skill."""

    __tablename__ = "team_demand"
    __table_args__ = (
        tenant_key(),
        initiative_reference(),
        tenant_reference("team", ["team_id"]),
        *_estimate("person_weeks", 1_000_000, above_zero=False),
        sa.Index("ix_team_demand_portfolio_id", "organisation_id", "portfolio_id"),
        sa.Index("ix_team_demand_team_id", "organisation_id", "team_id"),
    )

    initiative_id: UUID = Field(primary_key=True)
    team_id: UUID = Field(primary_key=True)
    skill: str = Field(default="", max_length=100, primary_key=True, sa_column_kwargs={"server_default": ""})
    portfolio_id: UUID
    person_weeks_low: float | None = None
    person_weeks_likely: float
    person_weeks_high: float | None = None


class Contribution(TenantRow, table=True):
    """By how much an initiative is expected to move a key result, in the key result's own unit."""

    __tablename__ = "contribution"
    __table_args__ = (
        tenant_key(),
        initiative_reference(),
        tenant_reference("key_result", ["key_result_id"], ondelete="CASCADE"),
        bounded("expected_delta"),
        sa.CheckConstraint("expected_delta <> 0", name="delta_not_zero"),
        sa.CheckConstraint("confidence > 0 AND confidence <= 1", name="confidence_range"),
        sa.Index("ix_contribution_portfolio_id", "organisation_id", "portfolio_id"),
        sa.Index("ix_contribution_key_result_id", "organisation_id", "key_result_id"),
    )

    initiative_id: UUID = Field(primary_key=True)
    key_result_id: UUID = Field(primary_key=True)
    portfolio_id: UUID
    expected_delta: float
    confidence: float


class CostOfDelay(TenantRow, table=True):
    """What each week of delay costs, as a function of the finish date (see ``UrgencyProfile``).

    Rates are minor units of ``currency`` per week; weeks count from the day that is asked about.
    """

    __tablename__ = "cost_of_delay"
    __table_args__ = (
        tenant_key(),
        initiative_reference(),
        *_estimate("rate_minor_per_week", 10**15, above_zero=False),
        bounded("step_minor", 0),
        sa.CheckConstraint("ramp_weeks >= 0 AND ramp_weeks <= 5200", name="ramp_range"),
        sa.CheckConstraint("life_weeks > 0 AND life_weeks <= 5200", name="life_range"),
        sa.CheckConstraint("peak_week >= 0 AND peak_week <= 5200", name="peak_range"),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_form"),
        sa.CheckConstraint("profile <> 'fixed_date' OR deadline IS NOT NULL", name="fixed_date_has_deadline"),
        sa.CheckConstraint(
            "profile NOT IN ('short_life_peak_affected','long_life_peak_affected',"
            "'long_life_peak_not_affected')"
            " OR (life_weeks IS NOT NULL AND peak_week IS NOT NULL AND peak_week < life_weeks)",
            name="life_has_peak",
        ),
        sa.CheckConstraint("profile <> 'intangible' OR ramp_weeks IS NOT NULL", name="intangible_has_ramp"),
        sa.Index("ix_cost_of_delay_portfolio_id", "organisation_id", "portfolio_id"),
    )

    initiative_id: UUID = Field(primary_key=True)
    portfolio_id: UUID
    profile: UrgencyProfile = Field(sa_type=enum_type(UrgencyProfile))
    currency: str = Field(max_length=3)
    rate_minor_per_week_low: float | None = None
    rate_minor_per_week_likely: float
    rate_minor_per_week_high: float | None = None
    deadline: date | None = None
    step_minor: float | None = None
    ramp_weeks: float | None = None
    life_weeks: float | None = None
    peak_week: float | None = None
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )


class Decision(TenantRow, table=True):
    """A change of an initiative's state, with its reason; never changed afterwards."""

    __tablename__ = "decision"
    __table_args__ = (
        tenant_key(),
        initiative_reference(),
        tenant_reference("member", ["decided_by_id"]),
        sa.CheckConstraint("from_state <> to_state", name="state_changes"),
        not_blank("reason"),
        sa.Index("ix_decision_initiative_id", "organisation_id", "initiative_id", "created_at"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    portfolio_id: UUID
    initiative_id: UUID
    from_state: InitiativeState = Field(sa_type=enum_type(InitiativeState, name="from_state"))
    to_state: InitiativeState = Field(sa_type=enum_type(InitiativeState, name="to_state"))
    reason: str = Field(max_length=4000)
    decided_by_id: UUID
