"""The migrations build what the models say, in both directions, on PostgreSQL."""

import pytest
import sqlalchemy as sa

from domain.embedded import EmbeddedServer
from migrations import runner
from migrations.runner import Standing


@pytest.fixture
def owner(server: EmbeddedServer, database_name: str) -> sa.Engine:
    """The fresh database as its owner."""
    return sa.create_engine(server.url(database_name), poolclass=sa.pool.NullPool)


def _shape(connection: sa.Connection) -> list[tuple[object, ...]]:
    rows = connection.execute(
        sa.text(
            "SELECT table_name, column_name, data_type, is_nullable, column_default"
            " FROM information_schema.columns"
            " WHERE table_schema = 'public' UNION ALL"
            " SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '' FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace UNION ALL"
            " SELECT tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL"
            " SELECT tablename, policyname, qual, with_check, '' FROM pg_policies UNION ALL"
            " SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', '' FROM pg_trigger"
            " WHERE NOT tgisinternal ORDER BY 1, 2, 3"
        )
    )
    return [tuple(row) for row in rows]


def test_models_and_migrations_agree(owner: sa.Engine) -> None:
    with owner.connect() as connection:
        runner.check(connection)


def test_up_down_up_ends_where_it_began(owner: sa.Engine) -> None:
    with owner.connect() as connection:
        before = _shape(connection)
        runner.downgrade(connection)
        connection.commit()
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
        assert runner.standing(connection) is Standing.EMPTY
        runner.upgrade(connection)
        connection.commit()
        assert _shape(connection) == before
        assert runner.standing(connection) is Standing.CURRENT


def test_a_newer_database_is_recognised(owner: sa.Engine) -> None:
    with owner.connect() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'from-the-future'"))
        assert runner.standing(connection) is Standing.AHEAD


def test_every_migration_limits_its_wait_for_locks() -> None:
    from pathlib import Path

    files = sorted((Path(runner.__file__).parent / "versions").glob("*.py"))
    assert files
    for file in files:
        assert file.read_text().count("SET LOCAL lock_timeout") == 2, file.name
