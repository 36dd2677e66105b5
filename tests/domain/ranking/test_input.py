"""What a ranking is computed from: the same bytes wherever it is held, and the same ranking from them."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from domain.commands.ranking import RankingOverrideSet
from domain.db import Database
from domain.enums import (
    CriterionDirection,
    CriterionRole,
    MissingPolicy,
    OrderKind,
    ScoringMethod,
)
from domain.errors import InvalidInput
from domain.override import set_ranking_override
from domain.ranking import RankedPortfolio, RankingRequest, rank_portfolio
from domain.ranking.encoding import decode, encode, fingerprint, result_bytes
from domain.ranking.input import RankingInput, input_of, restricted, solve
from domain.snapshot import SnapshotStore
from tests.boards import TODAY, Board, an_empty_board
from tests.ranking_inputs import settings

ROLE, UP, DOWN = CriterionRole, CriterionDirection.BENEFIT, CriterionDirection.COST


@pytest.fixture
async def board(database: Database) -> Board:
    """Two dozen initiatives with chains, forks, soft wishes, gaps in what is known, and a rank set by hand."""
    board = await an_empty_board(database)
    chance = np.random.default_rng(3)
    names = [f"I{number}" for number in range(24)]
    for number, name in enumerate(names):
        weeks = None if number % 7 == 6 else float(chance.integers(1, 9))
        await board.initiative(name, weeks=weeks, rate=float(chance.integers(0, 90)))
    for _ in range(16):
        before, after = sorted(chance.choice(24, 2, replace=False))
        await board.needs(names[after], names[before])
    for _ in range(8):
        before, after = chance.choice(24, 2, replace=False)
        await board.needs(names[after], names[before], hard=False)
    return board


async def models(board: Board) -> dict[str, dict[str, Any]]:
    """A request for each method that needs a model, by name, and for those that need none."""
    weighted = await board.model(
        ScoringMethod.WEIGHTED,
        ("value", ROLE.WEIGHTED, 3, UP, 0, 10),
        ("risk", ROLE.WEIGHTED, 1, DOWN, 0, 5),
        policy=MissingPolicy.RENORMALISE,
    )
    wsjf = await board.model(
        ScoringMethod.WSJF,
        ("value", ROLE.BUSINESS_VALUE, 1, UP, 0, 10),
        ("urgency", ROLE.TIME_CRITICALITY, 2, UP, 0, 20),
        ("risk", ROLE.RISK_OPPORTUNITY, 1, UP, 0, 5),
        ("size", ROLE.JOB_SIZE, 1, DOWN, 1, 20),
        policy=MissingPolicy.WORST,
    )
    chance = np.random.default_rng(5)
    for number in range(24):
        known = {"value": chance.integers(0, 11), "risk": chance.integers(0, 6)}
        if number % 3:
            known |= {"urgency": chance.integers(0, 21), "size": chance.integers(1, 21)}
        await board.score(f"I{number}", **{key: float(value) for key, value in known.items()})
    return {
        "weighted": {"model_id": weighted},
        "wsjf": {"model_id": wsjf},
        "cd3": {"method": ScoringMethod.CD3},
        "by score": {"method": ScoringMethod.CD3, "kind": OrderKind.SCORE},
        "soft": {"method": ScoringMethod.CD3, "soft_penalty_weeks": 3.0},
        "by hand": {},
    }


async def ranked(board: Board, **values: Any) -> RankedPortfolio:
    view = await SnapshotStore(board.database).fresh(board.actor.organisation_id, board.portfolio_id)
    return await rank_portfolio(view, board.portfolio_id, RankingRequest(today=TODAY, **values))


def by_id(ranking: RankedPortfolio) -> dict[str, list[Any]]:
    """What a ranking says, in the order of the initiatives' ids."""
    ids = [ranking.columns.rows[position].id for position in ranking.scored.positions]
    in_order = sorted(range(len(ids)), key=lambda index: ids[index])
    return {
        "order": [ids[index] for index in ranking.order],
        "rank": ranking.rank[in_order].tolist(),
        "computed": ranking.computed_rank[in_order].tolist(),
        "by score": ranking.score_rank[in_order].tolist(),
        "score": [ranking.scored.scores.score[index].tobytes() for index in in_order],
    }


