"""What initiatives contribute to key results."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.contribution import (
    ContributionEntry,
    ContributionRemove,
    ContributionSet,
    ContributionsReplace,
)
from domain.contribution import remove_contribution, replace_contributions, set_contribution
from domain.db import Database
from domain.enums import KeyResultDirection
from domain.errors import DomainError, InvalidInput, NotFound
from domain.initiative import archive_initiative
from domain.key_result import archive_key_result
from domain.rows import ContributionRow, KeyResultRow
from tests.factories import a_key_result, an_initiative, an_objective, an_organisation
from tests.trail import trail, written

_VALUES: dict[KeyResultDirection, dict[str, Any]] = {
    KeyResultDirection.INCREASE: {"title": "Retention", "unit": "%", "start_value": 60, "target_value": 75},
    KeyResultDirection.DECREASE: {
        "title": "Lead time",
        "unit": "days",
        "start_value": 30,
        "target_value": 12.5,
    },
    KeyResultDirection.MILESTONE: {"title": "Licence granted", "start_value": 0, "target_value": 1},
}


async def _key_result(
    database: Database, actor: Actor, direction: KeyResultDirection, **values: Any
) -> KeyResultRow:
    return await a_key_result(database, actor, **{"direction": direction, **_VALUES[direction], **values})


def _entry(key_result_id: UUID, delta: float, confidence: float = 0.5) -> ContributionEntry:
    return ContributionEntry(key_result_id=key_result_id, expected_delta=delta, confidence=confidence)


async def test_setting_a_contribution_replaces_that_to_the_same_key_result(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    key_result = await _key_result(database, actor, KeyResultDirection.INCREASE)
    base = {"initiative_id": initiative.id, "key_result_id": key_result.id}
    await set_contribution(database, actor, ContributionSet(**base, expected_delta=5, confidence=0.8))
    changed = await set_contribution(
        database, actor, ContributionSet(**base, expected_delta=7.5, confidence=1)
    )
    assert changed == ContributionRow(initiative.id, key_result.id, 7.5, 1.0)
    assert [entry[:3] for entry in await trail(database, actor, "contribution")][1:] == [
        (
            "update",
            {
                "initiative_id": str(initiative.id),
                "key_result_id": str(key_result.id),
                "expected_delta": 5,
                "confidence": 0.8,
            },
            {
                "initiative_id": str(initiative.id),
                "key_result_id": str(key_result.id),
                "expected_delta": 7.5,
                "confidence": 1,
            },
        )
    ]


@pytest.mark.parametrize(
    ("direction", "delta", "message"),
    [
        (
            KeyResultDirection.INCREASE,
            -5,
            "“Retention” is to increase from 60 to 75 %, so the expected delta must be positive, not -5.",
        ),
        (
            KeyResultDirection.DECREASE,
            3,
            "“Lead time” is to decrease from 30 to 12.5 days, so the expected delta must be negative, not 3.",
        ),
        (
            KeyResultDirection.DECREASE,
            0,
            "“Lead time” is to decrease from 30 to 12.5 days, so the expected delta must be negative, not 0.",
        ),
        (
            KeyResultDirection.MILESTONE,
            1.5,
            (
                "“Licence granted” is a milestone: the expected delta is the part of it that the initiative"
                " achieves, above 0 and at most 1, not 1.5."
            ),
        ),
        (
            KeyResultDirection.MILESTONE,
            -0.5,
            (
                "“Licence granted” is a milestone: the expected delta is the part of it that the initiative"
                " achieves, above 0 and at most 1, not -0.5."
            ),
        ),
    ],
)
async def test_a_delta_leads_towards_the_target(
    database: Database, direction: KeyResultDirection, delta: float, message: str
) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    key_result = await _key_result(database, actor, direction)
    before = await written(database, actor)
    with pytest.raises(InvalidInput) as raised:
        await set_contribution(
            database,
            actor,
            ContributionSet(
                initiative_id=initiative.id, key_result_id=key_result.id, expected_delta=delta, confidence=1
            ),
        )
    assert (raised.value.message, raised.value.path) == (message, ("expectedDelta",))
    with pytest.raises(InvalidInput) as listed:
        await replace_contributions(
            database,
            actor,
            ContributionsReplace(initiative_id=initiative.id, contributions=[_entry(key_result.id, delta)]),
        )
    assert (listed.value.message, listed.value.path) == (message, ("contributions", 0, "expectedDelta"))
    assert await written(database, actor) == before


@pytest.mark.parametrize(
    ("direction", "delta"),
    [
        (KeyResultDirection.INCREASE, 0.001),
        (KeyResultDirection.DECREASE, -40),
        (KeyResultDirection.MILESTONE, 1),
        (KeyResultDirection.MILESTONE, 0.25),
    ],
)
async def test_a_delta_may_be_any_step_that_way(
    database: Database, direction: KeyResultDirection, delta: float
) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    key_result = await _key_result(database, actor, direction)
    row = await set_contribution(
        database,
        actor,
        ContributionSet(
            initiative_id=initiative.id, key_result_id=key_result.id, expected_delta=delta, confidence=0.1
        ),
    )
    assert row.expected_delta == delta


async def test_replacing_keeps_removes_and_adds_in_the_list_s_order(database: Database) -> None:
    actor = await an_organisation(database)
    initiative, objective = await an_initiative(database, actor), await an_objective(database, actor)
    kept, gone, added = [
        (await _key_result(database, actor, KeyResultDirection.INCREASE, objective_id=objective.id)).id
        for _ in range(3)
    ]
    lists = ([_entry(kept, 1), _entry(gone, 2)], [_entry(added, 3), _entry(kept, 1)])
    for contributions in lists:
        rows = await replace_contributions(
            database,
            actor,
            ContributionsReplace(initiative_id=initiative.id, contributions=contributions),
        )
    assert [(row.key_result_id, row.expected_delta) for row in rows] == [(added, 3), (kept, 1)]
    operations = [entry[0] for entry in await trail(database, actor, "contribution")]
    assert sorted(operations[2:]) == ["delete", "insert"]


async def test_removing_returns_what_was_there_and_refuses_what_was_not(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    key_result = await _key_result(database, actor, KeyResultDirection.INCREASE)
    base = {"initiative_id": initiative.id, "key_result_id": key_result.id}
    row = await set_contribution(database, actor, ContributionSet(**base, expected_delta=5, confidence=0.8))
    assert await remove_contribution(database, actor, ContributionRemove(**base)) == row
    with pytest.raises(NotFound, match="contributes nothing to this key result") as raised:
        await remove_contribution(database, actor, ContributionRemove(**base))
    assert raised.value.path == ("keyResultId",)


async def test_what_is_refused_names_the_entry_and_writes_nothing(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    initiative, objective = await an_initiative(database, ours), await an_objective(database, ours)
    good, archived = [
        (await _key_result(database, ours, KeyResultDirection.INCREASE, objective_id=objective.id)).id
        for _ in range(2)
    ]
    await archive_key_result(database, ours, ArchiveCommand(id=archived))
    foreign = (await _key_result(database, theirs, KeyResultDirection.INCREASE)).id
    cases: list[tuple[list[ContributionEntry], type[DomainError], tuple[str | int, ...]]] = [
        ([_entry(good, 1), _entry(uuid4(), 1)], NotFound, ("contributions", 1, "keyResultId")),
        ([_entry(good, 1), _entry(foreign, 1)], NotFound, ("contributions", 1, "keyResultId")),
        ([_entry(good, 1), _entry(archived, 1)], InvalidInput, ("contributions", 1, "keyResultId")),
        ([_entry(good, 1), _entry(good, 2)], InvalidInput, ("contributions", 1)),
    ]
    before = await written(database, ours)
    for contributions, kind, path in cases:
        with pytest.raises(kind) as raised:
            await replace_contributions(
                database,
                ours,
                ContributionsReplace(initiative_id=initiative.id, contributions=contributions),
            )
        assert raised.value.path == path
    assert await written(database, ours) == before


async def test_a_contribution_to_a_key_result_that_was_archived_since_can_stay(database: Database) -> None:
    actor = await an_organisation(database)
    initiative, objective = await an_initiative(database, actor), await an_objective(database, actor)
    for _ in range(2):
        key_result = await _key_result(
            database, actor, KeyResultDirection.DECREASE, objective_id=objective.id
        )
    command = ContributionsReplace(initiative_id=initiative.id, contributions=[_entry(key_result.id, -1)])
    first = await replace_contributions(database, actor, command)
    await archive_key_result(database, actor, ArchiveCommand(id=key_result.id))
    assert await replace_contributions(database, actor, command) == first


async def test_an_archived_initiative_is_not_written_to(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    key_result = await _key_result(database, actor, KeyResultDirection.INCREASE)
    base = {"initiative_id": initiative.id, "key_result_id": key_result.id}
    await set_contribution(database, actor, ContributionSet(**base, expected_delta=5, confidence=0.8))
    await archive_initiative(database, actor, ArchiveCommand(id=initiative.id))
    for attempt in (
        set_contribution(database, actor, ContributionSet(**base, expected_delta=6, confidence=0.8)),
        remove_contribution(database, actor, ContributionRemove(**base)),
    ):
        with pytest.raises(InvalidInput, match="This initiative is archived") as raised:
            await attempt
        assert raised.value.path == ("initiativeId",)


@pytest.mark.parametrize("confidence", [0, -0.1, 1.01, float("nan")])
def test_confidence_is_above_0_and_at_most_1(confidence: float) -> None:
    with pytest.raises(InvalidInput) as raised:
        ContributionSet.parse(
            {"initiativeId": uuid4(), "keyResultId": uuid4(), "expectedDelta": 1, "confidence": confidence}
        )
    assert raised.value.path == ("confidence",)
