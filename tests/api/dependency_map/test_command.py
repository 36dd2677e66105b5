"""``stepchange map`` against a real database."""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

from api.cli import main
from domain.db import connect
from domain.enums import InitiativeState
from domain.models import Portfolio
from tests.factories import an_organisation
from tests.plans import TODAY, Plan


class Outcome(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], application_url: str, tmp_path: Path
) -> Run:
    """Runs ``stepchange map`` on a portfolio with a chain, a late end and something completed."""
    monkeypatch.setenv("STEPCHANGE_DATABASE_URL", application_url)
    monkeypatch.setenv("STEPCHANGE_DATA_DIR", str(tmp_path / "data"))

    async def prepare() -> None:
        database = connect(application_url, pool_size=1)
        actor = await an_organisation(database, slug="acme")
        portfolio = Portfolio(organisation_id=actor.organisation_id, name="Change")
        plan = Plan(database, actor, portfolio.id)
        await plan.add(portfolio)
        await plan.work("Base", 2)
        await plan.work("Top", 1.5, deadline=TODAY + timedelta(weeks=3))
        await plan.work("Alone")
        await plan.work("Done", 1, state=InitiativeState.COMPLETED)
        await plan.link("Base", "Top", lag=1)
        await plan.link("Done", "Base")
        await database.close()

    asyncio.run(prepare())

    def run(*arguments: str) -> Outcome:
        given = ["stepchange", "map", "--organisation", "acme", "--as-of", "2026-03-02", *arguments]
        monkeypatch.setattr(sys, "argv", given)
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


def test_the_table_says_what_waits_how_long_and_what_can_not_hold(run: Run) -> None:
    done = run()
    assert done.code == 0
    assert "initiatives 3, layers 2, parts 2, dependencies 1, of them between teams 0" in done.err
    rows = {words[1]: words for words in map(str.split, done.out.splitlines()) if words and words[0] in "01"}
    assert rows["Base"] == ["0", "Base", "2026-03-02", "2026-03-16", "critical", "Top"]
    assert rows["Top"] == ["1", "Top", "2026-03-23", "2026-04-03", "critical", "Base"]
    assert rows["Alone"] == ["0", "Alone", "≥", "2026-03-02", "≥", "2026-03-02", "4.5", "w"]
    assert "Done on 2026-04-03, after at least 4.5 weeks:\n  Base → Top\n" in done.out
    assert "1 without a duration count as nothing" in done.out
    assert "  Top: It is finished on 2026-04-03 at the earliest, 1.5 weeks after 2026-03-23" in done.out


def test_json_has_everything_exactly(run: Run) -> None:
    found = json.loads(run("--json", "--include-completed").out)
    assert (found["finish"], found["finishWeeks"], found["missingDurations"]) == ("2026-04-03", 4.5, 1)
    assert found["criticalPath"] == ["Base", "Top"]
    assert {item["title"]: item["totalSlackWeeks"] for item in found["initiatives"]} == {
        "Base": 0,
        "Top": 0,
        "Alone": 4.5,
        "Done": None,
    }
    assert [(one["predecessor"], one["lagWeeks"], one["slackWeeks"]) for one in found["dependencies"]] == [
        ("Done", 0, None),
        ("Base", 1, 0),
    ]
    assert [(one["kind"], one["initiative"], one["weeks"]) for one in found["violations"]] == [
        ("deadline", "Top", 1.5)
    ]


def test_pictures_go_to_standard_output_or_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "map.svg"
    written = run("--format", "svg", "--output", str(file))
    assert (written.code, written.out) == (0, "")
    assert ET.fromstring(file.read_text(encoding="utf-8")).tag == "{http://www.w3.org/2000/svg}svg"
    linked = run("--format", "mermaid", "--linked-only", "--group-by", "none").out
    assert linked.splitlines()[3:7] == [
        "flowchart LR",
        '    n0["Base"]',
        '    n1["Top"]',
        '    n0 ==>|"+1 w"| n1',
    ]
    assert run("--format", "dot").out.startswith('digraph "Dependencies of Change, 2026-03-02"')


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--portfolio", "Nothing"), 1, "There is no portfolio 'Nothing'; the organisation has: 'Change'."),
        (("--as-of", "soon"), 2, "'soon' is no date"),
        (("--output", "map.txt"), 2, "Only pictures go to a file"),
        (("--format", "dot", "--json"), 2, "Give --json or a --format"),
        (("--format", "svg", "--output", "/nowhere/map.svg"), 2, "can't be written"),
    ],
)
def test_what_can_not_be_done_is_said(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    done = run(*arguments)
    assert done.code == code
    assert message in " ".join(done.err.replace("│", " ").split())
