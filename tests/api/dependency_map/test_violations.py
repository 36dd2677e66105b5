"""Dates that can't hold, as a client reads them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.ids import encode_id
from domain.enums import InitiativeState, UrgencyProfile
from tests.api.conftest import Ask
from tests.plans import FF, SS, TODAY, Plan

VIOLATIONS = """
query($id: ID!, $completed: Boolean! = false, $first: Int, $after: String) { node(id: $id) { ... on Portfolio {
  dependencyMap(asOf: "2026-03-02", includeCompleted: $completed) { violations(first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage }
    nodes { kind weeks due explanation initiative { title } dependency { predecessor { title } } }
  } }
} } }
"""
NOT_FINISHED = (
    "It is active, though “Before” has to finish before this begins, and has not finished: by the estimates that takes"
    " 4 weeks with the lag of the dependency."
)
COMPLETED_EARLY = (
    "It is completed, though “Before” has to finish first, and has not finished: by the estimates that takes 3"
    " weeks."
)
ACTIVE, COMPLETED, STOPPED = InitiativeState.ACTIVE, InitiativeState.COMPLETED, InitiativeState.STOPPED


async def _violations(ask: Ask, plan: Plan, **variables: Any) -> Any:
    answer = await ask(plan.actor, VIOLATIONS, id=encode_id("Portfolio", plan.portfolio_id), **variables)
    return answer["node"]["dependencyMap"]["violations"]


def _in_weeks(weeks: int) -> date:
    return TODAY + timedelta(weeks=weeks)


async def test_a_missed_deadline_says_what_it_waits_for(plan: Plan, ask: Ask) -> None:
    await plan.work("First", 3)
    await plan.work("Second", 2, deadline=_in_weeks(4))
    await plan.work("In time", 2, deadline=_in_weeks(5))
    await plan.link("First", "Second")
    await plan.link("First", "In time")
    assert (await _violations(ask, plan))["nodes"] == [
        {
            "kind": "DEADLINE",
            "weeks": 1.0,
            "due": "2026-03-30",
            "explanation": "It is finished on 2026-04-06 at the earliest, 1 week after 2026-03-30, its deadline: it"
            " waits for “First”, which is finished on 2026-03-23.",
            "initiative": {"title": "Second"},
            "dependency": None,
        }
    ]


async def test_the_cause_is_a_lag_a_start_or_the_duration_itself(plan: Plan, ask: Ask) -> None:
    await plan.work("Root", 1)
    await plan.work("Lagging", 1, deadline=_in_weeks(3))
    await plan.work("Released", 2.5, earliest_start=_in_weeks(1), deadline=_in_weeks(2))
    await plan.work("Long", 1.2, deadline=_in_weeks(1))
    await plan.work("Overdue", deadline=_in_weeks(-1))
    await plan.link("Root", "Lagging", SS, lag=3.5)
    found = await _violations(ask, plan)
    causes = {node["initiative"]["title"]: node["explanation"].split(": ", 1)[1] for node in found["nodes"]}
    assert causes == {
        "Lagging": "it waits for “Root”, which begins on 2026-03-02, with a lag of 3.5 weeks.",
        "Released": "it can't begin before 2026-03-09, and it takes 2.5 weeks.",
        "Long": "it takes 1.2 weeks from 2026-03-02.",
        "Overdue": "its duration is not known, and counts as nothing.",
    }
    overdue = found["nodes"][-2]
    assert overdue["explanation"].startswith(
        "It is finished on 2026-03-02 at the earliest, and probably later, 1 week after 2026-02-23, its deadline"
    )
    assert [node["weeks"] for node in found["nodes"]] == pytest.approx([1.5, 1.5, 1.0, 0.2])


async def test_a_fixed_date_of_a_cost_of_delay_is_a_deadline_of_its_own(plan: Plan, ask: Ask) -> None:
    fixed: dict[str, Any] = {"profile": UrgencyProfile.FIXED_DATE, "step_minor": 100.0}
    await plan.work("Fair", 4)
    await plan.costs("Fair", 10, deadline=_in_weeks(2), **fixed)
    await plan.work("Law", 4, deadline=_in_weeks(3))
    await plan.costs("Law", 10, deadline=_in_weeks(3), **fixed)
    found = (await _violations(ask, plan))["nodes"]
    assert [(node["initiative"]["title"], node["kind"], node["weeks"]) for node in found] == [
        ("Law", "DEADLINE", 1.0),
        ("Fair", "COST_OF_DELAY_DEADLINE", 2.0),
    ]
    assert ", the fixed date of its cost of delay: it takes 4 weeks" in found[1]["explanation"]


async def test_what_waits_for_the_stopped_or_archived_is_named(plan: Plan, ask: Ask) -> None:
    await plan.work("Dead", 1, state=STOPPED)
    await plan.work("Gone", 1, archived_at=datetime(2026, 1, 1, tzinfo=UTC))
    await plan.work("Done and gone", 1, state=COMPLETED, archived_at=datetime(2026, 1, 1, tzinfo=UTC))
    await plan.work("Waiting", 1)
    await plan.work("Wishing", 1)
    for before in ("Dead", "Gone", "Done and gone"):
        await plan.link(before, "Waiting")
    await plan.link("Dead", "Wishing", hard=False)
    found = (await _violations(ask, plan))["nodes"]
    assert {(node["dependency"]["predecessor"]["title"], node["explanation"]) for node in found} == {
        ("Dead", "It waits for “Dead”, which is stopped: remove the dependency, or stop this too."),
        ("Gone", "It waits for “Gone”, which is archived: remove the dependency, or stop this too."),
    }
    assert {(node["kind"], node["weeks"], node["initiative"]["title"]) for node in found} == {
        ("PREDECESSOR_STOPPED", None, "Waiting")
    }


async def test_work_out_of_sequence_is_named(plan: Plan, ask: Ask) -> None:
    await plan.work("Before", 3)
    await plan.work("Unknown")
    await plan.work("Begun", 5, state=ACTIVE)
    for title in ("Too early", "Nobody knows", "Overlapping", "With begun", "With unbegun"):
        await plan.work(title, 1, state=ACTIVE)
    await plan.work("Finished", 1, state=COMPLETED)
    await plan.link("Before", "Too early", lag=1)
    await plan.link("Unknown", "Nobody knows")
    await plan.link("Before", "Overlapping", lag=-3)
    await plan.link("Begun", "With begun", SS)
    await plan.link("Before", "With unbegun", SS)
    await plan.link("Before", "Too early", FF)
    await plan.link("Before", "Finished", FF)
    found = (await _violations(ask, plan, completed=True))["nodes"]
    assert {(node["initiative"]["title"], node["weeks"], node["explanation"]) for node in found} == {
        (
            "Too early",
            4.0,
            NOT_FINISHED,
        ),
        (
            "Nobody knows",
            None,
            "It is active, though “Unknown” has to finish before this begins, and has not finished.",
        ),
        ("With unbegun", None, "It is active, though “Before” has to begin first, and has not begun."),
        (
            "Finished",
            3.0,
            COMPLETED_EARLY,
        ),
    }
    assert {node["kind"] for node in found} == {"OUT_OF_SEQUENCE"}


async def test_violations_come_by_kind_and_weeks_in_pages(plan: Plan, ask: Ask) -> None:
    await plan.work("Stopped", 1, state=STOPPED)
    for weeks in (2, 4, 3):
        await plan.work(f"Late {weeks}", weeks, deadline=_in_weeks(1))
    await plan.link("Stopped", "Late 2")
    titles: list[str] = []
    after = None
    for _ in range(2):
        page = await _violations(ask, plan, first=2, after=after)
        titles += [f"{node['kind']} {node['initiative']['title']}" for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert titles == ["PREDECESSOR_STOPPED Late 2", "DEADLINE Late 4", "DEADLINE Late 3", "DEADLINE Late 2"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (4, False)
