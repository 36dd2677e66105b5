"""Dependencies through the schema: one by one and in bulk."""

from typing import Any
from uuid import uuid4

from api.ids import encode_id
from domain.actor import Actor
from domain.db import Database
from domain.enums import Role
from tests.api.conftest import Ask
from tests.factories import a_member, a_portfolio, an_initiative, an_organisation

DEPENDENCY = "dependency { id kind hard lagWeeks note version predecessor { title } successor { title } }"
ERRORS = "... on UserError { code path message } ... on DependencyCycle { length cycle { title } }"


def _mutation(name: str, fields: str = DEPENDENCY) -> str:
    pascal = name[0].upper() + name[1:]
    return f"""mutation($input: {pascal}Input!) {{ {name}(input: $input) {{ __typename
      ... on {pascal}Success {{ {fields} }} {ERRORS} }} }}"""


ADD, UPDATE = _mutation("dependencyAdd"), _mutation("dependencyUpdate")
REMOVE = _mutation(
    "dependencyRemove",
    f"{DEPENDENCY} predecessor {{ successors {{ totalCount }} }} successor {{ predecessors {{ totalCount }} }}",
).replace(" ... on DependencyCycle { length cycle { title } }", "")
BULK = _mutation(
    "dependencyAddBulk", f"addedCount items {{ {DEPENDENCY} errors {{ __typename {ERRORS} }} }}"
).replace(f"}} {ERRORS} }} }}", "} ... on UserError { code path message } } }")


async def _three(database: Database, actor: Actor) -> tuple[str, list[str]]:
    portfolio = await a_portfolio(database, actor)
    return encode_id("Portfolio", portfolio.id), [
        encode_id(
            "Initiative", (await an_initiative(database, actor, portfolio_id=portfolio.id, title=title)).id
        )
        for title in ("A", "B", "C")
    ]


