"""No tenant sees or touches another's rows, whatever the application forgets to ask for."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from domain.db import APPLICATION_ROLE, Database, connect, reading, refuse_owner_role, transaction
from domain.embedded import EmbeddedServer
from domain.errors import NotFound, SetupError
from domain.models import Team, metadata
from tests.factories import a_team, an_organisation

TENANT_TABLES = sorted(table.name for table in metadata.tables.values() if table.name != "organisation")


async def test_application_role_neither_owns_nor_bypasses(database: Database) -> None:
    async with database.engine.connect() as connection:
        row = (
            await connection.execute(
                sa.text(
                    "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
                )
            )
        ).one()
    assert tuple(row) == (APPLICATION_ROLE, False, False)
    await refuse_owner_role(database)


async def test_server_refuses_to_run_as_the_tables_owner(server: EmbeddedServer, database_name: str) -> None:
    owner = connect(server.url(database_name))
    with pytest.raises(SetupError, match="must not connect as postgres"):
        await refuse_owner_role(owner)
    await owner.close()


async def test_every_table_forces_row_level_security(database: Database) -> None:
    async with database.engine.connect() as connection:
        rows = await connection.execute(
            sa.text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                " AND NOT (relrowsecurity AND relforcerowsecurity)"
            )
        )
        # jobs name nothing but ids; no request reads them
        unguarded = [name for name in rows.scalars() if not name.startswith("procrastinate_")]
        assert unguarded == ["alembic_version"]


@pytest.mark.parametrize("table", TENANT_TABLES)
async def test_key_of_every_table_starts_with_the_organisation(table: str) -> None:
    assert next(iter(metadata.tables[table].primary_key.columns)).name == "organisation_id"


async def test_tenants_do_not_see_each_other(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    await a_team(database, theirs, name="Theirs")
    await a_team(database, ours, name="Ours")
    async with reading(database, ours.organisation_id) as connection:
        assert (
            await connection.execute(sa.select(sa.column("name")).select_from(sa.table("team")))
        ).scalars().all() == ["Ours"]
        for table in TENANT_TABLES:
            foreign = await connection.execute(
                sa.text(f"SELECT count(*) FROM {table} WHERE organisation_id <> :own"),
                {"own": ours.organisation_id},
            )
            assert foreign.scalar_one() == 0


async def test_without_a_tenant_nothing_is_visible(database: Database) -> None:
    await a_team(database, await an_organisation(database))
    async with database.engine.connect() as connection:
        for table in ("organisation", *TENANT_TABLES):
            assert (await connection.execute(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0


async def test_a_row_cannot_be_written_for_another_tenant(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with transaction(database, ours) as session:
            session.add(Team(organisation_id=theirs.organisation_id, name="Planted"))
            await session.flush()
    async with reading(database, theirs.organisation_id) as connection:
        assert (await connection.execute(sa.text("SELECT count(*) FROM team"))).scalar_one() == 0


async def test_a_foreign_id_is_as_unknown_as_any(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    foreign = await a_team(database, theirs)
    from domain.commands.team import TeamUpdate
    from domain.team import update_team

    for team_id in (foreign.id, uuid4()):
        with pytest.raises(NotFound, match="There is no team with this id"):
            await update_team(database, ours, TeamUpdate(id=team_id, name="Taken"))


async def test_the_trail_cannot_be_rewritten(database: Database) -> None:
    actor = await an_organisation(database)
    await a_team(database, actor)
    for statement in (
        "UPDATE audit_entry SET entity = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE change_log SET entity = 'x'",
        "DELETE FROM change_log",
        "DELETE FROM decision",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with transaction(database, actor) as session:
                await session.execute(sa.text(statement))


def test_entities_carry_a_version() -> None:
    versioned = {name for name, table in metadata.tables.items() if "version" in table.columns}
    assert {"team", "initiative", "objective", "key_result", "dependency", "portfolio"} <= versioned
