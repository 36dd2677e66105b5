"""Use cases about leave: of a person, of a whole team, or of the organisation, as public holidays are.

Leave may overlap: a day off is a day off, however often it is entered (``prioritisation.capacity``).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.bulk import Outcome, held_back, rows_as_table
from domain.commands.base import ArchiveCommand
from domain.commands.capacity import LeaveCreate, LeaveUpdate
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock, repeated
from domain.enums import ErrorPolicy
from domain.errors import Conflict, DomainError, InvalidInput
from domain.models import Leave, Team, TeamPerson, metadata
from domain.references import by_id, unusable
from domain.rows import as_row, columns
from domain.rows_capacity import LeaveRow

MOST_DAYS = 3_660
"""Longest leave: ten years."""

_TABLE = metadata.tables["leave"]


async def create_leave(database: Database, actor: Actor, command: LeaveCreate) -> LeaveRow:
    """Note days off.

    Raises
    ------
    InvalidInput
        When it ends before it starts, or is both a person's and a team's; when either is archived.
    NotFound, Conflict
        When there is no such person or team; when the id is taken.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"})
        first = await repeated(session, actor, Leave, values, entity_id=command.id)
        if first is not None:
            return as_row(LeaveRow, first)
        _refuse_senseless(command)
        if command.person_id is not None:
            await in_use(session, actor, TeamPerson, command.person_id, path=("personId",))
        if command.team_id is not None:
            await in_use(session, actor, Team, command.team_id, path=("teamId",))
        return as_row(LeaveRow, await create(session, actor, Leave, values, entity_id=command.id))


async def create_leaves(
    database: Database, actor: Actor, items: Sequence[LeaveCreate | DomainError], policy: ErrorPolicy
) -> list[Outcome[LeaveRow]]:
    """Note many days off, such as a year's public holidays; one outcome per item, in their order.

    An item whose id is there already, and the same, is returned as it is. Errors have paths from the item on.
    """
    async with transaction(database, actor) as session:
        faults: list[list[DomainError]] = [[] for _ in items]
        given = {position: item for position, item in enumerate(items) if not isinstance(item, DomainError)}
        for position, item in enumerate(items):
            if isinstance(item, DomainError):
                faults[position].append(item)
        people = await by_id(session, actor, "team_person", _ids(item.person_id for item in given.values()))
        teams = await by_id(session, actor, "team", _ids(item.team_id for item in given.values()))
        stored = await _stored(session, actor, _ids(item.id for item in given.values()))
        found: dict[int, LeaveRow] = {}
        new: dict[int, LeaveCreate] = {}
        named: dict[UUID, int] = {}
        for position, item in given.items():
            try:
                row = None if item.id is None else stored.get(item.id)
                if row is not None:
                    found[position] = _same(item, row)
                    continue
                _refuse_senseless(item)
                for key, rows, noun, path in (
                    (item.person_id, people, "team person", "personId"),
                    (item.team_id, teams, "team", "teamId"),
                ):
                    fault = None if key is None else unusable(rows.get(key), noun=noun, path=(path,))
                    if fault is not None:
                        raise fault
                if item.id is not None and named.setdefault(item.id, position) != position:
                    raise InvalidInput(f"The id is that of item {named[item.id]}, too.", path=("id",))
                new[position] = item
            except DomainError as error:
                faults[position].append(error)
        if new and not held_back(policy, faults):
            found |= await _insert(session, actor, new)
        return [
            Outcome(row=found.get(position), errors=tuple(errors)) for position, errors in enumerate(faults)
        ]


async def update_leave(database: Database, actor: Actor, command: LeaveUpdate) -> LeaveRow:
    """Change days off.

    Raises
    ------
    InvalidInput, NotFound, Conflict
        When it would end before it starts; when there is none; when the version moved on.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        leave = await lock(session, actor, Leave, command.id, expected_version=command.expected_version)
        _refuse_disorder(changes.get("starts_on", leave.starts_on), changes.get("ends_on", leave.ends_on))
        return as_row(LeaveRow, await change(session, actor, Leave, command.id, changes))


async def archive_leave(database: Database, actor: Actor, command: ArchiveCommand) -> LeaveRow:
    """Take days off back, or count them again."""
    async with transaction(database, actor) as session:
        leave = await archive(
            session,
            actor,
            Leave,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        return as_row(LeaveRow, leave)


def _refuse_senseless(command: LeaveCreate) -> None:
    if command.person_id is not None and command.team_id is not None:
        raise InvalidInput(
            "Leave is a person's, a team's or everybody's: name a person or a team, not both.",
            path=("teamId",),
        )
    _refuse_disorder(command.starts_on, command.ends_on)


def _refuse_disorder(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise InvalidInput(
            f"Leave must not end ({ends_on}) before it starts ({starts_on}).", path=("endsOn",)
        )
    if (ends_on - starts_on).days >= MOST_DAYS:
        raise InvalidInput(
            f"Leave lasts at most {MOST_DAYS} days; give who is gone for good a last day in the team.",
            path=("endsOn",),
        )


def _ids(keys: Iterable[UUID | None]) -> set[UUID]:
    return {key for key in keys if key is not None}


async def _stored(session: AsyncSession, actor: Actor, ids: set[UUID]) -> dict[UUID, LeaveRow]:
    rows = await by_id(session, actor, "leave", ids) if ids else {}
    return {key: as_row(LeaveRow, row) for key, row in rows.items()}


def _same(item: LeaveCreate, row: LeaveRow) -> LeaveRow:
    if any(getattr(row, name) != value for name, value in item.model_dump().items()):
        raise Conflict(
            "A leave with this id exists already and differs; choose another id or update it.",
            actual_version=row.version,
            path=("id",),
        )
    return row


async def _insert(session: AsyncSession, actor: Actor, new: dict[int, LeaveCreate]) -> dict[int, LeaveRow]:
    ids = {position: item.id or uuid4() for position, item in new.items()}
    rows = [{**item.model_dump(), "id": ids[position]} for position, item in new.items()]
    given = rows_as_table(_TABLE, rows)
    statement = (
        sa.insert(_TABLE)
        .from_select(
            ["organisation_id", *rows[0]],
            sa.select(sa.literal(actor.organisation_id, sa.Uuid), *given.c),
        )
        .returning(*columns(Leave, LeaveRow))
    )
    inserted = {row.id: row for row in map(LeaveRow._make, await session.execute(statement))}
    return {position: inserted[key] for position, key in ids.items()}
