"""What a plan is computed from: the same bytes however it is held, and figures that follow from it."""

from dataclasses import fields, replace
from datetime import date
from uuid import UUID

import numpy as np
import pytest

from domain.db import Database
from domain.enums import DependencyKind, InitiativeState, UrgencyProfile
from domain.errors import InvalidInput
from domain.periods import PeriodLength, periods
from domain.planning import (
    AlternativeGroup,
    BookedTable,
    CapacityTable,
    PlanningInput,
    PolicyTable,
    ResourceKey,
    Share,
    Surroundings,
    decode,
    encode,
    fingerprint,
    planning_input,
)
from domain.ranking import RankingRequest, rank_portfolio
from domain.snapshot import SnapshotStore, View
from prioritisation.allocation_limits import AllocationMode
from tests.boards import an_empty_board
from tests.factories import a_cycle
from tests.planning_inputs import Work, a_plan
from tests.plans import TODAY, Plan

DIVIDED = periods(TODAY, date(2026, 3, 29), PeriodLength.WEEK)


@pytest.fixture
async def plan(database: Database) -> Plan:
    """Five open initiatives of two teams, one of them in flight, and one that was stopped."""
    board = await an_empty_board(database)
    plan = Plan(board.database, board.actor, board.portfolio_id)
    for team in ("Core", "Web"):
        await plan.team(team)
    for category in ("Run", "Change"):
        await plan.category(category)
    await plan.work("A", 4, category="Change", state=InitiativeState.ACTIVE)
    await plan.work("B", 2, category="Change", mandatory=True, deadline=date(2026, 3, 20))
    await plan.work("C", 6, category="Run", duration_weeks_low=5, duration_weeks_high=9)
    await plan.work("D", category="Run")
    await plan.work("E", 3)
    await plan.work("Gone", 3, state=InitiativeState.STOPPED)
    await plan.work("Done", 3, state=InitiativeState.COMPLETED)
    await plan.demands("A", "Core", 6, skill="rust")
    await plan.demands("A", "Core", 2)
    await plan.demands("A", "Web", 1)
    await plan.demands("C", "Web", 5)
    await plan.costs("A", 100)
    await plan.costs("C", 300, profile=UrgencyProfile.FIXED_DATE, deadline=date(2026, 4, 1), step_minor=500)
    await plan.costs("E", 50, currency="USD")
    await plan.link("A", "C", lag=1)
    await plan.link("A", "E", DependencyKind.START_TO_START)
    await plan.link("Gone", "E")
    await plan.link("Done", "B")
    await plan.link("B", "D", hard=False)
    return plan


async def built(plan: Plan, *, view: View | None = None) -> PlanningInput:
    view = await plan.view() if view is None else view
    request = RankingRequest(today=TODAY)
    ranking = await rank_portfolio(view, plan.portfolio_id, request)
    cycle = await a_cycle(plan.database, plan.actor, starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 29))
    cycle_id, weeks = UUID(int=1), len(DIVIDED)
    given = Surroundings(
        cycle=cycle._replace(id=cycle_id),
        today=TODAY,
        day=TODAY,
        length=PeriodLength.WEEK,
        currency="EUR",
        capacity=CapacityTable(
            periods=DIVIDED,
            person_weeks={
                ResourceKey(plan.ids["Core"]): np.full(weeks, 5.0),
                ResourceKey(plan.ids["Core"], "rust"): np.full(weeks, 2.0),
            },
        ),
        policy=PolicyTable(
            shares={plan.ids["Change"]: Share(0.2, AllocationMode.RING_FENCED)},
            of_team={plan.ids["Web"]: {plan.ids["Run"]: Share(0.6, AllocationMode.FLOOR)}},
        ),
        booked=BookedTable(person_weeks={plan.ids["A"]: {plan.ids["Core"]: 4.0}}),
        alternatives=(
            AlternativeGroup(UUID(int=9), "Either", (plan.ids["C"], plan.ids["B"], plan.ids["Gone"])),
            AlternativeGroup(UUID(int=8), "Nothing left", (plan.ids["C"], plan.ids["Gone"])),
        ),
    )
    return planning_input(ranking, view.directory, given)


