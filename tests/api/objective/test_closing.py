"""A cycle of an objective through the schema: standing, review, closing, reopening, carrying over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from graphql import GraphQLObjectType, get_named_type

from api.context import Context, Services
from api.ids import encode_id
from api.schema import build_schema
from domain.check_in import create_check_in
from domain.commands.check_in import CheckInCreate
from domain.db import Database
from domain.enums import CycleLevel, Role
from tests.api.conftest import Ask
from tests.factories import a_cycle, a_key_result, a_member, an_objective, an_organisation
from tests.statements import counted

ERRORS = "... on UserError { code path message }"
CLOSED = f"{ERRORS} ... on ObjectiveClosed {{ objective {{ title }} }}"
CARRIED = f"{ERRORS} ... on AlreadyCarriedOver {{ successor {{ title cycle {{ name }} }} }}"
GRADING = "grading { computed { value band } manual { value band } reason }"
CLOSE = f"""mutation($input: ObjectiveCloseInput!) {{ objectiveClose(input: $input) {{ __typename
  ... on ObjectiveCloseSuccess {{ objective {{ retrospective closedBy {{ name }} {GRADING}
    keyResults {{ nodes {{ title {GRADING} }} }} }} }} {CLOSED} }} }}"""
REOPEN = f"""mutation($input: ObjectiveReopenInput!) {{ objectiveReopen(input: $input) {{ __typename
  ... on ObjectiveReopenSuccess {{ objective {{ closedAt {GRADING} }} }} {CARRIED} }} }}"""
CARRY = f"""mutation($input: ObjectiveCarryOverInput!) {{ objectiveCarryOver(input: $input) {{ __typename
  ... on ObjectiveCarryOverSuccess {{ objective {{ title cycle {{ name }} carriedOverTo {{ id }}
    carriedOverFrom {{ title closedAt carriedOverTo {{ cycle {{ name }} }} }}
    keyResults {{ nodes {{ title startValue dueOn carriedOverFrom {{ currentValue carriedOverTo {{ startValue }} }} }}
  }} }} }} {CARRIED} }} }}"""
REVIEW = f"""mutation($input: ConfidenceReviewCreateInput!) {{ confidenceReviewCreate(input: $input) {{ __typename
  ... on ConfidenceReviewCreateSuccess {{ confidenceReview {{ confidence note reviewedOn recordedBy {{ name }} }}
    objective {{ reviewedOn reviewedConfidence confidenceReviews {{ totalCount nodes {{ confidence }} }} }} }}
  {ERRORS} }} }}"""
OVERVIEW = """query($day: Date) { objectives(orderBy: [{field: TITLE}]) { nodes { title level progress
  standing(on: $day) { progress expected confidence status }
  rollUp { progress totalWeight terms { totalCount nodes { part weight progress contribution
    keyResult { title } objective { title } } } }
  keyResults { nodes { status(on: $day) confidenceTrend
    expectedProgress(on: $day) { value startsOn endsOn shape } } } } } }"""


async def test_an_objective_is_reviewed_closed_reopened_and_carried_over(
    database: Database, ask: Ask
) -> None:
    admin = await an_organisation(database)
    contributor, planner, board = [
        await a_member(database, admin, role=role) for role in (Role.CONTRIBUTOR, Role.PLANNER, Role.BOARD)
    ]
    today = datetime.now(UTC).date()
    now = await a_cycle(
        database, admin, name="Now", starts_on=today - timedelta(50), ends_on=today + timedelta(50)
    )
    later = await a_cycle(
        database, admin, name="Later", starts_on=today + timedelta(51), ends_on=today + timedelta(99)
    )
    objective = await an_objective(database, admin, cycle_id=now.id, title="Trust")
    place = {"objective_id": objective.id, "due_on": now.ends_on}
    fast = await a_key_result(database, admin, **place, title="Fast", current_value=70)
    await a_key_result(database, admin, **place, title="Sure", current_value=100)
    objective_id = encode_id("Objective", objective.id)

    given: dict[str, Any] = {"objectiveId": objective_id, "confidence": 6, "note": "Half-way."}
    review = (await ask(contributor, REVIEW, input=given))["confidenceReviewCreate"]
    assert review["confidenceReview"] == {
        "confidence": 6,
        "note": "Half-way.",
        "reviewedOn": str(today),
        "recordedBy": {"name": "Contributor"},
    }
    assert review["objective"] == {
        "reviewedOn": str(today),
        "reviewedConfidence": 6,
        "confidenceReviews": {"totalCount": 1, "nodes": [{"confidence": 6}]},
    }
    refused = (await ask(contributor, REVIEW, input={**given, "confidence": 11}))["confidenceReviewCreate"]
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", ["confidence"])

    closing = {
        "id": objective_id,
        "manualGrade": 0.7,
        "gradeReason": "The first half weighed more.",
        "retrospective": "Ask customers sooner.",
        "keyResultGrades": [
            {"keyResultId": encode_id("KeyResult", fast.id), "grade": 0.4, "reason": "In one region."}
        ],
    }
    assert (await ask(planner, CLOSE, input=closing))["objectiveClose"]["__typename"] == "PermissionDenied"
    carry = {"id": objective_id, "cycleId": encode_id("Cycle", later.id), "contributions": "MOVE"}
    early = (await ask(planner, CARRY, input=carry))["objectiveCarryOver"]
    assert (early["__typename"], early["path"]) == ("InvalidInput", ["id"])
    closed = (await ask(board, CLOSE, input=closing))["objectiveClose"]["objective"]
    manual = {"value": 0.7, "band": "GREEN"}
    computed = {"value": 0.85, "band": "GREEN"}
    assert closed == {
        "retrospective": "Ask customers sooner.",
        "closedBy": {"name": "Board"},
        "grading": {"computed": computed, "manual": manual, "reason": "The first half weighed more."},
        "keyResults": {
            "nodes": [
                {
                    "title": "Fast",
                    "grading": {
                        "computed": {"value": 0.7, "band": "GREEN"},
                        "manual": {"value": 0.4, "band": "AMBER"},
                        "reason": "In one region.",
                    },
                },
                {
                    "title": "Sure",
                    "grading": {"computed": {"value": 1.0, "band": "GREEN"}, "manual": None, "reason": None},
                },
            ]
        },
    }
    again = (await ask(board, CLOSE, input={"id": objective_id}))["objectiveClose"]
    assert (again["__typename"], again["objective"]) == ("ObjectiveClosed", {"title": "Trust"})
    reopened = await ask(board, REOPEN, input={"id": objective_id, "reason": "Too early."})
    assert reopened["objectiveReopen"]["objective"] == {"closedAt": None, "grading": None}
    await ask(board, CLOSE, input={"id": objective_id})
    carried = (await ask(planner, CARRY, input=carry))["objectiveCarryOver"]["objective"]
    assert carried["carriedOverFrom"].pop("closedAt") is not None
    assert carried == {
        "title": "Trust",
        "cycle": {"name": "Later"},
        "carriedOverTo": None,
        "carriedOverFrom": {"title": "Trust", "carriedOverTo": {"cycle": {"name": "Later"}}},
        "keyResults": {
            "nodes": [
                {
                    "title": "Fast",
                    "startValue": 70.0,
                    "dueOn": str(later.ends_on),
                    "carriedOverFrom": {"currentValue": 70.0, "carriedOverTo": {"startValue": 70.0}},
                }
            ]
        },
    }
    for document, field, given in (
        (CARRY, "objectiveCarryOver", carry),
        (REOPEN, "objectiveReopen", {"id": objective_id, "reason": "Wrong."}),
    ):
        answer = (await ask(board, document, input=given))[field]
        assert (answer["__typename"], answer["code"]) == ("AlreadyCarriedOver", "ALREADY_CARRIED_OVER")
        assert answer["successor"] == {"title": "Trust", "cycle": {"name": "Later"}}


async def test_an_overview_says_how_everything_stands_in_as_many_statements_for_many_as_for_few(
    database: Database, services: Services, ask: Ask
) -> None:
    admin = await an_organisation(database)
    # 200 days from the first to the last
    cycle = await a_cycle(
        database, admin, level=CycleLevel.TACTICAL, starts_on=date(2026, 1, 1), ends_on=date(2026, 7, 20)
    )
    place = {"cycle_id": cycle.id}
    top = await an_objective(database, admin, **place, title="A")
    below = await an_objective(database, admin, **place, title="B", parent_id=top.id, weight=3)
    own = await a_key_result(database, admin, objective_id=top.id, title="Own", due_on=cycle.ends_on)
    await a_key_result(database, admin, objective_id=below.id, current_value=80, due_on=cycle.ends_on)
    for confidence, day in ((8, 2), (5, 9)):
        moment = datetime(2026, 1, day, tzinfo=UTC)
        said = CheckInCreate(key_result_id=own.id, value=day, confidence=confidence, at=moment)
        await create_check_in(database, admin, said, now=datetime(2026, 4, 11, tzinfo=UTC))

    async def overview() -> tuple[Any, int]:
        context = Context(services=services, viewer=admin, request_id="test")
        with counted(database) as statements:
            found = await ask(context, OVERVIEW, day="2026-04-11")
        return found["objectives"]["nodes"], len(statements)

    await overview()
    (a, b), few = await overview()
    assert (a["level"], a["progress"], b["progress"]) == ("TACTICAL", 0.09, 0.8)
    assert a["standing"] == {"progress": 0.09, "expected": 0.5, "confidence": 5.0, "status": "OFF_TRACK"}
    assert b["standing"] == {"progress": 0.8, "expected": 0.5, "confidence": None, "status": "ON_TRACK"}
    assert a["rollUp"] == {
        "progress": (0.09 + 3 * 0.8) / 4,
        "totalWeight": 4.0,
        "terms": {
            "totalCount": 2,
            "nodes": [
                {
                    "part": "KEY_RESULT",
                    "weight": 1.0,
                    "progress": 0.09,
                    "contribution": 0.09 / 4,
                    "keyResult": {"title": "Own"},
                    "objective": None,
                },
                {
                    "part": "OBJECTIVE",
                    "weight": 3.0,
                    "progress": 0.8,
                    "contribution": 3 * 0.8 / 4,
                    "keyResult": None,
                    "objective": {"title": "B"},
                },
            ],
        },
    }
    assert a["keyResults"]["nodes"] == [
        {
            "status": "OFF_TRACK",
            "confidenceTrend": "FALLING",
            "expectedProgress": {
                "value": 0.5,
                "startsOn": "2026-01-01",
                "endsOn": "2026-07-20",
                "shape": "LINEAR",
            },
        }
    ]
    for _ in range(3):
        further = await an_objective(database, admin, **place, parent_id=top.id)
        await a_key_result(database, admin, objective_id=further.id, target_value=None, due_on=cycle.ends_on)
    found, many = await overview()
    assert (len(found), many) == (5, few)
    assert [row["standing"]["status"] for row in found].count("UNKNOWN") == 3


def test_nothing_rates_a_person() -> None:
    """No figure about how sure, how far or how good is reached from a person, nor made per person."""
    types = build_schema()._schema.type_map
    forbidden = ("confidence", "grad", "progress", "status", "standing", "checkin", "rating", "performance")
    about_people = [name for name in types if name.startswith("Member") or name in ("Viewer", "Person")]
    assert "Member" in about_people
    for name in about_people:
        type_ = types[name]
        if isinstance(type_, GraphQLObjectType):
            for field_name, field in type_.fields.items():
                assert not any(word in field_name.lower() for word in forbidden), f"{name}.{field_name}"
                shown = get_named_type(field.type).name
                assert not shown.startswith(
                    ("CheckIn", "KeyResult", "Objective", "ConfidenceReview", "Grad")
                ), f"{name}.{field_name}: {shown}"
    # key results can be found by owner, and check-ins only through their key results
    root = types["Query"]
    assert isinstance(root, GraphQLObjectType)
    assert [name for name in root.fields if "checkIn" in name] == []
