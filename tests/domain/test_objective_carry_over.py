"""Carrying objectives over: what goes on, from where, with what; and what is refused."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.contribution import ContributionSet
from domain.commands.initiative import InitiativeTransition
from domain.commands.objective_closing import ObjectiveCarryOver, ObjectiveClose
from domain.contribution import set_contribution
from domain.db import Database, reading
from domain.enums import InitiativeState, KeyResultDirection
from domain.errors import AlreadyCarriedOver, InvalidInput, NotFound
from domain.objective import archive_objective
from domain.objective_carry_over import carry_over_objective
from domain.objective_closing import close_objective
from domain.rows import CycleRow, ObjectiveRow
from domain.transition import transition_initiative
from tests.factories import (
    a_cycle,
    a_key_result,
    a_portfolio,
    a_team,
    an_initiative,
    an_objective,
    an_organisation,
)
from tests.trail import written

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


class Stage(NamedTuple):
    """An objective in the first quarter, and the second one."""

    actor: Actor
    first: CycleRow
    second: CycleRow
    objective: ObjectiveRow

    @property
    def place(self) -> dict[str, Any]:
        """Where key results of the objective go."""
        return {"objective_id": self.objective.id, "due_on": self.first.ends_on}


async def _stage(database: Database, **values: Any) -> Stage:
    actor = await an_organisation(database)
    first = await a_cycle(database, actor, starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31))
    second = await a_cycle(database, actor, starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30))
    return Stage(actor, first, second, await an_objective(database, actor, cycle_id=first.id, **values))


async def _close(database: Database, stage: Stage, objective: ObjectiveRow | None = None) -> None:
    chosen = objective or stage.objective
    await close_objective(database, stage.actor, ObjectiveClose(id=chosen.id), now=NOW)


async def _carry(database: Database, stage: Stage, **values: Any) -> ObjectiveRow:
    given = {
        "id": stage.objective.id,
        "cycle_id": stage.second.id,
        "contributions": "stay",
        **values,
    }
    return await carry_over_objective(database, stage.actor, ObjectiveCarryOver.parse(given))


async def _rows(database: Database, actor: Actor, query: str, **values: Any) -> list[tuple[Any, ...]]:
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query), values)]


KEY_RESULTS = """SELECT n.title, n.start_value, n.target_value, n.current_value, n.commit_value, n.stretch_value,
  n.due_on, n.weight, o.title = n.title FROM key_result n JOIN key_result o ON o.id = n.carried_over_from_id
  WHERE n.objective_id = :id ORDER BY n.created_at, n.id"""


async def test_what_is_not_met_goes_on_from_where_it_is(database: Database) -> None:
    helpers = "care", "data"
    stage = await _stage(database, title="Trust", weight=3)
    actor = stage.actor
    teams = [await a_team(database, actor, name=name) for name in helpers]
    objective = await an_objective(
        database,
        actor,
        cycle_id=stage.first.id,
        title="Faster",
        weight=2.5,
        parent_id=stage.objective.id,
        contributing_team_ids=[team.id for team in teams],
    )
    place = {**stage.place, "objective_id": objective.id}
    down = KeyResultDirection.DECREASE
    await a_key_result(
        *(database, actor),
        **place,
        title="Calls",
        current_value=60,
        commit_value=30,
        stretch_value=120,
        weight=2,
    )
    await a_key_result(
        *(database, actor),
        **place,
        title="Errors",
        direction=down,
        start_value=9,
        target_value=3,
        current_value=8,
        commit_value=7,
    )
    await a_key_result(*(database, actor), **place, title="Met", current_value=100)
    await a_key_result(*(database, actor), **place, title="Draft", target_value=None)
    licence = {"direction": KeyResultDirection.MILESTONE, "start_value": None, "target_value": None}
    await a_key_result(*(database, actor), **{**place, **licence}, title="Licence")
    stage = stage._replace(objective=objective)
    await _close(database, stage)
    carried = await _carry(database, stage)
    assert (carried.title, carried.weight, carried.ambition) == ("Faster", 2.5, objective.ambition)
    assert (carried.cycle_id, carried.team_id) == (stage.second.id, objective.team_id)
    assert (carried.parent_id, carried.carried_over_from_id) == (objective.parent_id, objective.id)
    assert (carried.closed_at, carried.computed_grade, carried.version) == (None, None, 1)
    end = stage.second.ends_on
    assert await _rows(database, actor, KEY_RESULTS, id=carried.id) == [
        ("Calls", 60, 100, 60, None, 120, end, 2, True),
        ("Errors", 8, 3, 8, 7, None, end, 1, True),
        ("Draft", 0, None, 0, None, None, end, 1, True),
        ("Licence", 0, 1, 0, None, None, end, 1, True),
    ]
    query = (
        "SELECT t.name FROM objective_contributor c JOIN team t ON t.id = c.team_id WHERE objective_id = :id"
    )
    assert {name for (name,) in await _rows(database, actor, query, id=carried.id)} == set(helpers)


async def test_named_key_results_go_on_with_other_targets_below_the_parents_successor(
    database: Database,
) -> None:
    parent_stage = await _stage(database, title="Above")
    actor = parent_stage.actor
    objective = await an_objective(
        database, actor, cycle_id=parent_stage.first.id, parent_id=parent_stage.objective.id
    )
    stage = parent_stage._replace(objective=objective)
    met = await a_key_result(database, actor, **stage.place, title="Met", current_value=100)
    await a_key_result(database, actor, **stage.place, title="Left behind", current_value=10)
    for closing in (parent_stage, stage):
        await _close(database, closing)
    above = await _carry(database, parent_stage)
    wish = {"key_result_id": met.id, "target_value": 150, "due_on": date(2026, 5, 31)}
    carried = await _carry(database, stage, key_results=[wish])
    assert carried.parent_id == above.id
    assert await _rows(database, actor, KEY_RESULTS, id=carried.id) == [
        ("Met", 100, 150, 100, None, None, date(2026, 5, 31), 1, True)
    ]


@pytest.mark.parametrize(
    ("choice", "places"),
    [
        ("stay", {"open": ["old"], "done": ["old"]}),
        ("copy", {"open": ["new", "old"], "done": ["old"]}),
        ("move", {"open": ["new"], "done": ["old"]}),
    ],
)
async def test_contributions_of_open_initiatives_follow_as_the_caller_chooses(
    database: Database, choice: str, places: dict[str, list[str]]
) -> None:
    stage = await _stage(database)
    actor = stage.actor
    key_result = await a_key_result(database, actor, **stage.place)
    portfolio = await a_portfolio(database, actor)
    for title in places:
        initiative = await an_initiative(database, actor, portfolio_id=portfolio.id, title=title)
        contribution = ContributionSet(
            initiative_id=initiative.id, key_result_id=key_result.id, expected_delta=12.5, confidence=0.75
        )
        await set_contribution(database, actor, contribution)
        if title == "done":
            stopped = InitiativeTransition(id=initiative.id, to_state=InitiativeState.STOPPED, reason="No.")
            await transition_initiative(database, actor, stopped)
    await _close(database, stage)
    await _carry(database, stage, contributions=choice)
    query = """SELECT i.title, CASE WHEN k.carried_over_from_id IS NULL THEN 'old' ELSE 'new' END, expected_delta,
      c.confidence, c.portfolio_id = i.portfolio_id FROM contribution c JOIN initiative i ON i.id = c.initiative_id
      JOIN key_result k ON k.id = c.key_result_id ORDER BY 1, 2"""
    assert await _rows(database, actor, query) == [
        (title, place, 12.5, 0.75, True) for title in sorted(places) for place in places[title]
    ]


async def test_it_is_carried_over_once_and_only_later(database: Database) -> None:
    stage = await _stage(database)
    actor = stage.actor
    key_result = await a_key_result(database, actor, **stage.place)
    same_start = await a_cycle(database, actor, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    earlier = await a_cycle(database, actor, starts_on=date(2025, 10, 1), ends_on=date(2025, 12, 31))
    within = await a_cycle(database, actor, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 31))
    before = await written(database, actor)
    with pytest.raises(InvalidInput, match="close it first"):
        await _carry(database, stage)
    assert await written(database, actor) == before
    await _close(database, stage)
    before = await written(database, actor)
    for cycle in (stage.first, same_start, earlier, within):
        with pytest.raises(InvalidInput, match="goes on in a later cycle") as raised:
            await _carry(database, stage, cycle_id=cycle.id)
        assert raised.value.path == ("cycleId",)
    wish = {"key_result_id": key_result.id}
    for wishes, path in (
        ([{**wish, "target_value": 0}], ("keyResults", 0, "targetValue")),
        ([{**wish, "target_value": -5}], ("keyResults", 0, "targetValue")),
        ([{**wish, "due_on": date(2026, 7, 1)}], ("keyResults", 0, "dueOn")),
        ([wish, wish], ("keyResults", 1, "keyResultId")),
    ):
        with pytest.raises(InvalidInput) as raised:
            await _carry(database, stage, key_results=wishes)
        assert raised.value.path == path
    with pytest.raises(NotFound):
        await _carry(database, stage, key_results=[{"key_result_id": UUID(int=1)}])
    assert await written(database, actor) == before
    outcomes = await asyncio.gather(*(_carry(database, stage) for _ in range(2)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyCarriedOver", "ObjectiveRow"]
    (successor,) = [outcome for outcome in outcomes if isinstance(outcome, ObjectiveRow)]
    before = await written(database, actor)
    with pytest.raises(AlreadyCarriedOver) as again:
        await _carry(database, stage)
    assert (again.value.successor_id, again.value.path) == (successor.id, ("id",))
    assert await written(database, actor) == before


async def test_what_is_met_or_out_of_use_is_not_carried_over(database: Database) -> None:
    stage = await _stage(database)
    actor = stage.actor
    met = await a_key_result(database, actor, **stage.place, current_value=100)
    licence = {"direction": KeyResultDirection.MILESTONE, "start_value": None, "target_value": None}
    granted = await a_key_result(database, actor, **{**stage.place, **licence}, current_value=1)
    idle = await a_key_result(database, actor, **stage.place, weight=0, current_value=100)
    await _close(database, stage)
    with pytest.raises(InvalidInput, match="nothing is left to carry over"):
        await _carry(database, stage)
    with pytest.raises(InvalidInput, match="is met; there is nothing"):
        await _carry(database, stage, key_results=[{"key_result_id": granted.id}])
    with pytest.raises(InvalidInput, match="equals the start value"):
        await _carry(database, stage, key_results=[{"key_result_id": met.id}])
    with pytest.raises(InvalidInput, match="must not weigh 0 together"):
        await _carry(database, stage, key_results=[{"key_result_id": idle.id, "target_value": 120}])
    await archive_objective(database, actor, ArchiveCommand(id=stage.objective.id))
    with pytest.raises(InvalidInput, match="archived"):
        await _carry(database, stage)
    qualitative = await an_objective(database, actor, cycle_id=stage.first.id)
    await _close(database, stage, qualitative)
    assert (await _carry(database, stage._replace(objective=qualitative))).title == qualitative.title