async def test_an_input_holds_the_portfolio_and_its_surroundings(plan: Plan) -> None:
    posed = await built(plan)
    assert posed.names.initiatives == ("A", "B", "C", "D", "E")
    assert posed.committed.tolist() == [True, False, False, False, False]
    assert posed.mandatory.tolist() == [False, True, False, False, False]
    categories = [posed.names.categories[at] if at >= 0 else None for at in posed.category]
    assert categories == ["Change", "Change", "Run", "Run", None]
    assert posed.duration.tolist()[0][:3] == [4, 2, 5]
    assert posed.duration.tolist()[2][:3] == [4, 2, 9]
    assert np.isnan(posed.duration[:, 3]).all()
    # a cost of delay in another currency can't be added up with the others
    assert posed.profiles == (
        UrgencyProfile.LINEAR,
        None,
        UrgencyProfile.FIXED_DATE,
        None,
        None,
    )
    assert [(posed.before[e], posed.after[e], posed.lag[e]) for e in range(2)] == [(0, 2, 1.0), (0, 4, 0.0)]
    assert posed.names.gone == ("Gone",)
    assert posed.gone_after.tolist() == [4]
    assert posed.names.alternatives == ("Either",)
    assert posed.member.tolist() == [1, 2]
    # value is the cost of delay per week, of what has a duration; what can't be known is not 0
    assert posed.value[0] == pytest.approx(100)
    assert np.isnan(posed.value[[1, 3, 4]]).all()


async def test_capacity_that_nobody_has_stated_is_unknown(plan: Plan) -> None:
    posed = await built(plan)
    named = [
        (posed.names.teams[team], skill)
        for team, skill in zip(posed.resource_team, posed.skills, strict=True)
    ]
    stated = dict(zip(named, posed.capacity.sum(axis=0).tolist(), strict=True))
    assert stated["Core", ""] == 20
    assert stated["Core", "rust"] == 8
    assert np.isnan(stated["Web", ""])


async def test_what_is_booked_is_taken_off_the_estimate_in_proportion(plan: Plan) -> None:
    posed = await built(plan)
    remaining = {
        (posed.names.initiatives[of], posed.skills[resource]): left
        for of, resource, left in zip(
            posed.demand_of, posed.demand_resource, posed.remaining[1].tolist(), strict=True
        )
    }
    # 4 of 8 person-weeks of Core; 1 of Web is untouched, C too
    assert remaining["A", "rust"] == 3
    assert sorted(posed.remaining[1].tolist()) == [1, 1, 3, 5]
    assert posed.booked.tolist() == [True, False, False, False, False]
    assert posed.remaining_duration[1, 0] == pytest.approx(4 * 5 / 9)
    assert posed.remaining_duration[1, 2] == 6
    table = posed.on_resources(posed.remaining[1])
    core = posed.names.teams.index("Core")
    assert table[0, posed.team_resource[core]] == 4


async def test_a_team_follows_its_own_shares_where_it_has_some(plan: Plan) -> None:
    posed = await built(plan)
    core, web = posed.names.teams.index("Core"), posed.names.teams.index("Web")
    run, change = posed.names.categories.index("Run"), posed.names.categories.index("Change")
    assert posed.share[change, core] == 0.2
    assert np.isnan(posed.share[change, web])
    assert posed.share[run, web] == 0.6
    assert np.isnan(posed.share[run, core])


async def test_an_input_survives_being_stored(plan: Plan) -> None:
    posed = await built(plan)
    content = encode(posed)
    again = decode(content)
    assert encode(again) == content
    for item in fields(posed):
        stored, read = getattr(posed, item.name), getattr(again, item.name)
        if isinstance(stored, np.ndarray):
            np.testing.assert_array_equal(stored, read)
        elif item.name != "ranking":
            assert stored == read
    assert fingerprint(again) == fingerprint(posed)


def test_a_form_that_is_not_known_yet_is_refused() -> None:
    content = encode(a_plan({"A": Work(value=1)}, capacity={"Core": 12}))
    with pytest.raises(InvalidInput, match="newer version"):
        decode(content.replace(b'"format":1', b'"format":7'))


def test_names_play_no_part_in_the_fingerprint_and_figures_do() -> None:
    posed = a_plan({"A": Work(value=1, demand={"Core": 3})}, capacity={"Core": 12})
    renamed = replace(posed, names=replace(posed.names, initiatives=("Another title",)))
    assert fingerprint(renamed) == fingerprint(posed)
    assert encode(renamed) != encode(posed)
    assert fingerprint(replace(posed, capacity=posed.capacity + 1)) != fingerprint(posed)
    assert fingerprint(replace(posed, capacity=posed.capacity * np.nan)) != fingerprint(posed)


async def test_how_a_snapshot_holds_the_portfolio_leaves_no_trace(plan: Plan) -> None:
    """A snapshot that has grown change by change, and one that is read at once."""
    store = SnapshotStore(plan.database)
    await store.fresh(plan.actor.organisation_id, plan.portfolio_id)
    await plan.initiative("Late", weeks=5)  # an id somewhere among the others
    await plan.demands("Late", "Core", 2)
    await plan.link("Late", "A")
    grown = await store.fresh(plan.actor.organisation_id, plan.portfolio_id)
    read = await plan.view()
    held = [[row.title for row in view.portfolio(plan.portfolio_id).rows] for view in (grown, read)]
    assert held[0][-1] == "Late"
    assert sorted(held[0]) == sorted(held[1])
    assert fingerprint(await built(plan, view=grown)) == fingerprint(await built(plan, view=read))