async def test_a_dependency_is_added_changed_and_removed(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    _, (a, b, _) = await _three(database, admin)
    given = {"id": str(uuid4()), "predecessorId": a, "successorId": b, "lagWeeks": -1.5, "note": "Data"}
    first = (await ask(planner, ADD, input=given))["dependencyAdd"]["dependency"]
    dependency_id = first["id"]
    assert first == {
        "id": dependency_id,
        "kind": "FINISH_TO_START",
        "hard": True,
        "lagWeeks": -1.5,
        "note": "Data",
        "version": 1,
        "predecessor": {"title": "A"},
        "successor": {"title": "B"},
    }
    assert (await ask(planner, ADD, input=given))["dependencyAdd"]["dependency"] == first
    update = {"id": dependency_id, "hard": False, "lagWeeks": 0, "expectedVersion": 1}
    changed = (await ask(planner, UPDATE, input=update))["dependencyUpdate"]["dependency"]
    assert (changed["hard"], changed["lagWeeks"], changed["note"], changed["version"]) == (
        False,
        0.0,
        "Data",
        2,
    )
    node = "query($id: ID!) { node(id: $id) { ... on Dependency { note successor { title } } } }"
    assert (await ask(planner, node, id=dependency_id))["node"] == {
        "note": "Data",
        "successor": {"title": "B"},
    }
    removed = (await ask(planner, REMOVE, input={"id": dependency_id}))["dependencyRemove"]
    assert removed == {
        "__typename": "DependencyRemoveSuccess",
        "dependency": changed,
        "predecessor": {"successors": {"totalCount": 0}},
        "successor": {"predecessors": {"totalCount": 0}},
    }
    assert (await ask(planner, node, id=dependency_id))["node"] is None


async def test_the_refusal_of_a_cycle_carries_its_initiatives(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    _, (a, b, c) = await _three(database, admin)
    for before, after in ((a, b), (b, c)):
        await ask(admin, ADD, input={"predecessorId": before, "successorId": after})
    refused = (await ask(admin, ADD, input={"predecessorId": c, "successorId": a}))["dependencyAdd"]
    assert "C → A → B → C" in refused.pop("message")
    assert refused == {
        "__typename": "DependencyCycle",
        "code": "DEPENDENCY_CYCLE",
        "path": ["successorId"],
        "length": 3,
        "cycle": [{"title": "C"}, {"title": "A"}, {"title": "B"}],
    }


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    _, (a, b, _) = await _three(database, admin)
    foreign = encode_id("Initiative", (await an_initiative(database, stranger)).id)

    async def refusal(document: str, actor: Any = admin, **given: Any) -> tuple[str, list[str]]:
        (answer,) = (await ask(actor, document, input=given)).values()
        return answer["__typename"], answer["path"]

    base = {"predecessorId": a, "successorId": b}
    assert await refusal(ADD, **{**base, "successorId": a}) == ("InvalidInput", ["successorId"])
    assert await refusal(ADD, **{**base, "predecessorId": foreign}) == ("NotFound", ["predecessorId"])
    assert await refusal(ADD, **{**base, "kind": "RELATES_TO", "lagWeeks": 1}) == (
        "InvalidInput",
        ["lagWeeks"],
    )
    assert await refusal(ADD, **{**base, "lagWeeks": 521}) == ("InvalidInput", ["lagWeeks"])
    first = (await ask(admin, ADD, input=base))["dependencyAdd"]["dependency"]
    assert await refusal(ADD, **base) == ("Conflict", ["successorId"])
    assert await refusal(UPDATE, id=first["id"], expectedVersion=2, note="x") == (
        "Conflict",
        ["expectedVersion"],
    )
    assert await refusal(UPDATE, id=a, note="x") == ("NotFound", ["id"])
    assert await refusal(ADD, contributor, **base) == ("PermissionDenied", [])


async def test_each_item_of_a_bulk_has_its_outcome(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    portfolio, (a, b, c) = await _three(database, admin)
    items = [
        {"predecessorId": a, "successorId": b},
        {"predecessorId": b, "successorId": a},
        {"predecessorId": a, "successorId": "nonsense"},
        {"predecessorId": b, "successorId": c, "lagWeeks": 1000},
        {"predecessorId": c, "successorId": b, "kind": "RELATES_TO"},
    ]
    expected = [
        [],
        [("DependencyCycle", ["items", "1", "successorId"])],
        [("NotFound", ["items", "2", "successorId"])],
        [("InvalidInput", ["items", "3", "lagWeeks"])],
        [],
    ]
    for policy, added in (("REJECT_ALL", []), ("REJECT_FAILED", [0, 4]), ("IGNORE_FAILED", [0, 4])):
        given = {"portfolioId": portfolio, "items": items, "errorPolicy": policy}
        answer = (await ask(admin, BULK, input=given))["dependencyAddBulk"]
        outcomes = answer["items"]
        assert answer["addedCount"] == len(added)
        assert [position for position, item in enumerate(outcomes) if item["dependency"]] == added
        assert [
            [(error["__typename"], error["path"]) for error in item["errors"]] for item in outcomes
        ] == expected
    assert outcomes[1]["errors"][0]["cycle"] == [{"title": "B"}, {"title": "A"}]
    assert outcomes[4]["dependency"]["successor"] == {"title": "B"}


async def test_a_bulk_is_bounded_and_of_one_portfolio(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    portfolio, (a, b, _) = await _three(database, admin)
    item = {"predecessorId": a, "successorId": b}

    async def refusal(**given: Any) -> tuple[str, list[str]]:
        answer = (await ask(admin, BULK, input=given))["dependencyAddBulk"]
        return answer["__typename"], answer["path"]

    assert await refusal(portfolioId=portfolio, items=[]) == ("InvalidInput", ["items"])
    assert await refusal(portfolioId=portfolio, items=[item] * 1001) == ("InvalidInput", ["items"])
    assert await refusal(portfolioId=a, items=[item]) == ("NotFound", ["portfolioId"])
