"""Contributions through the schema."""

from typing import Any

from api.ids import encode_id
from domain.db import Database
from domain.enums import Role
from tests.api.conftest import Ask
from tests.factories import a_key_result, a_member, an_initiative, an_objective, an_organisation


def _mutation(name: str) -> str:
    pascal = name[0].upper() + name[1:]
    return f"""mutation($input: {pascal}Input!) {{ {name}(input: $input) {{ __typename
      ... on {pascal}Success {{ initiative {{ contributions {{ totalCount
        nodes {{ keyResult {{ title }} expectedDelta confidence }} }} }} }}
      ... on UserError {{ code path }} }} }}"""


SET, REMOVE, REPLACE = map(_mutation, ("contributionSet", "contributionRemove", "contributionReplace"))


async def test_contributions_are_set_replaced_and_removed(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    initiative = encode_id("Initiative", (await an_initiative(database, admin)).id)
    objective = await an_objective(database, admin)
    retention, lead_time = [
        encode_id(
            "KeyResult", (await a_key_result(database, admin, objective_id=objective.id, title=title)).id
        )
        for title in ("Retention", "Lead time")
    ]

    async def contributions(document: str, **given: Any) -> Any:
        answer = await ask(contributor, document, input={"initiativeId": initiative, **given})
        (result,) = answer.values()
        return result["initiative"]["contributions"]

    assert await contributions(SET, keyResultId=retention, expectedDelta=5, confidence=0.5) == {
        "totalCount": 1,
        "nodes": [{"keyResult": {"title": "Retention"}, "expectedDelta": 5.0, "confidence": 0.5}],
    }
    entries = [
        {"keyResultId": retention, "expectedDelta": 6, "confidence": 1},
        {"keyResultId": lead_time, "expectedDelta": 0.5, "confidence": 0.1},
    ]
    replaced = await contributions(REPLACE, contributions=entries)
    assert sorted((node["keyResult"]["title"], node["expectedDelta"]) for node in replaced["nodes"]) == [
        ("Lead time", 0.5),
        ("Retention", 6.0),
    ]
    left = await contributions(REMOVE, keyResultId=retention)
    assert [node["keyResult"]["title"] for node in left["nodes"]] == ["Lead time"]


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    viewer = await a_member(database, admin, role=Role.VIEWER)
    own = encode_id("Initiative", (await an_initiative(database, admin)).id)
    key_result = encode_id("KeyResult", (await a_key_result(database, admin)).id)
    foreign = encode_id("KeyResult", (await a_key_result(database, stranger)).id)

    async def refusal(document: str, actor: Any = admin, **given: Any) -> tuple[str, list[str]]:
        (answer,) = (await ask(actor, document, input={"initiativeId": own, **given})).values()
        return answer["__typename"], answer["path"]

    good = {"keyResultId": key_result, "expectedDelta": 1.0, "confidence": 1.0}
    assert await refusal(SET, **{**good, "expectedDelta": -1}) == ("InvalidInput", ["expectedDelta"])
    assert await refusal(SET, **{**good, "confidence": 0}) == ("InvalidInput", ["confidence"])
    assert await refusal(SET, **{**good, "keyResultId": foreign}) == ("NotFound", ["keyResultId"])
    assert await refusal(SET, **{**good, "initiativeId": key_result}) == ("NotFound", ["initiativeId"])
    assert await refusal(REPLACE, contributions=[{**good, "expectedDelta": -1}]) == (
        "InvalidInput",
        ["contributions", "0", "expectedDelta"],
    )
    assert await refusal(REMOVE, keyResultId=key_result) == ("NotFound", ["keyResultId"])
    assert await refusal(SET, viewer, **good) == ("PermissionDenied", [])
