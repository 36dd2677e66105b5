"""Ranks that are set by hand: with a reason, feasible, once, and gone when they are withdrawn."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from domain.commands.dependency import DependencyAdd, DependencyRemove
from domain.commands.ranking import RankingOverrideRemove, RankingOverrideSet
from domain.db import Database, transaction
from domain.dependency import add_dependency, remove_dependency
from domain.enums import InitiativeState, Role
from domain.errors import Conflict, InvalidInput, NotFound, RankNotFeasible
from domain.override import remove_ranking_override, set_ranking_override
from domain.ranking import OrderKind, RankedPortfolio, RankingRequest, rank_portfolio
from domain.rows import DependencyRow, RankingOverrideRow
from domain.snapshot import SnapshotStore
from tests.boards import TODAY, Board, an_empty_board, at, titles
from tests.factories import a_member, an_initiative, an_organisation
from tests.trail import trail, written


@pytest.fixture
async def board(database: Database) -> Board:
    """A to E, by worth; D waits for B."""
    board = await an_empty_board(database)
    for title, rate in zip("ABCDE", (50, 40, 30, 20, 10), strict=True):
        await board.initiative(title, weeks=1, rate=rate)
    await board.needs("D", "B")
    return board


async def put(board: Board, title: str, **values: Any) -> RankingOverrideRow:
    command = RankingOverrideSet(initiative_id=board.ids[title], **{"reason": "The regulator", **values})
    store = SnapshotStore(board.database)
    return await set_ranking_override(board.database, store, board.actor, command, today=TODAY)


async def withdraw(board: Board, title: str, **values: Any) -> RankingOverrideRow:
    command = RankingOverrideRemove(initiative_id=board.ids[title], **{"reason": "No longer", **values})
    return await remove_ranking_override(board.database, board.actor, command)


async def order(board: Board, **values: Any) -> str:
    return "".join(titles(await ranked(board, **values)))


async def ranked(board: Board, **values: Any) -> RankedPortfolio:
    view = await SnapshotStore(board.database).fresh(board.actor.organisation_id, board.portfolio_id)
    return await rank_portfolio(view, board.portfolio_id, RankingRequest(today=TODAY, **values))


async def test_an_initiative_takes_the_rank_and_says_what_was_computed(board: Board) -> None:
    decision = await put(board, "E", rank=2)
    assert (decision.rank, decision.version, decision.decided_by_id) == (2, 1, board.actor.member_id)
    ranking = await ranked(board)
    assert titles(ranking) == list("AEBCD")
    index = at(ranking, "E")
    assert (int(ranking.rank[index]), int(ranking.computed_rank[index])) == (2, 5)
    assert ranking.overrides == {index: decision}
    assert ranking.overrides[index].reason == "The regulator"
    # the others show what they would be as well
    assert int(ranking.computed_rank[at(ranking, "D")]) == 4


async def test_before_another_is_its_rank_from_either_side(board: Board) -> None:
    assert (await put(board, "E", before_id=board.ids["B"])).rank == 2
    assert await order(board) == "AEBCD"
    assert (await put(board, "A", before_id=board.ids["C"])).rank == 3
    assert await order(board) == "BEACD"


async def test_stated_ranks_count_in_dependency_aware_rankings_of_all_open_initiatives(board: Board) -> None:
    await put(board, "E", rank=1)
    assert await order(board) == "EABCD"
    assert await order(board, overridden=False) == "ABCDE"
    assert await order(board, kind=OrderKind.SCORE) == "ABCDE"
    assert await order(board, states=frozenset({InitiativeState.PROPOSED})) == "ABCDE"


async def test_a_stated_rank_costs_what_the_gap_says(board: Board) -> None:
    computed = await ranked(board)
    assert computed.solved is not None
    await put(board, "E", rank=1)
    overridden = await ranked(board)
    assert overridden.solved is not None
    # everybody else finishes a week later: (50 + 40 + 30 + 20) more, less four weeks of E's 10
    assert overridden.solved.value - computed.solved.value == 140 - 40
    assert computed.solved.gap == 0
    assert overridden.solved.gap == pytest.approx(100 / 450)
    assert overridden.fingerprint != computed.fingerprint


async def test_a_rank_before_a_hard_predecessor_is_refused_naming_it(board: Board) -> None:
    before = await written(board.database, board.actor)
    with pytest.raises(RankNotFeasible) as raised:
        await put(board, "D", rank=1)
    error = raised.value
    assert error.blockers == (board.ids["B"],)
    assert (error.earliest, error.latest, error.path) == (3, 5, ("rank",))
    assert error.message == (
        "Rank 1 can't be had because of B (rank 2): an initiative stays behind what it needs, before what needs"
        " it, and off the ranks that are set by hand. It could have a rank from 3 to 5."
    )
    assert await written(board.database, board.actor) == before
    assert (await put(board, "D", rank=3)).rank == 3
    assert await order(board) == "ABDCE"


async def test_a_rank_behind_a_hard_successor_is_refused_naming_it(board: Board) -> None:
    with pytest.raises(RankNotFeasible) as raised:
        await put(board, "B", rank=5)
    assert raised.value.blockers == (board.ids["D"],)
    assert (raised.value.earliest, raised.value.latest) == (1, 3)


async def test_a_rank_that_another_decision_holds_is_refused_until_that_is_withdrawn(board: Board) -> None:
    await put(board, "E", rank=1)
    with pytest.raises(RankNotFeasible) as raised:
        await put(board, "C", rank=1)
    assert raised.value.blockers == (board.ids["E"],)
    with pytest.raises(RankNotFeasible):
        await put(board, "C", before_id=board.ids["E"])
    await withdraw(board, "E")
    await put(board, "C", rank=1)
    assert await order(board) == "CABDE"


async def test_a_dependency_that_comes_later_moves_the_initiative_behind_it(board: Board) -> None:
    await put(board, "E", rank=1)
    await board.needs("E", "C")
    ranking = await ranked(board)
    assert titles(ranking) == list("ABCED")
    index = at(ranking, "E")
    assert (ranking.overrides[index].rank, int(ranking.rank[index])) == (1, 4)


async def test_what_has_no_score_gets_a_rank_with_what_it_needs(board: Board) -> None:
    await board.initiative("Unknown")
    await board.initiative("Needed")
    await board.needs("Unknown", "Needed")
    assert int((await ranked(board)).rank.max()) == 5
    with pytest.raises(RankNotFeasible) as raised:
        await put(board, "Unknown", rank=1)
    assert (raised.value.earliest, raised.value.latest) == (7, 7)
    assert raised.value.message.endswith("It could have rank 7.")
    await put(board, "Unknown", rank=7)
    ranking = await ranked(board)
    assert titles(ranking)[-2:] == ["Needed", "Unknown"]
    assert int(ranking.rank[at(ranking, "Unknown")]) == 7
    assert int(ranking.computed_rank[at(ranking, "Unknown")]) == 0


async def test_a_new_decision_withdraws_the_one_before_and_equal_ones_are_one(board: Board) -> None:
    first = await put(board, "E", rank=1)
    before = await written(board.database, board.actor)
    assert await put(board, "E", rank=1) == first
    assert await written(board.database, board.actor) == before
    second = await put(board, "E", rank=2, reason="On second thoughts")
    assert (second.version, second.rank) == (2, 2)
    assert await order(board) == "AEBCD"
    gone = await withdraw(board, "E", expected_version=2)
    assert (gone.id, gone.withdrawn_by_id, gone.withdrawn_reason) == (
        second.id,
        board.actor.member_id,
        "No longer",
    )
    assert gone.withdrawn_at is not None
    assert await order(board) == "ABCDE"
    assert (await put(board, "E", rank=1)).version == 3
    operations = [
        (operation, reason)
        for operation, _, _, reason in await trail(board.database, board.actor, "ranking_override")
    ]
    assert operations == [
        ("insert", "The regulator"),
        ("update", "On second thoughts"),
        ("insert", "On second thoughts"),
        ("update", "No longer"),
        ("insert", "The regulator"),
    ]


async def test_a_decision_that_others_have_made_meanwhile_is_a_conflict(board: Board) -> None:
    await put(board, "E", rank=1, expected_version=0)
    before = await written(board.database, board.actor)
    for expected in (0, 2):
        with pytest.raises(Conflict) as raised:
            await put(board, "E", rank=2, expected_version=expected)
        assert (raised.value.expected_version, raised.value.actual_version) == (expected, 1)
    with pytest.raises(Conflict):
        await withdraw(board, "E", expected_version=2)
    assert await written(board.database, board.actor) == before


async def test_what_closes_loses_its_rank_and_has_it_again_when_it_opens(board: Board) -> None:
    await put(board, "E", rank=1)

    async def become(state: str) -> None:
        async with transaction(board.database, board.actor) as session:
            await session.execute(
                sa.text("UPDATE initiative SET state = :state WHERE id = :id"),
                {"state": state, "id": board.ids["E"]},
            )

    await become("stopped")
    assert await order(board) == "ABCD"
    # its rank is free meanwhile
    await put(board, "C", rank=1)
    await become("proposed")
    assert (await order(board))[:2] in {"CE", "EC"}
    await become("stopped")
    with pytest.raises(InvalidInput, match="Only open initiatives have a rank"):
        await put(board, "E", rank=2)


async def test_senseless_decisions_are_refused(board: Board) -> None:
    await board.initiative("Unknown")
    before = await written(board.database, board.actor)
    with pytest.raises(InvalidInput, match="There are 5 ranks"):
        await put(board, "A", rank=6)
    with pytest.raises(InvalidInput, match="either a rank or"):
        await put(board, "A")
    with pytest.raises(InvalidInput, match="before itself"):
        await put(board, "A", before_id=board.ids["A"])
    with pytest.raises(InvalidInput, match="has no rank"):
        await put(board, "A", before_id=board.ids["Unknown"])
    with pytest.raises(NotFound):
        await put(board, "A", before_id=uuid4())
    with pytest.raises(NotFound, match="not set by hand"):
        await withdraw(board, "A")
    assert await written(board.database, board.actor) == before


async def test_another_tenants_initiatives_are_not_found(board: Board) -> None:
    stranger = await an_organisation(board.database)
    foreign = await an_initiative(board.database, stranger)
    board.ids["Foreign"] = foreign.id
    with pytest.raises(NotFound):
        await put(board, "Foreign", rank=1)
    with pytest.raises(NotFound):
        await put(board, "A", before_id=foreign.id)
    with pytest.raises(NotFound):
        await withdraw(board, "Foreign")
    await put(board, "E", rank=1)
    theirs = Board(board.database, stranger, board.portfolio_id)
    theirs.ids = board.ids
    for attempt in (put(theirs, "E", rank=2), withdraw(theirs, "E")):
        with pytest.raises(NotFound):
            await attempt
    assert await order(board) == "EABCD"


async def test_of_many_who_want_the_same_rank_at_once_one_gets_it(board: Board) -> None:
    board.actor = await a_member(board.database, board.actor, role=Role.BOARD)
    results = await asyncio.gather(*(put(board, title, rank=4) for title in "ACDE"), return_exceptions=True)
    winners = [result for result in results if isinstance(result, RankingOverrideRow)]
    losers = [result for result in results if not isinstance(result, RankingOverrideRow)]
    assert len(winners) == 1
    assert all(isinstance(loser, RankNotFeasible) for loser in losers), losers
    ranking = await ranked(board)
    assert [row.initiative_id for row in ranking.overrides.values()] == [winners[0].initiative_id]


async def test_a_rank_is_checked_against_the_dependencies_that_are_there_when_it_is_decided(
    board: Board,
) -> None:
    """When both are written at once, a rank that is accepted was decided before the dependency was added."""
    command = DependencyAdd(predecessor_id=board.ids["C"], successor_id=board.ids["E"])
    written_in_order = sa.text("SELECT entity_id FROM change_log ORDER BY id DESC LIMIT 2")
    for _ in range(8):
        rank, dependency = await asyncio.gather(
            put(board, "E", rank=1),
            add_dependency(board.database, board.actor, command),
            return_exceptions=True,
        )
        assert isinstance(dependency, DependencyRow)
        if isinstance(rank, RankNotFeasible):
            assert rank.blockers == (board.ids["C"],)
        else:
            assert isinstance(rank, RankingOverrideRow)
            # the portfolio's lock is held until the end, so that the log has them in the order of their locks
            async with transaction(board.database, board.actor) as session:
                assert (await session.execute(written_in_order)).scalars().all() == [dependency.id, rank.id]
            await withdraw(board, "E")
        await remove_dependency(board.database, board.actor, DependencyRemove(id=dependency.id))


async def test_decisions_cannot_be_rewritten(board: Board) -> None:
    await put(board, "E", rank=1)
    for statement in ("UPDATE ranking_override SET rank = 2", "DELETE FROM ranking_override"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with transaction(board.database, board.actor) as session:
                await session.execute(sa.text(statement))
