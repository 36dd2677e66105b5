"""The calendar, held reviews and their decisions through the schema."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.ids import encode_id
from domain.actor import Actor
from domain.commands.review import ReviewCreate, ReviewDecisionAdd, ReviewScheduleCreate, ReviewUpdate
from domain.db import Database
from domain.enums import Role
from domain.errors import Conflict, InvalidInput, NotFound
from domain.review.holding import add_review_decision, create_review, update_review
from domain.review.kinds import ReviewCadence, ReviewKind
from domain.review.schedule import create_review_schedule
from tests.api.conftest import Ask
from tests.factories import (
    a_cycle,
    a_key_result,
    a_member,
    a_portfolio,
    a_team,
    an_initiative,
    an_objective,
    an_organisation,
)
from tests.statements import counted
from tests.trail import written

TODAY = date(2026, 11, 22)
_SCHEDULE = """mutation($input: ReviewScheduleCreateInput!) { reviewScheduleCreate(input: $input) { __typename
  ... on ReviewScheduleCreateSuccess { schedule { id name kind cadence firstDueOn team { name } portfolio { name }
    owner { name } version } }
  ... on UserError { code path message } } }"""
_CREATE = """mutation($input: ReviewCreateInput!) { reviewCreate(input: $input) { __typename
  ... on ReviewCreateSuccess { review { id kind heldOn dueOn notes team { name } schedule { name } recordedBy { name }
    participants { name } decisions { decision reason topic subject { __typename id } } } }
  ... on UserError { code path message } } }"""
_CALENDAR = """query($on: Date, $states: [DueState!]) { reviewCalendar(on: $on, states: $states) { totalCount
  nodes { nextDueOn state missedCount lastHeldOn schedule { name } } } }"""


async def _weekly(database: Database, actor: Actor, **values: Any) -> Any:
    defaults = {
        "name": "Weekly operations",
        "kind": ReviewKind.OPERATIONS,
        "cadence": ReviewCadence.WEEKLY,
        "first_due_on": date(2026, 11, 2),
    }
    return await create_review_schedule(database, actor, ReviewScheduleCreate(**{**defaults, **values}))


async def test_a_calendar_shows_what_is_due_and_overdue_and_a_held_review_settles_it(
    ask: Ask, database: Database
) -> None:
    admin = await an_organisation(database)
    team = await a_team(database, admin, name="Claims")
    created = await ask(
        admin,
        _SCHEDULE,
        input={
            "name": "Claims weekly",
            "kind": "OPERATIONS",
            "cadence": "WEEKLY",
            "firstDueOn": "2026-11-02",
            "teamId": encode_id("Team", team.id),
            "ownerId": encode_id("Member", admin.member_id),
        },
    )
    schedule = created["reviewScheduleCreate"]["schedule"]
    assert (schedule["team"], schedule["portfolio"], schedule["owner"]) == (
        {"name": "Claims"},
        None,
        {"name": "Ada Admin"},
    )
    await _weekly(
        database, admin, name="Board", cadence=ReviewCadence.MONTHLY, first_due_on=date(2026, 12, 1)
    )
    shown = (await ask(admin, _CALENDAR, on="2026-11-17"))["reviewCalendar"]
    assert shown["nodes"] == [
        {
            "nextDueOn": "2026-11-02",
            "state": "OVERDUE",
            "missedCount": 3,
            "lastHeldOn": None,
            "schedule": {"name": "Claims weekly"},
        },
        {
            "nextDueOn": "2026-12-01",
            "state": "UPCOMING",
            "missedCount": 0,
            "lastHeldOn": None,
            "schedule": {"name": "Board"},
        },
    ]
    objective = await an_objective(database, admin)
    initiative = await an_initiative(database, admin)
    held = await ask(
        admin,
        _CREATE,
        input={
            "scheduleId": schedule["id"],
            "kind": "OPERATIONS",
            "heldOn": "2026-11-17",
            "notes": "Queue again.",
            "participantIds": [encode_id("Member", admin.member_id)],
            "decisions": [
                {
                    "initiativeId": encode_id("Initiative", initiative.id),
                    "decision": "Pause.",
                    "reason": "No people.",
                },
                {
                    "objectiveId": encode_id("Objective", objective.id),
                    "decision": "Keep.",
                    "reason": "On track.",
                },
                {"topic": "Office hours", "decision": "Open at 8.", "reason": "Calls come early."},
            ],
        },
    )
    review = held["reviewCreate"]["review"]
    assert (review["dueOn"], review["team"], review["participants"]) == (
        "2026-11-16",
        {"name": "Claims"},
        [{"name": "Ada Admin"}],
    )
    assert [(each["topic"], (each["subject"] or {}).get("__typename")) for each in review["decisions"]] == [
        (None, "Initiative"),
        (None, "Objective"),
        ("Office hours", None),
    ]
    (overdue, _) = (await ask(admin, _CALENDAR, on="2026-11-24"))["reviewCalendar"]["nodes"]
    assert (overdue["nextDueOn"], overdue["state"], overdue["missedCount"], overdue["lastHeldOn"]) == (
        "2026-11-23",
        "OVERDUE",
        1,
        "2026-11-17",
    )
    # of a past day by what had been held until then
    (before,) = (await ask(admin, _CALENDAR, on="2026-11-16", states=["OVERDUE"]))["reviewCalendar"]["nodes"]
    assert (before["missedCount"], before["lastHeldOn"]) == (2, None)
    listed = await ask(
        admin,
        """query($where: ReviewDecisionWhere) { reviews { totalCount }
        reviewSchedules { nodes { name } } reviewDecisions(where: $where) { nodes { decision review { notes }
        recordedBy { name } } } }""",
        where={"initiativeId": {"eq": encode_id("Initiative", initiative.id)}},
    )
    assert listed == {
        "reviews": {"totalCount": 1},
        "reviewSchedules": {"nodes": [{"name": "Board"}, {"name": "Claims weekly"}]},
        "reviewDecisions": {
            "nodes": [
                {
                    "decision": "Pause.",
                    "review": {"notes": "Queue again."},
                    "recordedBy": {"name": "Ada Admin"},
                }
            ]
        },
    }
    trail = await ask(
        admin,
        "query($id: ID!) { node(id: $id) { ... on Initiative { auditTrail { nodes { part } } } } }",
        id=encode_id("Initiative", initiative.id),
    )
    assert "review_decision" in [each["part"] for each in trail["node"]["auditTrail"]["nodes"]]


async def test_bad_input_is_typed_and_writes_nothing(ask: Ask, database: Database) -> None:
    admin = await an_organisation(database)
    stranger = await an_organisation(database)
    team, portfolio = await a_team(database, admin), await a_portfolio(database, admin)
    theirs = await a_team(database, stranger)
    schedule = await _weekly(database, admin)
    await create_review(
        database,
        admin,
        ReviewCreate(schedule_id=schedule.id, kind=ReviewKind.OPERATIONS, held_on=date(2026, 11, 9)),
        today=TODAY,
    )
    key_result = await a_key_result(database, admin)
    before = await written(database, admin)
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    minimal = {"kind": "OPERATIONS"}
    of_schedule = {"scheduleId": encode_id("ReviewSchedule", schedule.id), **minimal}
    team_id, portfolio_id = encode_id("Team", team.id), encode_id("Portfolio", portfolio.id)
    decided = {"decision": "Yes.", "reason": "Because."}
    both = {"keyResultId": encode_id("KeyResult", key_result.id), "topic": "x"}
    for input_, type_name, path in (
        (minimal | {"heldOn": str(tomorrow)}, "InvalidInput", ["input", "heldOn"]),
        (minimal | {"dueOn": "2026-11-02"}, "InvalidInput", ["input", "dueOn"]),
        (
            minimal | {"teamId": team_id, "portfolioId": portfolio_id},
            "InvalidInput",
            ["input", "portfolioId"],
        ),
        (minimal | {"teamId": encode_id("Team", theirs.id)}, "NotFound", ["input", "teamId"]),
        ({"kind": "READINESS", "portfolioId": portfolio_id}, "InvalidInput", ["input", "portfolioId"]),
        (of_schedule | {"kind": "CHANGE"}, "InvalidInput", ["input", "kind"]),
        (of_schedule | {"teamId": team_id}, "InvalidInput", ["input", "teamId"]),
        (of_schedule | {"dueOn": "2026-11-10"}, "InvalidInput", ["input", "dueOn"]),
        (of_schedule | {"dueOn": "2026-11-09"}, "InvalidInput", ["input", "dueOn"]),
        (minimal | {"decisions": [decided]}, "InvalidInput", ["input", "decisions", "0", "topic"]),
        (minimal | {"decisions": [decided | both]}, "InvalidInput", ["input", "decisions", "0", "topic"]),
        (minimal | {"decisions": [decided | {"topic": "x", "reason": " "}]}, "InvalidInput", None),
        (
            minimal | {"participantIds": [encode_id("Member", stranger.member_id)]},
            "NotFound",
            ["input", "participantIds", "0"],
        ),
    ):
        result = (await ask(admin, _CREATE, input=input_))["reviewCreate"]
        assert result["__typename"] == type_name, (input_, result)
        assert path is None or result["path"] in (path, path[1:]), (input_, result)
    viewer = await a_member(database, admin, role=Role.PLANNER)
    assert (await ask(viewer, _CREATE, input=minimal))["reviewCreate"]["__typename"] == "PermissionDenied"
    assert await written(database, admin) == before + 1  # the planner


async def test_a_repeat_decides_nothing_new_and_notes_can_be_changed(database: Database) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    cycle = await a_cycle(database, admin)
    command = ReviewCreate.parse(
        {
            "id": "00000000-0000-4000-8000-000000000001",
            "kind": "readiness",
            "cycleId": cycle.id,
            "heldOn": TODAY,
            "participantIds": [board.member_id],
            "decisions": [{"topic": "Scope", "decision": "Two objectives.", "reason": "KPIs are red."}],
        }
    )
    first = await create_review(database, board, command, today=TODAY)
    assert await create_review(database, board, command, today=TODAY) == first
    with pytest.raises(Conflict):
        await create_review(database, board, command.model_copy(update={"participant_ids": []}), today=TODAY)
    add = ReviewDecisionAdd(
        review_id=first.review.id, topic="Next", decision="In May.", reason="As always.", idempotency_key="k"
    )
    added = await add_review_decision(database, board, add)
    assert await add_review_decision(database, board, add) == added
    with pytest.raises(InvalidInput):
        await add_review_decision(
            database, board, ReviewDecisionAdd(**{**add.model_dump(), "idempotency_key": None, "topic": None})
        )
    changed = await update_review(
        database,
        board,
        ReviewUpdate.parse(
            {"id": first.review.id, "expectedVersion": 1, "notes": "Short.", "participantIds": []}
        ),
    )
    assert (changed.notes, changed.version) == ("Short.", 2)
    with pytest.raises(Conflict):
        await update_review(
            database, board, ReviewUpdate.parse({"id": first.review.id, "expectedVersion": 1})
        )
    with pytest.raises(NotFound):
        await update_review(database, admin, ReviewUpdate.parse({"id": cycle.id, "notes": ""}))


async def test_the_number_of_statements_does_not_grow_with_the_reviews(ask: Ask, database: Database) -> None:
    admin = await an_organisation(database)
    document = """{ reviewCalendar { nodes { schedule { owner { name } } } } reviews { nodes { participants { name }
        schedule { name } decisions { subject { id } } } } }"""
    await ask(admin, document)  # the directory is read once
    statements = []
    for number in range(2):
        for each in range(2):
            schedule = await _weekly(database, admin, name=f"R{number}{each}", owner_id=admin.member_id)
            await create_review(
                database,
                admin,
                ReviewCreate.parse(
                    {
                        "scheduleId": schedule.id,
                        "kind": "operations",
                        "participantIds": [admin.member_id],
                        "decisions": [{"topic": "x", "decision": "y", "reason": "z"}],
                    }
                ),
                today=TODAY,
            )
        with counted(database) as count:
            await ask(admin, document)
        statements.append(len(count))
    assert statements[0] == statements[1]
