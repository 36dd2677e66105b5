"""Published rankings: kept as they were, computed again to the last bit, compared with their causes."""

import asyncio
import itertools
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from domain.commands.base import ArchiveCommand
from domain.commands.ranking import RankingOverrideSet, RankingPublish
from domain.db import Database, reading, transaction
from domain.enums import (
    CriterionDirection,
    CriterionRole,
    InitiativeState,
    MissingPolicy,
    OrderKind,
    RankCauseKind,
    ScoringMethod,
)
from domain.errors import Conflict, InvalidInput, NotFound
from domain.override import set_ranking_override
from domain.portfolio import archive_portfolio
from domain.publication import ENTERED, publish_ranking
from domain.queries.keyset import Cut
from domain.queries.publication import RankHistoryRow, items_of, rank_histories, rank_history_counts
from domain.ranking.causes import RankCause
from domain.replay import RankingDiff, diff_rankings, replay_ranking
from domain.rows import RankingPublicationItemRow, RankingPublicationRow
from domain.snapshot import SnapshotStore
from tests.boards import TODAY, Board, an_empty_board
from tests.factories import an_organisation
from tests.trail import trail, written

Kind = RankCauseKind
WHOLE = Cut(size=50)


@pytest.fixture
async def board(database: Database) -> Board:
    """A to E, by worth; D waits for B."""
    board = await an_empty_board(database)
    for title, rate in zip("ABCDE", (50, 40, 30, 20, 10), strict=True):
        await board.initiative(title, weeks=1, rate=rate)
    await board.needs("D", "B")
    return board


async def publish(board: Board, **values: Any) -> RankingPublicationRow:
    command = RankingPublish(portfolio_id=board.portfolio_id, **values)
    store = SnapshotStore(board.database)
    return await publish_ranking(board.database, store, board.actor, command, today=TODAY)


async def override(board: Board, title: str, rank: int) -> None:
    command = RankingOverrideSet(initiative_id=board.ids[title], rank=rank, reason="The regulator")
    store = SnapshotStore(board.database)
    await set_ranking_override(board.database, store, board.actor, command, today=TODAY)


async def execute(board: Board, statement: str, **values: Any) -> None:
    async with transaction(board.database, board.actor) as session:
        await session.execute(sa.text(statement), values)


async def lines(board: Board, publication: RankingPublicationRow) -> list[RankingPublicationItemRow]:
    async with reading(board.database, board.actor.organisation_id) as connection:
        found = await items_of(
            connection, board.actor.organisation_id, [publication.id], list(board.ids.values())
        )
    return sorted(found.values(), key=lambda item: item.place)


async def history(board: Board, title: str, cut: Cut = WHOLE) -> list[RankHistoryRow]:
    initiative_id = board.ids[title]
    async with reading(board.database, board.actor.organisation_id) as connection:
        found = await rank_histories(connection, board.actor.organisation_id, [initiative_id], cut)
        counts = await rank_history_counts(connection, board.actor.organisation_id, [initiative_id])
    if cut == WHOLE:
        assert counts == {initiative_id: len(found[initiative_id].rows)}
    return list(found[initiative_id].rows)


async def diff(board: Board, before: RankingPublicationRow, after: RankingPublicationRow) -> RankingDiff:
    organisation_id = board.actor.organisation_id
    return await diff_rankings(board.database, organisation_id, before_id=before.id, after_id=after.id)


def named(board: Board, ids: tuple[UUID, ...]) -> str:
    titles = {initiative_id: title for title, initiative_id in board.ids.items()}
    return "".join(titles[initiative_id] for initiative_id in ids)


