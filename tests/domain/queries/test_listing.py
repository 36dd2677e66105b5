"""Lists of rows on PostgreSQL: filters, orderings, pages per parent, counts and reads by id."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.db import Database, reading, transaction
from domain.enums import CycleLevel, Role
from domain.errors import InvalidInput
from domain.queries import listing
from domain.queries.contributing import CONTRIBUTION_PLACES
from domain.queries.filters import Comparison, Filter, Operator
from domain.queries.keyset import Cut, Position, Slice
from domain.queries.listing import OrderBy, Source
from domain.queries.sources import (
    API_TOKENS,
    CRITERIA,
    CYCLES,
    KEY_RESULTS,
    MEMBERS,
    OBJECTIVES,
    TEAMS,
)
from domain.rows import KeyResultRow
from domain.team import archive_team
from tests.factories import (
    a_cycle,
    a_key_result,
    a_member,
    a_team,
    an_objective,
    an_organisation,
)
from tests.statements import counted

WHOLE = Cut(100)


async def _page(
    database: Database,
    actor: Actor,
    source: Source[Any],
    *,
    where: Filter | None = None,
    order_by: tuple[OrderBy, ...] = (),
    cut: Cut = WHOLE,
    archived: bool = False,
) -> Slice[Any]:
    async with reading(database, actor.organisation_id) as connection:
        return await listing.page(
            connection,
            actor.organisation_id,
            source,
            terms=source.ordering(order_by),
            cut=cut,
            where=where,
            archived=archived,
        )


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ((OrderBy("colour"),), "can't be ordered by colour"),
        ((OrderBy("title"), OrderBy("title", descending=True)), "only once"),
        (tuple(OrderBy(f) for f in ("title", "unit", "kind", "due_on", "weight", "version")), "at most 5"),
    ],
)
def test_senseless_orderings_are_refused(wishes: tuple[OrderBy, ...], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        KEY_RESULTS.ordering(wishes)


def test_long_text_and_documents_are_no_order() -> None:
    assert "description" not in TEAMS.terms
    assert "description" in TEAMS.fields
    assert "anchors" not in CRITERIA.fields
    assert "scopes" not in API_TOKENS.fields
    assert [term.name for term in CONTRIBUTION_PLACES.ordering(())] == [
        "initiative_id",
        "key_result_id",
    ]


async def test_names_sort_without_case_and_enums_in_their_own_order(database: Database) -> None:
    actor = await an_organisation(database)
    for name in ("beta", "Alpha", "Zeta", "gamma"):
        await a_team(database, actor, name=name)
    found = await _page(database, actor, TEAMS, order_by=(OrderBy("name"),))
    assert [team.name for team in found.rows] == ["Alpha", "beta", "gamma", "Zeta"]
    for role in (Role.BOARD, Role.VIEWER, Role.PLANNER):
        await a_member(database, actor, role=role)
    members = await _page(database, actor, MEMBERS, order_by=(OrderBy("role", descending=True),))
    assert [member.role for member in members.rows] == [Role.ADMIN, Role.BOARD, Role.PLANNER, Role.VIEWER]


async def test_archived_rows_are_listed_only_if_asked_for(database: Database) -> None:
    actor = await an_organisation(database)
    kept, gone = await a_team(database, actor), await a_team(database, actor)
    archived = await archive_team(database, actor, ArchiveCommand(id=gone.id))
    assert list((await _page(database, actor, TEAMS)).rows) == [kept]
    by_name = (OrderBy("name"),)
    assert list((await _page(database, actor, TEAMS, archived=True, order_by=by_name)).rows) == [
        kept,
        archived,
    ]
    async with reading(database, actor.organisation_id) as connection:
        assert await listing.count(connection, actor.organisation_id, TEAMS) == 1
        assert await listing.count(connection, actor.organisation_id, TEAMS, archived=True) == 2
        found = await listing.by_ids(connection, actor.organisation_id, TEAMS, [gone.id, kept.id, uuid4()])
    assert found == {kept.id: kept, gone.id: archived}


async def test_another_tenants_rows_are_never_listed(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    mine, foreign = await a_team(database, actor), await a_team(database, stranger)
    assert list((await _page(database, actor, TEAMS)).rows) == [mine]
    async with reading(database, actor.organisation_id) as connection:
        assert await listing.by_ids(connection, actor.organisation_id, TEAMS, [foreign.id]) == {}
        assert await listing.page(
            connection, stranger.organisation_id, TEAMS, terms=TEAMS.ordering(()), cut=Cut(10)
        ) == Slice(rows=[], positions=[], has_next=False, has_previous=False)


@pytest.fixture
async def spread(database: Database) -> Actor:
    """An organisation with thirty key results that have many equal and absent values."""
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    async with transaction(database, actor) as session:
        await session.execute(
            sa.text(
                "INSERT INTO key_result (organisation_id, id, objective_id, title, unit, direction, kind,"
                " start_value, target_value, current_value, commit_value, stretch_value, due_on, weight,"
                " archived_at)"
                " SELECT :organisation, md5(i::text)::uuid, :objective,"
                "  (ARRAY['a','B','b','Ä','ß'])[1 + i % 5], '%', 'increase',"
                "  (ARRAY['outcome','activity'])[1 + i % 2], 0, i % 3 + 1, 0,"
                "  CASE WHEN i % 4 > 0 THEN i % 4 END, CASE WHEN i % 7 > 3 THEN 9 END,"
                "  DATE '2026-01-01' + i % 6, 1, CASE WHEN i % 10 = 0 THEN now() END"
                " FROM generate_series(1, 30) i"
            ),
            {"organisation": actor.organisation_id, "objective": objective.id},
        )
    return actor


orderings = st.lists(
    st.builds(OrderBy, st.sampled_from(sorted(KEY_RESULTS.terms)), st.booleans()),
    max_size=4,
    unique_by=lambda wish: wish.field,
).map(tuple)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(order_by=orderings, size=st.integers(1, 11), backward=st.booleans(), archived=st.booleans())
async def test_paging_in_any_order_and_direction_yields_each_row_once(
    database: Database,
    spread: Actor,
    order_by: tuple[OrderBy, ...],
    size: int,
    backward: bool,
    archived: bool,
) -> None:
    seen: list[KeyResultRow] = []
    position: Position | None = None
    terms = KEY_RESULTS.ordering(order_by)
    async with reading(database, spread.organisation_id) as connection:

        async def page(cut: Cut) -> Slice[KeyResultRow]:
            return await listing.page(
                connection, spread.organisation_id, KEY_RESULTS, terms=terms, cut=cut, archived=archived
            )

        whole = await page(WHOLE)
        while True:
            cut = Cut(size, backward=True, before=position) if backward else Cut(size, after=position)
            part = await page(cut)
            seen = [*part.rows, *seen] if backward else [*seen, *part.rows]
            if not (part.has_previous if backward else part.has_next):
                break
            position = part.positions[0] if backward else part.positions[-1]
    assert len(set(whole.rows)) == len(whole.rows) == (30 if archived else 27)
    assert seen == list(whole.rows)


async def test_children_come_by_parent_each_with_its_own_page(database: Database) -> None:
    actor = await an_organisation(database)
    first, second, empty = [await an_objective(database, actor) for _ in range(3)]
    for objective, titles in ((first, "caeBd"), (second, "xY")):
        for title in titles:
            await a_key_result(database, actor, objective_id=objective.id, title=title)
    ids = [second.id, empty.id, first.id]

    async def pages_of(cut: Cut, *, descending: bool = False) -> list[tuple[str, bool, bool]]:
        terms = KEY_RESULTS.ordering((OrderBy("title", descending=descending),))
        async with reading(database, actor.organisation_id) as connection:
            pages = await listing.pages_by_parent(
                connection,
                actor.organisation_id,
                KEY_RESULTS,
                parent="objective_id",
                parent_ids=ids,
                terms=terms,
                cut=cut,
            )
        assert list(pages) == ids
        return [
            ("".join(row.title for row in page.rows), page.has_next, page.has_previous)
            for page in pages.values()
        ]

    assert await pages_of(Cut(3)) == [("xY", False, False), ("", False, False), ("aBc", True, False)]
    assert await pages_of(Cut(3), descending=True) == [
        ("Yx", False, False),
        ("", False, False),
        ("edc", True, False),
    ]
    assert await pages_of(Cut(3, backward=True)) == [
        ("xY", False, False),
        ("", False, False),
        ("cde", False, True),
    ]
    async with reading(database, actor.organisation_id) as connection:
        assert await listing.counts_by_parent(
            connection, actor.organisation_id, KEY_RESULTS, parent="objective_id", parent_ids=ids
        ) == {second.id: 2, empty.id: 0, first.id: 5}


async def test_the_page_of_one_parent_goes_on_where_it_ended(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor, level=CycleLevel.TACTICAL)
    made = [await an_objective(database, actor, cycle_id=cycle.id, weight=w) for w in (1, 3, 2)]
    terms = OBJECTIVES.ordering((OrderBy("weight"),))
    seen: list[float] = []
    cut = Cut(2)
    while True:
        async with reading(database, actor.organisation_id) as connection:
            pages = await listing.pages_by_parent(
                connection,
                actor.organisation_id,
                OBJECTIVES,
                parent="cycle_id",
                parent_ids=[cycle.id],
                terms=terms,
                cut=cut,
                where=Comparison("id", Operator.IN, [objective.id for objective in made]),
            )
        seen += [row.weight for row in pages[cycle.id].rows]
        if not pages[cycle.id].has_next:
            break
        cut = Cut(2, after=pages[cycle.id].positions[-1])
    assert seen == [1, 2, 3]


async def test_every_read_is_one_statement_whatever_the_number_of_rows(database: Database) -> None:
    actor = await an_organisation(database)
    for more in (2, 8):
        objectives = [await an_objective(database, actor) for _ in range(more)]
        for objective in objectives:
            await a_key_result(database, actor, objective_id=objective.id)
        ids = [objective.id for objective in objectives]
        with counted(database) as statements:
            async with reading(database, actor.organisation_id) as connection:
                organisation_id, terms = actor.organisation_id, KEY_RESULTS.ordering(())
                await listing.page(connection, organisation_id, KEY_RESULTS, terms=terms, cut=Cut(3))
                await listing.count(connection, organisation_id, KEY_RESULTS)
                await listing.by_ids(connection, organisation_id, OBJECTIVES, ids)
                by_parent: dict[str, Any] = {"parent": "objective_id", "parent_ids": ids}
                pages = await listing.pages_by_parent(
                    connection, organisation_id, KEY_RESULTS, terms=terms, cut=Cut(1), **by_parent
                )
                await listing.counts_by_parent(connection, organisation_id, KEY_RESULTS, **by_parent)
        assert [len(page.rows) for page in pages.values()] == [1] * more
        assert len(statements) == 5


async def test_a_forged_position_beyond_a_columns_range_finds_nothing(database: Database) -> None:
    actor = await an_organisation(database)
    await a_cycle(database, actor)
    wishes = (OrderBy("version"), OrderBy("level"))
    found = await _page(
        database, actor, CYCLES, order_by=wishes, cut=Cut(5, after=(2**62, -(2**62), UUID(int=0)))
    )
    assert (list(found.rows), found.has_previous) == ([], True)
    mixed = (OrderBy("parent_id"), OrderBy("version", descending=True))
    found = await _page(
        database, actor, CYCLES, order_by=mixed, cut=Cut(5, before=(None, -(2**62), UUID(int=0)))
    )
    assert len(found.rows) == 1
