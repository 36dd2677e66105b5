"""watch KPIs: measurements, breaches that escalate, and what KPIs are linked to

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"

# in the order of their references; what the application may do: what has been measured, and what has happened to a
# breach, is never rewritten
RIGHTS = {
    "kpi": "SELECT, INSERT, UPDATE",
    "kpi_state": "SELECT, INSERT, UPDATE",
    "measurement": "SELECT, INSERT, UPDATE (superseded_at)",
    "kpi_objective": "SELECT, INSERT, DELETE",
    "kpi_key_result": "SELECT, INSERT, DELETE",
    "counter_metric": "SELECT, INSERT, DELETE",
    "kpi_promotion": "SELECT, INSERT, UPDATE (ended_at, ended_reason)",
    "kpi_standard_raise": "SELECT, INSERT",
    "escalation_level": "SELECT, INSERT, UPDATE, DELETE",
    "escalation_member": "SELECT, INSERT, DELETE",
    "breach": "SELECT, INSERT, UPDATE",
    "breach_event": "SELECT, INSERT",
}
# table -> (column that identifies the subject, key columns besides the tenant); measurements and events are a history
# of their own, and a KPI's state follows from its measurements
RECORDED = {
    "kpi": ("id", ("id",)),
    "kpi_objective": ("kpi_id", ("kpi_id", "objective_id")),
    "kpi_key_result": ("kpi_id", ("kpi_id", "key_result_id")),
    "counter_metric": ("counter_kpi_id", ("id",)),
    "kpi_promotion": ("kpi_id", ("id",)),
    "kpi_standard_raise": ("kpi_id", ("id",)),
    "escalation_level": ("kpi_id", ("kpi_id", "level")),
    "escalation_member": ("kpi_id", ("kpi_id", "level", "member_id")),
    "breach": ("id", ("id",)),
}

# those who follow changes hear of every measurement, and the audit trail is spared a copy of the series
LOG_KPI_STATE = """
CREATE FUNCTION log_kpi_state() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO change_log (organisation_id, portfolio_id, entity, entity_id, initiative_id, operation)
    SELECT organisation_id, NULL, TG_TABLE_NAME, kpi_id, NULL, lower(TG_OP) FROM new_rows;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "kpi",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("process", sa.String(length=200), server_default="", nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("metric", sa.String(length=200), server_default="", nullable=False),
        sa.Column(
            "target_type",
            sa.Enum(
                "stay_above",
                "stay_below",
                "stay_within",
                "increase_to",
                "decrease_to",
                name="kpi_target_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("target_low", sa.Float(), nullable=True),
        sa.Column("amber_low", sa.Float(), nullable=True),
        sa.Column("red_low", sa.Float(), nullable=True),
        sa.Column("target_high", sa.Float(), nullable=True),
        sa.Column("amber_high", sa.Float(), nullable=True),
        sa.Column("red_high", sa.Float(), nullable=True),
        sa.Column(
            "cadence",
            sa.Enum(
                "daily",
                "weekly",
                "monthly",
                "quarterly",
                name="cadence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("grace_hours", sa.Float(), nullable=False),
        sa.Column(
            "timing",
            sa.Enum(
                "leading", "lagging", name="kpi_timing", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "input", "outcome", name="kpi_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("recovery_measurements", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN target_type IN ('stay_above', 'increase_to') THEN (red_low < amber_low AND amber_low <= target_low) IS TRUE AND target_high IS NULL AND amber_high IS NULL AND red_high IS NULL WHEN target_type IN ('stay_below', 'decrease_to') THEN (target_high <= amber_high AND amber_high < red_high) IS TRUE AND target_low IS NULL AND amber_low IS NULL AND red_low IS NULL ELSE (red_low < amber_low AND amber_low <= target_low) IS TRUE AND (target_high <= amber_high AND amber_high < red_high) IS TRUE AND target_low < target_high END",
            name=op.f("ck_kpi_limits_follow_target_type"),
        ),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_kpi_name_not_blank")),
        sa.CheckConstraint(
            "amber_high BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_kpi_amber_high_range")
        ),
        sa.CheckConstraint(
            "amber_low BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_kpi_amber_low_range")
        ),
        sa.CheckConstraint("grace_hours BETWEEN 0 AND 8784", name=op.f("ck_kpi_grace_range")),
        sa.CheckConstraint("recovery_measurements BETWEEN 1 AND 10", name=op.f("ck_kpi_recovery_range")),
        sa.CheckConstraint(
            "red_high BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_kpi_red_high_range")
        ),
        sa.CheckConstraint(
            "red_low BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_kpi_red_low_range")
        ),
        sa.CheckConstraint(
            "target_high BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_kpi_target_high_range"),
        ),
        sa.CheckConstraint(
            "target_low BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_kpi_target_low_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "category_id"],
            ["allocation_category.organisation_id", "allocation_category.id"],
            name=op.f("fk_kpi_organisation_id_category_id_allocation_category"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_kpi_organisation_id_owner_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_kpi_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_kpi_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_kpi")),
    )
    op.create_index(
        "uq_kpi_name", "kpi", ["organisation_id", "team_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "escalation_level",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("delay_hours", sa.Float(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "contributor",
                "planner",
                "board",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("delay_hours BETWEEN 0 AND 8784", name=op.f("ck_escalation_level_delay_range")),
        sa.CheckConstraint("level BETWEEN 1 AND 10", name=op.f("ck_escalation_level_level_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_escalation_level_organisation_id_kpi_id_kpi"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_escalation_level_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kpi_id", "level", name=op.f("pk_escalation_level")),
    )
    op.create_table(
        "kpi_objective",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_kpi_objective_organisation_id_kpi_id_kpi"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "objective_id"],
            ["objective.organisation_id", "objective.id"],
            name=op.f("fk_kpi_objective_organisation_id_objective_id_objective"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_kpi_objective_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kpi_id", "objective_id", name=op.f("pk_kpi_objective")),
    )
    op.create_index(
        "ix_kpi_objective_objective_id", "kpi_objective", ["organisation_id", "objective_id"], unique=False
    )
    op.create_table(
        "kpi_state",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "healthy",
                "amber",
                "red",
                name="kpi_level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("last_value", sa.Float(), nullable=True),
        sa.Column("last_measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous_value", sa.Float(), nullable=True),
        sa.Column("previous_measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("measurement_count", sa.Integer(), nullable=False),
        sa.Column(
            "recent_at", postgresql.ARRAY(sa.DateTime(timezone=True)), server_default="{}", nullable=False
        ),
        sa.Column("recent_values", postgresql.ARRAY(sa.Double()), server_default="{}", nullable=False),
        sa.Column(
            "trend",
            sa.Enum(
                "improving",
                "steady",
                "worsening",
                name="trend",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("trend_per_day", sa.Float(), nullable=True),
        sa.Column("healthy_run", sa.Integer(), nullable=False),
        sa.Column("armed", sa.Boolean(), nullable=False),
        sa.Column("stale_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stale_noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(last_value IS NULL) = (last_measured_at IS NULL) AND (last_value IS NULL) = (level IS NULL) AND (last_value IS NULL) = (stale_at IS NULL)",
            name=op.f("ck_kpi_state_last_complete"),
        ),
        sa.CheckConstraint("healthy_run >= 0", name=op.f("ck_kpi_state_run_range")),
        sa.CheckConstraint("measurement_count >= 0", name=op.f("ck_kpi_state_count_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_kpi_state_organisation_id_kpi_id_kpi"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_kpi_state_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kpi_id", name=op.f("pk_kpi_state")),
    )
    op.create_index(
        "ix_kpi_state_stale_at",
        "kpi_state",
        ["organisation_id", "stale_at"],
        unique=False,
        postgresql_where=sa.text("stale_noted_at IS NULL"),
    )
    op.create_table(
        "measurement",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("note", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "revision > 0 AND (revision > 1 OR value IS NOT NULL)", name=op.f("ck_measurement_revision_range")
        ),
        sa.CheckConstraint(
            "value BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_measurement_value_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_measurement_organisation_id_kpi_id_kpi"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "recorded_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_measurement_organisation_id_recorded_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_measurement_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "kpi_id", "measured_at", "revision", name=op.f("pk_measurement")
        ),
    )
    op.create_table(
        "breach",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "healthy",
                "amber",
                "red",
                name="kpi_level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "worst_level",
            sa.Enum(
                "healthy",
                "amber",
                "red",
                name="worst_level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("crossing_value", sa.Float(), nullable=False),
        sa.Column("crossed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("escalates_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("corrective_action", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=True),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored_by_id", sa.Uuid(), nullable=True),
        sa.Column("restored_reason", sa.String(length=4000), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "recovered",
                "by_hand",
                "archived",
                name="breach_ending",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "ending IS DISTINCT FROM 'by_hand' OR (restored_by_id IS NOT NULL AND restored_reason IS NOT NULL)",
            name=op.f("ck_breach_ending_by_hand_complete"),
        ),
        sa.CheckConstraint(
            "restored_reason ~ '[^[:space:]]'", name=op.f("ck_breach_restored_reason_not_blank")
        ),
        sa.CheckConstraint("worst_level <> 'healthy'", name=op.f("ck_breach_worst_level_unhealthy")),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)",
            name=op.f("ck_breach_acknowledgement_complete"),
        ),
        sa.CheckConstraint(
            "(restored_at IS NULL) = (ending IS NULL)", name=op.f("ck_breach_ending_complete")
        ),
        sa.CheckConstraint(
            "crossing_value BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_breach_crossing_value_range"),
        ),
        sa.CheckConstraint(
            "escalation_level BETWEEN 0 AND 10", name=op.f("ck_breach_escalation_level_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "acknowledged_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_breach_organisation_id_acknowledged_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.id"],
            name=op.f("fk_breach_organisation_id_initiative_id_initiative"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_breach_organisation_id_kpi_id_kpi"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "restored_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_breach_organisation_id_restored_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_breach_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_breach")),
    )
    op.create_index(
        "ix_breach_escalates_at",
        "breach",
        ["organisation_id", "escalates_at"],
        unique=False,
        postgresql_where=sa.text("restored_at IS NULL AND acknowledged_at IS NULL"),
    )
    op.create_index("ix_breach_initiative_id", "breach", ["organisation_id", "initiative_id"], unique=False)
    op.create_index(
        "ix_breach_kpi_id", "breach", ["organisation_id", "kpi_id", "opened_at", "id"], unique=False
    )
    op.create_index("ix_breach_opened_at", "breach", ["organisation_id", "opened_at", "id"], unique=False)
    op.create_index(
        "uq_breach_kpi_id",
        "breach",
        ["organisation_id", "kpi_id"],
        unique=True,
        postgresql_where=sa.text("restored_at IS NULL"),
    )
    op.create_table(
        "counter_metric",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=True),
        sa.Column("key_result_id", sa.Uuid(), nullable=True),
        sa.Column("counter_kpi_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=2000), server_default="", nullable=False),
        sa.CheckConstraint(
            "(kpi_id IS NULL) <> (key_result_id IS NULL)", name=op.f("ck_counter_metric_one_subject")
        ),
        sa.CheckConstraint("kpi_id <> counter_kpi_id", name=op.f("ck_counter_metric_not_its_own_counter")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "counter_kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_counter_metric_organisation_id_counter_kpi_id_kpi"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "key_result_id"],
            ["key_result.organisation_id", "key_result.id"],
            name=op.f("fk_counter_metric_organisation_id_key_result_id_key_result"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_counter_metric_organisation_id_kpi_id_kpi"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_counter_metric_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_counter_metric")),
        sa.UniqueConstraint(
            "organisation_id",
            "key_result_id",
            "counter_kpi_id",
            name=op.f("uq_counter_metric_organisation_id_key_result_id_counter_kpi_id"),
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "kpi_id",
            "counter_kpi_id",
            name=op.f("uq_counter_metric_organisation_id_kpi_id_counter_kpi_id"),
        ),
    )
    op.create_index(
        "ix_counter_metric_counter_kpi_id",
        "counter_metric",
        ["organisation_id", "counter_kpi_id"],
        unique=False,
    )
    op.create_table(
        "escalation_member",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id", "level"],
            ["escalation_level.organisation_id", "escalation_level.kpi_id", "escalation_level.level"],
            name=op.f("fk_escalation_member_organisation_id_kpi_id_level_escalation_level"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_escalation_member_organisation_id_member_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_escalation_member_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "kpi_id", "level", "member_id", name=op.f("pk_escalation_member")
        ),
    )
    op.create_table(
        "kpi_key_result",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("key_result_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "key_result_id"],
            ["key_result.organisation_id", "key_result.id"],
            name=op.f("fk_kpi_key_result_organisation_id_key_result_id_key_result"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_kpi_key_result_organisation_id_kpi_id_kpi"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_kpi_key_result_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kpi_id", "key_result_id", name=op.f("pk_kpi_key_result")),
    )
    op.create_index(
        "ix_kpi_key_result_key_result_id",
        "kpi_key_result",
        ["organisation_id", "key_result_id"],
        unique=False,
    )
    op.create_table(
        "kpi_promotion",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("key_result_id", sa.Uuid(), nullable=False),
        sa.Column("start_value", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("promoted_by_id", sa.Uuid(), nullable=False),
        sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.String(length=4000), nullable=True),
        sa.CheckConstraint(
            "start_value BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_kpi_promotion_start_value_range"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "key_result_id"],
            ["key_result.organisation_id", "key_result.id"],
            name=op.f("fk_kpi_promotion_organisation_id_key_result_id_key_result"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_kpi_promotion_organisation_id_kpi_id_kpi"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "promoted_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_kpi_promotion_organisation_id_promoted_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_kpi_promotion_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_kpi_promotion")),
        sa.UniqueConstraint(
            "organisation_id", "key_result_id", name=op.f("uq_kpi_promotion_organisation_id_key_result_id")
        ),
    )
    op.create_index(
        "ix_kpi_promotion_kpi_id", "kpi_promotion", ["organisation_id", "kpi_id", "promoted_at"], unique=False
    )
    op.create_index(
        "uq_kpi_promotion_kpi_id",
        "kpi_promotion",
        ["organisation_id", "kpi_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "kpi_standard_raise",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("key_result_id", sa.Uuid(), nullable=False),
        sa.Column("old_target_low", sa.Float(), nullable=True),
        sa.Column("old_target_high", sa.Float(), nullable=True),
        sa.Column("new_target_low", sa.Float(), nullable=True),
        sa.Column("new_target_high", sa.Float(), nullable=True),
        sa.Column("achieved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("raised_by_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "key_result_id"],
            ["key_result.organisation_id", "key_result.id"],
            name=op.f("fk_kpi_standard_raise_organisation_id_key_result_id_key_result"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_kpi_standard_raise_organisation_id_kpi_id_kpi"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "raised_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_kpi_standard_raise_organisation_id_raised_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_kpi_standard_raise_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_kpi_standard_raise")),
    )
    op.create_index(
        "ix_kpi_standard_raise_key_result_id",
        "kpi_standard_raise",
        ["organisation_id", "key_result_id"],
        unique=False,
    )
    op.create_index(
        "ix_kpi_standard_raise_kpi_id",
        "kpi_standard_raise",
        ["organisation_id", "kpi_id", "raised_at"],
        unique=False,
    )
    op.create_table(
        "breach_event",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opened",
                "rose",
                "eased",
                "escalated",
                "acknowledged",
                "diagnosed",
                "restored",
                name="breach_event_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "healthy",
                "amber",
                "red",
                name="kpi_level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("escalation_level", sa.Integer(), nullable=True),
        sa.Column(
            "notified_role",
            sa.Enum(
                "viewer",
                "contributor",
                "planner",
                "board",
                "admin",
                name="notified_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("notified_ids", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=4000), server_default="", nullable=False),
        sa.CheckConstraint(
            "(kind = 'escalated') = (escalation_level IS NOT NULL)",
            name=op.f("ck_breach_event_escalation_has_level"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_breach_event_number_positive")),
        sa.CheckConstraint(
            "value BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_breach_event_value_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "breach_id"],
            ["breach.organisation_id", "breach.id"],
            name=op.f("fk_breach_event_organisation_id_breach_id_breach"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_breach_event_organisation_id_member_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_breach_event_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "breach_id", "number", name=op.f("pk_breach_event")),
    )
    op.create_index(
        "uq_breach_event_escalation_level",
        "breach_event",
        ["organisation_id", "breach_id", "escalation_level"],
        unique=True,
        postgresql_where=sa.text("escalation_level IS NOT NULL"),
    )

    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {APPLICATION_ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {TENANT})"
            f" WITH CHECK (organisation_id = {TENANT})"
        )
    for table, (subject, keys) in RECORDED.items():
        for event, transition in (
            ("insert", "NEW TABLE AS new_rows"),
            ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("delete", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER record_{event} AFTER {event.upper()} ON {table} REFERENCING {transition}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION record_change('{subject}', '', '{','.join(keys)}')"
            )
    op.execute(LOG_KPI_STATE)
    for event in ("insert", "update"):
        op.execute(
            f"CREATE TRIGGER log_{event} AFTER {event.upper()} ON kpi_state REFERENCING NEW TABLE AS new_rows"
            " FOR EACH STATEMENT EXECUTE FUNCTION log_kpi_state()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in reversed(RIGHTS):
        op.drop_table(table)
    op.execute("DROP FUNCTION log_kpi_state()")
