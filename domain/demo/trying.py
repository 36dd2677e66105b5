"""Loads the scenarios, and queues their solves."""

from datetime import UTC, datetime
from typing import Any

from domain.demo.loading import Stage
from domain.demo.organisation import PORTFOLIO
from domain.demo.scenarios import TRIED, Tried
from domain.scenario.commands import ScenarioCreate, ScenarioSolve
from domain.scenario.records import create_scenario
from domain.scenario.runs import solve_scenario
from domain.scenario.vocabulary import ScenarioVisibility
from domain.snapshot import SnapshotStore

_NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
"""When the scenarios were made."""

_CYCLE = "h1"
_BUDGET_SECONDS = 2.0
_PLANNER = "bowen"


async def load_scenarios(stage: Stage) -> None:
    """Make the scenarios and queue their solves, which a worker does once the server runs."""
    actor, snapshots = stage.actors[_PLANNER], SnapshotStore(stage.database)
    for tried in TRIED:
        command = ScenarioCreate.parse(
            {
                "id": stage.identity("scenario", tried.key),
                "portfolio_id": stage.identity("portfolio", PORTFOLIO),
                "cycle_id": stage.identity("cycle", _CYCLE),
                "name": tried.name,
                "description": tried.description,
                "visibility": ScenarioVisibility.SHARED,
                "effects": _effects(stage, tried),
            }
        )
        row = await create_scenario(stage.database, snapshots, actor, command, now=_NOW)
        solve = ScenarioSolve(scenario_id=row.id, budget_seconds=_BUDGET_SECONDS)
        await solve_scenario(stage.database, actor, solve)


def _effects(stage: Stage, tried: Tried) -> list[dict[str, Any]]:
    shares: list[dict[str, Any]] = [
        {
            "kind": "share",
            "category_id": stage.identity("category", category),
            "mode": mode,
            **({} if share is None else {"share": share}),
            **({} if team is None else {"team_id": stage.identity("team", team)}),
        }
        for team in tried.teams or (None,)
        for category, (share, mode) in tried.shares.items()
    ]
    hires = [
        {
            "kind": "hire",
            "team_id": stage.identity("team", team),
            "skill": skill,
            "on": day,
            "count": count,
            "focus_share": 0.8,
            "ramp_weeks": 8.0,
        }
        for team, skill, day, count in tried.hires
    ]
    return [*shares, *hires]
