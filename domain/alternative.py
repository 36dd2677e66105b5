"""Use cases about alternatives: groups of initiatives of a portfolio of which at most one is to be done."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.alternative import (
    MOST_MEMBERS,
    AlternativeGroupAdd,
    AlternativeGroupCreate,
    AlternativeGroupRemove,
    AlternativeGroupUpdate,
)
from domain.commands.base import ArchiveCommand
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock, lock_portfolio, repeated
from domain.errors import InvalidInput, NotFound
from domain.models import AlternativeGroup, Portfolio, metadata
from domain.rows import as_row
from domain.rows_planning import AlternativeGroupRow

LEAST_MEMBERS = 2

MOST_GROUPS = 100
"""Groups in use that a portfolio has."""

_GROUPS = metadata.tables["alternative_group"]
_MEMBERS = metadata.tables["alternative_member"]
_INITIATIVES = metadata.tables["initiative"]


async def create_alternative_group(
    database: Database, actor: Actor, command: AlternativeGroupCreate
) -> AlternativeGroupRow:
    """Say that at most one of some initiatives is to be done.

    Raises
    ------
    NotFound, InvalidInput
        When the portfolio or an initiative is not there; when one is archived, of another portfolio or named
        twice; when the portfolio has as many groups as it may have.
    Conflict
        When the name or the id is taken.
    """
    async with transaction(database, actor) as session:
        values = {"portfolio_id": command.portfolio_id, "name": command.name}
        first = await repeated(session, actor, AlternativeGroup, values, entity_id=command.id)
        if first is not None:
            return as_row(AlternativeGroupRow, first)
        await in_use(session, actor, Portfolio, command.portfolio_id, path=("portfolioId",))
        await lock_portfolio(session, actor, command.portfolio_id)
        await _refuse_more_groups(session, actor, command.portfolio_id)
        await _refuse_strangers(session, actor, command.portfolio_id, command.initiative_ids)
        if len(command.initiative_ids) < LEAST_MEMBERS:
            raise InvalidInput(
                f"Name at least {LEAST_MEMBERS} initiatives: one has no alternative.", path=("initiativeIds",)
            )
        group = await create(session, actor, AlternativeGroup, values, entity_id=command.id)
        await _insert(session, group, command.initiative_ids)
        return as_row(AlternativeGroupRow, group)


async def update_alternative_group(
    database: Database, actor: Actor, command: AlternativeGroupUpdate
) -> AlternativeGroupRow:
    """Rename a group.

    Raises
    ------
    NotFound, Conflict
        When there is no such group, its version moved on, or the name is taken.
    """
    async with transaction(database, actor) as session:
        group = await change(
            session,
            actor,
            AlternativeGroup,
            command.id,
            command.changes(),
            expected_version=command.expected_version,
        )
        return as_row(AlternativeGroupRow, group)


async def add_alternatives(
    database: Database, actor: Actor, command: AlternativeGroupAdd
) -> AlternativeGroupRow:
    """Put more initiatives into a group; those that are in it already stay.

    Raises
    ------
    NotFound, InvalidInput, Conflict
        When there is no such group or initiative; when one is archived or of another portfolio, or they would be
        more than a group may have; when the group's version moved on.
    """
    async with transaction(database, actor) as session:
        group = await lock(
            session, actor, AlternativeGroup, command.id, expected_version=command.expected_version
        )
        await _refuse_strangers(session, actor, group.portfolio_id, command.initiative_ids)
        present = await _members(session, actor, group.id)
        fresh = [one for one in command.initiative_ids if one not in present]
        if len(present) + len(fresh) > MOST_MEMBERS:
            raise InvalidInput(
                f"A group has at most {MOST_MEMBERS} alternatives, and this one has {len(present)}; make"
                " another group.",
                path=("initiativeIds",),
            )
        await _insert(session, group, fresh)
        group = await change(session, actor, AlternativeGroup, group.id, {}, touched=bool(fresh))
        return as_row(AlternativeGroupRow, group)


async def remove_alternatives(
    database: Database, actor: Actor, command: AlternativeGroupRemove
) -> AlternativeGroupRow:
    """Take initiatives out of a group; at least two have to stay.

    Raises
    ------
    NotFound, InvalidInput, Conflict
        When there is no such group, or an initiative is not in it; when fewer than two would stay (archive the
        group instead); when the group's version moved on.
    """
    async with transaction(database, actor) as session:
        group = await lock(
            session, actor, AlternativeGroup, command.id, expected_version=command.expected_version
        )
        present = await _members(session, actor, group.id)
        for index, one in enumerate(command.initiative_ids):
            if one not in present:
                raise NotFound("This initiative is not in the group.", path=("initiativeIds", index))
        if len(present) - len(set(command.initiative_ids)) < LEAST_MEMBERS:
            raise InvalidInput(
                "A group needs at least two alternatives; archive it instead.", path=("initiativeIds",)
            )
        await session.execute(
            sa.delete(_MEMBERS).where(
                _MEMBERS.c.organisation_id == actor.organisation_id,
                _MEMBERS.c.group_id == group.id,
                _MEMBERS.c.initiative_id.in_(command.initiative_ids),
            )
        )
        group = await change(session, actor, AlternativeGroup, group.id, {}, touched=True)
        return as_row(AlternativeGroupRow, group)


async def archive_alternative_group(
    database: Database, actor: Actor, command: ArchiveCommand
) -> AlternativeGroupRow:
    """Take a group out of use, or back into it.

    Raises
    ------
    NotFound, Conflict, InvalidInput
        When there is no such group, or its version moved on; when another one has taken its name, or the
        portfolio has as many groups as it may have.
    """
    async with transaction(database, actor) as session:
        group = await lock(session, actor, AlternativeGroup, command.id)
        if group.archived_at is not None and not command.archived:
            await lock_portfolio(session, actor, group.portfolio_id)
            await _refuse_more_groups(session, actor, group.portfolio_id)
        group = await archive(
            session,
            actor,
            AlternativeGroup,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        return as_row(AlternativeGroupRow, group)


async def _refuse_more_groups(session: AsyncSession, actor: Actor, portfolio_id: UUID) -> None:
    count = await session.scalar(
        sa.select(sa.func.count()).where(
            _GROUPS.c.organisation_id == actor.organisation_id,
            _GROUPS.c.portfolio_id == portfolio_id,
            _GROUPS.c.archived_at.is_(None),
        )
    )
    if (count or 0) >= MOST_GROUPS:
        raise InvalidInput(
            f"A portfolio has at most {MOST_GROUPS} groups of alternatives; archive one first.",
            path=("portfolioId",),
        )


async def _refuse_strangers(
    session: AsyncSession, actor: Actor, portfolio_id: UUID, initiative_ids: Sequence[UUID]
) -> None:
    """Refuse what is named twice, and what is not an initiative in use of the portfolio."""
    found = await session.execute(
        sa.select(_INITIATIVES.c.id, _INITIATIVES.c.portfolio_id, _INITIATIVES.c.archived_at)
        .where(
            _INITIATIVES.c.organisation_id == actor.organisation_id,
            _INITIATIVES.c.id.in_(initiative_ids),
        )
        .with_for_update(read=True)
    )
    rows = {row.id: row for row in found}
    seen: set[UUID] = set()
    for index, one in enumerate(initiative_ids):
        path = ("initiativeIds", index)
        if one not in rows:
            raise NotFound("There is no initiative with this id.", path=path)
        if rows[one].portfolio_id != portfolio_id:
            raise InvalidInput(
                "This is an initiative of another portfolio; alternatives are within one.", path=path
            )
        if rows[one].archived_at is not None:
            raise InvalidInput("This initiative is archived; choose another one.", path=path)
        if one in seen:
            raise InvalidInput("This initiative is named twice.", path=path)
        seen.add(one)


async def _members(session: AsyncSession, actor: Actor, group_id: UUID) -> set[UUID]:
    found = await session.scalars(
        sa.select(_MEMBERS.c.initiative_id).where(
            _MEMBERS.c.organisation_id == actor.organisation_id, _MEMBERS.c.group_id == group_id
        )
    )
    return set(found)


async def _insert(session: AsyncSession, group: AlternativeGroup, initiative_ids: Sequence[UUID]) -> None:
    if initiative_ids:
        await session.execute(
            sa.insert(_MEMBERS),
            [
                {
                    "organisation_id": group.organisation_id,
                    "portfolio_id": group.portfolio_id,
                    "group_id": group.id,
                    "initiative_id": one,
                }
                for one in initiative_ids
            ],
        )
