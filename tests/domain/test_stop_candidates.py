"""Stop candidates: in flight, and something better waits, nothing is left to reach, or the way is blocked."""

import math
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.commands.objective_closing import ObjectiveClose
from domain.db import Database, transaction
from domain.enums import DependencyKind, InitiativeState, ScoringMethod
from domain.errors import InvalidInput, NotFound
from domain.models import Contribution, Portfolio
from domain.objective_closing import close_objective
from domain.ranking import RankingRequest, rank_portfolio
from domain.stop_candidates import OutcomeFate, StopCandidates, StopReason, stop_candidates
from tests.factories import a_cycle, a_key_result, an_objective, an_organisation
from tests.plans import FF, FS, SS, TODAY, Plan

ACTIVE, PAUSED = InitiativeState.ACTIVE, InitiativeState.PAUSED
APPROVED, EVALUATED, PROPOSED = InitiativeState.APPROVED, InitiativeState.EVALUATED, InitiativeState.PROPOSED
COMPLETED, STOPPED = InitiativeState.COMPLETED, InitiativeState.STOPPED
BELOW, SETTLED, BLOCKED = StopReason


@pytest.fixture
async def plan(database: Database) -> Plan:
    """An empty portfolio with teams and categories."""
    actor = await an_organisation(database)
    portfolio = Portfolio(organisation_id=actor.organisation_id, name="Portfolio")
    plan = Plan(database, actor, portfolio.id)
    await plan.add(portfolio)
    for team in ("Apps", "Data"):
        await plan.team(team)
    for category in ("Bets", "Core"):
        await plan.category(category)
    return plan


async def work(
    plan: Plan,
    title: str,
    state: InitiativeState,
    *,
    rate: float | None = None,
    weeks: float = 1,
    person_weeks: float | None = 10,
    team: str = "Apps",
    category: str | None = "Bets",
    **columns: Any,
) -> None:
    """An initiative of ``rate`` a week that needs person-weeks of one team."""
    given = {} if category is None else {"category": category}
    await plan.work(title, weeks, state=state, **given, **columns)
    if rate is not None:
        await plan.costs(title, rate)
    if person_weeks is not None:
        await plan.demands(title, team, person_weeks)


async def found(plan: Plan, **request: Any) -> StopCandidates:
    return await stop_candidates(
        await plan.view(), plan.portfolio_id, RankingRequest(**{"today": TODAY, **request})
    )


def title(candidates: StopCandidates, index: int) -> str:
    return candidates.ranking.columns.rows[int(candidates.ranking.scored.positions[index])].title


def told(candidates: StopCandidates) -> dict[str, tuple[StopReason, ...]]:
    return {title(candidates, one.index): one.reasons for one in candidates.candidates}


async def test_what_is_worth_less_than_waiting_work_of_its_bucket_and_team_is_below_the_cut_line(
    plan: Plan,
) -> None:
    await work(plan, "Weak", ACTIVE, rate=100)
    await work(plan, "Paused", PAUSED, rate=150)
    await work(plan, "Strong", ACTIVE, rate=300)
    await work(plan, "Good", EVALUATED, rate=190)
    await work(plan, "Better", APPROVED, rate=400, person_weeks=20)
    candidates = await found(plan)
    # the lowest rank first
    assert list(told(candidates)) == ["Weak", "Paused"]
    assert set(told(candidates).values()) == {(BELOW,)}
    cut_line = candidates.candidates[0].cut_line
    assert cut_line is not None
    # 400 a week for 20 person-weeks, against 100 for 10
    assert (title(candidates, cut_line.waiting), cut_line.value_per_effort) == ("Better", 20.0)
    assert cut_line.own_value_per_effort == 10.0


