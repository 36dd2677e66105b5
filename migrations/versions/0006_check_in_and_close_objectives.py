"""check in on key results, review and close objectives, carry them over; values of a key result may be unknown

Revision ID: 0006
Revises: 0005
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"
RECORDED = ("check_in", "confidence_review")


def _columns() -> dict[str, list[sa.Column[Any]]]:
    """New ones each time: a column belongs to one table."""
    added: dict[str, list[sa.Column[Any]]] = {
        "key_result": [
            sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("confidence", sa.SmallInteger(), nullable=True),
            sa.Column("previous_confidence", sa.SmallInteger(), nullable=True),
        ],
        "objective": [
            sa.Column("reviewed_on", sa.Date(), nullable=True),
            sa.Column("reviewed_confidence", sa.SmallInteger(), nullable=True),
            sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("closed_by_id", sa.Uuid(), nullable=True),
            sa.Column("retrospective", sa.String(), server_default="", nullable=False),
        ],
    }
    for columns in added.values():
        columns += [
            sa.Column("computed_grade", sa.Float(), nullable=True),
            sa.Column("manual_grade", sa.Float(), nullable=True),
            sa.Column("grade_reason", sa.String(length=4000), nullable=True),
            sa.Column("carried_over_from_id", sa.Uuid(), nullable=True),
        ]
    return added


CHECKS = {
    ("objective", "computed_grade_range"): "computed_grade BETWEEN 0 AND 1",
    ("objective", "manual_grade_reasoned"): "manual_grade BETWEEN 0 AND 1"
    " AND (manual_grade IS NULL) = (grade_reason IS NULL)",
    ("objective", "grade_reason_not_blank"): "grade_reason ~ '[^[:space:]]'",
    ("objective", "closing_complete"): "(closed_at IS NULL) = (closed_by_id IS NULL)"
    " AND (closed_at IS NOT NULL OR (computed_grade IS NULL AND manual_grade IS NULL))",
    ("objective", "review_complete"): "reviewed_confidence BETWEEN 0 AND 10"
    " AND (reviewed_on IS NULL) = (reviewed_confidence IS NULL)",
    ("objective", "not_its_own_successor"): "carried_over_from_id <> id",
    ("key_result", "computed_grade_range"): "computed_grade BETWEEN 0 AND 1",
    ("key_result", "manual_grade_reasoned"): "manual_grade BETWEEN 0 AND 1"
    " AND (manual_grade IS NULL) = (grade_reason IS NULL)",
    ("key_result", "grade_reason_not_blank"): "grade_reason ~ '[^[:space:]]'",
    (
        "key_result",
        "confidence_range",
    ): "confidence BETWEEN 0 AND 10 AND previous_confidence BETWEEN 0 AND 10",
    ("key_result", "not_its_own_successor"): "carried_over_from_id <> id",
}
VALUES = ("start_value", "target_value", "current_value")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for value in VALUES:
        op.alter_column("key_result", value, nullable=True)
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
        op.create_foreign_key(
            op.f(f"fk_{table}_organisation_id_carried_over_from_id_{table}"),
            table,
            table,
            ["organisation_id", "carried_over_from_id"],
            ["organisation_id", "id"],
            ondelete="RESTRICT",
        )
        op.create_index(
            f"uq_{table}_carried_over_from_id",
            table,
            ["organisation_id", "carried_over_from_id"],
            unique=True,
            postgresql_where=sa.text("carried_over_from_id IS NOT NULL"),
        )
    op.create_foreign_key(
        op.f("fk_objective_organisation_id_closed_by_id_member"),
        "objective",
        "member",
        ["organisation_id", "closed_by_id"],
        ["organisation_id", "id"],
        ondelete="RESTRICT",
    )
    for (table, name), condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)

    op.create_table(
        "check_in",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("key_result_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=True),
        sa.Column("note", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "manual",
                "kpi",
                name="check_in_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=4000), nullable=True),
        sa.CheckConstraint(
            "value BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_check_in_value_range")
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_check_in_confidence_range")),
        sa.CheckConstraint(
            "(corrects_id IS NULL) = (reason IS NULL)", name=op.f("ck_check_in_correction_reasoned")
        ),
        sa.CheckConstraint(
            "source <> 'manual' OR made_by_id IS NOT NULL", name=op.f("ck_check_in_made_by_somebody")
        ),
        sa.CheckConstraint("reason ~ '[^[:space:]]'", name=op.f("ck_check_in_reason_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_check_in_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "key_result_id"],
            ["key_result.organisation_id", "key_result.id"],
            name=op.f("fk_check_in_organisation_id_key_result_id_key_result"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "corrects_id"],
            ["check_in.organisation_id", "check_in.id"],
            name=op.f("fk_check_in_organisation_id_corrects_id_check_in"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "made_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_check_in_organisation_id_made_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_check_in")),
    )
    op.create_index(
        "ix_check_in_key_result_id",
        "check_in",
        ["organisation_id", "key_result_id", "at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_check_in_corrects_id",
        "check_in",
        ["organisation_id", "corrects_id"],
        unique=True,
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )
    op.create_table(
        "confidence_review",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=False),
        sa.Column("note", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_confidence_review_confidence_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_confidence_review_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "objective_id"],
            ["objective.organisation_id", "objective.id"],
            name=op.f("fk_confidence_review_organisation_id_objective_id_objective"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "recorded_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_confidence_review_organisation_id_recorded_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_confidence_review")),
    )
    op.create_index(
        "ix_confidence_review_objective_id",
        "confidence_review",
        ["organisation_id", "objective_id", "reviewed_on", "id"],
        unique=False,
    )
    for table in RECORDED:
        # what was said stays as it was said
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APPLICATION_ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table}"
            f" USING (organisation_id = {TENANT}) WITH CHECK (organisation_id = {TENANT})"
        )
        for event, transition in (
            ("insert", "NEW TABLE AS new_rows"),
            ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("delete", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER record_{event} AFTER {event.upper()} ON {table} REFERENCING {transition}"
                " FOR EACH STATEMENT EXECUTE FUNCTION record_change('id', '', 'id')"
            )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("confidence_review")
    op.drop_table("check_in")
    for table, name in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.drop_constraint(op.f("fk_objective_organisation_id_closed_by_id_member"), "objective")
    for table, columns in _columns().items():
        op.drop_index(f"uq_{table}_carried_over_from_id", table)
        op.drop_constraint(op.f(f"fk_{table}_organisation_id_carried_over_from_id_{table}"), table)
        for column in columns:
            op.drop_column(table, column.name)
    # stops where there are drafts: nobody can say what their values were
    for value in VALUES:
        op.alter_column("key_result", value, nullable=False)
