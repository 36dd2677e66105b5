"""``stepchange import`` against a real database."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from api.cli import main


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
    """Runs the command in this process, on a fresh database with one organisation."""
    monkeypatch.setenv("STEPCHANGE_DATABASE_URL", application_url)
    monkeypatch.setenv("STEPCHANGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("STEPCHANGE_ORGANISATION", "acme")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["stepchange", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, captured.out, captured.err)

    assert run("organisation", "create", "acme", "--admin-email", "ada@acme.example").code == 0
    return run


INITIATIVES = """\
Key;Name;Lead team;Budget;Needs;Mood
X-1;Pipeline;Data;1,5;;good
X-2;App;Web;TBD;X-1; X-9;bad
"""
OPTIONS = [
    *("--portfolio", "Change", "--create-portfolio", "--create-teams", "--decimal", ","),
    *("--map", "Key=external_id", "--map", "Name=title", "--map", "Lead*=team", "--map", "Budget=cost"),
    *("--map", "Needs=depends_on", "--unknown", "tbd", "--money-unit", "EUR k"),
]


def test_a_file_is_imported_and_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "goals.csv").write_text(INITIATIVES.replace("X-1; X-9", '"X-1; X-9"'))
    dry = run("import", "initiatives", "goals.csv", *OPTIONS, "--dry-run")
    lines = [
        "goals.csv → portfolio Change (new)",
        "Initiatives (not written): 2 created, 0 updated, 0 unchanged, 0 refused",
        "Dependencies (not written): 1 added, 0 updated, 0 unchanged, 0 removed, 0 refused, 1 dangling",
        "Teams made: Data, Web",
        (
            "Columns used: Key as external_id, Name as title, Lead team as team, Budget as cost, Needs as"
            " depends_on"
        ),
        "Columns not used: Mood",
        "Dangling:",
        "  line 3: X-2 waits for X-9: there is no X-9 in the portfolio or in the file",
    ]
    assert (dry.code, dry.out.splitlines()) == (0, [*lines, "Nothing was written: this was a dry run."])
    done = run("import", "initiatives", "goals.csv", *OPTIONS)
    assert (done.code, done.out.splitlines()) == (0, [line.replace(" (not written)", "") for line in lines])
    again = json.loads(run("import", "initiatives", "goals.csv", *OPTIONS, "--json").out)
    assert again["initiatives"] == {"created": 0, "updated": 0, "unchanged": 2, "refused": 0}
    assert (again["written"], again["portfolioCreated"], again["teamsCreated"]) == (True, False, [])
    assert [(line["line"], line["name"], line["outcome"]) for line in again["lines"]] == [
        (2, "X-1", "unchanged"),
        (3, "X-2", "unchanged"),
    ]


def test_a_refused_file_exits_with_1_unless_the_good_lines_are_kept(run: Run, tmp_path: Path) -> None:
    lines = [f'{{"external_id": "X-{number}", "title": "T", "cost": "Ask"}}' for number in range(12)]
    (tmp_path / "f.jsonl").write_text("\n".join([*lines, '{"external_id": "Y", "title": "T"}', "{"]))
    command = ["import", "initiatives", "f.jsonl", "--portfolio", "P", "--create-portfolio"]
    refused = run(*command)
    assert (refused.code, refused.out.splitlines()) == (
        1,
        [
            "f.jsonl → portfolio P (new)",
            "Initiatives (not written): 1 created, 0 updated, 0 unchanged, 13 refused",
            "Columns used: external_id as external_id, title as title, cost as cost",
            "Refused:",
            "  lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more: cost: “Ask” is not a figure",
            ("  line 14: is not JSON: Expecting property name enclosed in double quotes at character 2"),
            "Nothing was written, because of what is refused. Correct the file, or use --keep-good.",
        ],
    )
    assert run(*command, "--dry-run").code == 1
    kept = run(*command, "--keep-good")
    assert kept.code == 0
    assert "Initiatives: 1 created" in kept.out
    assert "Nothing was written" not in kept.out


def test_dependencies_are_imported_between_what_is_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("external_id,title\nA,Alpha\nB,Beta\n")
    (tmp_path / "d.jsonl").write_text('{"from": "B", "to": "A"}\n{"from": "A", "to": "B"}\n')
    assert run("import", "initiatives", "i.csv", "--portfolio", "P", "--create-portfolio").code == 0
    refused = run("import", "dependencies", "d.jsonl", "--portfolio", "P")
    assert refused.code == 1
    assert "  line 2: A waits for B (finish_to_start): closes a cycle: B → A → B" in refused.out.splitlines()
    kept = json.loads(
        run("import", "dependencies", "d.jsonl", "--portfolio", "P", "--keep-good", "--json").out
    )
    assert kept["dependencies"] == {
        "added": 1,
        "updated": 0,
        "unchanged": 0,
        "removed": 0,
        "refused": 1,
        "dangling": 0,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("missing.csv", "--portfolio", "P"),
            "stepchange: missing.csv can't be read: No such file or directory.",
        ),
        (
            ("f.csv", "--portfolio", "P"),
            "stepchange: There is no portfolio “P”. Name another one, or let the",
        ),
        (
            ("f.csv", "--portfolio", "P", "--map", "title=colour"),
            "stepchange: --map “title=colour”: there is no field colour. The fields are external_id, title,",
        ),
        (
            ("f.csv", "--portfolio", "P", "--money-unit", "pounds"),
            "stepchange: --money-unit: “pounds” is not a unit of money;",
        ),
        (("f.csv", "--portfolio", "P", "--decimal", ";"), "stepchange: --decimal is . or ,"),
    ],
)
def test_what_can_not_be_done_is_one_line(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "f.csv").write_text("external_id,title\nA,Alpha\n")
    done = run("import", "initiatives", *arguments)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(message)
