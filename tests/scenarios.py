"""A portfolio that can be planned, for tests about scenarios: two teams, two categories, six initiatives."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from domain.actor import Actor
from domain.capacity.stating import set_stated_capacity
from domain.commands.capacity import StatedCapacitySet
from domain.commands.cost_of_delay import CostOfDelaySet
from domain.commands.demand import TeamDemandSet
from domain.cost_of_delay import set_cost_of_delay
from domain.db import Database
from domain.demand import set_team_demand
from domain.enums import UrgencyProfile, WorkKind
from domain.scenario.commands import ScenarioCreate
from domain.scenario.records import create_scenario
from domain.scenario.rows import ScenarioRow
from domain.snapshot import SnapshotStore
from tests.factories import a_category, a_cycle, a_portfolio, a_team, an_initiative

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 5), date(2026, 3, 29)

WORK = {
    # title: (category, weeks, person-weeks of web, of core, euros a week)
    "Alpha": ("bet", 4, 8, 0, 4_000),
    "Beta": ("bet", 4, 6, 4, 3_000),
    "Gamma": ("bet", 6, 12, 0, 2_000),
    "Delta": ("run", 2, 4, 2, 1_500),
    "Epsilon": ("run", 3, 0, 8, 1_000),
    "Zeta": ("run", 8, 10, 10, 500),
}


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What was made, by title."""

    portfolio_id: UUID
    cycle_id: UUID
    teams: dict[str, UUID]
    categories: dict[str, UUID]
    initiatives: dict[str, UUID]


async def a_planned_portfolio(database: Database, actor: Actor) -> Planned:
    """Twelve weeks, 24 person-weeks of web and of core, and more work than that."""
    portfolio = await a_portfolio(database, actor)
    cycle = await a_cycle(database, actor, starts_on=FIRST, ends_on=LAST)
    teams = {name: (await a_team(database, actor)).id for name in ("web", "core")}
    categories = {
        "bet": (await a_category(database, actor, kind=WorkKind.STEP_CHANGE)).id,
        "run": (await a_category(database, actor, kind=WorkKind.LIGHTS_ON)).id,
    }
    for team_id in teams.values():
        stated = StatedCapacitySet(team_id=team_id, cycle_id=cycle.id, person_weeks=24)
        await set_stated_capacity(database, actor, stated)
    initiatives = {}
    for title, (category, weeks, web, core, rate) in WORK.items():
        row = await an_initiative(
            database,
            actor,
            portfolio_id=portfolio.id,
            title=title,
            category_id=categories[category],
            duration_weeks_likely=weeks,
        )
        initiatives[title] = row.id
        for name, amount in (("web", web), ("core", core)):
            if amount:
                demand = TeamDemandSet(initiative_id=row.id, team_id=teams[name], person_weeks_likely=amount)
                await set_team_demand(database, actor, demand)
        cost = CostOfDelaySet(
            initiative_id=row.id,
            profile=UrgencyProfile.LINEAR,
            currency="EUR",
            rate_minor_per_week_likely=rate * 100,
        )
        await set_cost_of_delay(database, actor, cost)
    return Planned(
        portfolio_id=portfolio.id,
        cycle_id=cycle.id,
        teams=teams,
        categories=categories,
        initiatives=initiatives,
    )


async def a_scenario(database: Database, actor: Actor, planned: Planned, **values: object) -> ScenarioRow:
    """A private scenario on the portfolio as it is."""
    defaults = {"portfolio_id": planned.portfolio_id, "cycle_id": planned.cycle_id, "name": "What if"}
    command = ScenarioCreate.parse({**defaults, **values})
    return await create_scenario(database, SnapshotStore(database), actor, command, now=NOW)
