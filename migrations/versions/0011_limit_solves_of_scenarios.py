"""limit solves of scenarios by organisation, and tell how robust the plan of a base is

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"
PHASES = ("waiting", "base_selection", "base_schedule", "selection", "schedule", "robustness", "done")
MORE = (*PHASES[:3], "base_robustness", *PHASES[3:])


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    _allow(MORE)
    op.create_table(
        "scenario_setting",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("most_budget_seconds", sa.Float(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "most_budget_seconds BETWEEN 0.5 AND 600", name=op.f("ck_scenario_setting_budget_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scenario_setting_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_scenario_setting")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON scenario_setting TO {APPLICATION_ROLE}")
    op.execute("ALTER TABLE scenario_setting ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE scenario_setting FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON scenario_setting"
        f" USING (organisation_id = {TENANT}) WITH CHECK (organisation_id = {TENANT})"
    )
    for event, transition in (
        ("insert", "NEW TABLE AS new_rows"),
        ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("delete", "OLD TABLE AS old_rows"),
    ):
        op.execute(
            f"CREATE TRIGGER record_{event} AFTER {event.upper()} ON scenario_setting REFERENCING {transition}"
            " FOR EACH STATEMENT EXECUTE FUNCTION record_change('organisation_id', '', 'organisation_id')"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("scenario_setting")
    op.execute("DELETE FROM scenario_run_progress WHERE phase = 'base_robustness'")
    _allow(PHASES)


def _allow(phases: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{phase}'" for phase in phases)
    op.drop_constraint(op.f("ck_scenario_run_progress_run_phase"), "scenario_run_progress")
    op.create_check_constraint(
        op.f("ck_scenario_run_progress_run_phase"), "scenario_run_progress", f"phase IN ({listed})"
    )
