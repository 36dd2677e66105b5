"""Lists in the schema, shown on teams: filters, orders, pages, totals."""

from typing import Any
from uuid import UUID

import pytest

from api.errors import BadUserInput, Unauthenticated
from api.ids import encode_id
from domain.commands.base import ArchiveCommand
from domain.commands.team import TeamCreate
from domain.db import Database
from domain.errors import InvalidInput, NotFound
from domain.team import archive_team, create_team
from tests.api.conftest import Ask
from tests.factories import a_team, an_objective, an_organisation
from tests.statements import counted

NAMES = """
query($where: TeamWhere, $orderBy: [TeamOrder!], $archived: Boolean! = false, $first: Int, $after: String,
      $last: Int, $before: String) {
  teams(where: $where, orderBy: $orderBy, includeArchived: $archived, first: $first, after: $after,
        last: $last, before: $before) {
    totalCount
    nodes { name }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


async def test_teams_are_listed_by_name_without_those_that_are_archived(database: Database, ask: Ask) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    await a_team(database, stranger, name="Foreign")
    for name in ("payments", "Ledger", "Apps"):
        await a_team(database, actor, name=name)
    gone = await a_team(database, actor, name="Gone")
    await archive_team(database, actor, ArchiveCommand(id=gone.id))
    answer = (await ask(actor, NAMES))["teams"]
    assert answer["nodes"] == [{"name": "Apps"}, {"name": "Ledger"}, {"name": "payments"}]
    assert answer["totalCount"] == 3
    everything = (await ask(actor, NAMES, archived=True))["teams"]
    assert [node["name"] for node in everything["nodes"]] == ["Apps", "Gone", "Ledger", "payments"]
    filtered = await ask(actor, NAMES, archived=True, where={"archivedAt": {"isNull": False}})
    assert filtered["teams"]["nodes"] == [{"name": "Gone"}]


async def test_pages_go_forward_and_backward(database: Database, ask: Ask) -> None:
    actor = await an_organisation(database)
    for name in "abcde":
        await a_team(database, actor, name=name)

    async def page(**arguments: object) -> tuple[str, bool, bool, str, str]:
        answer = (await ask(actor, NAMES, **arguments))["teams"]
        assert answer["totalCount"] == 5
        info = answer["pageInfo"]
        names = "".join(node["name"] for node in answer["nodes"])
        return (
            names,
            info["hasNextPage"],
            info["hasPreviousPage"],
            info["startCursor"],
            info["endCursor"],
        )

    first = await page(first=2)
    assert first[:3] == ("ab", True, False)
    second = await page(first=2, after=first[4])
    assert second[:3] == ("cd", True, True)
    assert (await page(first=2, after=second[4]))[:3] == ("e", False, True)
    assert (await page(last=2))[:3] == ("de", False, True)
    assert (await page(last=2, before=second[3]))[:3] == ("ab", True, False)
    down = [{"field": "NAME", "direction": "DESC"}]
    assert (await page(first=2, orderBy=down))[:3] == ("ed", True, False)
    with pytest.raises(BadUserInput, match="belongs to another ordering"):
        await page(first=2, orderBy=down, after=first[4])


async def test_filters_combine(database: Database, ask: Ask) -> None:
    actor = await an_organisation(database)
    made = {
        name: await create_team(database, actor, TeamCreate(name=name, description=text))
        for name, text in (("Alpha", "50% apps"), ("Beta", "apps"), ("Gamma", ""))
    }

    async def names(**where: object) -> list[str]:
        answer = await ask(actor, NAMES, where=where)
        assert answer["teams"]["totalCount"] == len(answer["teams"]["nodes"])
        return [node["name"] for node in answer["teams"]["nodes"]]

    beta = encode_id("Team", made["Beta"].id)
    assert await names() == ["Alpha", "Beta", "Gamma"]
    assert await names(name={"startsWith": "b"}) == ["Beta"]
    assert await names(description={"contains": "APPS", "ne": "apps"}) == ["Alpha"]
    assert await names(description={"contains": "0%"}) == ["Alpha"]
    assert await names(id={"eq": beta}) == ["Beta"]
    assert await names(id={"in": [beta]}, name={"eq": "Alpha"}) == []
    assert await names(**{"not": {"id": {"eq": beta}}}) == ["Alpha", "Gamma"]
    assert await names(**{"or": [{"id": {"eq": beta}}, {"description": {"eq": ""}}]}) == ["Beta", "Gamma"]
    assert await names(**{"or": []}) == []
    assert await names(**{"and": [{"name": {"ne": "Beta"}}, {"name": {"in": ["Beta", "Gamma"]}}]}) == [
        "Gamma"
    ]
    assert await names(createdAt={"lte": "2020-01-01T00:00:00Z"}) == []


async def test_senseless_conditions_are_refused(database: Database, ask: Ask) -> None:
    actor = await an_organisation(database)
    with pytest.raises(BadUserInput, match=r"`where.name.eq` must not be null"):
        await ask(actor, NAMES, where={"name": {"eq": None}})
    with pytest.raises(NotFound, match="not the id of a Team"):
        await ask(actor, NAMES, where={"id": {"eq": encode_id("Cycle", UUID(int=1))}})
    with pytest.raises(InvalidInput, match="Order by name only once"):
        await ask(actor, NAMES, orderBy=[{"field": "NAME"}, {"field": "NAME"}])


async def test_an_absent_or_null_filter_asks_for_nothing(database: Database, ask: Ask) -> None:
    actor = await an_organisation(database)
    await a_team(database, actor, name="One")
    nothing: list[Any] = [None, {}, {"name": None}, {"and": None, "name": {}}]
    for where in nothing:
        assert (await ask(actor, NAMES, where=where, orderBy=None))["teams"]["totalCount"] == 1


async def test_a_team_has_the_objectives_that_it_owns(database: Database, ask: Ask) -> None:
    actor = await an_organisation(database)
    team = await a_team(database, actor, name="Payments")
    for title in ("First", "Second"):
        await an_objective(database, actor, team_id=team.id, title=title)
    other = await an_objective(database, actor, contributing_team_ids=[team.id])
    answer = await ask(
        actor, "{ teams { nodes { name objectives(last: 1) { totalCount nodes { title } } } } }"
    )
    found = {node["name"]: node["objectives"] for node in answer["teams"]["nodes"]}
    assert found.pop("Payments") == {"totalCount": 2, "nodes": [{"title": "Second"}]}
    assert list(found.values()) == [{"totalCount": 1, "nodes": [{"title": other.title}]}]


async def test_reading_needs_a_token(ask: Ask) -> None:
    with pytest.raises(Unauthenticated):
        await ask(None, NAMES)


async def test_a_list_is_the_same_number_of_statements_whatever_its_length(
    database: Database, ask: Ask
) -> None:
    actor = await an_organisation(database)
    numbers = []
    for more in (3, 6):
        for _ in range(more):
            await a_team(database, actor)
        await ask(actor, NAMES)
        with counted(database) as statements:
            await ask(actor, NAMES)
        numbers.append(len(statements))
    # the page, its total, and whether anything changed since the view
    assert numbers == [3, 3]
