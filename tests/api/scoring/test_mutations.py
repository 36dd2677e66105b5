"""Criteria and scoring models through the schema."""

from typing import Any
from uuid import uuid4

from api.ids import encode_id
from domain.commands.portfolio import PortfolioUpdate
from domain.db import Database
from domain.enums import Role
from domain.portfolio import update_portfolio
from tests.api.conftest import Ask
from tests.factories import a_criterion, a_member, a_portfolio, a_scoring_model, an_organisation

ERRORS = "... on UserError { code path message }"
CRITERION = """criterion { id key name description direction source scaleMin scaleMax version archivedAt
  anchors { value description } }"""
MODEL = "scoringModel { id name description version archivedAt currentVersion { number } }"
VERSION = """version { id number method missingPolicy note publishedBy { name }
  criteria { criterion { name } role weight } model { name currentVersion { number } } }"""


def _mutation(name: str, fields: str, input_: str | None = None) -> str:
    pascal = name[0].upper() + name[1:]
    return f"""mutation($input: {input_ or pascal + "Input"}!) {{ {name}(input: $input) {{ __typename
      ... on {pascal}Success {{ {fields} }} {ERRORS} }} }}"""


CRITERION_CREATE = _mutation("criterionCreate", CRITERION)
CRITERION_UPDATE = _mutation("criterionUpdate", CRITERION)
CRITERION_ARCHIVE = _mutation("criterionArchive", CRITERION, "ArchiveInput")
MODEL_CREATE = _mutation("scoringModelCreate", MODEL)
MODEL_UPDATE = _mutation("scoringModelUpdate", MODEL)
MODEL_ARCHIVE = _mutation("scoringModelArchive", MODEL, "ArchiveInput")
PUBLISH = _mutation("scoringModelPublish", VERSION)


async def _refusal(ask: Ask, actor: Any, document: str, **given: Any) -> tuple[str, list[str]]:
    (answer,) = (await ask(actor, document, input=given)).values()
    return answer["__typename"], answer["path"]


