"""Capacity of teams as it is stored: people, leave, focus, stated figures, and what is committed."""

from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from domain.actor import Actor
from domain.capacity.commitment import commitments, load_of
from domain.capacity.leave import create_leave
from domain.capacity.people import archive_person, create_person
from domain.capacity.settings import update_settings
from domain.capacity.stating import set_focus, set_stated_capacity
from domain.capacity.table import CapacitySource, CapacityTable, capacity_table
from domain.commands.base import ArchiveCommand
from domain.commands.capacity import (
    CapacitySettingsUpdate,
    LeaveCreate,
    StatedCapacitySet,
    TeamFocusSet,
    TeamPersonCreate,
)
from domain.commands.demand import TeamDemandSet
from domain.commands.initiative import InitiativeTransition
from domain.db import Database, reading
from domain.demand import set_team_demand
from domain.enums import InitiativeState
from domain.errors import InvalidInput
from domain.periods import PeriodLength, Weekday, working_days
from domain.rows import CycleRow
from domain.transition import transition_initiative
from tests.factories import a_cycle, a_team, an_initiative, an_organisation
from tests.statements import counted

OCTOBER = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 31)}


async def _table(
    database: Database, actor: Actor, cycle: CycleRow, length: PeriodLength = PeriodLength.WEEK, **more: Any
) -> CapacityTable:
    async with reading(database, actor.organisation_id) as connection:
        return await capacity_table(connection, actor.organisation_id, cycle, length, **more)


async def _person(database: Database, actor: Actor, team_id: UUID, **values: Any) -> UUID:
    command = TeamPersonCreate(team_id=team_id, **{"name": "Somebody", **values})
    return (await create_person(database, actor, command)).id


async def test_people_less_leave_times_focus(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor, **OCTOBER)
    team, other = await a_team(database, actor), await a_team(database, actor)
    ann = await _person(database, actor, team.id, skills=["sql", "go"])
    await _person(database, actor, team.id, fte=0.5, joins_on=date(2026, 10, 12), skills=["go"])
    gone = await _person(database, actor, team.id)
    await archive_person(database, actor, ArchiveCommand(id=gone))
    await _person(database, actor, other.id, leaves_on=date(2026, 9, 30))
    await create_leave(
        database,
        actor,
        LeaveCreate(person_id=ann, starts_on=date(2026, 9, 21), ends_on=date(2026, 10, 6)),
    )
    await create_leave(
        database,
        actor,
        LeaveCreate(team_id=team.id, starts_on=date(2026, 10, 12), ends_on=date(2026, 10, 12)),
    )
    await create_leave(
        database,
        actor,
        LeaveCreate(
            name="Founders' day", starts_on=date(2026, 10, 30), ends_on=date(2026, 10, 30), share=0.5
        ),
    )
    await set_focus(database, actor, TeamFocusSet(team_id=team.id, share=0.5))
    await set_focus(database, actor, TeamFocusSet(team_id=team.id, cycle_id=cycle.id, share=0.8))
    table = await _table(
        database, actor, cycle, demanded=[(team.id, "rust"), (other.id, "rust"), (team.id, "")]
    )
    column, empty = table.column(team.id), table.column(other.id)
    assert [str(period.starts_on) for period in table.periods] == [
        "2026-10-01",
        "2026-10-05",
        "2026-10-12",
        "2026-10-19",
        "2026-10-26",
    ]
    np.testing.assert_allclose(table.gross[:, column], [0.4, 1.0, 1.5, 1.5, 1.5])
    np.testing.assert_allclose(table.leave[:, column], [0.4, 0.4, 0.3, 0.0, 0.15])
    np.testing.assert_allclose(table.net[:, column], [0.0, 0.48, 0.96, 1.2, 1.08])
    assert np.isnan(table.focus[0, column])
    np.testing.assert_allclose(table.focus[1:, column], 0.8)
    # the other team is known, and nobody is left in it
    assert table.net[:, empty].tolist() == [0.0] * 5
    assert {table.source_of(row, column) for row in range(5)} == {CapacitySource.COMPUTED}
    # a team that names skills has none of one that nobody has; one that names none: unknown
    np.testing.assert_allclose(table.known[team.id, "sql"], [0.0, 0.48, 0.64, 0.8, 0.72])
    np.testing.assert_allclose(table.known[team.id, "go"], table.known[team.id, ""])
    assert table.known[team.id, "rust"].tolist() == [0.0] * 5
    assert (other.id, "rust") not in table.known
    # months add up to the same, and so does a cycle around it that has no focus of its own
    year = await a_cycle(database, actor)
    by_month = await _table(database, actor, year, PeriodLength.MONTH)
    assert by_month.net[9, column] == pytest.approx(table.net[:, column].sum())


