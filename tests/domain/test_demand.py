"""What initiatives demand of teams."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.commands.base import ArchiveCommand
from domain.commands.demand import DemandEntry, TeamDemandRemove, TeamDemandSet, TeamDemandsReplace
from domain.db import Database
from domain.demand import remove_team_demand, replace_team_demands, set_team_demand
from domain.errors import DomainError, InvalidInput, NotFound
from domain.initiative import archive_initiative
from domain.rows import TeamDemandRow
from domain.team import archive_team
from tests.factories import a_team, an_initiative, an_organisation
from tests.trail import trail, written


def _entry(team_id: UUID, likely: float, **values: Any) -> DemandEntry:
    return DemandEntry(team_id=team_id, person_weeks_likely=likely, **values)


async def test_setting_a_demand_replaces_that_of_the_same_team_and_skill(database: Database) -> None:
    actor = await an_organisation(database)
    initiative, team = await an_initiative(database, actor), await a_team(database, actor)
    base = {"initiative_id": initiative.id, "team_id": team.id}
    await set_team_demand(database, actor, TeamDemandSet(**base, person_weeks_likely=3))
    design = TeamDemandSet(**base, skill="  Visual   design ", person_weeks_likely=1)
    assert (await set_team_demand(database, actor, design)).skill == "Visual design"
    changed = await set_team_demand(
        database,
        actor,
        TeamDemandSet(**base, person_weeks_low=2, person_weeks_likely=4, person_weeks_high=9),
    )
    assert changed == TeamDemandRow(initiative.id, team.id, "", 2.0, 4.0, 9.0)
    assert [entry[0] for entry in await trail(database, actor, "team_demand")] == [
        "insert",
        "insert",
        "update",
    ]


async def test_setting_the_same_again_writes_nothing(database: Database) -> None:
    actor = await an_organisation(database)
    initiative, team = await an_initiative(database, actor), await a_team(database, actor)
    command = TeamDemandSet(initiative_id=initiative.id, team_id=team.id, person_weeks_likely=0)
    first = await set_team_demand(database, actor, command)
    before = await written(database, actor)
    assert await set_team_demand(database, actor, command) == first
    assert await written(database, actor) == before


async def test_replacing_keeps_removes_and_adds_in_the_list_s_order(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    kept, changed, gone, added = [(await a_team(database, actor)).id for _ in range(4)]
    await replace_team_demands(
        database,
        actor,
        TeamDemandsReplace(
            initiative_id=initiative.id, demands=[_entry(kept, 1), _entry(changed, 2), _entry(gone, 3)]
        ),
    )
    rows = await replace_team_demands(
        database,
        actor,
        TeamDemandsReplace(
            initiative_id=initiative.id, demands=[_entry(added, 5), _entry(changed, 4), _entry(kept, 1)]
        ),
    )
    assert [(row.team_id, row.person_weeks_likely) for row in rows] == [(added, 5), (changed, 4), (kept, 1)]
    operations = [entry[0] for entry in await trail(database, actor, "team_demand")]
    assert sorted(operations[3:]) == ["delete", "insert", "update"]
    empty = TeamDemandsReplace(initiative_id=initiative.id, demands=[])
    assert await replace_team_demands(database, actor, empty) == []
    assert [entry[0] for entry in await trail(database, actor, "team_demand")].count("delete") == 4


async def test_removing_returns_what_was_there_and_refuses_what_was_not(database: Database) -> None:
    actor = await an_organisation(database)
    initiative, team = await an_initiative(database, actor), await a_team(database, actor)
    row = await set_team_demand(
        database,
        actor,
        TeamDemandSet(initiative_id=initiative.id, team_id=team.id, skill="SQL", person_weeks_likely=3),
    )
    command = TeamDemandRemove(initiative_id=initiative.id, team_id=team.id, skill="SQL")
    other = TeamDemandRemove(initiative_id=initiative.id, team_id=team.id)
    with pytest.raises(NotFound, match=r"^The initiative demands nothing of this team\.$"):
        await remove_team_demand(database, actor, other)
    assert await remove_team_demand(database, actor, command) == row
    with pytest.raises(NotFound, match="of this team with the skill SQL") as raised:
        await remove_team_demand(database, actor, command)
    assert raised.value.path == ("teamId",)


async def test_what_is_refused_names_the_entry_and_writes_nothing(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    team, archived = [(await a_team(database, actor)).id for _ in range(2)]
    await archive_team(database, actor, ArchiveCommand(id=archived))
    good, faulty = _entry(team, 1), _entry(team, 1, skill="x", person_weeks_high=0)
    cases: list[tuple[list[DemandEntry], type[DomainError], tuple[str | int, ...]]] = [
        ([good, _entry(uuid4(), 1)], NotFound, ("demands", 1, "teamId")),
        ([good, _entry(archived, 1)], InvalidInput, ("demands", 1, "teamId")),
        ([good, _entry(team, 2)], InvalidInput, ("demands", 1)),
        ([_entry(team, 1, person_weeks_low=2)], InvalidInput, ("demands", 0, "personWeeksLow")),
        ([good, faulty], InvalidInput, ("demands", 1, "personWeeksHigh")),
    ]
    before = await written(database, actor)
    for demands, kind, path in cases:
        with pytest.raises(kind) as raised:
            await replace_team_demands(
                database, actor, TeamDemandsReplace(initiative_id=initiative.id, demands=demands)
            )
        assert raised.value.path == path
    with pytest.raises(InvalidInput) as single:
        await set_team_demand(
            database,
            actor,
            TeamDemandSet(initiative_id=initiative.id, team_id=archived, person_weeks_likely=1),
        )
    assert single.value.path == ("teamId",)
    assert await written(database, actor) == before


async def test_a_demand_of_a_team_that_was_archived_since_can_stay_and_change(database: Database) -> None:
    actor = await an_organisation(database)
    initiative, team = await an_initiative(database, actor), await a_team(database, actor)
    command = TeamDemandSet(initiative_id=initiative.id, team_id=team.id, person_weeks_likely=3)
    await set_team_demand(database, actor, command)
    await archive_team(database, actor, ArchiveCommand(id=team.id))
    rows = await replace_team_demands(
        database, actor, TeamDemandsReplace(initiative_id=initiative.id, demands=[_entry(team.id, 2)])
    )
    assert [row.person_weeks_likely for row in rows] == [2]


async def test_an_archived_or_foreign_initiative_is_not_written_to(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    initiative, team = await an_initiative(database, ours), await a_team(database, ours)
    foreign = await an_initiative(database, theirs)
    await archive_initiative(database, ours, ArchiveCommand(id=initiative.id))
    for initiative_id, kind in ((initiative.id, InvalidInput), (foreign.id, NotFound)):
        for attempt in (
            set_team_demand(
                database,
                ours,
                TeamDemandSet(initiative_id=initiative_id, team_id=team.id, person_weeks_likely=1),
            ),
            replace_team_demands(database, ours, TeamDemandsReplace(initiative_id=initiative_id, demands=[])),
            remove_team_demand(
                database, ours, TeamDemandRemove(initiative_id=initiative_id, team_id=team.id)
            ),
        ):
            with pytest.raises(kind) as raised:
                await attempt
            assert raised.value.path == ("initiativeId",)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"personWeeksLikely": -1}, ("demands", 0, "personWeeksLikely")),
        ({"personWeeksLikely": 1_000_001}, ("demands", 0, "personWeeksLikely")),
        ({"personWeeksLikely": float("nan")}, ("demands", 0, "personWeeksLikely")),
        ({"personWeeksLikely": None}, ("demands", 0, "personWeeksLikely")),
        ({"personWeeksLikely": 1, "skill": "x" * 101}, ("demands", 0, "skill")),
    ],
)
def test_bad_figures_name_the_entry(values: dict[str, Any], path: tuple[str | int, ...]) -> None:
    with pytest.raises(InvalidInput) as raised:
        TeamDemandsReplace.parse({"initiativeId": uuid4(), "demands": [{"teamId": uuid4(), **values}]})
    assert raised.value.path == path


def test_the_list_is_bounded() -> None:
    demands = [{"teamId": uuid4(), "personWeeksLikely": 1}] * 201
    with pytest.raises(InvalidInput) as raised:
        TeamDemandsReplace.parse({"initiativeId": uuid4(), "demands": demands})
    assert raised.value.path == ("demands",)
