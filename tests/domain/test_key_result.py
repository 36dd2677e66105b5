"""Key results: values that follow a direction, due within the cycle, with a weight together."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.contribution import ContributionRemove, ContributionSet
from domain.commands.objective import KeyResultCreate, KeyResultUpdate
from domain.contribution import remove_contribution, set_contribution
from domain.cycle import archive_cycle
from domain.db import Database
from domain.enums import KeyResultDirection, KeyResultKind, Role
from domain.errors import Conflict, InvalidInput, NotFound
from domain.key_result import archive_key_result, create_key_result, update_key_result
from domain.objective import archive_objective
from domain.organisation import archive_member
from domain.rows import KeyResultRow
from tests.factories import a_cycle, a_key_result, a_member, an_initiative, an_objective, an_organisation

INCREASE, DECREASE, MILESTONE = KeyResultDirection


async def _update(database: Database, actor: Actor, key_result: KeyResultRow, **changes: Any) -> KeyResultRow:
    return await update_key_result(database, actor, KeyResultUpdate(id=key_result.id, **changes))


async def _archive(
    database: Database, actor: Actor, key_result: KeyResultRow, *, archived: bool = True
) -> KeyResultRow:
    return await archive_key_result(database, actor, ArchiveCommand(id=key_result.id, archived=archived))


async def test_creation_stores_what_is_given_and_starts_at_the_start(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    owner = await a_member(database, actor, role=Role.CONTRIBUTOR)
    key_result = await create_key_result(
        database,
        actor,
        KeyResultCreate(
            objective_id=objective.id,
            owner_id=owner.member_id,
            title="Failed payments fall",
            unit="%",
            direction=DECREASE,
            start_value=4.2,
            target_value=1,
            stretch_value=0.5,
            due_on=date(2026, 6, 30),
            weight=2,
        ),
    )
    assert key_result[1:15] == (
        objective.id,
        owner.member_id,
        "Failed payments fall",
        "%",
        DECREASE,
        KeyResultKind.OUTCOME,
        4.2,
        1.0,
        4.2,
        None,
        0.5,
        date(2026, 6, 30),
        2.0,
        1,
    )


async def test_a_milestone_goes_from_0_to_1(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    milestone = await create_key_result(
        database,
        actor,
        KeyResultCreate(
            objective_id=objective.id, title="Licence", direction=MILESTONE, due_on=date(2026, 3, 1)
        ),
    )
    assert (milestone.start_value, milestone.target_value, milestone.current_value) == (0, 1, 0)
    assert (await _update(database, actor, milestone, current_value=1)).current_value == 1
    with pytest.raises(InvalidInput, match="from 0 \\(not met\\) to 1 \\(met\\)") as raised:
        await _update(database, actor, milestone, current_value=0.5)
    assert raised.value.path == ("currentValue",)


@pytest.mark.parametrize(
    ("values", "path", "message"),
    [
        ({"target_value": 10}, "targetValue", "holding a level is a KPI's work"),
        ({"target_value": 5}, "targetValue", "above its start value 10, not 5"),
        ({"direction": DECREASE, "target_value": 11}, "targetValue", "below its start value 10, not 11"),
        ({"start_value": None, "commit_value": 12}, "commitValue", "give these first"),
        (
            {"target_value": None, "start_value": None, "stretch_value": 30},
            "stretchValue",
            "give these first",
        ),
        ({"commit_value": 10}, "commitValue", "beyond the start value 10"),
        ({"commit_value": 21}, "commitValue", "up to the target 20"),
        ({"stretch_value": 19}, "stretchValue", "the target 20 or beyond"),
        (
            {"direction": DECREASE, "target_value": 0, "commit_value": 11},
            "commitValue",
            "beyond the start value 10",
        ),
        ({"direction": DECREASE, "target_value": 0, "stretch_value": 1}, "stretchValue", "the target 0"),
        ({"direction": MILESTONE, "start_value": 1, "target_value": 1}, "startValue", "A milestone"),
        ({"direction": MILESTONE, "start_value": 0, "target_value": 2}, "targetValue", "A milestone"),
        (
            {"direction": MILESTONE, "start_value": 0, "target_value": 1, "commit_value": 1},
            "commitValue",
            "A milestone",
        ),
        (
            {"direction": MILESTONE, "start_value": 0, "target_value": 1, "stretch_value": 1},
            "stretchValue",
            "A milestone",
        ),
    ],
)
async def test_senseless_values_are_refused(
    database: Database, values: dict[str, Any], path: str, message: str
) -> None:
    actor = await an_organisation(database)
    with pytest.raises(InvalidInput, match=message) as raised:
        await a_key_result(database, actor, **{"start_value": 10, "target_value": 20, **values})
    assert raised.value.path == (path,)


async def test_commit_and_stretch_may_equal_the_target(database: Database) -> None:
    actor = await an_organisation(database)
    for direction, target in ((INCREASE, 100.0), (DECREASE, -100.0)):
        key_result = await a_key_result(
            database,
            actor,
            direction=direction,
            target_value=target,
            commit_value=target,
            stretch_value=target,
        )
        assert (key_result.commit_value, key_result.stretch_value) == (target, target)


async def test_an_update_is_judged_by_what_the_key_result_then_is(database: Database) -> None:
    actor = await an_organisation(database)
    key_result = await a_key_result(database, actor, start_value=0, target_value=100, commit_value=30)
    with pytest.raises(InvalidInput, match="up to the target 20") as raised:
        await _update(database, actor, key_result, target_value=20)
    assert raised.value.path == ("commitValue",)
    with pytest.raises(InvalidInput, match="below its start value 0, not 100"):
        await _update(database, actor, key_result, direction=DECREASE)
    turned = await _update(
        database, actor, key_result, direction=DECREASE, target_value=-50, commit_value=None
    )
    assert (turned.direction, turned.target_value, turned.commit_value) == (DECREASE, -50, None)


async def test_a_direction_does_not_turn_round_under_what_initiatives_contribute(database: Database) -> None:
    actor = await an_organisation(database)
    key_result = await a_key_result(database, actor)
    initiative = await an_initiative(database, actor)
    contribution = ContributionSet(
        initiative_id=initiative.id, key_result_id=key_result.id, expected_delta=5, confidence=0.5
    )
    await set_contribution(database, actor, contribution)
    turn: dict[str, Any] = {"direction": DECREASE, "target_value": -10}
    with pytest.raises(InvalidInput, match=r"in the other direction \(1 of them\)") as raised:
        await _update(database, actor, key_result, **turn)
    assert raised.value.path == ("direction",)
    milestone = await _update(database, actor, key_result, direction=MILESTONE, target_value=1)
    assert milestone.direction is MILESTONE
    await remove_contribution(
        database, actor, ContributionRemove(initiative_id=initiative.id, key_result_id=key_result.id)
    )
    assert (await _update(database, actor, key_result, **turn)).direction is DECREASE


async def test_the_current_value_moves_freely(database: Database) -> None:
    actor = await an_organisation(database)
    key_result = await a_key_result(database, actor, current_value=-20)
    assert key_result.current_value == -20
    assert (await _update(database, actor, key_result, current_value=130)).current_value == 130


@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 7, 1)])
async def test_the_due_date_lies_within_the_cycle(database: Database, day: date) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(
        database, actor, name="Spring", starts_on=date(2026, 2, 1), ends_on=date(2026, 6, 30)
    )
    objective = await an_objective(database, actor, cycle_id=cycle.id)
    key_result = await a_key_result(database, actor, objective_id=objective.id, due_on=date(2026, 2, 1))
    message = f"cycle Spring: 2026-02-01 to 2026-06-30, not {day}"
    with pytest.raises(InvalidInput, match=message) as raised:
        await a_key_result(database, actor, objective_id=objective.id, due_on=day)
    assert raised.value.path == ("dueOn",)
    with pytest.raises(InvalidInput, match=message):
        await _update(database, actor, key_result, due_on=day)
    moved = await _update(database, actor, key_result, due_on=date(2026, 6, 30))
    assert moved.due_on == date(2026, 6, 30)


async def test_key_results_must_weigh_something_together(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    with pytest.raises(InvalidInput, match="must not weigh 0 together") as raised:
        await a_key_result(database, actor, objective_id=objective.id, weight=0)
    assert raised.value.path == ("weight",)
    heavy = await a_key_result(database, actor, objective_id=objective.id, weight=1)
    light = await a_key_result(database, actor, objective_id=objective.id, weight=0)
    with pytest.raises(InvalidInput, match="must not weigh 0 together"):
        await _update(database, actor, heavy, weight=0)
    with pytest.raises(InvalidInput, match="must not weigh 0 together") as raised:
        await _archive(database, actor, heavy)
    assert raised.value.path == ("archived",)
    await _archive(database, actor, light)
    await _archive(database, actor, heavy)
    with pytest.raises(InvalidInput, match="must not weigh 0 together"):
        await _archive(database, actor, light, archived=False)
    assert (await _archive(database, actor, heavy, archived=False)).archived_at is None
    assert (await _archive(database, actor, light, archived=False)).archived_at is None


async def test_two_writers_never_take_all_weight_together(database: Database) -> None:
    actor = await an_organisation(database)
    for _ in range(10):
        objective = await an_objective(database, actor)
        pair = [await a_key_result(database, actor, objective_id=objective.id) for _ in range(2)]
        outcomes = await asyncio.gather(
            *(_update(database, actor, key_result, weight=0) for key_result in pair), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["InvalidInput", "KeyResultRow"]


async def test_nothing_is_added_to_an_archived_objective_or_cycle(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor)
    objective = await an_objective(database, actor, cycle_id=cycle.id)
    key_result = await a_key_result(database, actor, objective_id=objective.id)
    other = await a_key_result(database, actor, objective_id=objective.id)
    await _archive(database, actor, other)
    await archive_cycle(database, actor, ArchiveCommand(id=cycle.id))
    with pytest.raises(InvalidInput, match="This cycle is archived") as raised:
        await a_key_result(database, actor, objective_id=objective.id)
    assert raised.value.path == ("objectiveId",)
    await archive_objective(database, actor, ArchiveCommand(id=objective.id))
    with pytest.raises(InvalidInput, match="This objective is archived") as raised:
        await a_key_result(database, actor, objective_id=objective.id)
    assert raised.value.path == ("objectiveId",)
    with pytest.raises(InvalidInput, match="This objective is archived") as raised:
        await _archive(database, actor, other, archived=False)
    assert raised.value.path == ("archived",)
    assert (await _update(database, actor, key_result, current_value=70)).current_value == 70


async def test_the_owner_is_a_member_in_office_when_named(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    member = await a_member(database, actor, role=Role.CONTRIBUTOR)
    key_result = await a_key_result(database, actor, owner_id=member.member_id)
    await archive_member(database, actor, ArchiveCommand(id=member.member_id))
    kept = await _update(database, actor, key_result, title="Kept", owner_id=member.member_id)
    assert (kept.title, kept.owner_id) == ("Kept", member.member_id)
    assert (await _update(database, actor, key_result, owner_id=None)).owner_id is None
    with pytest.raises(InvalidInput, match="This member is archived") as raised:
        await _update(database, actor, key_result, owner_id=member.member_id)
    assert raised.value.path == ("ownerId",)
    with pytest.raises(NotFound) as missing:
        await a_key_result(database, actor, owner_id=stranger.member_id)
    assert missing.value.path == ("ownerId",)


async def test_another_tenants_objective_and_key_result_are_not_found(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    foreign = await a_key_result(database, stranger)
    with pytest.raises(NotFound) as raised:
        await a_key_result(database, actor, objective_id=foreign.objective_id)
    assert raised.value.path == ("objectiveId",)
    for changes in ({"title": "Mine"}, {"weight": 2}):
        with pytest.raises(NotFound, match="There is no key result with this id") as raised:
            await _update(database, actor, foreign, **changes)
        assert raised.value.path == ("id",)
    with pytest.raises(NotFound):
        await _archive(database, actor, foreign)


async def test_repeating_a_creation_returns_the_first(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    values: dict[str, Any] = {"id": uuid4(), "objective_id": objective.id, "title": "Faster"}
    first = await a_key_result(database, actor, **values)
    assert await a_key_result(database, actor, **values) == first
    with pytest.raises(Conflict, match="exists already and differs"):
        await a_key_result(database, actor, **values, weight=3)


async def test_updates_compare_and_swap(database: Database) -> None:
    actor = await an_organisation(database)
    key_result = await a_key_result(database, actor)
    await _update(database, actor, key_result, current_value=10, expected_version=1)
    with pytest.raises(Conflict) as raised:
        await _update(database, actor, key_result, weight=2, expected_version=1)
    assert (raised.value.expected_version, raised.value.actual_version) == (1, 2)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"start_value": float("inf")}, ("startValue",)),
        ({"target_value": 1.1e15}, ("targetValue",)),
        ({"weight": -1}, ("weight",)),
        ({"unit": "x" * 61}, ("unit",)),
        ({"unit": "\x00"}, ("unit",)),
        ({"due_on": "soon"}, ("dueOn",)),
    ],
)
def test_bad_input_names_the_field(values: dict[str, Any], path: tuple[str, ...]) -> None:
    valid = {"objective_id": uuid4(), "title": "Faster", "direction": "increase", "due_on": "2026-01-01"}
    with pytest.raises(InvalidInput) as raised:
        KeyResultCreate.parse({**valid, **values})
    assert raised.value.path == path