@pytest.mark.parametrize(
    "waiting",
    [
        {"rate": 100.0},
        {"rate": 900.0, "category": "Core"},
        {"rate": 900.0, "category": None},
        {"rate": 900.0, "team": "Data"},
        {"rate": 900.0, "person_weeks": None},
        {"rate": 900.0, "state": PROPOSED},
        {"rate": 900.0, "archived_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"rate": None},
    ],
)
async def test_only_better_work_that_could_use_the_same_people_sets_a_line(
    plan: Plan, waiting: dict[str, Any]
) -> None:
    await work(plan, "Running", ACTIVE, rate=100)
    await work(plan, "Waiting", **{"state": APPROVED, **waiting})
    assert told(await found(plan)) == {}


async def test_without_a_category_or_with_several_teams_the_line_is_that_of_shared_ones(plan: Plan) -> None:
    await work(plan, "Running", ACTIVE, rate=100, category=None)
    await plan.demands("Running", "Data", 10)
    await work(plan, "Waiting", APPROVED, rate=90, category=None, team="Data")
    candidates = await found(plan)
    assert told(candidates) == {"Running": (BELOW,)}
    assert candidates.candidates[0].cut_line is not None
    assert candidates.candidates[0].cut_line.own_value_per_effort == 5.0


async def test_mandatory_work_and_what_is_not_known_is_not_judged_by_its_value(plan: Plan) -> None:
    await work(plan, "Mandatory", ACTIVE, rate=1, mandatory=True)
    await work(plan, "No value", ACTIVE)
    await work(plan, "No effort", ACTIVE, rate=1, person_weeks=None)
    await work(plan, "Effortless", ACTIVE, rate=1, person_weeks=0)
    await work(plan, "Waiting", APPROVED, rate=900)
    assert told(await found(plan)) == {}


@pytest.mark.parametrize(
    ("kind", "state", "sets_a_line"),
    [
        (FS, COMPLETED, True),
        (FS, ACTIVE, False),
        (FS, STOPPED, False),
        (SS, PROPOSED, False),
        (SS, PAUSED, True),
        (FF, PROPOSED, True),
    ],
)
async def test_work_that_could_not_begin_sets_no_line(
    plan: Plan, kind: DependencyKind, state: InitiativeState, sets_a_line: bool
) -> None:
    await work(plan, "Running", ACTIVE, rate=100)
    await work(plan, "Needed", state, rate=1000, team="Data")
    await work(plan, "Waiting", APPROVED, rate=900)
    await plan.link("Needed", "Waiting", kind)
    assert told(await found(plan)) == ({"Running": (BELOW,)} if sets_a_line else {})


async def test_an_enabler_is_worth_what_it_unlocks_and_is_not_replaced_by_that(plan: Plan) -> None:
    await work(plan, "Enabler", ACTIVE, rate=1)
    await work(plan, "Prize", APPROVED, rate=900)
    await plan.link("Enabler", "Prize")
    await work(plan, "Other", APPROVED, rate=400)
    # half of 901 each; the prize can't begin, and what could is worth less
    assert told(await found(plan)) == {}
    await work(plan, "Best", APPROVED, rate=500)
    candidates = await found(plan)
    assert told(candidates) == {"Enabler": (BELOW,)}
    assert candidates.candidates[0].cut_line is not None
    assert candidates.candidates[0].cut_line.own_value_per_effort == pytest.approx(45.05)
    await work(plan, "Joint", APPROVED, rate=5000)
    await plan.link("Enabler", "Joint", FF)
    # 5901 / 3 for the enabler; what needs it to be finished is no reason to stop it, though it could begin
    assert told(await found(plan)) == {}


async def contribute(plan: Plan, title: str, key_result_id: UUID) -> None:
    await plan.add(
        Contribution(
            organisation_id=plan.actor.organisation_id,
            portfolio_id=plan.portfolio_id,
            initiative_id=plan.ids[title],
            key_result_id=key_result_id,
            expected_delta=5,
            confidence=0.5,
        )
    )


async def execute(plan: Plan, statement: str, **values: Any) -> None:
    async with transaction(plan.database, plan.actor) as session:
        await session.execute(sa.text(statement), values)


async def test_work_whose_key_results_are_all_met_dropped_or_past_is_settled(plan: Plan) -> None:
    past = await a_cycle(plan.database, plan.actor, starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 1))
    running = await an_objective(plan.database, plan.actor)
    met = await a_key_result(plan.database, plan.actor, objective_id=running.id)
    dropped = await a_key_result(plan.database, plan.actor, objective_id=running.id)
    old_objective = await an_objective(plan.database, plan.actor, cycle_id=past.id)
    old = await a_key_result(
        plan.database, plan.actor, objective_id=old_objective.id, due_on=date(2026, 3, 1)
    )
    left = await a_key_result(plan.database, plan.actor, objective_id=running.id)
    await execute(plan, "UPDATE key_result SET current_value = 100 WHERE id = :id", id=met.id)
    await execute(plan, "UPDATE key_result SET archived_at = now() WHERE id = :id", id=dropped.id)
    await work(plan, "Settled", ACTIVE, rate=10)
    for key_result in (met, dropped, old):
        await contribute(plan, "Settled", key_result.id)
    await work(plan, "Open", ACTIVE, rate=10)
    for key_result in (met, left):
        await contribute(plan, "Open", key_result.id)
    await work(plan, "Without outcome", ACTIVE, rate=10)
    await work(plan, "Not begun", APPROVED, rate=1)
    await contribute(plan, "Not begun", met.id)
    candidates = await found(plan)
    assert told(candidates) == {"Settled": (SETTLED,)}
    assert {one.key_result.id: one.fate for one in candidates.candidates[0].settled} == {
        met.id: OutcomeFate.MET,
        dropped.id: OutcomeFate.ARCHIVED,
        old.id: OutcomeFate.OUT_OF_CYCLE,
    }
    # the cycle's last day belongs to it; somebody falls short of a target that had been met
    assert told(await found(plan, today=date(2026, 3, 1))) == {}
    await execute(plan, "UPDATE key_result SET current_value = 99 WHERE id = :id", id=met.id)
    assert told(await found(plan)) == {}
    await execute(plan, "UPDATE objective SET archived_at = now() WHERE id = :id", id=running.id)
    assert set(told(await found(plan))) == {"Settled", "Open"}


