"""Use cases about the calendar of reviews."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.review import ReviewScheduleCreate, ReviewScheduleUpdate
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock, repeated
from domain.errors import InvalidInput
from domain.models import Member, Portfolio, ReviewSchedule, Team
from domain.review.kinds import ReviewKind
from domain.review.rows import ReviewScheduleRow
from domain.rows import as_row


async def create_review_schedule(
    database: Database, actor: Actor, command: ReviewScheduleCreate
) -> ReviewScheduleRow:
    """Put a review on the calendar.

    Raises
    ------
    InvalidInput, NotFound
        When its subject is none that this kind of review has; when what it refers to is archived or not there.
    Conflict
        When the name or the id is taken.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"})
        first = await repeated(session, actor, ReviewSchedule, values, entity_id=command.id)
        if first is not None:
            return as_row(ReviewScheduleRow, first)
        await check_subject(session, actor, command.kind, command.team_id, command.portfolio_id)
        if command.owner_id is not None:
            await in_use(session, actor, Member, command.owner_id, path=("ownerId",))
        schedule = await create(session, actor, ReviewSchedule, values, entity_id=command.id)
        return as_row(ReviewScheduleRow, schedule)


async def update_review_schedule(
    database: Database, actor: Actor, command: ReviewScheduleUpdate
) -> ReviewScheduleRow:
    """Change a review of the calendar.

    Raises
    ------
    NotFound, InvalidInput, Conflict
        When there is no such review or owner, or it is archived; when the version moved on or the name is taken.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        before = await lock(
            session, actor, ReviewSchedule, command.id, expected_version=command.expected_version
        )
        if changes.get("owner_id") not in (None, before.owner_id):
            await in_use(session, actor, Member, changes["owner_id"], path=("ownerId",))
        schedule = await change(session, actor, ReviewSchedule, command.id, changes)
        return as_row(ReviewScheduleRow, schedule)


async def archive_review_schedule(
    database: Database, actor: Actor, command: ArchiveCommand
) -> ReviewScheduleRow:
    """Take a review off the calendar, or back onto it; those that were held stay."""
    async with transaction(database, actor) as session:
        schedule = await archive(
            session,
            actor,
            ReviewSchedule,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        return as_row(ReviewScheduleRow, schedule)


async def check_subject(
    session: AsyncSession, actor: Actor, kind: ReviewKind, team_id: UUID | None, portfolio_id: UUID | None
) -> None:
    """Refuse a subject that is not there, archived, or that this kind of review does not have.

    Raises
    ------
    InvalidInput, NotFound
    """
    if team_id is not None and portfolio_id is not None:
        raise InvalidInput(
            "A review is of a team, of a portfolio, or of the organisation: give one of them at most.",
            path=("portfolioId",),
        )
    if kind is ReviewKind.READINESS and portfolio_id is not None:
        raise InvalidInput(
            "A readiness review is of a team or of the organisation, not of a portfolio.",
            path=("portfolioId",),
        )
    if team_id is not None:
        await in_use(session, actor, Team, team_id, path=("teamId",))
    if portfolio_id is not None:
        await in_use(session, actor, Portfolio, portfolio_id, path=("portfolioId",))