async def test_an_input_leads_to_its_ranking_to_the_last_bit(board: Board) -> None:
    requests = await models(board)
    seen = set()
    for name, request in requests.items():
        if name == "by hand":
            command = RankingOverrideSet(initiative_id=board.ids["I23"], rank=20, reason="Asked for")
            store = SnapshotStore(board.database)
            await set_ranking_override(board.database, store, board.actor, command, today=TODAY)
            assert len((await ranked(board)).overrides) == 1
        ranking = await ranked(board, **request)
        posed = decode(encode(input_of(ranking)))
        solved = solve(posed)
        ids = posed.uuids()
        assert by_id(ranking) == {
            "order": [ids[index] for index in solved.ordered.order],
            "rank": solved.ordered.rank.tolist(),
            "computed": solved.ordered.computed_rank.tolist(),
            "by score": solved.ordered.score_rank.tolist(),
            "score": [score.tobytes() for score in solved.score],
        }, name
        assert fingerprint(posed) == ranking.fingerprint
        seen.add(ranking.fingerprint)
    assert len(seen) == len(requests)


async def test_how_a_snapshot_holds_initiatives_leaves_no_trace(board: Board) -> None:
    """A snapshot that has followed the changes has them at other positions than one that was read anew."""
    followed = SnapshotStore(board.database)
    await followed.fresh(board.actor.organisation_id, board.portfolio_id)
    await board.initiative("Late", weeks=2, rate=3)
    await board.needs("Late", "I0", hard=False)
    request = RankingRequest(today=TODAY, soft_penalty_weeks=2)
    anew = await ranked(board, soft_penalty_weeks=2)
    view = await followed.fresh(board.actor.organisation_id, board.portfolio_id)
    kept = await rank_portfolio(view, board.portfolio_id, request)
    assert kept.fingerprint == anew.fingerprint
    assert by_id(kept) == by_id(anew)
    assert result_bytes(solve(input_of(kept))) == result_bytes(solve(input_of(anew)))


async def test_a_fingerprint_is_that_of_what_counts(board: Board) -> None:
    before = await ranked(board)
    await board.initiative("Unrelated")
    await board.needs("I3", "I2", hard=False)
    after = await ranked(board)
    assert before.fingerprint != after.fingerprint
    # soft dependencies count where breaking one costs something
    assert (await ranked(board, soft_penalty_weeks=1.0)).fingerprint != after.fingerprint
    await board.needs("I5", "I4", hard=False)
    assert (await ranked(board)).fingerprint == after.fingerprint


@st.composite
def inputs(draw: st.DrawFn) -> RankingInput:
    count = draw(st.integers(0, 7))
    figures = st.integers(0, 1000).map(float) | st.floats(0.001, 1e6) | st.just(np.nan)
    values = draw(arrays.arrays(np.float64, (2, count), elements=figures))
    pairs = [(tail, head) for tail in range(count) for head in range(tail + 1, count)]
    edges = sorted(draw(st.sets(st.sampled_from(pairs), max_size=8))) if pairs else []
    ids = np.arange(count, dtype=np.uint8)[:, np.newaxis].repeat(16, axis=1)
    nothing = np.empty(0, dtype=np.int64)
    return RankingInput(
        settings=settings(),
        ids=ids,
        values=values,
        stated=draw(arrays.arrays(np.int64, count, elements=st.integers(0, 9))),
        tails=np.array([tail for tail, _ in edges], dtype=np.int64),
        heads=np.array([head for _, head in edges], dtype=np.int64),
        soft_tails=nothing,
        soft_heads=nothing,
        key_results=np.empty((0, 16), dtype=np.uint8),
        figures=np.empty((5, 0)),
        contributor=nothing,
        contributes_to=nothing,
        share=np.empty((2, 0)),
    )


@given(inputs())
def test_bytes_lead_back_to_the_input(posed: RankingInput) -> None:
    again = decode(encode(posed))
    assert again.settings == posed.settings
    for field in fields(posed):
        if field.name != "settings":
            np.testing.assert_array_equal(getattr(again, field.name), getattr(posed, field.name))
    assert encode(again) == encode(posed)


@given(inputs(), st.data())
def test_a_part_of_an_input_is_the_input_of_that_part(posed: RankingInput, data: st.DataObject) -> None:
    kept = sorted(data.draw(st.sets(st.integers(0, max(0, len(posed) - 1)), max_size=len(posed))))
    part = restricted(posed, np.array(kept, dtype=np.int64))
    assert part.ids.tolist() == [posed.ids[at].tolist() for at in kept]
    edges = {
        (kept[tail], kept[head]) for tail, head in zip(part.tails.tolist(), part.heads.tolist(), strict=True)
    }
    everything = set(zip(posed.tails.tolist(), posed.heads.tolist(), strict=True))
    assert edges == {edge for edge in everything if edge[0] in kept and edge[1] in kept}
    # a score never changes because of what else is ranked
    np.testing.assert_array_equal(solve(part).score, solve(posed).score[kept])


def test_a_format_of_the_future_is_refused() -> None:
    content = b'{"format":2}'
    with pytest.raises(InvalidInput, match="newer version"):
        decode(len(content).to_bytes(4, "big") + content)
