"""The life cycle of initiatives: decisions with reasons, each taken once."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.demand import DemandEntry, TeamDemandsReplace
from domain.commands.dependency import DependencyAdd
from domain.commands.initiative import InitiativeTransition
from domain.db import Database
from domain.demand import replace_team_demands
from domain.dependency import add_dependency
from domain.enums import TRANSITIONS, InitiativeState, Role
from domain.errors import Conflict, IllegalTransition, InvalidInput, NotFound
from domain.initiative import archive_initiative
from domain.transition import FreedCapacity, Transition, transition_initiative
from tests.factories import a_member, a_portfolio, a_team, an_initiative, an_organisation
from tests.trail import trail, written

_RUNNING = (InitiativeState.EVALUATED, InitiativeState.APPROVED, InitiativeState.ACTIVE)
_WAYS: dict[InitiativeState, tuple[InitiativeState, ...]] = {
    InitiativeState.PROPOSED: (),
    InitiativeState.EVALUATED: _RUNNING[:1],
    InitiativeState.APPROVED: _RUNNING[:2],
    InitiativeState.ACTIVE: _RUNNING,
    InitiativeState.PAUSED: (*_RUNNING, InitiativeState.PAUSED),
    InitiativeState.COMPLETED: (*_RUNNING, InitiativeState.COMPLETED),
    InitiativeState.STOPPED: (InitiativeState.STOPPED,),
}


async def _decide(
    database: Database, actor: Actor, initiative_id: UUID, to_state: InitiativeState, **values: Any
) -> Transition:
    command = InitiativeTransition(
        **{"id": initiative_id, "to_state": to_state, "reason": "Because", **values}
    )
    return await transition_initiative(database, actor, command)


async def _brought_to(
    database: Database, actor: Actor, state: InitiativeState, *, portfolio_id: UUID
) -> UUID:
    initiative = await an_initiative(database, actor, portfolio_id=portfolio_id)
    for step in _WAYS[state]:
        await _decide(database, actor, initiative.id, step)
    return initiative.id


@pytest.mark.parametrize("start", list(InitiativeState))
async def test_exactly_the_transitions_of_the_life_cycle_are_possible(
    database: Database, start: InitiativeState
) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    for goal in InitiativeState:
        initiative_id = await _brought_to(database, actor, start, portfolio_id=portfolio.id)
        before = await written(database, actor)
        if goal in TRANSITIONS[start]:
            result = await _decide(database, actor, initiative_id, goal)
            assert (result.initiative.state, result.decision.from_state) == (goal, start)
            continue
        with pytest.raises(IllegalTransition) as raised:
            await _decide(database, actor, initiative_id, goal)
        error = raised.value
        assert (error.from_state, error.to_state, error.path) == (start.value, goal.value, ("toState",))
        assert set(error.allowed) == {state.value for state in TRANSITIONS[start]}
        assert await written(database, actor) == before


@pytest.mark.parametrize(
    ("start", "goal", "message"),
    [
        (
            InitiativeState.PROPOSED,
            InitiativeState.ACTIVE,
            (
                "The initiative is proposed and cannot become active. From there it can become evaluated or"
                " stopped."
            ),
        ),
        (
            InitiativeState.STOPPED,
            InitiativeState.STOPPED,
            "The initiative is already stopped. From there it can become proposed.",
        ),
        (
            InitiativeState.COMPLETED,
            InitiativeState.STOPPED,
            "The initiative is completed and cannot become stopped. That is final.",
        ),
    ],
)
async def test_a_refusal_says_what_is_possible_instead(
    database: Database, start: InitiativeState, goal: InitiativeState, message: str
) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    initiative_id = await _brought_to(database, actor, start, portfolio_id=portfolio.id)
    with pytest.raises(IllegalTransition) as raised:
        await _decide(database, actor, initiative_id, goal)
    assert raised.value.message == message


async def test_a_decision_says_who_and_why_also_in_the_audit_trail(database: Database) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    initiative = await an_initiative(database, admin)
    result = await _decide(
        database, board, initiative.id, InitiativeState.EVALUATED, reason="  Worth a closer look "
    )
    decision = result.decision
    assert (decision.initiative_id, decision.decided_by_id, decision.reason) == (
        initiative.id,
        board.member_id,
        "Worth a closer look",
    )
    assert (decision.from_state, decision.to_state) == (InitiativeState.PROPOSED, InitiativeState.EVALUATED)
    assert (result.initiative.version, result.freed, result.dependents) == (2, (), ())
    assert (await trail(database, admin, "initiative"))[-1] == (
        "update",
        {"state": "proposed", "version": 1},
        {"state": "evaluated", "version": 2},
        "Worth a closer look",
    )


@pytest.mark.parametrize("reason", ["", "   ", "x" * 4_001])
def test_a_decision_needs_a_reason(reason: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        InitiativeTransition.parse({"id": uuid4(), "toState": "stopped", "reason": reason})
    assert raised.value.path == ("reason",)


async def test_archived_unknown_and_stale_initiatives_are_not_decided_on(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    await archive_initiative(database, actor, ArchiveCommand(id=initiative.id))
    before = await written(database, actor)
    with pytest.raises(InvalidInput, match="archived; take it back into use first") as archived:
        await _decide(database, actor, initiative.id, InitiativeState.EVALUATED, idempotency_key="k")
    with pytest.raises(NotFound) as unknown:
        await _decide(database, actor, uuid4(), InitiativeState.EVALUATED, idempotency_key="k")
    with pytest.raises(Conflict) as stale:
        await _decide(database, actor, initiative.id, InitiativeState.EVALUATED, expected_version=1)
    assert (archived.value.path, unknown.value.path) == (("id",), ("id",))
    assert (stale.value.expected_version, stale.value.actual_version) == (1, 2)
    assert await written(database, actor) == before


async def test_stopping_tells_what_is_freed_and_what_waited(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    ids = [
        (await an_initiative(database, actor, portfolio_id=portfolio.id, title=title)).id
        for title in ("Platform", "Checkout", "Loyalty", "Report")
    ]
    platform, checkout, loyalty, report = ids
    for predecessor, successor, hard in (
        (platform, checkout, True),
        (checkout, loyalty, True),
        (platform, loyalty, True),
        (platform, report, False),
    ):
        await add_dependency(
            database, actor, DependencyAdd(predecessor_id=predecessor, successor_id=successor, hard=hard)
        )
    first, second = sorted([(await a_team(database, actor)).id for _ in range(2)])
    demands = [
        DemandEntry(team_id=first, person_weeks_low=1, person_weeks_likely=2, person_weeks_high=4),
        DemandEntry(team_id=first, skill="Design", person_weeks_likely=0.5, person_weeks_high=1),
        DemandEntry(team_id=second, person_weeks_low=0, person_weeks_likely=3),
    ]
    await replace_team_demands(database, actor, TeamDemandsReplace(initiative_id=platform, demands=demands))
    result = await _decide(database, actor, platform, InitiativeState.STOPPED)
    assert result.freed == (
        FreedCapacity(first, None, 2.5, 5.0),
        FreedCapacity(second, 0.0, 3.0, None),
    )
    assert [(one.id, one.title, one.state, one.distance) for one in result.dependents] == [
        (checkout, "Checkout", InitiativeState.PROPOSED, 1),
        (loyalty, "Loyalty", InitiativeState.PROPOSED, 1),
    ]


async def test_a_repeat_under_the_same_key_returns_the_first_decision(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    values = {"idempotency_key": "evaluate-1", "expected_version": 1}
    first = await _decide(database, actor, initiative.id, InitiativeState.EVALUATED, **values)
    before = await written(database, actor)
    assert await _decide(database, actor, initiative.id, InitiativeState.EVALUATED, **values) == first
    await _decide(database, actor, initiative.id, InitiativeState.APPROVED)
    again = await _decide(database, actor, initiative.id, InitiativeState.EVALUATED, **values)
    assert (again.decision, again.initiative.state) == (first.decision, InitiativeState.APPROVED)
    assert await written(database, actor) == before + 2


async def test_a_key_stands_for_one_command_of_one_member(database: Database) -> None:
    actor = await an_organisation(database)
    other = await a_member(database, actor, role=Role.BOARD)
    initiative = await an_initiative(database, actor)
    await _decide(database, actor, initiative.id, InitiativeState.EVALUATED, idempotency_key="k")
    before = await written(database, actor)
    for member, state in ((actor, InitiativeState.APPROVED), (other, InitiativeState.EVALUATED)):
        with pytest.raises(Conflict, match="This idempotency key was used for another request") as raised:
            await _decide(database, member, initiative.id, state, idempotency_key="k")
        assert raised.value.path == ("idempotencyKey",)
    assert await written(database, actor) == before


async def test_a_refused_command_does_not_use_up_its_key(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    with pytest.raises(IllegalTransition):
        await _decide(database, actor, initiative.id, InitiativeState.ACTIVE, idempotency_key="k")
    result = await _decide(database, actor, initiative.id, InitiativeState.EVALUATED, idempotency_key="k")
    assert result.initiative.state is InitiativeState.EVALUATED


async def test_concurrent_repeats_decide_once(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    for round_ in range(20):
        initiative = await an_initiative(database, actor, portfolio_id=portfolio.id)
        key = f"round-{round_}"
        results = await asyncio.gather(
            *(
                _decide(database, actor, initiative.id, InitiativeState.STOPPED, idempotency_key=key)
                for _ in range(4)
            )
        )
        assert len({result.decision.id for result in results}) == 1
    decisions = await trail(database, actor, "decision")
    assert len(decisions) == 20


async def test_of_concurrent_decisions_without_a_key_one_wins(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    outcomes = await asyncio.gather(
        *(_decide(database, actor, initiative.id, InitiativeState.STOPPED) for _ in range(6)),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IllegalTransition"] * 5 + [
        "Transition"
    ]
