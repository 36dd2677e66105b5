"""Many bookings at once, set-based: judged one by one, written together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.bulk import Outcome, held_back, rows_as_table
from domain.capacity.settings import read_settings
from domain.commands.booking import BookingSet, BookingUnit
from domain.enums import ErrorPolicy
from domain.errors import DomainError, InvalidInput
from domain.models import Booking, metadata
from domain.periods import WORKING_DAYS_PER_WEEK, PeriodLength, period_of
from domain.references import by_id, unusable
from domain.rows import columns
from domain.rows_allocation import BookingRow

_BOOKINGS = metadata.tables["booking"]
_PEOPLE = metadata.tables["team_person"]
_CHUNK = 5_000
"""Rows a statement: keeps each far from the statement timeout."""

Key = tuple[UUID, date, UUID, UUID | None]
"""Team, Monday, category and initiative."""

_KEY = ("team_id", "week", "category_id", "initiative_id")


class Life(NamedTuple):
    """The first and the last day of a team; None where it is not known to begin or end."""

    first: date | None
    last: date | None


class _Known(NamedTuple):
    teams: Mapping[UUID, Any]
    categories: Mapping[UUID, Any]
    initiatives: Mapping[UUID, Any]
    lives: Mapping[UUID, Life]
    hours_per_day: float
    today: date


class _Candidate(NamedTuple):
    position: int
    key: Key
    person_weeks: float
    note: str | None
    faults: tuple[DomainError, ...]
    """What is wrong with it if it is a new booking, and not a correction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Bookings that were judged: what is wrong with each item, and the good ones with what is stored there.

    ``stored`` has the row of each good item's place; None where nothing is booked yet.
    """

    faults: list[list[DomainError]]
    good: list["_Candidate"]
    stored: Mapping[Key, BookingRow]

    def changes(self) -> dict[int, bool | None]:
        """Whether each good item, by position, changes what is stored; None where nothing is stored yet."""
        found: dict[int, bool | None] = {}
        for candidate in self.good:
            row = self.stored.get(candidate.key)
            found[candidate.position] = None if row is None else _differs(candidate, row)
        return found


async def write_bookings(
    session: AsyncSession,
    actor: Actor,
    items: Sequence[BookingSet | DomainError],
    policy: ErrorPolicy,
    *,
    now: datetime,
) -> list[Outcome[BookingRow]]:
    """Set bookings within a transaction; one outcome per item, in the order of the input.

    A booking has no parts that could be left out, so ``IGNORE_FAILED`` does as ``REJECT_FAILED``. The rest is as
    :func:`judge_bookings` and :func:`write_judged` say. Errors have paths from the item on.
    """
    judged = await judge_bookings(session, actor, items, now=now)
    found: dict[int, BookingRow] = {}
    if not held_back(policy, judged.faults):
        found = await write_judged(session, actor, judged)
    return [
        Outcome(row=found.get(position), errors=tuple(errors))
        for position, errors in enumerate(judged.faults)
    ]


async def judge_bookings(
    session: AsyncSession, actor: Actor, items: Sequence[BookingSet | DomainError], *, now: datetime
) -> Judged:
    """Find what is wrong with bookings; nothing is written.

    Of two items of one place the second is refused. What is archived takes corrections, and nothing new. A
    team is there from the day on which its first person joined, unless one has always been there, until it is
    archived or the last one has left.
    """
    faults: list[list[DomainError]] = [[] for _ in items]
    commands: dict[int, BookingSet] = {}
    for position, item in enumerate(items):
        if isinstance(item, DomainError):
            faults[position].append(item)
        else:
            commands[position] = item
    known = await _known(session, actor, commands.values(), now.date())
    candidates = _candidates(commands, known, faults)
    stored = await _stored(session, actor, [candidate.key for candidate in candidates])
    good = []
    for candidate in candidates:
        if candidate.faults and candidate.key not in stored:
            faults[candidate.position].extend(candidate.faults)
        else:
            good.append(candidate)
    return Judged(faults=faults, good=good, stored=stored)


async def write_judged(session: AsyncSession, actor: Actor, judged: Judged) -> dict[int, BookingRow]:
    """Write the good ones; each replaces what was booked there before, and nothing happens where it is the same."""
    if not judged.good:
        return {}
    await _upsert(session, actor, judged.good, judged.stored)
    found = await _stored(session, actor, [candidate.key for candidate in judged.good])
    return {candidate.position: found[candidate.key] for candidate in judged.good}


def _differs(candidate: "_Candidate", row: BookingRow) -> bool:
    return candidate.person_weeks != row.person_weeks or candidate.note not in (None, row.note)


def person_weeks(amount: float, unit: BookingUnit, *, hours_per_day: float) -> float:
    """Booked time in person-weeks of five working days."""
    if unit is BookingUnit.DAYS:
        return amount / WORKING_DAYS_PER_WEEK
    if unit is BookingUnit.HOURS:
        return amount / (WORKING_DAYS_PER_WEEK * hours_per_day)
    return amount


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return period_of(day, PeriodLength.WEEK).starts_on


async def _known(session: AsyncSession, actor: Actor, commands: Iterable[BookingSet], today: date) -> _Known:
    given = list(commands)
    initiatives = await by_id(
        session, actor, "initiative", (item.initiative_id for item in given if item.initiative_id)
    )
    named = {item.category_id for item in given} | {row.category_id for row in initiatives.values()}
    teams = await by_id(session, actor, "team", (item.team_id for item in given))
    return _Known(
        teams=teams,
        categories=await by_id(session, actor, "allocation_category", (key for key in named if key)),
        initiatives=initiatives,
        lives=await _lives(session, actor, teams),
        hours_per_day=(await read_settings(session)).hours_per_day,
        today=today,
    )


async def _lives(session: AsyncSession, actor: Actor, teams: Mapping[UUID, Any]) -> dict[UUID, Life]:
    people = _PEOPLE.c
    query = (
        sa.select(
            people.team_id,
            sa.case((sa.func.count() == sa.func.count(people.joins_on), sa.func.min(people.joins_on))),
            sa.case((sa.func.count() == sa.func.count(people.leaves_on), sa.func.max(people.leaves_on))),
        )
        .where(
            people.organisation_id == actor.organisation_id,
            people.team_id == sa.any_(sa.literal(list(teams), sa.ARRAY(sa.Uuid))),
            people.archived_at.is_(None),
        )
        .group_by(people.team_id)
    )
    lives = {team_id: Life(first, last) for team_id, first, last in await session.execute(query)}
    for team_id, team in teams.items():
        if team.archived_at is not None:
            first, last = lives.get(team_id, Life(None, None))
            ended = team.archived_at.date()
            lives[team_id] = Life(first, ended if last is None else min(last, ended))
    return lives


def _candidates(
    commands: Mapping[int, BookingSet], known: _Known, faults: list[list[DomainError]]
) -> list[_Candidate]:
    candidates = []
    first: dict[Key, int] = {}
    for position, item in commands.items():
        try:
            candidate = _candidate(position, item, known)
            repeated = first.setdefault(candidate.key, position)
            if repeated != position:
                raise InvalidInput(
                    f"Item {repeated}, counted from 0, is about the same team, week, category and initiative;"
                    " add the two up.",
                    path=("week",),
                )
            candidates.append(candidate)
        except DomainError as error:
            faults[position].append(error)
    return candidates


def _candidate(position: int, item: BookingSet, known: _Known) -> _Candidate:
    week = week_of(item.week)
    initiative = None if item.initiative_id is None else known.initiatives.get(item.initiative_id)
    references: list[tuple[UUID | None, Any, str, str]] = [
        (item.team_id, known.teams.get(item.team_id), "team", "teamId"),
        (item.initiative_id, initiative, "initiative", "initiativeId"),
    ]
    category_id = item.category_id
    if category_id is None and initiative is not None:
        category_id = initiative.category_id
    if category_id is not None:
        row = known.categories.get(category_id)
        references.append((category_id, row, "allocation category", "categoryId"))
    # archived ones are no fault of a correction
    archived = []
    for key, row, noun, path in references:
        fault = None if key is None else unusable(row, noun=noun, path=(path,))
        if fault is not None and row is None:
            raise fault
        if fault is not None and noun != "team":
            archived.append(fault)
    if category_id is None:
        hint = (
            "; the initiative has none"
            if item.initiative_id is not None
            else ", or an initiative that has one"
        )
        raise InvalidInput(f"Name a category{hint}.", path=("categoryId",))
    if week > known.today:
        raise InvalidInput(
            f"The week of {week} has not begun; book what has been spent, not what is planned.",
            path=("week",),
        )
    _refuse_outside_life(week, known.lives.get(item.team_id))
    return _Candidate(
        position=position,
        key=(item.team_id, week, category_id, item.initiative_id),
        person_weeks=person_weeks(item.amount, item.unit, hours_per_day=known.hours_per_day),
        note=item.note,
        faults=tuple(archived),
    )


def _refuse_outside_life(week: date, life: Life | None) -> None:
    if life is None:
        return
    if life.first is not None and period_of(week, PeriodLength.WEEK).ends_on < life.first:
        raise InvalidInput(
            f"The team begins on {life.first}, when the first of its people joins.", path=("week",)
        )
    if life.last is not None and week > life.last:
        raise InvalidInput(
            f"The team ended on {life.last}: nobody of it is there any more, or it is archived.",
            path=("week",),
        )


async def _stored(session: AsyncSession, actor: Actor, keys: Sequence[Key]) -> dict[Key, BookingRow]:
    found: dict[Key, BookingRow] = {}
    for start in range(0, len(keys), _CHUNK):
        wanted = rows_as_table(
            _BOOKINGS, [dict(zip(_KEY, key, strict=True)) for key in keys[start : start + _CHUNK]]
        )
        query = sa.select(*columns(Booking, BookingRow)).join_from(
            wanted,
            _BOOKINGS,
            # only what is compared by equality can be looked up; the rest is left to filter
            sa.and_(
                _BOOKINGS.c.organisation_id == actor.organisation_id,
                *(_BOOKINGS.c[name] == wanted.c[name] for name in _KEY[:-1]),
                _BOOKINGS.c.initiative_id.is_not_distinct_from(wanted.c.initiative_id),
            ),
        )
        for row in map(BookingRow._make, await session.execute(query)):
            found[row.team_id, row.week, row.category_id, row.initiative_id] = row
    return found


async def _upsert(
    session: AsyncSession, actor: Actor, candidates: Sequence[_Candidate], stored: Mapping[Key, BookingRow]
) -> None:
    def row(candidate: _Candidate) -> dict[str, Any]:
        before = stored.get(candidate.key)
        kept = "" if before is None else before.note
        return {
            "organisation_id": actor.organisation_id,
            **dict(zip(_KEY, candidate.key, strict=True)),
            "person_weeks": candidate.person_weeks,
            "note": kept if candidate.note is None else candidate.note,
            "booked_by_id": actor.member_id,
        }

    # in one order, so that two who book the same can't wait for each other
    ordered = sorted(candidates, key=lambda candidate: tuple(map(str, candidate.key)))
    for start in range(0, len(ordered), _CHUNK):
        rows = [row(candidate) for candidate in ordered[start : start + _CHUNK]]
        given = rows_as_table(_BOOKINGS, rows)
        statement = postgresql.insert(_BOOKINGS).from_select(
            list(rows[0]), sa.select(*given.c), include_defaults=False
        )
        told = {name: statement.excluded[name] for name in ("person_weeks", "note")}
        statement = statement.on_conflict_do_update(
            constraint="uq_booking_place",
            set_={
                **told,
                "booked_by_id": statement.excluded.booked_by_id,
                "version": _BOOKINGS.c.version + 1,
                "updated_at": sa.func.now(),
            },
            where=sa.or_(*(_BOOKINGS.c[name].is_distinct_from(value) for name, value in told.items())),
        )
        await session.execute(statement)
