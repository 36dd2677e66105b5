"""Importing initiatives into a real portfolio."""

import json
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.scoring import CriterionCreate, ScoreSet
from domain.criterion import create_criterion
from domain.db import Database, reading
from domain.enums import CriterionSource, InitiativeState, KeyResultDirection, Role, WorkKind
from domain.errors import InvalidInput, NotFound
from domain.initiative import archive_initiative
from domain.interchange.initiatives import ImportOptions, import_initiatives
from domain.interchange.reading import ReadingOptions, SourceFile
from domain.interchange.report import EdgeOutcome, ImportReport, LineOutcome
from domain.portfolio import archive_portfolio
from domain.score import set_score
from domain.team import archive_team
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


async def _import(
    database: Database, actor: Actor, content: str | list[dict[str, Any]], **options: Any
) -> ImportReport:
    csv = isinstance(content, str)
    text = content if isinstance(content, str) else "\n".join(json.dumps(line) for line in content)
    options = {"portfolio": "Change", "create_portfolio": True, **options}
    name = "file.csv" if csv else "file.jsonl"
    return await import_initiatives(
        database, actor, SourceFile(name, text.encode()), ImportOptions(**options)
    )


async def _stored(database: Database, actor: Actor, query: str) -> list[Any]:
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query))]


def _outcomes(report: ImportReport) -> list[tuple[int, str | None, str]]:
    return [(line.line, line.name, line.outcome.value) for line in report.lines]


def _reasons(report: ImportReport) -> dict[int, tuple[str, ...]]:
    return {line.line: line.reasons for line in report.lines if line.reasons}


def _edges(report: ImportReport) -> list[tuple[str, str, str, str | None]]:
    return [(edge.successor, edge.predecessor, edge.outcome.value, edge.reason) for edge in report.edges]


