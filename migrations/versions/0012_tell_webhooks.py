"""tell webhooks: who is told of changes, up to where, and what was sent

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"
TABLES = ("webhook", "webhook_state", "webhook_delivery")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "webhook",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("url ~ '^https?://'", name=op.f("ck_webhook_url_form")),
        sa.CheckConstraint("cardinality(parts) <= 50", name=op.f("ck_webhook_parts_bounded")),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_webhook_name_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_webhook_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_webhook")),
    )
    op.create_index("uq_webhook_name", "webhook", ["organisation_id", sa.text("lower(name)")], unique=True)
    for table, columns in (
        (
            "webhook_state",
            (
                sa.Column("webhook_id", sa.Uuid(), nullable=False),
                sa.Column("secret", sa.String(length=100), nullable=False),
                sa.Column("seen", sa.Text(), nullable=False),
                sa.PrimaryKeyConstraint("organisation_id", "webhook_id", name=op.f("pk_webhook_state")),
            ),
        ),
        (
            "webhook_delivery",
            (
                sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
                sa.Column("webhook_id", sa.Uuid(), nullable=False),
                sa.Column("body", sa.Text(), nullable=False),
                sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
                sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
                sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
                sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
                sa.Column("last_status", sa.Integer(), nullable=True),
                sa.Column("last_error", sa.String(length=500), nullable=True),
                sa.CheckConstraint("attempts >= 0", name=op.f("ck_webhook_delivery_attempts_counted")),
                sa.CheckConstraint(
                    "num_nonnulls(next_attempt_at, delivered_at, failed_at) = 1",
                    name=op.f("ck_webhook_delivery_one_state"),
                ),
                sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_webhook_delivery")),
            ),
        ),
    ):
        op.create_table(
            table,
            sa.Column("organisation_id", sa.Uuid(), nullable=False),
            sa.Column(
                "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
            ),
            sa.ForeignKeyConstraint(
                ["organisation_id"],
                ["organisation.id"],
                name=op.f(f"fk_{table}_organisation_id_organisation"),
                ondelete="CASCADE",
            ),
            sa.ForeignKeyConstraint(
                ["organisation_id", "webhook_id"],
                ["webhook.organisation_id", "webhook.id"],
                name=op.f(f"fk_{table}_organisation_id_webhook_id_webhook"),
                ondelete="CASCADE",
            ),
            *columns,
        )
    op.create_index(
        "ix_webhook_delivery_webhook_id", "webhook_delivery", ["organisation_id", "webhook_id", "id"]
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["organisation_id", "next_attempt_at"],
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APPLICATION_ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {TENANT})"
            f" WITH CHECK (organisation_id = {TENANT})"
        )
    # periodic work looks for the organisations that have any
    op.execute(
        "CREATE POLICY periodic ON webhook_state FOR SELECT USING (current_setting('app.periodic', true) = 'on')"
    )
    for event, transition in (
        ("insert", "NEW TABLE AS new_rows"),
        ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("delete", "OLD TABLE AS old_rows"),
    ):
        op.execute(
            f"CREATE TRIGGER record_{event} AFTER {event.upper()} ON webhook REFERENCING {transition}"
            " FOR EACH STATEMENT EXECUTE FUNCTION record_change('id', '', 'id')"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in reversed(TABLES):
        op.drop_table(table)
