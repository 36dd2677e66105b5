"""People's scores through the schema."""

from typing import Any

import sqlalchemy as sa

from api.ids import encode_id
from domain.commands.scoring import ScoreSet
from domain.db import Database
from domain.enums import CriterionSource, Role
from domain.score import set_score
from tests.api.conftest import Ask
from tests.factories import a_criterion, a_member, a_portfolio, an_initiative, an_organisation

SCORE = "score { value valueLow valueHigh note initiative { title } criterion { name } rater { name } }"
ERRORS = "... on UserError { code path message }"
OUTSIDE = "... on ScoreOutOfScale { scaleMin scaleMax value }"
RATINGS = "ratings { totalCount nodes { criterion { name } raters mean median least greatest deviation } }"
SET = f"""mutation($input: ScoreSetInput!) {{ scoreSet(input: $input) {{ __typename
  ... on ScoreSetSuccess {{ {SCORE} initiative {{ {RATINGS} }} }} {ERRORS} {OUTSIDE} }} }}"""
REMOVE = f"""mutation($input: ScoreRemoveInput!) {{ scoreRemove(input: $input) {{ __typename
  ... on ScoreRemoveSuccess {{ initiative {{ {RATINGS} }} }} {ERRORS} }} }}"""
BULK = f"""mutation($input: ScoreSetBulkInput!) {{ scoreSetBulk(input: $input) {{ __typename
  ... on ScoreSetBulkSuccess {{ setCount items {{ {SCORE} errors {{ __typename {ERRORS} {OUTSIDE} }} }} }}
  {ERRORS} }} }}"""