async def test_a_publication_says_who_what_and_how_and_keeps_every_line(board: Board) -> None:
    await board.initiative("Unknown")
    await override(board, "E", 1)
    publication = await publish(board, note="Q1 board", as_of=date(2026, 12, 1))
    assert publication._replace(id=UUID(int=0), created_at=publication.created_at) == RankingPublicationRow(
        id=UUID(int=0),
        portfolio_id=board.portfolio_id,
        number=1,
        note="Q1 board",
        published_by_id=board.actor.member_id,
        model_version_id=None,
        method=ScoringMethod.CD3,
        order_kind=OrderKind.DEPENDENCY_AWARE,
        states=["active", "approved", "evaluated", "paused", "proposed"],
        as_of=date(2026, 12, 1),
        currency="EUR",
        soft_penalty_weeks=None,
        fingerprint=(await board.rank()).fingerprint,
        engine_version="1",
        item_count=6,
        created_at=publication.created_at,
    )
    assert [
        (
            item.place,
            item.title,
            item.rank,
            item.computed_rank,
            item.score_rank,
            item.score,
            item.override_rank,
        )
        for item in await lines(board, publication)
    ] == [
        (1, "E", 1, 5, 5, 10.0, 1),
        (2, "A", 2, 1, 1, 50.0, None),
        (3, "B", 3, 2, 2, 40.0, None),
        (4, "C", 4, 3, 3, 30.0, None),
        (5, "D", 5, 4, 4, 20.0, None),
        (6, "Unknown", None, None, None, None, None),
    ]
    ((operation, _, new, reason),) = await trail(board.database, board.actor, "ranking_publication")
    assert (operation, reason, new["number"]) == ("insert", "Q1 board", 1)
    assert "content" not in new


async def test_replay_is_equal_also_when_the_portfolio_has_become_another(board: Board) -> None:
    up = CriterionDirection.BENEFIT
    model_id = await board.model(
        ScoringMethod.WEIGHTED,
        ("value", CriterionRole.WEIGHTED, 3, up, 0, 10),
        ("reach", CriterionRole.WEIGHTED, 2, up, 0, 9),
        policy=MissingPolicy.RENORMALISE,
    )
    for number, title in enumerate("ABCD"):
        await board.score(title, value=9.0 - number, reach=float(number))
    await board.score("E", value=1 / 3)
    await board.needs("E", "C", hard=False)
    published = [
        await publish(board),
        await publish(board, model_id=model_id, soft_penalty_weeks=1.5),
        await publish(board, order_kind=OrderKind.SCORE, states=[InitiativeState.PROPOSED]),
        await publish(board, method=ScoringMethod.VALUE_BY_OUTCOME),
    ]
    await override(board, "C", 1)
    published.append(await publish(board, note="With a rank set by hand"))
    before = [await lines(board, publication) for publication in published]
    assert published[4].fingerprint != published[0].fingerprint

    for statement in (
        "UPDATE initiative SET title = title || ' (renamed)', duration_weeks_likely = 7",
        "UPDATE cost_of_delay SET rate_minor_per_week_likely = rate_minor_per_week_likely * 3 + 1",
        "UPDATE score SET value = 1",
        "DELETE FROM dependency",
        "UPDATE organisation SET currency = 'CHF'",
        "UPDATE initiative SET archived_at = now() WHERE title LIKE 'A%'",
        "DELETE FROM initiative WHERE title LIKE 'B%'",
    ):
        await execute(board, statement)
    await board.initiative("Z", weeks=1, rate=999)
    await publish(board)

    for publication, then in zip(published, before, strict=True):
        replay = await replay_ranking(board.database, board.actor.organisation_id, publication.id)
        assert (replay.equal, replay.fingerprint) == (True, publication.fingerprint), publication.method
        assert await lines(board, publication) == then