async def test_what_nobody_has_stated_is_unknown_and_figures_stand_instead(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor, **OCTOBER)
    year = await a_cycle(database, actor)
    silent, stated, mixed = [await a_team(database, actor) for _ in range(3)]
    await _person(database, actor, mixed.id)
    for team, place, person_weeks in (
        (stated, {"cycle_id": year.id}, 52.2),
        (stated, {"starts_on": date(2026, 10, 5), "ends_on": date(2026, 10, 9)}, 0.0),
        (mixed, {"starts_on": date(2026, 10, 7), "ends_on": date(2026, 10, 16)}, 8.0),
    ):
        command = StatedCapacitySet(team_id=team.id, person_weeks=person_weeks, **place)
        await set_stated_capacity(database, actor, command)
    table = await _table(database, actor, cycle)
    assert np.isnan(table.net[:, table.column(silent.id)]).all()
    assert (silent.id, "") not in table.known
    # 2026 has 261 working days: 0.2 person-weeks each; days that are stated stand before the year
    np.testing.assert_allclose(table.known[stated.id, ""], [0.4, 0.0, 1.0, 1.0, 1.0])
    np.testing.assert_allclose(table.known[mixed.id, ""], [0.4, 3.4, 5.0, 1.0, 1.0])
    sources = [
        [table.source_of(row, table.column(team.id)) for row in range(3)] for team in (silent, stated, mixed)
    ]
    assert sources == [
        [CapacitySource.UNKNOWN] * 3,
        [CapacitySource.STATED] * 3,
        [CapacitySource.COMPUTED, CapacitySource.MIXED, CapacitySource.STATED],
    ]
    assert np.isnan(table.gross[:, table.column(stated.id)]).all()


async def test_a_figure_for_ages_is_counted_and_not_laid_out(database: Database) -> None:
    actor = await an_organisation(database)
    team = await a_team(database, actor)
    ages = await a_cycle(database, actor, starts_on=date(1, 1, 1), ends_on=date(9999, 12, 31))
    cycle = await a_cycle(database, actor, **OCTOBER)
    days = working_days(date(1, 1, 1), date(9999, 12, 31))
    await set_stated_capacity(
        database, actor, StatedCapacitySet(team_id=team.id, cycle_id=ages.id, person_weeks=1_000_000)
    )
    table = await _table(database, actor, cycle, PeriodLength.MONTH)
    assert table.known[team.id, ""].item() == pytest.approx(1_000_000 * 22 / days)
    for length in PeriodLength:
        with pytest.raises(InvalidInput, match="at most 520"):
            await _table(database, actor, ages, length)


async def test_working_days_are_the_organisations(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor, **OCTOBER)
    team = await a_team(database, actor)
    await _person(database, actor, team.id)
    days = [Weekday.SUNDAY, Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY]
    settings = await update_settings(database, actor, CapacitySettingsUpdate(working_weekdays=days))
    assert (settings.working_weekdays[-1], settings.version) == ("sunday", 1)
    table = await _table(database, actor, cycle)
    np.testing.assert_allclose(table.known[team.id, ""], [0.2, 0.8, 0.8, 0.8, 0.6])


async def test_work_in_flight_takes_what_is_free(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor, **OCTOBER)
    team = await a_team(database, actor)
    await _person(database, actor, team.id)
    initiative = await an_initiative(database, actor, duration_weeks_likely=4)
    await an_initiative(database, actor, portfolio_id=initiative.portfolio_id)
    for skill, weeks in (("", 3), ("go", 1)):
        command = TeamDemandSet(
            initiative_id=initiative.id, team_id=team.id, skill=skill, person_weeks_likely=weeks
        )
        await set_team_demand(database, actor, command)
    async with reading(database, actor.organisation_id) as connection:
        assert await commitments(connection, actor.organisation_id) == []
    for state in (InitiativeState.EVALUATED, InitiativeState.APPROVED, InitiativeState.ACTIVE):
        step = InitiativeTransition(id=initiative.id, to_state=state, reason="Go.")
        await transition_initiative(database, actor, step)
    table = await _table(database, actor, cycle)
    async with reading(database, actor.organisation_id) as connection:
        committed = await commitments(connection, actor.organisation_id)
    assert [(item.demand, item.booked, item.remaining) for item in committed] == [(4.0, 0.0, 4.0)]
    load = load_of(table, committed, today=date(2026, 10, 14))
    column = table.column(team.id)
    # a person-week a week: of the week that runs 5 of 7 days are left, 3 of them working days
    np.testing.assert_allclose(load.committed[:, column], [np.nan, np.nan, 5 / 7, 1.0, 6 / 7])
    np.testing.assert_allclose(
        load.free[:, column], [np.nan, np.nan, 0.6 - 5 / 7, 0.0, 1 - 6 / 7], atol=1e-12
    )


async def test_the_number_of_statements_does_not_grow(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor, **OCTOBER)
    numbers = []
    for _ in range(2):
        for _ in range(3):
            team = await a_team(database, actor)
            await _person(database, actor, team.id)
        async with reading(database, actor.organisation_id) as connection:
            with counted(database) as statements:
                await capacity_table(connection, actor.organisation_id, cycle, PeriodLength.WEEK)
        numbers.append(len(statements))
    assert numbers == [7, 7]
