"""Members come and go; somebody always administrates."""

import asyncio

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.organisation import MemberUpdate
from domain.db import Database, reading
from domain.enums import Role
from domain.errors import InvalidInput
from domain.organisation import archive_member, update_member
from tests.factories import a_member, an_organisation


async def _administrators(database: Database, actor: Actor) -> int:
    async with reading(database, actor.organisation_id) as connection:
        query = sa.text("SELECT count(*) FROM member WHERE role = 'admin' AND archived_at IS NULL")
        return int((await connection.execute(query)).scalar_one())


async def test_the_last_administrator_can_neither_step_down_nor_go(database: Database) -> None:
    admin = await an_organisation(database)
    with pytest.raises(InvalidInput, match="at least one administrator"):
        await update_member(database, admin, MemberUpdate(id=admin.member_id, role=Role.PLANNER))
    with pytest.raises(InvalidInput, match="at least one administrator"):
        await archive_member(database, admin, ArchiveCommand(id=admin.member_id))
    assert await _administrators(database, admin) == 1


async def test_of_administrators_who_all_leave_at_the_same_moment_the_last_one_stays(
    database: Database,
) -> None:
    admin = await an_organisation(database)
    for _ in range(10):
        others = [await a_member(database, admin, role=Role.ADMIN) for _ in range(2)]
        outcomes = await asyncio.gather(
            update_member(database, admin, MemberUpdate(id=others[0].member_id, role=Role.VIEWER)),
            archive_member(database, admin, ArchiveCommand(id=others[1].member_id)),
            update_member(database, admin, MemberUpdate(id=admin.member_id, role=Role.VIEWER)),
            return_exceptions=True,
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert [type(error) for error in refused] == [InvalidInput]
        assert await _administrators(database, admin) == 1
        await update_member(database, admin, MemberUpdate(id=admin.member_id, role=Role.ADMIN))
        for other in others:
            await update_member(database, admin, MemberUpdate(id=other.member_id, role=Role.VIEWER))
