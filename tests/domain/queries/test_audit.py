"""The audit trail on PostgreSQL: of an organisation and of single nodes, page by page."""

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

from domain.actor import Actor
from domain.commands.demand import TeamDemandSet
from domain.commands.dependency import DependencyAdd, DependencyRemove
from domain.commands.initiative import InitiativeTransition, InitiativeUpdate
from domain.db import Database, reading
from domain.demand import set_team_demand
from domain.dependency import add_dependency, remove_dependency
from domain.enums import ChangeOperation, InitiativeState
from domain.initiative import update_initiative
from domain.models import metadata
from domain.queries.audit import (
    AuditEntryRow,
    count,
    counts_by_node,
    keys_of,
    page,
    pages_by_node,
    references_of,
)
from domain.queries.filters import Comparison, Filter, Operator
from domain.queries.keyset import Cut, Slice
from domain.transition import transition_initiative
from tests.factories import a_portfolio, a_team, an_initiative, an_organisation
from tests.statements import counted

INITIATIVE = ("initiative", "team_demand", "contribution", "cost_of_delay", "score")
WHOLE = Cut(100)


def _told(rows: Collection[AuditEntryRow]) -> list[tuple[str, str]]:
    return [(row.entity, row.operation.value) for row in rows]


async def _pages(
    database: Database,
    actor: Actor,
    *nodes: UUID,
    entities: Collection[str] = INITIATIVE,
    cut: Cut = WHOLE,
    where: Filter | None = None,
) -> dict[UUID, Slice[AuditEntryRow]]:
    async with reading(database, actor.organisation_id) as connection:
        return await pages_by_node(
            connection, actor.organisation_id, entities=entities, node_ids=nodes, cut=cut, where=where
        )


async def _counts(database: Database, actor: Actor, *nodes: UUID, **further: Any) -> list[int]:
    async with reading(database, actor.organisation_id) as connection:
        found = await counts_by_node(
            connection, actor.organisation_id, **{"entities": INITIATIVE, **further}, node_ids=nodes
        )
    return [found[node] for node in nodes]