async def test_replay_notices_what_is_not_as_published(board: Board, server: Any, database_name: str) -> None:
    publication = await publish(board)
    organisation_id = board.actor.organisation_id
    owner = sa.create_engine(server.url(database_name), poolclass=sa.pool.NullPool)
    changes = {
        "UPDATE ranking_publication_item SET score = score + 1e-14 WHERE title = 'A'": (
            "UPDATE ranking_publication_item SET score = 50 WHERE title = 'A'"
        ),
        "UPDATE ranking_publication_item SET rank = 6 WHERE title = 'E'": (
            "UPDATE ranking_publication_item SET rank = 5 WHERE title = 'E'"
        ),
        "UPDATE ranking_publication SET fingerprint = repeat('0', 32)": (
            f"UPDATE ranking_publication SET fingerprint = '{publication.fingerprint}'"
        ),
        "UPDATE ranking_publication_item SET initiative_id = gen_random_uuid() WHERE title = 'C'": None,
    }
    with owner.connect() as connection:
        for harm, repair in changes.items():
            assert connection.execute(sa.text(harm)).rowcount == 1
            connection.commit()
            assert not (await replay_ranking(board.database, organisation_id, publication.id)).equal, harm
            if repair is not None:
                connection.execute(sa.text(repair))
                connection.commit()
                assert (await replay_ranking(board.database, organisation_id, publication.id)).equal
    owner.dispose()


async def test_lines_say_what_has_changed_since_the_publication_before(board: Board) -> None:
    await publish(board)
    await execute(
        board,
        "UPDATE cost_of_delay SET rate_minor_per_week_likely = 4500 WHERE initiative_id = :id",
        id=board.ids["D"],
    )
    await execute(board, "UPDATE initiative SET state = 'stopped' WHERE id = :id", id=board.ids["C"])
    await board.initiative("X", weeks=1, rate=42)
    second = await publish(board)
    assert second.number == 2

    def cause(kind: Kind, change: int | None, **values: Any) -> dict[str, Any]:
        return {"kind": kind.value, "change": change, "criteria": [], **values}

    assert [
        (item.title, item.rank, item.previous_rank, item.causes) for item in await lines(board, second)
    ] == [
        ("A", 1, 1, []),
        # B and D are one block: 85 for two weeks
        ("B", 2, 2, []),
        ("D", 3, 4, [cause(Kind.OTHERS_LEFT, -1)]),
        ("X", 4, None, [cause(Kind.ENTERED, None)]),
        ("E", 5, 5, []),
    ]


async def test_history_shows_every_move_with_its_cause_newest_first(board: Board) -> None:
    first = await publish(board)
    await override(board, "E", 1)
    second = await publish(board)
    await execute(board, "UPDATE initiative SET state = 'stopped' WHERE id = :id", id=board.ids["E"])
    third = await publish(board)
    await publish(board)
    await execute(board, "UPDATE initiative SET state = 'proposed' WHERE id = :id", id=board.ids["E"])
    fifth = await publish(board)

    def told(rows: list[RankHistoryRow]) -> list[tuple[Any, ...]]:
        return [
            (row.publication, None if row.item is None else row.item.rank, row.previous_rank, row.causes)
            for row in rows
        ]

    expected = [
        (fifth, 1, None, (ENTERED,)),
        (third, None, 1, (RankCause(Kind.LEFT, None),)),
        (second, 1, 5, (RankCause(Kind.OVERRIDE, -4),)),
        (first, 5, None, (ENTERED,)),
    ]
    assert told(await history(board, "E")) == expected
    assert told(await history(board, "E", Cut(size=2))) == expected[:2]
    assert told(await history(board, "E", Cut(size=2, after=(3,)))) == expected[2:]
    assert told(await history(board, "E", Cut(size=1, backward=True))) == expected[-1:]
    assert [row.causes for row in await history(board, "A")] == [
        (RankCause(Kind.OTHERS_ENTERED, 1),),
        (),
        (RankCause(Kind.OTHERS_LEFT, -1),),
        (RankCause(Kind.OTHERS_CHANGED, 1),),
        (ENTERED,),
    ]


async def test_histories_of_many_are_one_statement(board: Board) -> None:
    from tests.statements import counted

    await publish(board)
    await publish(board)
    organisation_id = board.actor.organisation_id
    for ids in (list(board.ids.values())[:1], list(board.ids.values())):
        async with reading(board.database, organisation_id) as connection:
            with counted(board.database) as statements:
                found = await rank_histories(connection, organisation_id, ids, Cut(size=1))
        assert len(statements) == 1
        assert [(len(found[one].rows), found[one].has_next) for one in ids] == [(1, True)] * len(ids)


