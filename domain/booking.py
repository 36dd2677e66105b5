"""Use cases about booked time: what teams spent on categories and initiatives, week by week.

What a booking does to alerts about drift is done in its own transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import Actor
from domain.booking_bulk import write_bookings
from domain.bulk import Outcome
from domain.commands.booking import BookingRemove, BookingSet
from domain.db import Database, transaction
from domain.drift.evaluation import evaluate_drift
from domain.enums import ErrorPolicy
from domain.errors import Conflict, DomainError, NotFound
from domain.models import Booking, metadata
from domain.rows import columns
from domain.rows_allocation import BookingRow

_BOOKINGS = metadata.tables["booking"]


async def set_booking(database: Database, actor: Actor, command: BookingSet, *, now: datetime) -> BookingRow:
    """Say what a team spent in a week, in place of what was booked there before.

    The old figure stays in the audit trail. To book the same again writes nothing.

    Raises
    ------
    InvalidInput
        When the week has not begun, or the team was not there; when there is neither a category nor an
        initiative that has one; when something new is booked on what is archived.
    NotFound
        When there is no such team, category or initiative.
    """
    async with transaction(database, actor) as session:
        (outcome,) = await write_bookings(session, actor, [command], ErrorPolicy.REJECT_ALL, now=now)
        if outcome.row is None:
            raise outcome.errors[0]
        await evaluate_drift(session, actor.organisation_id, now=now, team_ids=[command.team_id])
        return outcome.row


async def set_bookings(
    database: Database,
    actor: Actor,
    items: Sequence[BookingSet | DomainError],
    policy: ErrorPolicy,
    *,
    now: datetime,
) -> list[Outcome[BookingRow]]:
    """Say many at once; one outcome per item, in the order of the input; see ``write_bookings``."""
    async with transaction(database, actor) as session:
        outcomes = await write_bookings(session, actor, items, policy, now=now)
        teams = {outcome.row.team_id for outcome in outcomes if outcome.row is not None}
        if teams:
            await evaluate_drift(session, actor.organisation_id, now=now, team_ids=teams)
        return outcomes


async def remove_booking(
    database: Database, actor: Actor, command: BookingRemove, *, now: datetime
) -> BookingRow:
    """Remove a booking, and return it as it was; the audit trail keeps it.

    Raises
    ------
    NotFound, Conflict
        When there is none, or its version moved on.
    """
    async with transaction(database, actor) as session:
        here = (_BOOKINGS.c.organisation_id == actor.organisation_id, _BOOKINGS.c.id == command.id)
        query = sa.select(*columns(Booking, BookingRow)).where(*here).with_for_update()
        found = (await session.execute(query)).one_or_none()
        if found is None:
            raise NotFound("There is no booking with this id.", path=("id",))
        row = BookingRow._make(found)
        if command.expected_version not in (None, row.version):
            raise Conflict(
                f"This booking is at version {row.version}, not {command.expected_version}: somebody changed it"
                " meanwhile. Read it again and decide anew.",
                expected_version=command.expected_version,
                actual_version=row.version,
                path=("expectedVersion",),
            )
        await session.execute(sa.delete(_BOOKINGS).where(*here))
        await evaluate_drift(session, actor.organisation_id, now=now, team_ids=[row.team_id])
        return row


async def booked_by_initiative(
    connection: AsyncConnection, organisation_id: UUID, *, initiative_ids: Collection[UUID] | None = None
) -> dict[UUID, dict[UUID, float]]:
    """Person-weeks booked so far, by initiative and team; who is left out has no bookings."""
    query = (
        sa.select(_BOOKINGS.c.initiative_id, _BOOKINGS.c.team_id, sa.func.sum(_BOOKINGS.c.person_weeks))
        .where(_BOOKINGS.c.organisation_id == organisation_id, _BOOKINGS.c.initiative_id.is_not(None))
        .group_by(_BOOKINGS.c.initiative_id, _BOOKINGS.c.team_id)
    )
    if initiative_ids is not None:
        wanted = sa.literal(list(initiative_ids), sa.ARRAY(sa.Uuid))
        query = query.where(_BOOKINGS.c.initiative_id == sa.any_(wanted))
    found: dict[UUID, dict[UUID, float]] = {}
    for initiative_id, team_id, person_weeks in await connection.execute(query):
        found.setdefault(initiative_id, {})[team_id] = float(person_weeks)
    return found
