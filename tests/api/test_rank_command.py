"""``stepchange rank`` against a real database: ranks that are set by hand are shown as such."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from api.cli import main
from domain.commands.ranking import RankingOverrideSet
from domain.db import connect
from domain.models import Portfolio
from domain.override import set_ranking_override
from domain.snapshot import SnapshotStore
from tests.boards import TODAY, Board
from tests.factories import an_organisation


async def _furnish(url: str) -> None:
    """A and B by worth, and B set to the first rank by hand."""
    database = connect(url)
    actor = await an_organisation(database, slug="acme")
    portfolio = Portfolio(organisation_id=actor.organisation_id, name="Portfolio")
    board = Board(database, actor, portfolio.id)
    await board.add(portfolio)
    await board.initiative("A", weeks=1, rate=20)
    await board.initiative("B", weeks=1, rate=10)
    command = RankingOverrideSet(initiative_id=board.ids["B"], rank=1, reason="The regulator")
    await set_ranking_override(database, SnapshotStore(database), actor, command, today=TODAY)
    await database.close()


def test_a_rank_set_by_hand_is_shown_with_its_reason_and_the_computed_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], application_url: str, tmp_path: Path
) -> None:
    asyncio.run(_furnish(application_url))
    monkeypatch.setenv("STEPCHANGE_DATABASE_URL", application_url)
    monkeypatch.setenv("STEPCHANGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("STEPCHANGE_ORGANISATION", "acme")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def rank(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["stepchange", "rank", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code
        return capsys.readouterr().out

    first, second = json.loads(rank("--json"))["items"]
    assert (first["title"], first["rank"], first["computedRank"]) == ("B", 1, 2)
    assert (first["override"]["rank"], first["override"]["reason"], first["override"]["decidedBy"]) == (
        1,
        "The regulator",
        "Ada Admin",
    )
    assert (second["title"], second["rank"], second["computedRank"], second["override"]) == ("A", 2, 1, None)
    assert "1 (set by hand, computed 2)" in rank()