async def test_an_initiative_s_trail_has_its_parts_and_what_concerns_it(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    one = await an_initiative(database, actor, portfolio_id=portfolio.id)
    other = await an_initiative(database, actor, portfolio_id=portfolio.id)
    third = await an_initiative(database, actor, portfolio_id=portfolio.id)
    team = await a_team(database, actor)
    await set_team_demand(
        database, actor, TeamDemandSet(initiative_id=one.id, team_id=team.id, person_weeks_likely=3)
    )
    added = await add_dependency(database, actor, DependencyAdd(predecessor_id=one.id, successor_id=other.id))
    await add_dependency(database, actor, DependencyAdd(predecessor_id=third.id, successor_id=one.id))
    await remove_dependency(database, actor, DependencyRemove(id=added.id))
    await transition_initiative(
        database, actor, InitiativeTransition(id=one.id, to_state=InitiativeState.EVALUATED, reason="Scored.")
    )
    pages = await _pages(database, actor, one.id, other.id, third.id)
    assert sorted(_told(pages[one.id].rows)[:2]) == [("decision", "insert"), ("initiative", "update")]
    assert _told(pages[one.id].rows)[2:] == [
        ("dependency", "delete"),
        ("dependency", "insert"),
        ("dependency", "insert"),
        ("team_demand", "insert"),
        ("initiative", "insert"),
    ]
    assert _told(pages[other.id].rows) == [
        ("dependency", "delete"),
        ("dependency", "insert"),
        ("initiative", "insert"),
    ]
    assert _told(pages[third.id].rows) == [("dependency", "insert"), ("initiative", "insert")]
    assert await _counts(database, actor, one.id, other.id, third.id) == [7, 3, 2]
    state = next(row for row in pages[one.id].rows if row.entity == "initiative")
    assert (state.reason, state.member_id) == ("Scored.", actor.member_id)
    assert state.old_values is not None
    assert state.new_values is not None
    assert (state.old_values["state"], state.new_values["state"]) == ("proposed", "evaluated")


async def test_pages_go_forward_and_backward_for_each_node(database: Database) -> None:
    actor = await an_organisation(database)
    nodes = [await an_initiative(database, actor) for _ in range(2)]
    for number in range(4):
        for node in nodes:
            await update_initiative(database, actor, InitiativeUpdate(id=node.id, title=f"Title {number}"))
    (whole, _) = (await _pages(database, actor, *(node.id for node in nodes))).values()
    positions = list(whole.positions)
    ids = [row.id for row in whole.rows]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 5

    async def cut(**how: Any) -> tuple[list[int], bool, bool]:
        found = (await _pages(database, actor, *(node.id for node in nodes), cut=Cut(**how)))[nodes[0].id]
        return [row.id for row in found.rows], found.has_next, found.has_previous

    assert await cut(size=2) == (ids[:2], True, False)
    assert await cut(size=2, after=positions[1]) == (ids[2:4], True, True)
    assert await cut(size=2, after=positions[3]) == (ids[4:], False, True)
    assert await cut(size=2, backward=True) == (ids[3:], False, True)
    assert await cut(size=2, backward=True, before=positions[3]) == (ids[1:3], True, True)
    async with reading(database, actor.organisation_id) as connection:
        first = await page(connection, actor.organisation_id, cut=Cut(1))
        total = await count(connection, actor.organisation_id)
        everything = await page(connection, actor.organisation_id, cut=WHOLE)
    assert [row.id for row in first.rows] == [everything.rows[0].id]
    assert total == len(everything.rows)


async def test_trails_are_filtered(database: Database) -> None:
    actor = await an_organisation(database)
    node = await an_initiative(database, actor)
    await update_initiative(database, actor, InitiativeUpdate(id=node.id, title="Another"))
    update = Comparison("operation", Operator.EQ, ChangeOperation.UPDATE)
    found = (await _pages(database, actor, node.id, where=update))[node.id]
    assert _told(found.rows) == [("initiative", "update")]
    assert await _counts(database, actor, node.id, where=update) == [1]


async def test_another_tenant_s_trail_and_one_of_another_kind_are_empty(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    theirs, own = await an_initiative(database, stranger), await an_initiative(database, actor)
    nobody = uuid4()
    pages = await _pages(database, actor, theirs.id, nobody)
    assert [len(pages[node].rows) for node in (theirs.id, nobody)] == [0, 0]
    assert await _counts(database, actor, theirs.id, nobody) == [0, 0]
    assert (await _pages(database, actor, own.id, entities=("team",)))[own.id].rows == []
    async with reading(database, actor.organisation_id) as connection:
        entries = (await page(connection, actor.organisation_id, cut=WHOLE)).rows
    assert theirs.id not in {row.entity_id for row in entries}


async def test_trails_are_one_statement_whatever_their_number(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    nodes = [(await an_initiative(database, actor, portfolio_id=portfolio.id)).id for _ in range(6)]
    with counted(database) as statements:
        await _pages(database, actor, *nodes)
        await _counts(database, actor, *nodes)
    assert len(statements) == 2


def test_keys_and_references_follow_from_the_tables() -> None:
    assert keys_of("initiative") == frozenset()
    assert keys_of("team_demand") == {"initiative_id", "team_id", "skill"}
    assert references_of("initiative") == {
        "id": "initiative",
        "portfolio_id": "portfolio",
        "category_id": "allocation_category",
        "team_id": "team",
        "owner_id": "member",
        "sponsor_id": "member",
    }
    assert references_of("cycle") == {"id": "cycle", "parent_id": "cycle"}
    assert references_of("score")["rater_id"] == "member"
    assert references_of("dependency")["successor_id"] == "initiative"
    assert references_of("team_demand")["portfolio_id"] == "portfolio"


def test_every_id_column_of_a_recorded_table_leads_somewhere() -> None:
    unknown = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        if table.name not in {"audit_entry", "change_log", "idempotency_key"}
        for column in table.columns
        if column.name.endswith("_id")
        and column.name not in {"organisation_id", "external_id"}
        and column.name not in references_of(table.name)
    ]
    assert unknown == ["ranking_publication_item.initiative_id"]
