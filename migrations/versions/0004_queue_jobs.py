"""queue jobs: the tables of procrastinate, and the names of tenants for periodic work

Revision ID: 0004
Revises: 0003
"""

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
# as published with procrastinate 3.10; a later version's own migrations go into a migration of ours
SCHEMA = Path(__file__).parent.parent / "procrastinate" / "3.10.sql"
TABLES = (
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_jobs",
    "procrastinate_workers",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(text(SCHEMA.read_text(encoding="utf-8").replace(":", r"\:")))
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APPLICATION_ROLE}")
    for table in ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs"):
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APPLICATION_ROLE}")
    # periodic work is done for one organisation after the other; it has to learn which there are
    op.execute(
        "CREATE POLICY periodic ON organisation FOR SELECT USING (current_setting('app.periodic', true) = 'on')"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP POLICY periodic ON organisation")
    op.execute(f"DROP TABLE {', '.join(TABLES)} CASCADE")
    op.execute(
        "DO $$ DECLARE one regprocedure; BEGIN"
        " FOR one IN SELECT oid FROM pg_proc WHERE proname LIKE 'procrastinate\\_%'"
        " AND pronamespace = current_schema()::regnamespace"
        " LOOP EXECUTE 'DROP FUNCTION ' || one || ' CASCADE'; END LOOP; END $$"
    )
    op.execute("DROP TYPE procrastinate_job_to_defer_v1")
    op.execute("DROP TYPE procrastinate_job_event_type")
    op.execute("DROP TYPE procrastinate_job_status")
