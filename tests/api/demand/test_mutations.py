"""Team demands through the schema."""

from typing import Any

from api.ids import encode_id
from domain.db import Database
from domain.enums import Role
from tests.api.conftest import Ask
from tests.factories import a_member, a_team, an_initiative, an_organisation


def _mutation(name: str) -> str:
    pascal = name[0].upper() + name[1:]
    return f"""mutation($input: {pascal}Input!) {{ {name}(input: $input) {{ __typename
      ... on {pascal}Success {{ initiative {{ demands {{ totalPersonWeeks totalCount
        nodes {{ team {{ name }} skill personWeeks {{ low likely high }} }} }} }} }}
      ... on UserError {{ code path }} }} }}"""


SET, REMOVE, REPLACE = map(_mutation, ("teamDemandSet", "teamDemandRemove", "teamDemandReplace"))


async def test_demands_are_set_replaced_and_removed(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    initiative = encode_id("Initiative", (await an_initiative(database, admin)).id)
    payments, platform = [
        encode_id("Team", (await a_team(database, admin, name=name)).id) for name in ("Payments", "Platform")
    ]

    async def demands(document: str, **given: Any) -> Any:
        answer = await ask(contributor, document, input={"initiativeId": initiative, **given})
        (result,) = answer.values()
        return result["initiative"]["demands"]

    first = await demands(SET, teamId=payments, personWeeks={"low": 1, "likely": 2.5})
    assert first == {
        "totalPersonWeeks": 2.5,
        "totalCount": 1,
        "nodes": [
            {
                "team": {"name": "Payments"},
                "skill": None,
                "personWeeks": {"low": 1.0, "likely": 2.5, "high": None},
            }
        ],
    }
    entries = [
        {"teamId": payments, "skill": "SQL", "personWeeks": {"likely": 4}},
        {"teamId": platform, "personWeeks": {"likely": 1}},
    ]
    replaced = await demands(REPLACE, demands=entries)
    assert sorted((node["team"]["name"], node["skill"]) for node in replaced["nodes"]) == [
        ("Payments", "SQL"),
        ("Platform", None),
    ]
    left = await demands(REMOVE, teamId=payments, skill="SQL")
    assert (left["totalCount"], left["totalPersonWeeks"]) == (1, 1.0)
    assert await demands(REPLACE, demands=[]) == {"totalPersonWeeks": None, "totalCount": 0, "nodes": []}


async def test_refusals_are_typed_and_lead_to_the_client_s_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    viewer = await a_member(database, admin, role=Role.VIEWER)
    own = encode_id("Initiative", (await an_initiative(database, admin)).id)
    foreign = encode_id("Initiative", (await an_initiative(database, stranger)).id)
    team = encode_id("Team", (await a_team(database, admin)).id)
    foreign_team = encode_id("Team", (await a_team(database, stranger)).id)

    async def refusal(document: str, actor: Any = admin, **given: Any) -> tuple[str, list[str]]:
        (answer,) = (await ask(actor, document, input=given)).values()
        return answer["__typename"], answer["path"]

    weeks = {"likely": 1}
    good = {"teamId": team, "personWeeks": weeks}
    assert await refusal(SET, initiativeId=foreign, **good) == ("NotFound", ["initiativeId"])
    assert await refusal(SET, initiativeId=own, teamId=foreign_team, personWeeks=weeks) == (
        "NotFound",
        ["teamId"],
    )
    assert await refusal(SET, initiativeId=own, teamId=team, personWeeks={"likely": 1, "low": 2}) == (
        "InvalidInput",
        ["personWeeks", "low"],
    )
    wrong = {"teamId": team, "skill": "x", "personWeeks": {"likely": -1}}
    assert await refusal(REPLACE, initiativeId=own, demands=[good, wrong]) == (
        "InvalidInput",
        ["demands", "1", "personWeeks", "likely"],
    )
    assert await refusal(REPLACE, initiativeId=own, demands=[good, {**good, "teamId": own}]) == (
        "NotFound",
        ["demands", "1", "teamId"],
    )
    assert await refusal(REPLACE, initiativeId=own, demands=[good, good]) == (
        "InvalidInput",
        ["demands", "1"],
    )
    assert await refusal(REMOVE, initiativeId=own, teamId=team) == ("NotFound", ["teamId"])
    assert await refusal(SET, viewer, initiativeId=own, **good) == ("PermissionDenied", [])
