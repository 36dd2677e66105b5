"""Booked time: one place once, corrections that leave a trail, and what can't have been."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.booking import booked_by_initiative, remove_booking, set_booking, set_bookings
from domain.capacity.people import create_person
from domain.capacity.settings import update_settings
from domain.commands.base import ArchiveCommand
from domain.commands.booking import BookingRemove, BookingSet, BookingUnit
from domain.commands.capacity import CapacitySettingsUpdate, TeamPersonCreate
from domain.db import Database, reading
from domain.enums import ErrorPolicy
from domain.errors import Conflict, DomainError, InvalidInput, NotFound
from domain.portfolio import archive_allocation_category
from domain.team import archive_team
from tests.factories import a_category, a_team, an_initiative, an_organisation
from tests.statements import counted
from tests.trail import written

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = date(2026, 11, 16)


async def _trail(database: Database, actor: Actor) -> list[Any]:
    query = (
        "SELECT operation, old_values ->> 'person_weeks', new_values ->> 'person_weeks' FROM audit_entry"
        " WHERE entity = 'booking' ORDER BY id"
    )
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query))]


async def test_a_booking_replaces_what_was_booked_and_the_trail_keeps_it(database: Database) -> None:
    actor = await an_organisation(database)
    team, category = await a_team(database, actor), await a_category(database, actor)
    initiative = await an_initiative(database, actor, category_id=category.id)
    place = {"team_id": team.id, "initiative_id": initiative.id}
    first = await set_booking(
        database, actor, BookingSet(**place, week=date(2026, 11, 20), amount=2.5, note="Sprint"), now=NOW
    )
    assert (first.week, first.category_id, first.person_weeks) == (MONDAY, category.id, 2.5)
    days = BookingSet(**place, week=MONDAY, amount=12.5, unit=BookingUnit.DAYS)
    assert await set_booking(database, actor, days, now=NOW) == first
    hours = BookingSet(**place, week=MONDAY, amount=80, unit=BookingUnit.HOURS)
    corrected = await set_booking(database, actor, hours, now=NOW)
    assert (corrected.id, corrected.person_weeks, corrected.note) == (first.id, 2.0, "Sprint")
    assert corrected.version == 2
    await update_settings(database, actor, CapacitySettingsUpdate(hours_per_day=4))
    assert (await set_booking(database, actor, hours, now=NOW)).person_weeks == 4.0
    none = await set_booking(
        database, actor, BookingSet(team_id=team.id, category_id=category.id, week=MONDAY, amount=0), now=NOW
    )
    assert (none.initiative_id, none.person_weeks) == (None, 0.0)
    async with reading(database, actor.organisation_id) as connection:
        organisation = actor.organisation_id
        assert await booked_by_initiative(connection, organisation) == {initiative.id: {team.id: 4.0}}
        assert await booked_by_initiative(connection, organisation, initiative_ids=[uuid4()]) == {}
    with pytest.raises(Conflict, match="at version 3, not 1"):
        await remove_booking(database, actor, BookingRemove(id=first.id, expected_version=1), now=NOW)
    assert (await remove_booking(database, actor, BookingRemove(id=first.id), now=NOW)).version == 3
    with pytest.raises(NotFound, match="no booking"):
        await remove_booking(database, actor, BookingRemove(id=first.id), now=NOW)
    assert await _trail(database, actor) == [
        ("insert", None, "2.5"),
        ("update", "2.5", "2"),
        ("update", "2", "4"),
        ("insert", None, "0"),
        ("delete", "4", None),
    ]


async def test_what_can_not_have_been_is_refused_and_writes_nothing(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    team, category = await a_team(database, actor), await a_category(database, actor)
    young, closed = await a_team(database, actor), await a_team(database, actor)
    await create_person(
        database,
        actor,
        TeamPersonCreate(
            team_id=young.id, name="Ann", joins_on=date(2026, 11, 11), leaves_on=date(2026, 11, 17)
        ),
    )
    loose = await an_initiative(database, actor)
    foreign_team, foreign = await a_team(database, stranger), await a_category(database, stranger)
    foreign_initiative = await an_initiative(database, stranger, category_id=foreign.id)
    old = BookingSet(team_id=team.id, category_id=category.id, week=MONDAY - timedelta(7), amount=1)
    await set_booking(database, actor, old, now=NOW)
    await archive_team(database, actor, ArchiveCommand(id=closed.id))
    before = await written(database, actor)
    good = {"team_id": team.id, "category_id": category.id, "week": MONDAY, "amount": 1}
    for changes, error, path in (
        ({"week": date(2026, 11, 23)}, InvalidInput, "week"),
        ({"team_id": young.id, "week": date(2026, 11, 8)}, InvalidInput, "week"),
        ({"team_id": foreign_team.id}, NotFound, "teamId"),
        ({"category_id": foreign.id}, NotFound, "categoryId"),
        ({"initiative_id": foreign_initiative.id}, NotFound, "initiativeId"),
        ({"category_id": None}, InvalidInput, "categoryId"),
        ({"category_id": None, "initiative_id": loose.id}, InvalidInput, "categoryId"),
    ):
        with pytest.raises(error) as caught:
            await set_booking(database, actor, BookingSet(**{**good, **changes}), now=NOW)
        assert caught.value.path == (path,)
    for amount in (float("nan"), float("inf"), -1, 1e9):
        with pytest.raises(InvalidInput, match="amount"):
            BookingSet.parse({**good, "amount": amount})
    with pytest.raises(InvalidInput, match="ended on"):
        later = BookingSet(**{**good, "team_id": closed.id})
        after = datetime.now(UTC) + timedelta(30)
        await set_booking(database, actor, later.model_copy(update={"week": after.date()}), now=after)
    with pytest.raises(InvalidInput, match="ended on 2026-11-17"):
        gone = BookingSet(**{**good, "team_id": young.id, "week": MONDAY + timedelta(7)})
        await set_booking(database, actor, gone, now=NOW + timedelta(7))
    assert await written(database, actor) == before
    # the young team was there in the week in which Ann came, and in that in which she went
    for week in (date(2026, 11, 9), MONDAY):
        await set_booking(database, actor, BookingSet(**{**good, "team_id": young.id, "week": week}), now=NOW)
    # what is archived takes corrections, and nothing new
    await archive_allocation_category(database, actor, ArchiveCommand(id=category.id))
    assert (await set_booking(database, actor, old.model_copy(update={"amount": 2}), now=NOW)).version == 2
    with pytest.raises(InvalidInput, match="archived"):
        await set_booking(database, actor, BookingSet(**good), now=NOW)


async def test_many_bookings_are_judged_one_by_one(database: Database) -> None:
    actor = await an_organisation(database)
    team, category = await a_team(database, actor), await a_category(database, actor)

    def item(**changes: Any) -> BookingSet:
        return BookingSet(
            **{"team_id": team.id, "category_id": category.id, "week": MONDAY, "amount": 1, **changes}
        )

    items: list[BookingSet | DomainError] = [
        item(),
        item(amount=2),
        item(team_id=uuid4()),
        InvalidInput("Unreadable."),
        item(week=date(2026, 1, 5)),
    ]
    held = await set_bookings(database, actor, items, ErrorPolicy.REJECT_ALL, now=NOW)
    assert [(outcome.row, len(outcome.errors)) for outcome in held] == [
        (None, 0),
        (None, 1),
        (None, 1),
        (None, 1),
        (None, 0),
    ]
    kept = await set_bookings(database, actor, items, ErrorPolicy.REJECT_FAILED, now=NOW)
    assert [outcome.row is not None for outcome in kept] == [True, False, False, False, True]
    assert [error.path for outcome in kept for error in outcome.errors] == [("week",), ("teamId",), ()]


async def test_thousands_of_bookings_are_a_handful_of_statements(database: Database) -> None:
    actor = await an_organisation(database)
    teams = [(await a_team(database, actor)).id for _ in range(4)]
    categories = [(await a_category(database, actor)).id for _ in range(4)]

    def items(weeks: int, teams: list[UUID]) -> list[Any]:
        return [
            BookingSet(team_id=team, category_id=category, week=MONDAY - timedelta(7 * week), amount=1)
            for team in teams
            for category in categories
            for week in range(weeks)
        ]

    numbers = []
    for number in (1, 187):
        with counted(database) as statements:
            done = await set_bookings(database, actor, items(number, teams), ErrorPolicy.REJECT_ALL, now=NOW)
        assert all(outcome.row is not None for outcome in done)
        numbers.append(len([text for text in statements if "pg_notify" not in text]))
    assert numbers[0] == numbers[1]
    assert len(done) == 2_992
