"""People's scores: one by one and in bulk."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.bulk import Outcome
from domain.commands.base import ArchiveCommand
from domain.commands.scoring import ScoreRemove, ScoreSet
from domain.criterion import archive_criterion
from domain.db import Database
from domain.enums import CriterionSource, ErrorPolicy, Role
from domain.errors import DomainError, InvalidInput, NotFound, ScoreOutOfScale
from domain.initiative import archive_initiative
from domain.rows import ScoreRow
from domain.score import LARGEST_BULK, remove_score, set_score, set_scores
from tests.factories import a_criterion, a_member, a_portfolio, an_initiative, an_organisation
from tests.trail import trail, written


def _score(initiative_id: UUID, criterion_id: UUID, value: float = 5, **values: Any) -> ScoreSet:
    return ScoreSet(initiative_id=initiative_id, criterion_id=criterion_id, value=value, **values)


async def test_a_score_is_the_actor_s_own_and_replaces_the_one_before(database: Database) -> None:
    admin = await an_organisation(database)
    other = await a_member(database, admin, role=Role.CONTRIBUTOR)
    initiative, criterion = await an_initiative(database, admin), await a_criterion(database, admin)
    first = await set_score(database, admin, _score(initiative.id, criterion.id, 4, note="A guess"))
    theirs = await set_score(database, other, _score(initiative.id, criterion.id, 9))
    second = await set_score(
        database, admin, _score(initiative.id, criterion.id, 0, value_low=0, value_high=10)
    )
    assert second == ScoreRow(
        initiative.id, criterion.id, admin.member_id, 0.0, 0.0, 10.0, "", second.updated_at
    )
    assert (first.value, first.note, theirs.value, theirs.rater_id) == (4.0, "A guess", 9.0, other.member_id)
    assert second.updated_at > first.updated_at
    assert [entry[0] for entry in await trail(database, admin, "score")] == ["insert", "insert", "update"]


async def test_rating_the_same_again_writes_nothing(database: Database) -> None:
    actor = await an_organisation(database)
    initiative, criterion = await an_initiative(database, actor), await a_criterion(database, actor)
    first = await set_score(database, actor, _score(initiative.id, criterion.id))
    before = await written(database, actor)
    assert await set_score(database, actor, _score(initiative.id, criterion.id)) == first
    assert await written(database, actor) == before


@pytest.mark.parametrize(
    ("values", "path", "value"),
    [
        ({"value": 10.01}, "value", 10.01),
        ({"value": -0.5}, "value", -0.5),
        ({"value": 5, "value_low": -1}, "valueLow", -1),
        ({"value": 5, "value_high": 11}, "valueHigh", 11),
    ],
)
async def test_a_score_stays_within_the_scale(
    database: Database, values: dict[str, Any], path: str, value: float
) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    criterion = await a_criterion(database, actor, name="Reach")
    before = await written(database, actor)
    with pytest.raises(ScoreOutOfScale) as raised:
        await set_score(database, actor, _score(initiative.id, criterion.id, **values))
    error = raised.value
    assert (error.path, error.scale_min, error.scale_max, error.value) == ((path,), 0.0, 10.0, value)
    assert error.message == (
        f"{path} ({value:g}) lies outside the scale of “Reach”, which goes from 0 to 10."
    )
    assert await written(database, actor) == before


async def test_the_ends_of_the_scale_belong_to_it(database: Database) -> None:
    actor = await an_organisation(database)
    initiative, criterion = await an_initiative(database, actor), await a_criterion(database, actor)
    for value in (0, 10):
        assert (await set_score(database, actor, _score(initiative.id, criterion.id, value))).value == value


async def test_what_cannot_be_scored_is_refused_and_writes_nothing(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    initiative, archived = [await an_initiative(database, ours) for _ in range(2)]
    criterion, gone = [await a_criterion(database, ours) for _ in range(2)]
    derived = await a_criterion(database, ours, source=CriterionSource.DURATION_WEEKS, name="Duration")
    await archive_initiative(database, ours, ArchiveCommand(id=archived.id))
    await archive_criterion(database, ours, ArchiveCommand(id=gone.id))
    foreign, their_criterion = await an_initiative(database, theirs), await a_criterion(database, theirs)
    good = (initiative.id, criterion.id)
    cases: list[tuple[ScoreSet, type[DomainError], str, str]] = [
        (_score(archived.id, criterion.id), InvalidInput, "initiativeId", "initiative is archived"),
        (_score(uuid4(), criterion.id), NotFound, "initiativeId", "no initiative with this id"),
        (_score(foreign.id, criterion.id), NotFound, "initiativeId", "no initiative with this id"),
        (_score(initiative.id, gone.id), InvalidInput, "criterionId", "criterion is archived"),
        (_score(initiative.id, their_criterion.id), NotFound, "criterionId", "no criterion with this id"),
        (_score(initiative.id, derived.id), InvalidInput, "criterionId", "it is derived from duration_weeks"),
        (_score(*good, 5, value_low=6), InvalidInput, "valueLow", r"valueLow \(6\) must not be greater"),
        (_score(*good, 5, value_high=4.5), InvalidInput, "valueHigh", r"valueHigh \(4.5\) must not be less"),
    ]
    before = await written(database, ours)
    for command, kind, path, message in cases:
        with pytest.raises(kind, match=message) as raised:
            await set_score(database, ours, command)
        assert raised.value.path == (path,)
        (outcome,) = await set_scores(database, ours, [command], ErrorPolicy.REJECT_FAILED)
        assert (outcome.row, [error.path for error in outcome.errors]) == (None, [(path,)])
    assert await written(database, ours) == before


async def test_removing_takes_the_actor_s_own_score_only(database: Database) -> None:
    admin = await an_organisation(database)
    other = await a_member(database, admin, role=Role.CONTRIBUTOR)
    initiative, criterion = await an_initiative(database, admin), await a_criterion(database, admin)
    row = await set_score(database, admin, _score(initiative.id, criterion.id))
    command = ScoreRemove(initiative_id=initiative.id, criterion_id=criterion.id)
    with pytest.raises(NotFound, match="You have not rated") as raised:
        await remove_score(database, other, command)
    assert raised.value.path == ("criterionId",)
    assert await remove_score(database, admin, command) == row
    with pytest.raises(NotFound):
        await remove_score(database, admin, command)


async def _mixed(database: Database, actor: Actor) -> tuple[list[ScoreSet | DomainError], list[list[str]]]:
    """Items of all sorts, and the paths of the errors that each of them has."""
    portfolio = await a_portfolio(database, actor)
    a, b, c, d = [(await an_initiative(database, actor, portfolio_id=portfolio.id)).id for _ in range(4)]
    criterion = (await a_criterion(database, actor)).id
    return (
        [
            _score(a, criterion, 1, note="Good"),
            _score(b, criterion, 11, value_low=-1),
            _score(c, criterion, 3, value_low=4, value_high=12, note="Range"),
            NotFound("There is no initiative with this id.", path=("initiativeId",)),
            _score(d, criterion, 4),
            _score(uuid4(), uuid4()),
            _score(d, criterion, 6),
        ],
        [
            [],
            ["value", "valueLow"],
            ["valueHigh", "valueLow"],
            ["initiativeId"],
            ["criterionId"],
            ["initiativeId", "criterionId"],
            ["criterionId"],
        ],
    )


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        (ErrorPolicy.REJECT_ALL, []),
        (ErrorPolicy.REJECT_FAILED, [0]),
        (ErrorPolicy.IGNORE_FAILED, [0, 2]),
    ],
)
async def test_the_policy_says_what_is_written_of_faulty_items(
    database: Database, policy: ErrorPolicy, kept: list[int]
) -> None:
    actor = await an_organisation(database)
    items, paths = await _mixed(database, actor)
    before = await written(database, actor)
    outcomes = await set_scores(database, actor, items, policy)
    assert [[error.path[0] for error in outcome.errors] for outcome in outcomes] == paths
    assert [position for position, outcome in enumerate(outcomes) if outcome.row is not None] == kept
    assert await written(database, actor) == before + len(kept)
    for position in kept:
        item, row = items[position], outcomes[position].row
        assert isinstance(item, ScoreSet)
        assert row is not None
        assert (row.initiative_id, row.value, row.note) == (item.initiative_id, item.value, item.note)
        assert (row.value_low, row.value_high) == (None, None)


async def test_items_that_contradict_each_other_are_all_named(database: Database) -> None:
    actor = await an_organisation(database)
    items, _ = await _mixed(database, actor)
    outcomes = await set_scores(database, actor, items, ErrorPolicy.IGNORE_FAILED)
    for position in (4, 6):
        (error,) = outcomes[position].errors
        assert isinstance(error, InvalidInput)
        assert error.message.startswith("The items at the positions 4 and 6, counted from 0, rate the same")


async def test_good_items_are_all_written_whatever_the_policy(database: Database) -> None:
    actor = await an_organisation(database)
    initiatives = [(await an_initiative(database, actor)).id for _ in range(3)]
    criterion = await a_criterion(database, actor)
    for value, policy in enumerate(ErrorPolicy):
        items = [_score(initiative_id, criterion.id, value) for initiative_id in initiatives]
        outcomes = await set_scores(database, actor, items, policy)
        assert [outcome.row and (outcome.row.initiative_id, outcome.row.value) for outcome in outcomes] == [
            (initiative_id, float(value)) for initiative_id in initiatives
        ]


async def test_the_number_of_statements_does_not_grow_with_the_items(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    initiatives = [(await an_initiative(database, actor, portfolio_id=portfolio.id)).id for _ in range(20)]
    criteria = [(await a_criterion(database, actor)).id for _ in range(10)]
    pairs = [(initiative_id, criterion_id) for initiative_id in initiatives for criterion_id in criteria]
    statements: list[str] = []
    sa.event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda *arguments: statements.append(arguments[2]),
    )
    counts = []
    for number in (1, 2, 200):
        statements.clear()
        items = [_score(*pair, 1 + number % 7) for pair in pairs[:number]]
        outcomes = await set_scores(database, actor, items, ErrorPolicy.REJECT_ALL)
        assert all(outcome.row is not None and not outcome.errors for outcome in outcomes)
        counts.append(len(statements))
    assert counts == [counts[0]] * 3
    assert counts[0] <= 7


async def test_a_call_takes_1_to_1000_items(database: Database) -> None:
    actor = await an_organisation(database)
    unread = NotFound("There is no initiative with this id.", path=("initiativeId",))
    for number in (0, LARGEST_BULK + 1):
        with pytest.raises(InvalidInput, match=f"Give 1 to 1000 items a call, not {number}") as raised:
            await set_scores(database, actor, [unread] * number, ErrorPolicy.IGNORE_FAILED)
        assert raised.value.path == ("items",)
    outcomes = await set_scores(database, actor, [unread] * LARGEST_BULK, ErrorPolicy.IGNORE_FAILED)
    assert outcomes == [Outcome(row=None, errors=(unread,))] * LARGEST_BULK


async def test_calls_in_opposite_order_don_t_wait_for_each_other_for_good(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    initiatives = [(await an_initiative(database, actor, portfolio_id=portfolio.id)).id for _ in range(10)]
    criterion = await a_criterion(database, actor)
    for value in range(10):
        items = [_score(initiative_id, criterion.id, value) for initiative_id in initiatives]
        results = await asyncio.gather(
            set_scores(database, actor, items, ErrorPolicy.REJECT_ALL),
            set_scores(database, actor, items[::-1], ErrorPolicy.REJECT_ALL),
        )
        assert all(outcome.row is not None for result in results for outcome in result)