async def test_ratings_show_the_mean_and_the_spread_of_all_scores(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    initiative = encode_id("Initiative", (await an_initiative(database, admin, title="CRM")).id)
    reach = encode_id("Criterion", (await a_criterion(database, admin, name="Reach")).id)
    given = {"initiativeId": initiative, "criterionId": reach}
    first = (await ask(admin, SET, input={**given, "value": 4}))["scoreSet"]
    assert first["initiative"]["ratings"]["nodes"] == [
        {
            "criterion": {"name": "Reach"},
            "raters": 1,
            "mean": 4.0,
            "median": 4.0,
            "least": 4.0,
            "greatest": 4.0,
            "deviation": None,
        }
    ]
    ranged = {**given, "value": 8, "valueLow": 6.5, "valueHigh": 10, "note": "Survey"}
    second = (await ask(contributor, SET, input=ranged))["scoreSet"]
    assert second["score"] == {
        "value": 8.0,
        "valueLow": 6.5,
        "valueHigh": 10.0,
        "note": "Survey",
        "initiative": {"title": "CRM"},
        "criterion": {"name": "Reach"},
        "rater": {"name": "Contributor"},
    }
    (rating,) = second["initiative"]["ratings"]["nodes"]
    assert (rating["raters"], rating["mean"], rating["least"], rating["greatest"]) == (2, 6.0, 4.0, 8.0)
    assert rating["deviation"] == 8**0.5
    removed = (await ask(admin, REMOVE, input=given))["scoreRemove"]["initiative"]["ratings"]
    assert (removed["nodes"][0]["raters"], removed["nodes"][0]["mean"]) == (1, 8.0)
    last = (await ask(contributor, REMOVE, input=given))["scoreRemove"]["initiative"]["ratings"]
    assert last == {"totalCount": 0, "nodes": []}


async def test_scores_are_listed_with_their_raters_and_filtered(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    others = [await a_member(database, admin, role=Role.CONTRIBUTOR) for _ in range(3)]
    initiative = await an_initiative(database, admin)
    reach, fit = await a_criterion(database, admin, name="Reach"), await a_criterion(database, admin)
    for value, rater in enumerate([admin, *others]):
        for criterion in (reach, fit):
            await set_score(
                database,
                rater,
                ScoreSet(initiative_id=initiative.id, criterion_id=criterion.id, value=value),
            )
    document = """query($id: ID!, $where: ScoreWhere, $after: String) { node(id: $id) { ... on Initiative {
      scores(where: $where, first: 3, after: $after) { totalCount pageInfo { endCursor }
        nodes { value rater { id } criterion { name } } } } } }"""
    variables: dict[str, Any] = {
        "id": encode_id("Initiative", initiative.id),
        "where": {"criterionId": {"eq": encode_id("Criterion", reach.id)}},
    }
    page = (await ask(admin, document, **variables))["node"]["scores"]
    rest = (await ask(admin, document, **variables, after=page["pageInfo"]["endCursor"]))["node"]["scores"]
    assert page["totalCount"] == rest["totalCount"] == 4
    assert [node["value"] for node in page["nodes"] + rest["nodes"]] == [3.0, 2.0, 1.0, 0.0]
    assert rest["nodes"] == [
        {
            "value": 0.0,
            "rater": {"id": encode_id("Member", admin.member_id)},
            "criterion": {"name": "Reach"},
        }
    ]


async def test_lists_below_many_initiatives_take_as_many_statements_as_below_few(
    database: Database, ask: Ask
) -> None:
    admin = await an_organisation(database)
    portfolio = await a_portfolio(database, admin)
    criterion = await a_criterion(database, admin)
    statements: list[str] = []
    sa.event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda *arguments: statements.append(arguments[2]),
    )
    document = """query($id: ID!) { node(id: $id) { ... on Portfolio { initiatives { nodes {
      scores { totalCount nodes { value rater { name } initiative { title } } }
      ratings { nodes { mean } }
      decisions { nodes { reason } } } } } } }"""
    counts = []
    for _ in range(2):
        for _ in range(3):
            row = await an_initiative(database, admin, portfolio_id=portfolio.id)
            await set_score(
                database, admin, ScoreSet(initiative_id=row.id, criterion_id=criterion.id, value=1)
            )
        await ask(admin, document, id=encode_id("Portfolio", portfolio.id))
        statements.clear()
        answer = await ask(admin, document, id=encode_id("Portfolio", portfolio.id))
        counts.append(len(statements))
        for node in answer["node"]["initiatives"]["nodes"]:
            assert (node["scores"]["totalCount"], node["ratings"]["nodes"]) == (1, [{"mean": 1.0}])
    assert counts[0] == counts[1]


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    viewer = await a_member(database, admin, role=Role.VIEWER)
    initiative = encode_id("Initiative", (await an_initiative(database, admin)).id)
    criterion = encode_id("Criterion", (await a_criterion(database, admin)).id)
    derived = encode_id(
        "Criterion", (await a_criterion(database, admin, source=CriterionSource.COST_OF_DELAY)).id
    )
    foreign = encode_id("Criterion", (await a_criterion(database, stranger)).id)
    base: dict[str, Any] = {"initiativeId": initiative, "criterionId": criterion, "value": 5}

    async def refusal(actor: Any = admin, **changes: Any) -> Any:
        return (await ask(actor, SET, input={**base, **changes}))["scoreSet"]

    outside = await refusal(value=10.5)
    assert (outside["__typename"], outside["path"]) == ("ScoreOutOfScale", ["value"])
    assert (outside["scaleMin"], outside["scaleMax"], outside["value"]) == (0.0, 10.0, 10.5)
    for changes, expected in (
        ({"valueLow": 6}, ("InvalidInput", ["valueLow"])),
        ({"criterionId": derived}, ("InvalidInput", ["criterionId"])),
        ({"criterionId": foreign}, ("NotFound", ["criterionId"])),
        ({"initiativeId": criterion}, ("NotFound", ["initiativeId"])),
    ):
        refused = await refusal(**changes)
        assert (refused["__typename"], refused["path"]) == expected, changes
    assert (await refusal(viewer))["__typename"] == "PermissionDenied"


async def test_each_item_of_a_bulk_has_its_outcome(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    portfolio = await a_portfolio(database, admin)
    first, second, third = [
        encode_id(
            "Initiative", (await an_initiative(database, admin, portfolio_id=portfolio.id, title=title)).id
        )
        for title in ("A", "B", "C")
    ]
    criterion = encode_id("Criterion", (await a_criterion(database, admin)).id)
    items = [
        {"initiativeId": first, "criterionId": criterion, "value": 1},
        {"initiativeId": second, "criterionId": criterion, "value": 11},
        {"initiativeId": third, "criterionId": criterion, "value": 3, "valueHigh": 12},
        {"initiativeId": "nonsense", "criterionId": criterion, "value": 3},
        {"initiativeId": third, "criterionId": first, "value": 3, "note": "x" * 2001},
    ]
    expected = [
        [],
        [("ScoreOutOfScale", ["items", "1", "value"])],
        [("ScoreOutOfScale", ["items", "2", "valueHigh"])],
        [("NotFound", ["items", "3", "initiativeId"])],
        [("NotFound", ["items", "4", "criterionId"])],
    ]
    for policy, kept in (("REJECT_ALL", []), ("REJECT_FAILED", ["A"]), ("IGNORE_FAILED", ["A", "C"])):
        given = {"items": items, "errorPolicy": policy}
        answer = (await ask(contributor, BULK, input=given))["scoreSetBulk"]
        assert answer["setCount"] == len(kept)
        scores = [item["score"] for item in answer["items"]]
        assert [score["initiative"]["title"] for score in scores if score] == kept
        assert [
            [(error["__typename"], error["path"]) for error in item["errors"]] for item in answer["items"]
        ] == expected
    assert (scores[2]["value"], scores[2]["valueHigh"], scores[2]["rater"]) == (
        3.0,
        None,
        {"name": "Contributor"},
    )
    for number in (0, 1001):
        refused = (await ask(contributor, BULK, input={"items": items[:1] * number}))["scoreSetBulk"]
        assert (refused["__typename"], refused["path"]) == ("InvalidInput", ["items"])