async def test_a_line_becomes_an_initiative_with_all_that_belongs_to_it(database: Database) -> None:
    actor = await an_organisation(database)
    owner = await a_member(database, actor, role=Role.PLANNER)
    emails = dict(await _stored(database, actor, "SELECT id, email FROM member"))
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
    report = await _import(
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
    assert _outcomes(report) == [(1, "X-0", "created"), (2, "X-1", "created")]
    assert (report.portfolio, report.portfolio_created) == ("Change", True)
    assert (report.teams_created, report.categories_created) == (("Data",), ("Bets",))
    assert _edges(report) == [("X-1", "X-0", "added", None)]
    query = (
        "SELECT title, i.description, state, t.name, c.name, c.kind, owner_id, duration_weeks_low,"
        " duration_weeks_likely, duration_weeks_high, cost_minor, cost_currency, deadline, mandatory, i.version"
        " FROM initiative i LEFT JOIN team t ON t.id = i.team_id"
        " LEFT JOIN allocation_category c ON c.id = i.category_id ORDER BY i.created_at"
    )
    assert await _stored(database, actor, query) == [
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
    assert await _stored(database, actor, "SELECT person_weeks_likely, skill FROM team_demand") == [(3, "")]
    assert await _stored(
        database, actor, "SELECT expected_delta, confidence, title FROM contribution JOIN key_result ON true"
    ) == [(-2, 0.6, "Churn")]
    assert await _stored(database, actor, "SELECT value, note, rater_id FROM score") == [
        (7, "asked", actor.member_id)
    ]
    assert await _stored(
        database, actor, "SELECT profile, currency, rate_minor_per_week_likely, version FROM cost_of_delay"
    ) == [("linear", "EUR", 2000, 1)]
    assert await _stored(database, actor, "SELECT kind, hard, lag_weeks FROM dependency") == [
        ("finish_to_start", True, 0)
    ]
    assert await _stored(
        database, actor, "SELECT from_state, to_state, reason, decided_by_id FROM decision"
    ) == [("proposed", "active", "Imported from file.jsonl, which says active.", actor.member_id)]
    assert {reason for *_, reason in await trail(database, actor, "initiative")} == {"Import of file.jsonl"}


FULL = """\
external_id,title,team,cost,demand:Data,demand:Web,score:reach,cost_of_delay,depends_on,state
A,Alpha,Data,10,2..3..5,1,7,100,,approved
B,Beta,Web,,,4,,,A,
C,Gamma,,5,,,3,50,A; B,proposed
"""


async def _prepared(database: Database) -> Actor:
    actor = await an_organisation(database)
    for team in ("Data", "Web"):
        await a_team(database, actor, name=team)
    await create_criterion(
        database, actor, CriterionCreate(key="reach", name="Reach", scale_min=0, scale_max=10)
    )
    return actor


async def test_a_second_import_of_the_same_file_writes_nothing(database: Database) -> None:
    actor = await _prepared(database)
    reading = ReadingOptions(money_unit="EUR")
    first = await _import(database, actor, FULL, reading=reading)
    assert [line.outcome for line in first.lines] == [LineOutcome.CREATED] * 3
    before = await written(database, actor)
    second = await _import(database, actor, FULL, reading=reading)
    assert [line.outcome for line in second.lines] == [LineOutcome.UNCHANGED] * 3
    assert second.count(EdgeOutcome.UNCHANGED) == 3
    assert second.portfolio_created is False
    assert await written(database, actor) == before


async def test_only_what_differs_is_changed_and_named(database: Database) -> None:
    actor = await _prepared(database)
    reading = ReadingOptions(money_unit="EUR")
    await _import(database, actor, FULL, reading=reading)
    changed = FULL.replace("Alpha,Data,10,2..3..5,1,7,100", "Alef,Web,,2..3..6,,8,").replace(
        "A; B,proposed", "A,evaluated"
    )
    report = await _import(database, actor, changed, reading=reading)
    assert [(line.name, line.outcome.value, line.changed) for line in report.lines] == [
        ("A", "updated", ("title", "team", "cost", "demand", "scores", "cost_of_delay")),
        ("B", "unchanged", ()),
        ("C", "updated", ("state", "depends_on")),
    ]
    assert _edges(report) == [
        ("B", "A", "unchanged", None),
        ("C", "A", "unchanged", None),
        ("C", "B", "removed", None),
    ]
    query = "SELECT external_id, title, cost_minor, cost_currency, state, version FROM initiative ORDER BY 1"
    assert await _stored(database, actor, query) == [
        ("A", "Alef", None, None, "approved", 2),
        ("B", "Beta", None, None, "proposed", 1),
        ("C", "Gamma", 500, "EUR", "evaluated", 2),
    ]
    demands = (
        "SELECT i.external_id, t.name, person_weeks_high FROM team_demand d"
        " JOIN initiative i ON i.id = d.initiative_id JOIN team t ON t.id = d.team_id ORDER BY 1, 2"
    )
    assert await _stored(database, actor, demands) == [("A", "Data", 6), ("B", "Web", None)]
    assert await _stored(database, actor, "SELECT count(*) FROM cost_of_delay") == [(1,)]
    assert await _stored(database, actor, "SELECT value FROM score ORDER BY value") == [(3,), (8,)]


async def test_what_a_line_does_not_mention_stays(database: Database) -> None:
    actor = await _prepared(database)
    await _import(database, actor, FULL, reading=ReadingOptions(money_unit="EUR"))
    before = await written(database, actor)
    report = await _import(database, actor, [{"external_id": "A"}, {"external_id": "C", "title": "Gamma"}])
    assert _outcomes(report) == [(1, "A", "unchanged"), (2, "C", "unchanged")]
    assert await written(database, actor) == before


async def test_a_dry_run_reports_the_same_and_writes_nothing(database: Database) -> None:
    actor = await an_organisation(database)
    await create_criterion(
        database, actor, CriterionCreate(key="reach", name="Reach", scale_min=0, scale_max=10)
    )
    before = await written(database, actor)
    options = {"reading": ReadingOptions(money_unit="EUR"), "create_teams": True}
    dry = await _import(database, actor, FULL, dry_run=True, **options)
    assert (dry.written, dry.refused) == (False, False)
    assert await written(database, actor) == before
    real = await _import(database, actor, FULL, **options)
    assert (real.lines, real.edges, real.teams_created, real.columns) == (
        dry.lines,
        dry.edges,
        dry.teams_created,
        dry.columns,
    )
    assert real.teams_created == ("Data", "Web")


BROKEN = """\
external_id,title,team,state,depends_on
A,Alpha,,,
B,Beta,Nowhere,,A
C,,,,
D,Delta,,,B; Z
A2,Again,,,
A2,Again,,,
"""


async def test_one_faulty_line_keeps_the_whole_file_out(database: Database) -> None:
    actor = await an_organisation(database)
    before = await written(database, actor)
    report = await _import(database, actor, BROKEN)
    assert (report.written, report.refused) == (False, True)
    assert _reasons(report) == {
        3: ("team: there is no team “Nowhere”; create it, or let the import do so with --create-teams",),
        4: ("title: is empty",),
        6: ("external_id: “A2” is also on line 7",),
        7: ("external_id: “A2” is also on line 6",),
    }
    assert _edges(report) == [
        ("D", "B", "dangling", "B is on line 3, which is refused"),
        ("D", "Z", "dangling", "there is no Z in the portfolio or in the file"),
    ]
    assert await written(database, actor) == before


async def test_good_lines_are_kept_when_asked_for(database: Database) -> None:
    actor = await an_organisation(database)
    report = await _import(database, actor, BROKEN, keep_good=True)
    assert (report.written, report.refused) == (True, False)
    assert _outcomes(report) == [
        (2, "A", "created"),
        (3, "B", "refused"),
        (4, "C", "refused"),
        (5, "D", "created"),
        (6, "A2", "refused"),
        (7, "A2", "refused"),
    ]
    assert await _stored(database, actor, "SELECT external_id FROM initiative ORDER BY 1") == [("A",), ("D",)]
    assert await _stored(database, actor, "SELECT count(*) FROM dependency") == [(0,)]


async def test_teams_of_refused_lines_are_not_made(database: Database) -> None:
    actor = await an_organisation(database)
    content = "external_id,title,team,demand:Data,demand:Ops\nA,Alpha,Web,,1\nB,,Shop,1,\n"
    report = await _import(database, actor, content, keep_good=True, create_teams=True)
    assert report.teams_created == ("Web", "Ops")
    assert await _stored(database, actor, "SELECT name FROM team ORDER BY 1") == [("Ops",), ("Web",)]


async def test_a_cycle_is_refused_and_named_in_the_order_of_the_file(database: Database) -> None:
    actor = await an_organisation(database)
    content = "external_id,title,depends_on\nA,Alpha,C\nB,Beta,A\nC,Gamma,B\nD,Delta,D\n"
    report = await _import(database, actor, content)
    assert (report.written, report.refused) == (False, True)
    refused = [edge for edge in _edges(report) if edge[2] == "refused"]
    assert refused == [
        ("C", "B", "refused", "closes a cycle: B → C → A → B"),
        ("D", "D", "refused", "an initiative can't wait for itself"),
    ]
    kept = await _import(database, actor, content, keep_good=True)
    assert [line.outcome for line in kept.lines] == [LineOutcome.CREATED] * 4
    query = (
        "SELECT p.external_id, s.external_id FROM dependency d JOIN initiative p ON p.id = d.predecessor_id"
        " JOIN initiative s ON s.id = d.successor_id ORDER BY 1"
    )
    assert await _stored(database, actor, query) == [("A", "B"), ("C", "A")]


async def test_a_cycle_with_what_is_stored_is_refused_unless_the_file_removes_it(database: Database) -> None:
    actor = await an_organisation(database)
    await _import(database, actor, "external_id,title,depends_on\nA,Alpha,\nB,Beta,A\n")
    closing = await _import(database, actor, [{"external_id": "A", "depends_on": ["B"]}])
    assert _edges(closing) == [("A", "B", "refused", "closes a cycle: B → A → B")]
    turned = await _import(database, actor, "external_id,depends_on\nA,B\nB,\n")
    assert turned.written is True
    assert _edges(turned) == [("A", "B", "added", None), ("B", "A", "removed", None)]


async def test_the_state_follows_as_far_as_the_life_cycle_leads(database: Database) -> None:
    actor = await an_organisation(database)
    await _import(database, actor, "external_id,title,state\nA,Alpha,completed\nB,Beta,approved\n")
    report = await _import(database, actor, "external_id,state\nA,active\nB,completed\n", keep_good=True)
    assert _reasons(report) == {2: ("state: it is completed, and can't become active any more",)}
    assert await _stored(
        database, actor, "SELECT from_state, to_state FROM decision ORDER BY created_at, to_state"
    ) == [("proposed", "approved"), ("proposed", "completed"), ("approved", "completed")]


async def test_other_peoples_scores_and_other_skills_stay(database: Database) -> None:
    actor = await _prepared(database)
    other = await a_member(database, actor, role=Role.PLANNER)
    await _import(database, actor, [{"external_id": "A", "title": "Alpha", "demand": "Data [sql]=2"}])
    ((initiative_id,),) = await _stored(database, actor, "SELECT id FROM initiative")
    ((criterion_id,),) = await _stored(database, actor, "SELECT id FROM criterion")
    await set_score(
        database, other, ScoreSet(initiative_id=initiative_id, criterion_id=criterion_id, value=1)
    )
    content = "external_id,score:reach,demand:Data\nA,9,3\n"
    await _import(database, actor, content)
    assert await _stored(database, actor, "SELECT value FROM score ORDER BY value") == [(1,), (9,)]
    assert await _stored(
        database, actor, "SELECT skill, person_weeks_likely FROM team_demand ORDER BY skill"
    ) == [("", 3), ("sql", 2)]
    await _import(database, actor, content.replace("9,3", ","))
    assert await _stored(database, actor, "SELECT value FROM score") == [(1,)]
    assert await _stored(database, actor, "SELECT skill FROM team_demand") == [("sql",)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            {"owner": "nobody@example.org"},
            "owner: there is no member with the email address “nobody@example.org”; ",
        ),
        (
            {"category": "Bets"},
            "category: there is no allocation category “Bets”; create it, or let the import",
        ),
        ({"team": "Gone"}, "team: the team “Gone” is archived; take it back into use first"),
        (
            {"scores": {"fit": 1}},
            "scores: there is no criterion fit; create it first (there are: effort, reach)",
        ),
        ({"scores": {"reach": 11}}, "scores: reach goes from 0 to 10, and 11 is off its scale"),
        (
            {"scores": {"effort": 1}},
            "scores: the criterion effort is computed from effort_person_weeks; nobody rates it",
        ),
        ({"contributions": "Sales=1@1"}, "contributions: there is no key result “Sales”; create it first"),
        (
            {"contributions": "Churn=1@1"},
            "contributions: “Churn” is the title of several key results; name one of “Growth > Churn”,",
        ),
        (
            {"contributions": "Trust > Churn=-5@1"},
            "contributions: “Churn” is to increase, and a change of -5 does not",
        ),
        (
            {"contributions": "Live=2@1"},
            "contributions: “Live” is a milestone: the change is the part of it that is achieved, above 0 and",
        ),
        (
            {"earliest_start": "2027-01-02", "deadline": "2027-01-01"},
            "earliest_start: 2027-01-02 is after the deadline, 2027-01-01",
        ),
        (
            {"cost_of_delay": 1, "cost_of_delay_profile": "fixed_date"},
            "cost_of_delay: the profile fixed_date needs cost_of_delay_deadline",
        ),
        (
            {"cost_of_delay": 1, "cost_of_delay_ramp_weeks": 3},
            "cost_of_delay: cost_of_delay_ramp_weeks means nothing to the profile linear; leave it empty",
        ),
        (
            {
                "cost_of_delay": 1,
                "cost_of_delay_profile": "short_life_peak_affected",
                "cost_of_delay_life_weeks": 10,
                "cost_of_delay_peak_week": 10,
            },
            "cost_of_delay: the peak (week 10) must be before the end of life (week 10)",
        ),
    ],
)
async def test_what_breaks_a_rule_of_the_domain_is_refused(
    database: Database, line: dict[str, Any], reason: str
) -> None:
    actor = await _prepared(database)
    gone = await a_team(database, actor, name="Gone")
    await archive_team(database, actor, ArchiveCommand(id=gone.id))
    await create_criterion(
        database,
        actor,
        CriterionCreate(
            key="effort",
            name="Effort",
            source=CriterionSource.EFFORT_PERSON_WEEKS,
            scale_min=0,
            scale_max=9,
        ),
    )
    for title in ("Trust", "Growth"):
        objective = await an_objective(database, actor, title=title)
        await a_key_result(database, actor, objective_id=objective.id, title="Churn")
    await a_key_result(
        database,
        actor,
        title="Live",
        direction=KeyResultDirection.MILESTONE,
        start_value=None,
        target_value=None,
    )
    report = await _import(
        database,
        actor,
        [{"external_id": "A", "title": "Alpha", **line}],
        reading=ReadingOptions(money_unit="EUR"),
    )
    ((given,),) = _reasons(report).values()
    assert given.startswith(reason)


