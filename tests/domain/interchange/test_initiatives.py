"""Importing initiatives into a real portfolio."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from domain.commands.scoring import CriterionCreate, ScoreSet
from domain.criterion import create_criterion
from domain.db import Database
from domain.enums import InitiativeState, KeyResultDirection, Role, WorkKind
from domain.interchange.reading import ReadingOptions
from domain.interchange.report import EdgeOutcome, LineOutcome
from domain.score import set_score
from tests.domain.interchange.importing import edges, import_lines, outcomes, prepared, reasons, stored
from tests.factories import (
    a_category,
    a_key_result,
    a_member,
    a_portfolio,
    a_team,
    an_initiative,
    an_objective,
    an_organisation,
)
from tests.trail import trail, written


async def test_a_line_becomes_an_initiative_with_all_that_belongs_to_it(database: Database) -> None:
    actor = await an_organisation(database)
    owner = await a_member(database, actor, role=Role.PLANNER)
    emails = dict(await stored(database, actor, "SELECT id, email FROM member"))
    objective = await an_objective(database, actor, title="Trust")
    await a_key_result(
        database,
        actor,
        objective_id=objective.id,
        title="Churn",
        direction=KeyResultDirection.DECREASE,
        start_value=10,
        target_value=5,
    )
    await create_criterion(
        database, actor, CriterionCreate(key="reach", name="Reach", scale_min=0, scale_max=10)
    )
    report = await import_lines(
        database,
        actor,
        [
            {"external_id": "X-0", "title": "Before"},
            {
                "external_id": "X-1",
                "title": "One register",
                "description": "Merge.",
                "state": "active",
                "team": "Data",
                "category": "Bets",
                "owner": emails[owner.member_id].upper(),
                "duration_weeks": "6..8..13",
                "cost": 1.5,
                "cost_unit": "EUR k",
                "deadline": "2027-03-31",
                "mandatory": True,
                "demand": [{"team": "data", "person_weeks": 3}],
                "scores": {"reach": {"value": 7, "note": "asked"}},
                "contributions": "churn=-2 @ 60%",
                "cost_of_delay": 20,
                "cost_of_delay_unit": "EUR",
                "depends_on": ["X-0"],
            },
        ],
        create_teams=True,
        create_categories=WorkKind.STEP_CHANGE,
    )
    assert report.written is True
    assert outcomes(report) == [(1, "X-0", "created"), (2, "X-1", "created")]
    assert (report.portfolio, report.portfolio_created) == ("Change", True)
    assert (report.teams_created, report.categories_created) == (("Data",), ("Bets",))
    assert edges(report) == [("X-1", "X-0", "added", None)]
    query = (
        "SELECT title, i.description, state, t.name, c.name, c.kind, owner_id, duration_weeks_low,"
        " duration_weeks_likely, duration_weeks_high, cost_minor, cost_currency, deadline, mandatory, i.version"
        " FROM initiative i LEFT JOIN team t ON t.id = i.team_id"
        " LEFT JOIN allocation_category c ON c.id = i.category_id ORDER BY i.created_at"
    )
    assert await stored(database, actor, query) == [
        ("Before", "", "proposed", *(None,) * 10, False, 1),
        (
            "One register",
            "Merge.",
            "active",
            "Data",
            "Bets",
            "step_change",
            owner.member_id,
            6,
            8,
            13,
            150_000,
            "EUR",
            date(2027, 3, 31),
            True,
            1,
        ),
    ]
    assert await stored(database, actor, "SELECT person_weeks_likely, skill FROM team_demand") == [(3, "")]
    assert await stored(
        database,
        actor,
        "SELECT expected_delta, c.confidence, title FROM contribution c JOIN key_result ON true",
    ) == [(-2, 0.6, "Churn")]
    assert await stored(database, actor, "SELECT value, note, rater_id FROM score") == [
        (7, "asked", actor.member_id)
    ]
    assert await stored(
        database, actor, "SELECT profile, currency, rate_minor_per_week_likely, version FROM cost_of_delay"
    ) == [("linear", "EUR", 2000, 1)]
    assert await stored(database, actor, "SELECT kind, hard, lag_weeks FROM dependency") == [
        ("finish_to_start", True, 0)
    ]
    assert await stored(
        database, actor, "SELECT from_state, to_state, reason, decided_by_id FROM decision"
    ) == [("proposed", "active", "Imported from file.jsonl, which says active.", actor.member_id)]
    assert {reason for *_, reason in await trail(database, actor, "initiative")} == {"Import of file.jsonl"}


FULL = """\
external_id,title,team,cost,demand:Data,demand:Web,score:reach,cost_of_delay,depends_on,state
A,Alpha,Data,10,2..3..5,1,7,100,,approved
B,Beta,Web,,,4,,,A,
C,Gamma,,5,,,3,50,A; B,proposed
"""


async def test_a_second_import_of_the_same_file_writes_nothing(database: Database) -> None:
    actor = await prepared(database)
    reading = ReadingOptions(money_unit="EUR")
    first = await import_lines(database, actor, FULL, reading=reading)
    assert [line.outcome for line in first.lines] == [LineOutcome.CREATED] * 3
    before = await written(database, actor)
    second = await import_lines(database, actor, FULL, reading=reading)
    assert [line.outcome for line in second.lines] == [LineOutcome.UNCHANGED] * 3
    assert second.count(EdgeOutcome.UNCHANGED) == 3
    assert second.portfolio_created is False
    assert await written(database, actor) == before


async def test_only_what_differs_is_changed_and_named(database: Database) -> None:
    actor = await prepared(database)
    reading = ReadingOptions(money_unit="EUR")
    await import_lines(database, actor, FULL, reading=reading)
    changed = FULL.replace("Alpha,Data,10,2..3..5,1,7,100", "Alef,Web,,2..3..6,,8,").replace(
        "A; B,proposed", "A,evaluated"
    )
    report = await import_lines(database, actor, changed, reading=reading)
    assert [(line.name, line.outcome.value, line.changed) for line in report.lines] == [
        ("A", "updated", ("title", "team", "cost", "demand", "scores", "cost_of_delay")),
        ("B", "unchanged", ()),
        ("C", "updated", ("state", "depends_on")),
    ]
    assert edges(report) == [
        ("B", "A", "unchanged", None),
        ("C", "A", "unchanged", None),
        ("C", "B", "removed", None),
    ]
    query = "SELECT external_id, title, cost_minor, cost_currency, state, version FROM initiative ORDER BY 1"
    assert await stored(database, actor, query) == [
        ("A", "Alef", None, None, "approved", 2),
        ("B", "Beta", None, None, "proposed", 1),
        ("C", "Gamma", 500, "EUR", "evaluated", 2),
    ]
    demands = (
        "SELECT i.external_id, t.name, person_weeks_high FROM team_demand d"
        " JOIN initiative i ON i.id = d.initiative_id JOIN team t ON t.id = d.team_id ORDER BY 1, 2"
    )
    assert await stored(database, actor, demands) == [("A", "Data", 6), ("B", "Web", None)]
    assert await stored(database, actor, "SELECT count(*) FROM cost_of_delay") == [(1,)]
    assert await stored(database, actor, "SELECT value FROM score ORDER BY value") == [(3,), (8,)]


async def test_what_a_line_does_not_mention_stays(database: Database) -> None:
    actor = await prepared(database)
    await import_lines(database, actor, FULL, reading=ReadingOptions(money_unit="EUR"))
    before = await written(database, actor)
    report = await import_lines(
        database, actor, [{"external_id": "A"}, {"external_id": "C", "title": "Gamma"}]
    )
    assert outcomes(report) == [(1, "A", "unchanged"), (2, "C", "unchanged")]
    assert await written(database, actor) == before


async def test_a_dry_run_reports_the_same_and_writes_nothing(database: Database) -> None:
    actor = await an_organisation(database)
    await create_criterion(
        database, actor, CriterionCreate(key="reach", name="Reach", scale_min=0, scale_max=10)
    )
    before = await written(database, actor)
    options = {"reading": ReadingOptions(money_unit="EUR"), "create_teams": True}
    dry = await import_lines(database, actor, FULL, dry_run=True, **options)
    assert (dry.written, dry.refused) == (False, False)
    assert await written(database, actor) == before
    real = await import_lines(database, actor, FULL, **options)
    assert (real.lines, real.edges, real.teams_created, real.columns) == (
        dry.lines,
        dry.edges,
        dry.teams_created,
        dry.columns,
    )
    assert real.teams_created == ("Data", "Web")


async def test_other_peoples_scores_and_other_skills_stay(database: Database) -> None:
    actor = await prepared(database)
    other = await a_member(database, actor, role=Role.PLANNER)
    await import_lines(database, actor, [{"external_id": "A", "title": "Alpha", "demand": "Data [sql]=2"}])
    ((initiative_id,),) = await stored(database, actor, "SELECT id FROM initiative")
    ((criterion_id,),) = await stored(database, actor, "SELECT id FROM criterion")
    await set_score(
        database, other, ScoreSet(initiative_id=initiative_id, criterion_id=criterion_id, value=1)
    )
    content = "external_id,score:reach,demand:Data\nA,9,3\n"
    await import_lines(database, actor, content)
    assert await stored(database, actor, "SELECT value FROM score ORDER BY value") == [(1,), (9,)]
    assert await stored(
        database, actor, "SELECT skill, person_weeks_likely FROM team_demand ORDER BY skill"
    ) == [("", 3), ("sql", 2)]
    await import_lines(database, actor, content.replace("9,3", ","))
    assert await stored(database, actor, "SELECT value FROM score") == [(1,)]
    assert await stored(database, actor, "SELECT skill FROM team_demand") == [("sql",)]


async def test_a_cost_of_delay_keeps_what_the_file_does_not_mention(database: Database) -> None:
    actor = await an_organisation(database)
    line = {
        "external_id": "A",
        "title": "Alpha",
        "cost_of_delay": 5,
        "cost_of_delay_profile": "fixed_date",
        "cost_of_delay_deadline": "2027-01-01",
        "cost_of_delay_step": 30,
    }
    euros = ReadingOptions(money_unit="EUR")
    await import_lines(database, actor, [line], reading=euros)
    report = await import_lines(database, actor, [{"external_id": "A", "cost_of_delay": 6}], reading=euros)
    assert report.lines[0].changed == ("cost_of_delay",)
    query = "SELECT profile, rate_minor_per_week_likely, deadline, step_minor, version FROM cost_of_delay"
    assert await stored(database, actor, query) == [("fixed_date", 600, date(2027, 1, 1), 3000, 2)]
    pounds = ReadingOptions(money_unit="GBP")
    refused = await import_lines(database, actor, [{"external_id": "A", "cost_of_delay": 6}], reading=pounds)
    assert reasons(refused) == {
        1: ("cost_of_delay: its step counts EUR so far, and the rate GBP: give the step, too",)
    }
    linear = {"external_id": "A", "cost_of_delay": 6, "cost_of_delay_profile": "linear"}
    await import_lines(database, actor, [linear], reading=euros)
    assert await stored(database, actor, query) == [("linear", 600, None, None, 3)]


async def test_an_external_id_belongs_to_its_portfolio(database: Database) -> None:
    actor = await an_organisation(database)
    other = await a_portfolio(database, actor, name="Other")
    await an_initiative(database, actor, portfolio_id=other.id, external_id="A", title="Theirs")
    report = await import_lines(database, actor, [{"external_id": "A", "title": "Ours", "depends_on": []}])
    assert outcomes(report) == [(1, "A", "created")]
    query = "SELECT title FROM initiative ORDER BY title"
    assert await stored(database, actor, query) == [("Ours",), ("Theirs",)]


async def test_another_organisation_is_never_touched(database: Database) -> None:
    actor, other = await an_organisation(database), await an_organisation(database)
    await a_team(database, other, name="Data")
    await a_category(database, other)
    report = await import_lines(database, actor, [{"external_id": "A", "title": "Alpha", "team": "Data"}])
    assert len(reasons(report)) == 1
    before = await written(database, other)
    await import_lines(
        database, actor, [{"external_id": "A", "title": "Alpha", "team": "Data"}], create_teams=True
    )
    assert await written(database, other) == before


async def test_the_number_of_statements_does_not_grow_with_the_lines(database: Database) -> None:
    actor = await prepared(database)
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    def lines(number: int, prefix: str) -> list[dict[str, Any]]:
        return [
            {
                "external_id": f"{prefix}{position}",
                "title": "Alpha",
                "state": InitiativeState.APPROVED.value,
                "demand": "Data=2; Web=1",
                "scores": {"reach": 5},
                "cost_of_delay": position,
                "depends_on": [f"{prefix}{position // 2}"] if position else [],
            }
            for position in range(number)
        ]

    await a_portfolio(database, actor, name="Change")
    euros = ReadingOptions(money_unit="EUR")
    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", counted)
    await import_lines(database, actor, lines(2, "few-"), reading=euros)
    few, count = count, 0
    await import_lines(database, actor, lines(450, "many-"), reading=euros)
    many, count = count, 0
    changed = [{**line, "title": "Beta", "demand": "Data=3"} for line in lines(450, "many-")]
    report = await import_lines(database, actor, changed, reading=euros)
    assert report.count(LineOutcome.UPDATED) == 450
    assert many == few
    assert count <= few + 3
    assert few < 35
