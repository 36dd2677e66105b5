"""Use cases about organisations and their members."""

from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.organisation import MemberCreate, MemberUpdate, OrganisationCreate, OrganisationUpdate
from domain.db import Database, reading, transaction
from domain.entities import archive, change, create
from domain.enums import Role
from domain.errors import Conflict, InvalidInput, NotFound
from domain.models import Member, Organisation
from domain.rows import MemberRow, OrganisationRow, as_row, columns


async def create_organisation(
    database: Database, command: OrganisationCreate, *, organisation_id: UUID | None = None
) -> Actor:
    """Create a tenant with its first administrator, who is returned as the actor.

    Raises
    ------
    Conflict
        When the slug is taken.
    """
    actor = Actor(organisation_id=organisation_id or uuid4(), member_id=uuid4(), role=Role.ADMIN)
    async with transaction(database, actor) as session:
        session.add(
            Organisation(
                id=actor.organisation_id, slug=command.slug, name=command.name, currency=command.currency
            )
        )
        await session.flush()
        values = {"email": command.admin_email, "name": command.admin_name, "role": Role.ADMIN}
        await create(session, actor, Member, values, entity_id=actor.member_id)
    return actor


async def update_organisation(
    database: Database, actor: Actor, command: OrganisationUpdate
) -> OrganisationRow:
    """Change the actor's organisation.

    Raises
    ------
    Conflict
        When its version moved on.
    """
    async with transaction(database, actor) as session:
        organisation = await session.get(Organisation, actor.organisation_id, with_for_update=True)
        if organisation is None:
            raise NotFound("There is no organisation with this id.", path=("id",))
        if command.expected_version not in (None, organisation.version):
            raise Conflict(
                f"The organisation is at version {organisation.version}, not {command.expected_version}."
                " Read it again and decide anew.",
                expected_version=command.expected_version,
                actual_version=organisation.version,
                path=("expectedVersion",),
            )
        changes = command.changes()
        if any(getattr(organisation, name) != value for name, value in changes.items()):
            for name, value in changes.items():
                setattr(organisation, name, value)
            organisation.version += 1
            organisation.updated_at = sa.func.now()  # type: ignore[assignment]
            await session.flush()
            await session.refresh(organisation)
        return as_row(OrganisationRow, organisation)


async def organisation_by_slug(database: Database, slug: str) -> OrganisationRow | None:
    """The organisation that the command line names."""
    async with database.engine.connect() as connection, connection.begin():
        await connection.execute(
            sa.text("SELECT set_config('app.organisation_slug', :slug, true)"), {"slug": slug}
        )
        query = sa.select(*columns(Organisation, OrganisationRow)).where(
            sa.inspect(Organisation).local_table.c.slug == slug
        )
        row = (await connection.execute(query)).one_or_none()
    return None if row is None else OrganisationRow._make(row)


async def administrator(database: Database, organisation_id: UUID) -> Actor:
    """The longest-serving administrator, as whom the command line acts.

    Raises
    ------
    NotFound
        When the organisation has no administrator in office.
    """
    table = sa.inspect(Member).local_table
    async with reading(database, organisation_id) as connection:
        query = (
            sa.select(table.c.id)
            .where(table.c.role == Role.ADMIN, table.c.archived_at.is_(None))
            .order_by(table.c.created_at, table.c.id)
            .limit(1)
        )
        member_id = (await connection.execute(query)).scalar_one_or_none()
    if member_id is None:
        raise NotFound("The organisation has no administrator in office.")
    return Actor(organisation_id=organisation_id, member_id=member_id, role=Role.ADMIN)


async def create_member(database: Database, actor: Actor, command: MemberCreate) -> MemberRow:
    """Add a person to the organisation.

    Raises
    ------
    Conflict
        When the email address or the id is taken.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"})
        return as_row(MemberRow, await create(session, actor, Member, values, entity_id=command.id))


async def update_member(database: Database, actor: Actor, command: MemberUpdate) -> MemberRow:
    """Change a member; the last administrator stays one.

    Raises
    ------
    NotFound, Conflict, InvalidInput
        When there is no such member, its version moved on, or nobody would be left to administrate.
    """
    async with transaction(database, actor) as session:
        await _lock_administrators(session, actor)
        member = await change(
            session, actor, Member, command.id, command.changes(), expected_version=command.expected_version
        )
        await _keep_an_administrator(session, actor)
        return as_row(MemberRow, member)


async def archive_member(database: Database, actor: Actor, command: ArchiveCommand) -> MemberRow:
    """Archive a member, whose tokens then stop working; the last administrator can't go."""
    async with transaction(database, actor) as session:
        await _lock_administrators(session, actor)
        member = await archive(
            session,
            actor,
            Member,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        await _keep_an_administrator(session, actor)
        return as_row(MemberRow, member)


async def _lock_administrators(session: AsyncSession, actor: Actor) -> None:
    """Let one at a time change who administrates: each of two who leave at once would rely on the other."""
    key = sa.func.hashtextextended(f"administrators:{actor.organisation_id}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def _keep_an_administrator(session: AsyncSession, actor: Actor) -> None:
    table = sa.inspect(Member).local_table
    administrators = sa.exists().where(
        table.c.organisation_id == actor.organisation_id,
        table.c.role == Role.ADMIN,
        table.c.archived_at.is_(None),
    )
    if not (await session.execute(sa.select(administrators))).scalar_one():
        raise InvalidInput(
            "The organisation needs at least one administrator; make somebody else one first.",
            path=("role",),
        )