async def test_a_criterion_is_created_changed_and_archived(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    given = {
        "key": "risk",
        "name": "Risk",
        "direction": "COST",
        "scaleMin": 0,
        "scaleMax": 5,
        "anchors": [{"value": 5, "description": "Severe"}, {"value": 0, "description": "None"}],
    }
    created = (await ask(planner, CRITERION_CREATE, input=given))["criterionCreate"]["criterion"]
    criterion_id = created["id"]
    assert created == {
        "id": criterion_id,
        "key": "risk",
        "name": "Risk",
        "description": "",
        "direction": "COST",
        "source": "SCORE",
        "scaleMin": 0.0,
        "scaleMax": 5.0,
        "version": 1,
        "archivedAt": None,
        "anchors": [{"value": 0.0, "description": "None"}, {"value": 5.0, "description": "Severe"}],
    }
    update = {"id": criterion_id, "name": "Danger", "anchors": [], "expectedVersion": 1}
    changed = (await ask(planner, CRITERION_UPDATE, input=update))["criterionUpdate"]["criterion"]
    assert (changed["name"], changed["anchors"], changed["version"]) == ("Danger", [], 2)
    archive = {"id": criterion_id}
    archived = (await ask(planner, CRITERION_ARCHIVE, input=archive))["criterionArchive"]["criterion"]
    assert (archived["archivedAt"] is not None, archived["version"]) == (True, 3)


async def test_refusals_about_criteria_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    row = await a_criterion(database, admin, key="reach")
    criterion = encode_id("Criterion", row.id)
    base = {"key": "fit", "name": "Fit", "scaleMin": 0, "scaleMax": 1}
    outside = [{"value": 0.5, "description": "Half"}, {"value": 2, "description": "Beyond"}]
    far = [{"value": 99, "description": "Far"}]
    cases: list[tuple[str, dict[str, Any], tuple[str, list[str]]]] = [
        (CRITERION_CREATE, {**base, "key": "reach"}, ("Conflict", ["key"])),
        (CRITERION_CREATE, {**base, "key": "Fit"}, ("InvalidInput", ["key"])),
        (CRITERION_CREATE, {**base, "scaleMax": 0}, ("InvalidInput", ["scaleMax"])),
        (CRITERION_CREATE, {**base, "anchors": outside}, ("InvalidInput", ["anchors", "1", "value"])),
        (
            CRITERION_UPDATE,
            {"id": criterion, "anchors": far},
            ("InvalidInput", ["anchors", "0", "value"]),
        ),
        (CRITERION_UPDATE, {"id": "x", "name": "y"}, ("NotFound", ["id"])),
        (CRITERION_ARCHIVE, {"id": criterion, "expectedVersion": 9}, ("Conflict", ["expectedVersion"])),
    ]
    for document, given, expected in cases:
        assert await _refusal(ask, admin, document, **given) == expected, given
    assert await _refusal(ask, contributor, CRITERION_CREATE, **base) == ("PermissionDenied", [])


async def test_a_model_is_created_published_and_archived(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    value, risk = [
        encode_id("Criterion", (await a_criterion(database, admin, name=name)).id)
        for name in ("Value", "Risk")
    ]
    given = {"id": str(uuid4()), "name": "Board 2026"}
    created = (await ask(board, MODEL_CREATE, input=given))["scoringModelCreate"]["scoringModel"]
    model = created["id"]
    assert created == {
        "id": model,
        "name": "Board 2026",
        "description": "",
        "version": 1,
        "archivedAt": None,
        "currentVersion": None,
    }
    publish: dict[str, Any] = {
        "modelId": model,
        "expectedNumber": 0,
        "method": "WEIGHTED",
        "missingPolicy": "RENORMALISE",
        "criteria": [{"criterionId": value, "weight": 3}, {"criterionId": risk}],
        "note": "First",
        "idempotencyKey": "k",
    }
    version = (await ask(board, PUBLISH, input=publish))["scoringModelPublish"]["version"]
    version_id = version.pop("id")
    assert version == {
        "number": 1,
        "method": "WEIGHTED",
        "missingPolicy": "RENORMALISE",
        "note": "First",
        "publishedBy": {"name": "Board"},
        "criteria": [
            {"criterion": {"name": "Value"}, "role": "WEIGHTED", "weight": 3.0},
            {"criterion": {"name": "Risk"}, "role": "WEIGHTED", "weight": 1.0},
        ],
        "model": {"name": "Board 2026", "currentVersion": {"number": 1}},
    }
    repeated = (await ask(board, PUBLISH, input=publish))["scoringModelPublish"]["version"]
    assert repeated["id"] == version_id
    second = {"modelId": model, "method": "CD3"}
    assert (await ask(board, PUBLISH, input=second))["scoringModelPublish"]["version"]["number"] == 2
    archived = (await ask(board, MODEL_ARCHIVE, input={"id": model}))["scoringModelArchive"]["scoringModel"]
    assert (archived["archivedAt"] is not None, archived["currentVersion"]) == (True, {"number": 2})


async def test_refusals_about_models_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    row = await a_scoring_model(database, admin, name="Default")
    portfolio = await a_portfolio(database, admin)
    await update_portfolio(database, admin, PortfolioUpdate(id=portfolio.id, default_scoring_model_id=row.id))
    model = encode_id("ScoringModel", row.id)
    own = encode_id("Criterion", (await a_criterion(database, admin)).id)
    foreign = encode_id("Criterion", (await a_criterion(database, stranger)).id)
    base: dict[str, Any] = {"modelId": model, "method": "WEIGHTED", "criteria": [{"criterionId": own}]}
    twice = [{"criterionId": own}, {"criterionId": own}]
    cases: list[tuple[str, dict[str, Any], tuple[str, list[str]]]] = [
        (MODEL_CREATE, {"name": "DEFAULT"}, ("Conflict", ["name"])),
        (MODEL_UPDATE, {"id": own, "name": "x"}, ("NotFound", ["id"])),
        (MODEL_ARCHIVE, {"id": model}, ("Conflict", ["id"])),
        (PUBLISH, {**base, "modelId": own}, ("NotFound", ["modelId"])),
        (PUBLISH, {**base, "criteria": twice}, ("InvalidInput", ["criteria", "1", "criterionId"])),
        (
            PUBLISH,
            {**base, "criteria": [{"criterionId": foreign}]},
            ("NotFound", ["criteria", "0", "criterionId"]),
        ),
        (
            PUBLISH,
            {**base, "criteria": [{"criterionId": own, "weight": -1}]},
            ("InvalidInput", ["criteria", "0", "weight"]),
        ),
        (PUBLISH, {**base, "method": "RICE"}, ("InvalidInput", ["criteria", "0", "role"])),
        (PUBLISH, {**base, "expectedNumber": 1}, ("Conflict", ["expectedNumber"])),
    ]
    for document, given, expected in cases:
        assert await _refusal(ask, admin, document, **given) == expected, given
    assert await _refusal(ask, planner, PUBLISH, **base) == ("PermissionDenied", [])