async def test_nothing_is_left_to_contribute_to_a_closed_objective(plan: Plan) -> None:
    objective = await an_objective(plan.database, plan.actor)
    key_result = await a_key_result(plan.database, plan.actor, objective_id=objective.id)
    await work(plan, "Settled", ACTIVE, rate=10)
    await contribute(plan, "Settled", key_result.id)
    by_outcome = RankingRequest(method=ScoringMethod.VALUE_BY_OUTCOME, today=TODAY)

    async def worth() -> float:
        ranked = await rank_portfolio(await plan.view(), plan.portfolio_id, by_outcome)
        return float(ranked.scored.scores.score[0])

    assert told(await found(plan)) == {}
    assert await worth() > 0
    closing = ObjectiveClose(id=objective.id)
    await close_objective(plan.database, plan.actor, closing, now=datetime.now(UTC))
    candidates = await found(plan)
    assert told(candidates) == {"Settled": (SETTLED,)}
    assert [one.fate for one in candidates.candidates[0].settled] == [OutcomeFate.CLOSED]
    assert math.isnan(await worth())


async def test_work_that_waits_for_something_stopped_is_blocked_by_it(plan: Plan) -> None:
    for name, state in {
        "Stopped": STOPPED,
        "Archived": PROPOSED,
        "Done": COMPLETED,
        "Open": PROPOSED,
        "Direct": ACTIVE,
        "Indirect": PAUSED,
        "Past": ACTIVE,
        "Begun": ACTIVE,
        "Soft": ACTIVE,
        "Free": ACTIVE,
    }.items():
        await work(plan, name, state)
    await execute(plan, "UPDATE initiative SET archived_at = now() WHERE title = 'Archived'")
    await plan.link("Stopped", "Direct")
    await plan.link("Archived", "Direct", FF)
    await plan.link("Stopped", "Open")
    await plan.link("Open", "Indirect")
    await plan.link("Stopped", "Done")
    await plan.link("Done", "Past")
    await plan.link("Stopped", "Begun", SS)
    await plan.link("Stopped", "Soft", hard=False)
    await plan.add_relation("Stopped", "Free")
    candidates = await found(plan)
    assert told(candidates) == {"Direct": (BLOCKED,), "Indirect": (BLOCKED,)}
    rows = candidates.ranking.columns.rows
    blockers = {
        title(candidates, one.index): {rows[at].title for at in one.blockers} for one in candidates.candidates
    }
    assert blockers == {"Direct": {"Stopped", "Archived"}, "Indirect": {"Stopped"}}


async def test_all_reasons_are_told_and_the_judgement_follows_the_model(plan: Plan) -> None:
    await work(plan, "Running", ACTIVE, rate=1)
    await work(plan, "Waiting", APPROVED, rate=900)
    await work(plan, "Stopped", STOPPED)
    await plan.link("Stopped", "Running")
    key_result = await a_key_result(plan.database, plan.actor)
    await contribute(plan, "Running", key_result.id)
    await execute(plan, "UPDATE key_result SET current_value = 100")
    assert told(await found(plan)) == {"Running": (BELOW, SETTLED, BLOCKED)}
    # nothing waits that contributes to an outcome
    by_outcome = await found(plan, method=ScoringMethod.VALUE_BY_OUTCOME)
    assert told(by_outcome) == {"Running": (SETTLED, BLOCKED)}


async def test_money_that_has_been_spent_plays_no_part(plan: Plan) -> None:
    await work(plan, "Dear", ACTIVE, rate=100, cost_minor=10**12, cost_currency="EUR")
    await work(plan, "Cheap", ACTIVE, rate=100, cost_minor=1, cost_currency="EUR")
    await work(plan, "Waiting", APPROVED, rate=101)
    assert set(told(await found(plan))) == {"Dear", "Cheap"}


async def test_an_empty_portfolio_has_none_and_an_unknown_model_is_refused(plan: Plan) -> None:
    assert (await found(plan)).candidates == ()
    with pytest.raises(InvalidInput):
        await found(plan, method=ScoringMethod.WSJF)
    with pytest.raises(NotFound):
        await stop_candidates(await plan.view(), UUID(int=7), RankingRequest(today=TODAY))
