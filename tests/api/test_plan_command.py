"""``stepchange plan`` against a real database: what fits, why not more, and a Gantt chart."""

import asyncio
import json
import sys
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from api.cli import main
from domain.db import connect
from domain.enums import CycleLevel
from domain.models import Cycle, Portfolio, StatedCapacity
from tests.factories import an_organisation
from tests.plans import Plan


async def _furnish(url: str) -> None:
    """Three initiatives for a team of twelve person-weeks: the first of the ranking leaves no room."""
    database = connect(url)
    actor = await an_organisation(database, slug="acme")
    portfolio = Portfolio(organisation_id=actor.organisation_id, name="Portfolio")
    plan = Plan(database, actor, portfolio.id)
    cycle = Cycle(
        organisation_id=actor.organisation_id,
        name="First quarter",
        level=CycleLevel.TACTICAL,
        starts_on=date(2026, 1, 5),
        ends_on=date(2026, 3, 29),
    )
    await plan.add(portfolio, cycle)
    await plan.team("Core")
    await plan.add(
        StatedCapacity(
            id=UUID(int=1),
            organisation_id=actor.organisation_id,
            team_id=plan.ids["Core"],
            cycle_id=cycle.id,
            person_weeks=12,
        )
    )
    for title, weeks, rate, demand in (("Big", 2, 60, 10), ("Twin", 4, 50, 6), ("Twain", 4, 40, 6)):
        await plan.work(title, weeks)
        await plan.costs(title, rate)
        await plan.demands(title, "Core", demand)
    await database.close()


def test_a_plan_is_shown_with_reasons_and_drawn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], application_url: str, tmp_path: Path
) -> None:
    asyncio.run(_furnish(application_url))
    monkeypatch.setenv("STEPCHANGE_DATABASE_URL", application_url)
    monkeypatch.setenv("STEPCHANGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("STEPCHANGE_ORGANISATION", "acme")
    monkeypatch.setenv("COLUMNS", "200")

    def plan(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["stepchange", "plan", "--as-of", "2026-01-05", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code
        return capsys.readouterr().out

    chart = tmp_path / "plan.svg"
    found = json.loads(plan("--json", "--schedule", str(chart)))
    assert (found["cycle"], found["cutLine"], found["optimum"], found["gap"]) == ("First quarter", 60, 90, 0)
    assert {item["title"]: (item["aboveCutLine"], item["funded"]) for item in found["initiatives"]} == {
        "Big": (True, False),
        "Twin": (False, True),
        "Twain": (False, True),
    }
    assert found["initiatives"][0]["reasons"] == ["capacity_exhausted"]
    assert "Twin" in chart.read_text(encoding="utf-8")
    # both run one after the other, at the pace of a team of one
    assert sorted((item["start"], item["finish"]) for item in found["schedule"]["initiatives"]) == [
        (0, 5),
        (6, 11),
    ]
    table = plan("--cycle", "first quarter")
    assert "capacity exhausted; Core 10 short" in table
    assert "Cut line 60, optimum 90 (proven to be the best" in table
