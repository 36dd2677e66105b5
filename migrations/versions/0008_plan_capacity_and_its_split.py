"""plan capacity: people, leave, focus; how it is split, what was booked, and alerts about drift

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"

_ALL = "SELECT, INSERT, UPDATE, DELETE"
# what the application may do: versions of a policy are never rewritten, and no alert is ever removed
RIGHTS = {
    "team_person": "SELECT, INSERT, UPDATE",
    "leave": "SELECT, INSERT, UPDATE",
    "team_focus": _ALL,
    "stated_capacity": _ALL,
    "capacity_setting": "SELECT, INSERT, UPDATE",
    "allocation_policy_version": "SELECT, INSERT",
    "allocation_policy_share": "SELECT, INSERT",
    "booking": _ALL,
    "drift_alert": "SELECT, INSERT, UPDATE",
}
# table -> (column that identifies the subject, column with the initiative or "", key besides the tenant);
# shares belong to their version, which is recorded
RECORDED = {
    "team_person": ("id", "", "id"),
    "leave": ("id", "", "id"),
    "team_focus": ("team_id", "", "id"),
    "stated_capacity": ("team_id", "", "id"),
    "capacity_setting": ("organisation_id", "", "organisation_id"),
    "allocation_policy_version": ("id", "", "id"),
    "booking": ("id", "initiative_id", "id"),
    "drift_alert": ("id", "", "id"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "capacity_setting",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("working_weekdays", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("hours_per_day", sa.Float(), nullable=False),
        sa.Column("drift_tolerance", sa.Float(), nullable=False),
        sa.Column("drift_periods", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "working_weekdays <@ ARRAY['monday','tuesday','wednesday','thursday','friday','saturday','sunday']::varchar[] AND cardinality(working_weekdays) BETWEEN 1 AND 7",
            name=op.f("ck_capacity_setting_working_weekdays_known"),
        ),
        sa.CheckConstraint(
            "drift_periods BETWEEN 1 AND 26", name=op.f("ck_capacity_setting_drift_periods_range")
        ),
        sa.CheckConstraint(
            "drift_tolerance >= 0 AND drift_tolerance <= 1",
            name=op.f("ck_capacity_setting_drift_tolerance_range"),
        ),
        sa.CheckConstraint(
            "hours_per_day > 0 AND hours_per_day <= 24", name=op.f("ck_capacity_setting_hours_per_day_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_capacity_setting_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_capacity_setting")),
    )
    op.create_table(
        "stated_capacity",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.String(length=100), server_default="", nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("person_weeks", sa.Float(), nullable=False),
        sa.Column("note", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(cycle_id IS NULL) = (starts_on IS NOT NULL) AND (starts_on IS NULL) = (ends_on IS NULL)",
            name=op.f("ck_stated_capacity_cycle_or_days"),
        ),
        sa.CheckConstraint(
            "person_weeks >= 0 AND person_weeks <= 1000000",
            name=op.f("ck_stated_capacity_person_weeks_range"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_stated_capacity_days_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "cycle_id"],
            ["cycle.organisation_id", "cycle.id"],
            name=op.f("fk_stated_capacity_organisation_id_cycle_id_cycle"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_stated_capacity_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_stated_capacity_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_stated_capacity")),
        sa.UniqueConstraint(
            "organisation_id",
            "team_id",
            "skill",
            "cycle_id",
            "starts_on",
            name="uq_stated_capacity_place",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "team_focus",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_team_focus_share_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "cycle_id"],
            ["cycle.organisation_id", "cycle.id"],
            name=op.f("fk_team_focus_organisation_id_cycle_id_cycle"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_team_focus_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_team_focus_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_team_focus")),
        sa.UniqueConstraint(
            "organisation_id",
            "team_id",
            "cycle_id",
            name=op.f("uq_team_focus_organisation_id_team_id_cycle_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "team_person",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("fte", sa.Float(), nullable=False),
        sa.Column("joins_on", sa.Date(), nullable=True),
        sa.Column("leaves_on", sa.Date(), nullable=True),
        sa.Column("ramp_up_weeks", sa.Float(), server_default="0", nullable=False),
        sa.Column("ramp_up_share", sa.Float(), server_default="0", nullable=False),
        sa.Column("ramp_down_weeks", sa.Float(), server_default="0", nullable=False),
        sa.Column("ramp_down_share", sa.Float(), server_default="0", nullable=False),
        sa.Column(
            "skills",
            postgresql.ARRAY(sa.String(length=100)),
            server_default=sa.text("'{}'::varchar[]"),
            nullable=False,
        ),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_team_person_name_not_blank")),
        sa.CheckConstraint("cardinality(skills) <= 20", name=op.f("ck_team_person_skills_bounded")),
        sa.CheckConstraint("fte >= 0 AND fte <= 1", name=op.f("ck_team_person_fte_range")),
        sa.CheckConstraint("joins_on <= leaves_on", name=op.f("ck_team_person_days_in_order")),
        sa.CheckConstraint(
            "ramp_down_share >= 0 AND ramp_down_share <= 1", name=op.f("ck_team_person_ramp_down_share_range")
        ),
        sa.CheckConstraint(
            "ramp_down_weeks = 0 OR leaves_on IS NOT NULL", name=op.f("ck_team_person_ramp_down_has_day")
        ),
        sa.CheckConstraint(
            "ramp_down_weeks >= 0 AND ramp_down_weeks <= 260",
            name=op.f("ck_team_person_ramp_down_weeks_range"),
        ),
        sa.CheckConstraint(
            "ramp_up_share >= 0 AND ramp_up_share <= 1", name=op.f("ck_team_person_ramp_up_share_range")
        ),
        sa.CheckConstraint(
            "ramp_up_weeks = 0 OR joins_on IS NOT NULL", name=op.f("ck_team_person_ramp_up_has_day")
        ),
        sa.CheckConstraint(
            "ramp_up_weeks >= 0 AND ramp_up_weeks <= 260", name=op.f("ck_team_person_ramp_up_weeks_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_team_person_organisation_id_member_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_team_person_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_team_person_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_team_person")),
    )
    op.create_index("ix_team_person_team_id", "team_person", ["organisation_id", "team_id"], unique=False)
    op.create_table(
        "allocation_policy_version",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=4000), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "reason ~ '[^[:space:]]'", name=op.f("ck_allocation_policy_version_reason_not_blank")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_allocation_policy_version_number_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id"],
            ["portfolio.organisation_id", "portfolio.id"],
            name=op.f("fk_allocation_policy_version_organisation_id_portfolio_id_portfolio"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "published_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_allocation_policy_version_organisation_id_published_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_allocation_policy_version_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_allocation_policy_version")),
        sa.UniqueConstraint(
            "organisation_id",
            "portfolio_id",
            "number",
            name=op.f("uq_allocation_policy_version_organisation_id_portfolio_id_number"),
        ),
    )
    op.create_table(
        "drift_alert",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("planned_share", sa.Float(), nullable=False),
        sa.Column("actual_share", sa.Float(), nullable=False),
        sa.Column("tolerance", sa.Float(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_note", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_note", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recovered_week", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)",
            name=op.f("ck_drift_alert_acknowledgement_complete"),
        ),
        sa.CheckConstraint(
            "actual_share >= 0 AND actual_share <= 1", name=op.f("ck_drift_alert_actual_share_range")
        ),
        sa.CheckConstraint(
            "closed_by_id IS NULL OR closed_at IS NOT NULL", name=op.f("ck_drift_alert_closing_complete")
        ),
        sa.CheckConstraint(
            "planned_share >= 0 AND planned_share <= 1", name=op.f("ck_drift_alert_planned_share_range")
        ),
        sa.CheckConstraint(
            "recovered_at IS NULL OR closed_at IS NOT NULL", name=op.f("ck_drift_alert_recovered_is_closed")
        ),
        sa.CheckConstraint("tolerance >= 0 AND tolerance <= 1", name=op.f("ck_drift_alert_tolerance_range")),
        sa.CheckConstraint("weeks > 0", name=op.f("ck_drift_alert_weeks_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "acknowledged_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_drift_alert_organisation_id_acknowledged_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "closed_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_drift_alert_organisation_id_closed_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id"],
            ["portfolio.organisation_id", "portfolio.id"],
            name=op.f("fk_drift_alert_organisation_id_portfolio_id_portfolio"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_drift_alert_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_drift_alert_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_drift_alert")),
    )
    op.create_index(
        "ix_drift_alert_portfolio_id",
        "drift_alert",
        ["organisation_id", "portfolio_id", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_drift_alert_armed",
        "drift_alert",
        ["organisation_id", "portfolio_id", "team_id"],
        unique=True,
        postgresql_where=sa.text("recovered_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "leave",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("share", sa.Float(), server_default="1", nullable=False),
        sa.CheckConstraint("person_id IS NULL OR team_id IS NULL", name=op.f("ck_leave_one_subject")),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_leave_share_range")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_leave_days_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["team_person.organisation_id", "team_person.id"],
            name=op.f("fk_leave_organisation_id_person_id_team_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_leave_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_leave_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_leave")),
    )
    op.create_index("ix_leave_person_id", "leave", ["organisation_id", "person_id"], unique=False)
    op.create_index("ix_leave_starts_on", "leave", ["organisation_id", "starts_on"], unique=False)
    op.create_index("ix_leave_team_id", "leave", ["organisation_id", "team_id"], unique=False)
    op.create_table(
        "allocation_policy_share",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("policy_version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "ring_fenced",
                "floor",
                "cap",
                name="allocation_mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("position >= 0", name=op.f("ck_allocation_policy_share_position_range")),
        sa.CheckConstraint("share >= 0 AND share <= 1", name=op.f("ck_allocation_policy_share_share_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "category_id"],
            ["allocation_category.organisation_id", "allocation_category.id"],
            name=op.f("fk_allocation_policy_share_organisation_id_category_id_allocation_category"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "policy_version_id"],
            ["allocation_policy_version.organisation_id", "allocation_policy_version.id"],
            name=op.f(
                "fk_allocation_policy_share_organisation_id_policy_version_id_allocation_policy_version"
            ),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_allocation_policy_share_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_allocation_policy_share_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "policy_version_id", "position", name=op.f("pk_allocation_policy_share")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "policy_version_id",
            "team_id",
            "category_id",
            name="uq_allocation_policy_share_place",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "booking",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=True),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("person_weeks", sa.Float(), nullable=False),
        sa.Column("note", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("booked_by_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("extract(isodow FROM week) = 1", name=op.f("ck_booking_week_begins_on_monday")),
        sa.CheckConstraint(
            "person_weeks >= 0 AND person_weeks <= 1000000", name=op.f("ck_booking_person_weeks_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "booked_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_booking_organisation_id_booked_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "category_id"],
            ["allocation_category.organisation_id", "allocation_category.id"],
            name=op.f("fk_booking_organisation_id_category_id_allocation_category"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.id"],
            name=op.f("fk_booking_organisation_id_initiative_id_initiative"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_booking_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_booking_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_booking")),
        sa.UniqueConstraint(
            "organisation_id",
            "team_id",
            "week",
            "category_id",
            "initiative_id",
            name="uq_booking_place",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_booking_initiative_id",
        "booking",
        ["organisation_id", "initiative_id"],
        unique=False,
        postgresql_where=sa.text("initiative_id IS NOT NULL"),
    )
    op.create_index("ix_booking_week", "booking", ["organisation_id", "week"], unique=False)
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {APPLICATION_ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table}"
            f" USING (organisation_id = {TENANT}) WITH CHECK (organisation_id = {TENANT})"
        )
    for table, (subject, initiative, key) in RECORDED.items():
        for event, transition in (
            ("insert", "NEW TABLE AS new_rows"),
            ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("delete", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER record_{event} AFTER {event.upper()} ON {table} REFERENCING {transition}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION record_change('{subject}', '{initiative}', '{key}')"
            )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("booking")
    op.drop_table("allocation_policy_share")
    op.drop_table("leave")
    op.drop_table("drift_alert")
    op.drop_table("allocation_policy_version")
    op.drop_table("team_person")
    op.drop_table("team_focus")
    op.drop_table("stated_capacity")
    op.drop_table("capacity_setting")
