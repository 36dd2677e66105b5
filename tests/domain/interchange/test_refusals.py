"""What an import of initiatives refuses, and what becomes of the rest of the file."""

from typing import Any

import pytest

from domain.commands.base import ArchiveCommand
from domain.commands.scoring import CriterionCreate
from domain.criterion import create_criterion
from domain.db import Database
from domain.enums import CriterionSource, KeyResultDirection
from domain.errors import InvalidInput, NotFound
from domain.initiative import archive_initiative
from domain.interchange.reading import ReadingOptions
from domain.interchange.report import LineOutcome
from domain.portfolio import archive_portfolio
from domain.team import archive_team
from tests.domain.interchange.importing import edges, import_lines, outcomes, prepared, reasons, stored
from tests.factories import (
    a_key_result,
    a_portfolio,
    a_team,
    an_objective,
    an_organisation,
)
from tests.trail import written

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
    report = await import_lines(database, actor, BROKEN)
    assert (report.written, report.refused) == (False, True)
    assert reasons(report) == {
        3: ("team: there is no team “Nowhere”; create it, or let the import do so with --create-teams",),
        4: ("title: is empty",),
        6: ("external_id: “A2” is also on line 7",),
        7: ("external_id: “A2” is also on line 6",),
    }
    assert edges(report) == [
        ("D", "B", "dangling", "B is on line 3, which is refused"),
        ("D", "Z", "dangling", "there is no Z in the portfolio or in the file"),
    ]
    assert await written(database, actor) == before


async def test_good_lines_are_kept_when_asked_for(database: Database) -> None:
    actor = await an_organisation(database)
    report = await import_lines(database, actor, BROKEN, keep_good=True)
    assert (report.written, report.refused) == (True, False)
    assert outcomes(report) == [
        (2, "A", "created"),
        (3, "B", "refused"),
        (4, "C", "refused"),
        (5, "D", "created"),
        (6, "A2", "refused"),
        (7, "A2", "refused"),
    ]
    assert await stored(database, actor, "SELECT external_id FROM initiative ORDER BY 1") == [("A",), ("D",)]
    assert await stored(database, actor, "SELECT count(*) FROM dependency") == [(0,)]


async def test_teams_of_refused_lines_are_not_made(database: Database) -> None:
    actor = await an_organisation(database)
    content = "external_id,title,team,demand:Data,demand:Ops\nA,Alpha,Web,,1\nB,,Shop,1,\n"
    report = await import_lines(database, actor, content, keep_good=True, create_teams=True)
    assert report.teams_created == ("Web", "Ops")
    assert await stored(database, actor, "SELECT name FROM team ORDER BY 1") == [("Ops",), ("Web",)]


async def test_a_cycle_is_refused_and_named_in_the_order_of_the_file(database: Database) -> None:
    actor = await an_organisation(database)
    content = "external_id,title,depends_on\nA,Alpha,C\nB,Beta,A\nC,Gamma,B\nD,Delta,D\n"
    report = await import_lines(database, actor, content)
    assert (report.written, report.refused) == (False, True)
    refused = [edge for edge in edges(report) if edge[2] == "refused"]
    assert refused == [
        ("C", "B", "refused", "closes a cycle: B → C → A → B"),
        ("D", "D", "refused", "an initiative can't wait for itself"),
    ]
    kept = await import_lines(database, actor, content, keep_good=True)
    assert [line.outcome for line in kept.lines] == [LineOutcome.CREATED] * 4
    query = (
        "SELECT p.external_id, s.external_id FROM dependency d JOIN initiative p ON p.id = d.predecessor_id"
        " JOIN initiative s ON s.id = d.successor_id ORDER BY 1"
    )
    assert await stored(database, actor, query) == [("A", "B"), ("C", "A")]


async def test_a_cycle_with_what_is_stored_is_refused_unless_the_file_removes_it(database: Database) -> None:
    actor = await an_organisation(database)
    await import_lines(database, actor, "external_id,title,depends_on\nA,Alpha,\nB,Beta,A\n")
    closing = await import_lines(database, actor, [{"external_id": "A", "depends_on": ["B"]}])
    assert edges(closing) == [("A", "B", "refused", "closes a cycle: B → A → B")]
    turned = await import_lines(database, actor, "external_id,depends_on\nA,B\nB,\n")
    assert turned.written is True
    assert edges(turned) == [("A", "B", "added", None), ("B", "A", "removed", None)]


async def test_the_state_follows_as_far_as_the_life_cycle_leads(database: Database) -> None:
    actor = await an_organisation(database)
    await import_lines(database, actor, "external_id,title,state\nA,Alpha,completed\nB,Beta,approved\n")
    report = await import_lines(database, actor, "external_id,state\nA,active\nB,completed\n", keep_good=True)
    assert reasons(report) == {2: ("state: it is completed, and can't become active any more",)}
    assert await stored(
        database, actor, "SELECT from_state, to_state FROM decision ORDER BY created_at, to_state"
    ) == [("proposed", "approved"), ("proposed", "completed"), ("approved", "completed")]


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
    actor = await prepared(database)
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
    report = await import_lines(
        database,
        actor,
        [{"external_id": "A", "title": "Alpha", **line}],
        reading=ReadingOptions(money_unit="EUR"),
    )
    ((given,),) = reasons(report).values()
    assert given.startswith(reason)


async def test_archived_references_stay_and_archived_initiatives_are_refused(database: Database) -> None:
    actor = await prepared(database)
    content = "external_id,title,team,demand:Web\nA,Alpha,Data,2\nB,Beta,,\n"
    await import_lines(database, actor, content)
    for team_id, name in await stored(database, actor, "SELECT id, name FROM team"):
        assert name in ("Data", "Web")
        await archive_team(database, actor, ArchiveCommand(id=team_id))
    again = await import_lines(database, actor, content.replace("Alpha", "Alef"))
    assert outcomes(again) == [(2, "A", "updated"), (3, "B", "unchanged")]
    ((initiative_id,),) = await stored(database, actor, "SELECT id FROM initiative WHERE external_id = 'A'")
    await archive_initiative(database, actor, ArchiveCommand(id=initiative_id))
    assert outcomes(await import_lines(database, actor, [{"external_id": "A", "title": "Alef"}])) == [
        (1, "A", "unchanged")
    ]
    refused = await import_lines(database, actor, [{"external_id": "A", "title": "Aleph"}])
    assert reasons(refused) == {1: ("the initiative is archived; take it back into use first",)}


async def test_the_portfolio_has_to_be_there_and_in_use(database: Database) -> None:
    actor = await an_organisation(database)
    with pytest.raises(NotFound) as missing:
        await import_lines(database, actor, "external_id\n", create_portfolio=False)
    assert missing.value.message == (
        "There is no portfolio “Change”. Name another one, or let the import make it with --create-portfolio."
    )
    portfolio = await a_portfolio(database, actor, name="change")
    report = await import_lines(
        database, actor, [{"external_id": "A", "title": "Alpha"}], create_portfolio=False
    )
    assert report.portfolio == "change"
    await archive_portfolio(database, actor, ArchiveCommand(id=portfolio.id))
    with pytest.raises(InvalidInput, match="This portfolio is archived"):
        await import_lines(database, actor, [{"external_id": "A", "title": "Alpha"}])