async def test_a_diff_of_any_two_shows_who_entered_left_and_moved_and_why(board: Board) -> None:
    first = await publish(board)
    await publish(board, order_kind=OrderKind.SCORE)
    await execute(board, "UPDATE initiative SET state = 'completed' WHERE id = :id", id=board.ids["B"])
    await execute(
        board,
        "UPDATE cost_of_delay SET rate_minor_per_week_likely = 6000 WHERE initiative_id = :id",
        id=board.ids["E"],
    )
    await board.initiative("X", weeks=1, rate=15)
    await board.initiative("Y", weeks=1, rate=70)
    third = await publish(board)
    found = await diff(board, first, third)
    assert (found.before, found.after) == (first, third)
    assert (named(board, found.entered), named(board, found.left)) == ("YX", "B")
    # then A B C D E, now Y E A C D X
    assert named(board, found.moved) == "EACD"
    assert found.unchanged == 0
    assert found.causes(board.ids["E"]) == (
        RankCause(Kind.OTHERS_LEFT, -1),
        RankCause(Kind.COST_OF_DELAY, -3),
        RankCause(Kind.OTHERS_ENTERED, 1),
    )
    back = await diff(board, third, first)
    assert (named(board, back.entered), named(board, back.left)) == ("B", "YX")
    nothing = await diff(board, first, first)
    assert (nothing.entered, nothing.left, nothing.moved, nothing.unchanged) == ((), (), (), 5)


async def test_a_scoring_model_that_is_published_anew_is_a_cause_with_its_criteria(board: Board) -> None:
    up = CriterionDirection.BENEFIT
    one = await board.model(
        ScoringMethod.WEIGHTED,
        ("value", CriterionRole.WEIGHTED, 3, up, 0, 10),
        ("reach", CriterionRole.WEIGHTED, 1, up, 0, 10),
    )
    other = await board.model(
        ScoringMethod.WEIGHTED,
        ("value", CriterionRole.WEIGHTED, 1, up, 0, 10),
        ("reach", CriterionRole.WEIGHTED, 3, up, 0, 10),
    )
    await board.score("A", value=9, reach=1)
    await board.score("C", value=1, reach=8)
    await board.score("E", value=5, reach=5)
    first = await publish(board, model_id=one)
    second = await publish(board, model_id=other)
    await execute(
        board,
        "UPDATE score SET value = 6 WHERE initiative_id = :id AND criterion_id = :criterion",
        id=board.ids["C"],
        criterion=board.ids["reach"],
    )
    third = await publish(board, model_id=other)
    assert (await diff(board, first, second)).causes(board.ids["C"]) == (RankCause(Kind.WEIGHTS, -2),)
    assert (await diff(board, second, third)).causes(board.ids["C"]) == (
        RankCause(Kind.SCORE, 1, (board.ids["reach"],)),
    )
    (item,) = [item for item in await lines(board, third) if item.title == "C"]
    assert item.causes == [{"kind": "score", "change": 1, "criteria": [str(board.ids["reach"])]}]


async def test_a_board_publishes_the_ranking_that_it_has_seen_or_none(board: Board) -> None:
    seen = (await board.rank()).fingerprint
    await execute(
        board,
        "UPDATE cost_of_delay SET rate_minor_per_week_likely = 1 WHERE initiative_id = :id",
        id=board.ids["A"],
    )
    before = await written(board.database, board.actor)
    with pytest.raises(Conflict, match="not the one that you have seen"):
        await publish(board, expected_fingerprint=seen, idempotency_key="k")
    assert await written(board.database, board.actor) == before
    fresh = (await board.rank()).fingerprint
    assert (await publish(board, expected_fingerprint=fresh, idempotency_key="k")).fingerprint == fresh


async def test_a_repeated_publication_is_one(board: Board) -> None:
    both = [InitiativeState.PROPOSED, InitiativeState.ACTIVE]
    first = await publish(board, idempotency_key="monday", states=both)
    await board.initiative("X", weeks=1, rate=1)
    assert await publish(board, idempotency_key="monday", states=both[::-1]) == first
    with pytest.raises(Conflict, match="idempotency key"):
        await publish(board, idempotency_key="monday", states=both, note="Another")
    assert (await publish(board, idempotency_key="tuesday")).number == 2


