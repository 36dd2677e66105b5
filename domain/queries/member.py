"""Set-based reads of members."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from domain.actor import Actor
from domain.db import Database, reading
from domain.errors import NotFound
from domain.models import Member
from domain.rows import MemberRow, columns


async def member_by_email(database: Database, actor: Actor, email: str) -> MemberRow:
    """The member of the actor's organisation with this address, in whatever case.

    Raises
    ------
    NotFound
        When there is none.
    """
    table = sa.inspect(Member).local_table
    query = sa.select(*columns(Member, MemberRow)).where(
        table.c.organisation_id == actor.organisation_id, sa.func.lower(table.c.email) == email.lower()
    )
    async with reading(database, actor.organisation_id) as connection:
        row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f"There is no member with the email address {email}.", path=("email",))
    return MemberRow._make(row)


async def members_by_id(
    database: Database, actor: Actor, member_ids: Collection[UUID]
) -> dict[UUID, MemberRow]:
    """Those of the members that are there, archived ones included."""
    table = sa.inspect(Member).local_table
    query = sa.select(*columns(Member, MemberRow)).where(
        table.c.organisation_id == actor.organisation_id, table.c.id.in_(member_ids)
    )
    async with reading(database, actor.organisation_id) as connection:
        rows = [MemberRow._make(row) for row in await connection.execute(query)]
    return {row.id: row for row in rows}