async def test_archived_references_stay_and_archived_initiatives_are_refused(database: Database) -> None:
    actor = await _prepared(database)
    content = "external_id,title,team,demand:Web\nA,Alpha,Data,2\nB,Beta,,\n"
    await _import(database, actor, content)
    for team_id, name in await _stored(database, actor, "SELECT id, name FROM team"):
        assert name in ("Data", "Web")
        await archive_team(database, actor, ArchiveCommand(id=team_id))
    again = await _import(database, actor, content.replace("Alpha", "Alef"))
    assert _outcomes(again) == [(2, "A", "updated"), (3, "B", "unchanged")]
    ((initiative_id,),) = await _stored(database, actor, "SELECT id FROM initiative WHERE external_id = 'A'")
    await archive_initiative(database, actor, ArchiveCommand(id=initiative_id))
    assert _outcomes(await _import(database, actor, [{"external_id": "A", "title": "Alef"}])) == [
        (1, "A", "unchanged")
    ]
    refused = await _import(database, actor, [{"external_id": "A", "title": "Aleph"}])
    assert _reasons(refused) == {1: ("the initiative is archived; take it back into use first",)}


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
    await _import(database, actor, [line], reading=euros)
    report = await _import(database, actor, [{"external_id": "A", "cost_of_delay": 6}], reading=euros)
    assert report.lines[0].changed == ("cost_of_delay",)
    query = "SELECT profile, rate_minor_per_week_likely, deadline, step_minor, version FROM cost_of_delay"
    assert await _stored(database, actor, query) == [("fixed_date", 600, date(2027, 1, 1), 3000, 2)]
    pounds = ReadingOptions(money_unit="GBP")
    refused = await _import(database, actor, [{"external_id": "A", "cost_of_delay": 6}], reading=pounds)
    assert _reasons(refused) == {
        1: ("cost_of_delay: its step counts EUR so far, and the rate GBP: give the step, too",)
    }
    linear = {"external_id": "A", "cost_of_delay": 6, "cost_of_delay_profile": "linear"}
    await _import(database, actor, [linear], reading=euros)
    assert await _stored(database, actor, query) == [("linear", 600, None, None, 3)]


