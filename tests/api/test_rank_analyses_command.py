"""``stepchange rank`` with --explain, --compare and --robust, against a real database."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli import main
from domain.db import connect
from domain.enums import CriterionDirection, CriterionRole, ScoringMethod
from domain.models import Portfolio
from tests.boards import Board
from tests.factories import a_scoring_model, an_organisation

Rank = Callable[..., tuple[int, str, str]]


async def _furnish(url: str) -> None:
    """An enabler of a prize, and what ranks after them; B leads by the one criterion of the model."""
    database = connect(url)
    actor = await an_organisation(database, slug="acme")
    portfolio = Portfolio(organisation_id=actor.organisation_id, name="Portfolio")
    board = Board(database, actor, portfolio.id)
    await board.add(portfolio)
    await board.initiative("Enabler", weeks=4, rate=1)
    await board.initiative("Prize", weeks=2, rate=110)
    await board.initiative("Solid", weeks=3, rate=40)
    await board.initiative("Solo", weeks=3, rate=30)
    await board.needs("Prize", "Enabler")
    await board.model(
        ScoringMethod.WEIGHTED, ("value", CriterionRole.WEIGHTED, 1, CriterionDirection.BENEFIT, 0, 10)
    )
    for value, title in enumerate(("Enabler", "Prize", "Solid", "Solo"), start=1):
        await board.score(title, value=value)
    await a_scoring_model(database, actor, name="Empty")
    await database.close()


@pytest.fixture
def rank(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], application_url: str, tmp_path: Path
) -> Rank:
    """Runs the command; returns its exit code and what it printed."""
    asyncio.run(_furnish(application_url))
    monkeypatch.setenv("STEPCHANGE_DATABASE_URL", application_url)
    monkeypatch.setenv("STEPCHANGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("STEPCHANGE_ORGANISATION", "acme")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["stepchange", "rank", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


def test_one_initiative_is_explained_against_the_next_above(rank: Rank) -> None:
    code, out, _ = rank("--explain", "solid", "--json", "--as-of", "2026-11-21")
    assert code == 0
    told = json.loads(out)
    assert (told["item"]["title"], told["item"]["rank"]) == ("Solid", 3)
    comparison = told["comparison"]
    assert (comparison["above"], comparison["reason"]) == ("Prize", "block")
    assert comparison["scoreDifference"] == pytest.approx(55 - 40 / 3)
    # the block of the enabler and the prize is worth 111 in 6 weeks
    rate = next(
        change
        for change in comparison["changes"]["changes"]
        if (change["of"], change["key"]) == ("Solid", "cost_of_delay")
    )
    assert (rate["threshold"], rate["rises"], rate["obstacle"]) == (pytest.approx(55.5), True, None)
    code, out, _ = rank("--explain", "Solid")
    assert code == 0
    assert "Solid: rank 3, score 13.3333" in out
    assert "Prize ranks above it: the block that it stands in is worth more per unit of size." in out
    assert "55.5 or more" in out


def test_the_first_has_nobody_above_and_an_enabler_says_from_whom_it_inherits(rank: Rank) -> None:
    code, out, _ = rank("--explain", "Enabler")
    assert code == 0
    assert "Inherits from: Prize (73)" in out
    assert "Nothing ranks above it." in out
    waiting = rank("--explain", "Prize")[1]
    assert "Enabler ranks above it: this one has to wait for it." in waiting
    assert "The chain: Enabler → Prize" in waiting
    assert "whatever it is worth" in waiting


def test_methods_are_compared_side_by_side(rank: Rank) -> None:
    code, out, _ = rank("--order", "score", "--compare", "weighted", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["rankings"][0] == "cd3"
    # by CD3 Prize, Solid, Solo, Enabler; by value Solo, Solid, Prize, Enabler: three pairs disagree
    assert told["agreements"][0]["tauB"] == pytest.approx(0.0)
    rows = [(row["title"], row["ranks"]) for row in told["initiatives"]]
    # Prize and Solo move by two places each
    assert sorted(rows[:2]) == [("Prize", [1, 3]), ("Solo", [3, 1])]
    assert rows[2:] == [("Solid", [2, 2]), ("Enabler", [4, 4])]
    code, out, _ = rank("--order", "score", "--compare", "weighted")
    assert code == 0
    assert "Kendall's tau-b 0.00 over 4 initiatives" in out


def test_robustness_is_shown(rank: Rank) -> None:
    code, out, _ = rank("--robust", "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["samples"], told["withDependencies"], told["certain"]) == (10_000, True, True)
    assert [(row["title"], row["expectedRank"]) for row in told["initiatives"]] == [
        ("Enabler", 1.0),
        ("Prize", 2.0),
        ("Solid", 3.0),
        ("Solo", 4.0),
    ]
    code, out, _ = rank("--robust", "--order", "score")
    assert code == 0
    assert "10,000 samples from seed 1, each by score alone; weights fixed" in out
    assert "Nothing is uncertain" in out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--explain", "So"), 1, "2 ranked initiatives are called 'So': 'Solid'; 'Solo'"),
        (("--explain", "Nobody"), 1, "There is no ranked initiative 'Nobody'"),
        (("--compare", "nothing"), 1, "There is no scoring model 'nothing'"),
        (("--compare", "Empty"), 1, "has no version yet"),
        (("--robust", "--compare", "cd3"), 2, "one of --explain, --compare and --robust"),
    ],
)
def test_what_can_not_be_shown_says_why(
    rank: Rank, arguments: tuple[str, ...], code: int, message: str
) -> None:
    ended, _, err = rank(*arguments)
    assert ended == code
    assert message in " ".join(err.replace("│", " ").split())