async def test_those_who_publish_at_once_get_numbers_in_a_row_and_causes_against_the_one_before(
    board: Board,
) -> None:
    found = await asyncio.gather(*(publish(board, order_kind=kind) for kind in (*OrderKind, *OrderKind)))
    in_order = sorted(found, key=lambda publication: publication.number)
    assert [publication.number for publication in in_order] == [1, 2, 3, 4]
    assert [publication.created_at for publication in in_order] == sorted(
        publication.created_at for publication in found
    )
    for one, other in itertools.pairwise(in_order):
        ranks = {item.title: item.rank for item in await lines(board, one)}
        for item in await lines(board, other):
            assert item.previous_rank == ranks[item.title]


async def test_an_empty_portfolio_can_be_published(database: Database) -> None:
    board = await an_empty_board(database)
    first, second = await publish(board), await publish(board)
    assert (first.item_count, second.number) == (0, 2)
    assert (await replay_ranking(database, board.actor.organisation_id, first.id)).equal
    assert (await diff(board, first, second)).unchanged == 0


async def test_a_large_portfolio_is_stored_in_portions(board: Board) -> None:
    await execute(
        board,
        "INSERT INTO initiative (organisation_id, id, portfolio_id, title, duration_weeks_likely)"
        " SELECT :o, gen_random_uuid(), :p, 'Many ' || n, 1 FROM generate_series(1, 10007) n",
        o=board.actor.organisation_id,
        p=board.portfolio_id,
    )
    publication = await publish(board)
    assert publication.item_count == 10_012
    async with reading(board.database, board.actor.organisation_id) as connection:
        places = await connection.execute(
            sa.text("SELECT array_agg(place ORDER BY place) FROM ranking_publication_item")
        )
        assert np.array_equal(places.scalar_one(), np.arange(1, 10_013))
    assert (await replay_ranking(board.database, board.actor.organisation_id, publication.id)).equal


async def test_what_cannot_be_published_is_refused_and_nothing_written(board: Board) -> None:
    stranger = await an_organisation(board.database)
    theirs = await an_empty_board(board.database)
    before = await written(board.database, board.actor)
    with pytest.raises(NotFound):
        await publish(board, model_id=uuid4())
    with pytest.raises(InvalidInput, match="0 scoring models"):
        await publish(board, method=ScoringMethod.WSJF)
    for portfolio_id in (theirs.portfolio_id, uuid4()):
        with pytest.raises(NotFound):
            await publish(Board(board.database, board.actor, portfolio_id))
    assert await written(board.database, board.actor) == before
    publication = await publish(board)
    foreign = await publish(theirs)
    with pytest.raises(NotFound):
        await replay_ranking(board.database, stranger.organisation_id, publication.id)
    with pytest.raises(NotFound) as raised:
        await diff(board, publication, foreign)
    assert raised.value.path == ("to",)
    await archive_portfolio(board.database, board.actor, ArchiveCommand(id=board.portfolio_id))
    with pytest.raises(InvalidInput, match="archived"):
        await publish(board)


async def test_two_portfolios_are_not_compared(board: Board) -> None:
    other = Board(board.database, board.actor, uuid4())
    await execute(
        board,
        "INSERT INTO portfolio (organisation_id, id, name) VALUES (:o, :p, 'Other')",
        o=board.actor.organisation_id,
        p=other.portfolio_id,
    )
    with pytest.raises(InvalidInput, match="two portfolios"):
        await diff(board, await publish(board), await publish(other))


async def test_publications_cannot_be_rewritten(board: Board) -> None:
    await publish(board)
    for table in ("ranking_publication", "ranking_publication_input", "ranking_publication_item"):
        for statement in (f"UPDATE {table} SET created_at = now()", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="permission denied"):
                await execute(board, statement)