async def test_an_external_id_belongs_to_its_portfolio(database: Database) -> None:
    actor = await an_organisation(database)
    other = await a_portfolio(database, actor, name="Other")
    await an_initiative(database, actor, portfolio_id=other.id, external_id="A", title="Theirs")
    report = await _import(database, actor, [{"external_id": "A", "title": "Ours", "depends_on": []}])
    assert _outcomes(report) == [(1, "A", "created")]
    query = "SELECT title FROM initiative ORDER BY title"
    assert await _stored(database, actor, query) == [("Ours",), ("Theirs",)]


async def test_the_portfolio_has_to_be_there_and_in_use(database: Database) -> None:
    actor = await an_organisation(database)
    with pytest.raises(NotFound) as missing:
        await _import(database, actor, "external_id\n", create_portfolio=False)
    assert missing.value.message == (
        "There is no portfolio “Change”. Name another one, or let the import make it with --create-portfolio."
    )
    portfolio = await a_portfolio(database, actor, name="change")
    report = await _import(database, actor, [{"external_id": "A", "title": "Alpha"}], create_portfolio=False)
    assert report.portfolio == "change"
    await archive_portfolio(database, actor, ArchiveCommand(id=portfolio.id))
    with pytest.raises(InvalidInput, match="This portfolio is archived"):
        await _import(database, actor, [{"external_id": "A", "title": "Alpha"}])


async def test_another_organisation_is_never_touched(database: Database) -> None:
    actor, other = await an_organisation(database), await an_organisation(database)
    await a_team(database, other, name="Data")
    await a_category(database, other)
    report = await _import(database, actor, [{"external_id": "A", "title": "Alpha", "team": "Data"}])
    assert len(_reasons(report)) == 1
    before = await written(database, other)
    await _import(
        database, actor, [{"external_id": "A", "title": "Alpha", "team": "Data"}], create_teams=True
    )
    assert await written(database, other) == before


async def test_the_number_of_statements_does_not_grow_with_the_lines(database: Database) -> None:
    actor = await _prepared(database)
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
    await _import(database, actor, lines(2, "few-"), reading=euros)
    few, count = count, 0
    await _import(database, actor, lines(450, "many-"), reading=euros)
    many, count = count, 0
    changed = [{**line, "title": "Beta", "demand": "Data=3"} for line in lines(450, "many-")]
    report = await _import(database, actor, changed, reading=euros)
    assert report.count(LineOutcome.UPDATED) == 450
    assert many == few
    assert count <= few + 3
    assert few < 35
