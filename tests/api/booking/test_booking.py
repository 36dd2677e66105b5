"""Bookings through the schema."""

from datetime import UTC, datetime, timedelta
from typing import Any

from api.ids import encode_id
from domain.db import Database
from domain.enums import Role
from tests.api.conftest import Ask
from tests.factories import a_category, a_member, a_team, an_initiative, an_organisation
from tests.statements import counted

BULK = """
mutation($input: BookingSetBulkInput!) { bookingSetBulk(input: $input) { __typename
  ... on BookingSetBulkSuccess { bookedCount items { booking { id personWeeks } errors { __typename path } } }
  ... on UserError { message path } } }
"""
SET = """
mutation($input: BookingSetInput!) { bookingSet(input: $input) { __typename
  ... on BookingSetSuccess { booking { week personWeeks note version } } ... on UserError { path } } }
"""
LIST = """
query($where: BookingWhere, $orderBy: [BookingOrder!]) { bookings(where: $where, orderBy: $orderBy) { totalCount
  nodes { id week personWeeks team { name } category { id } initiative { title } bookedBy { id } } } }
"""


async def test_contributors_book_and_correct_and_boards_see_what_was(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    actor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    team, category = await a_team(database, admin, name="Apps"), await a_category(database, admin)
    initiatives = [
        await an_initiative(database, admin, category_id=category.id, title=title) for title in "AB"
    ]
    today = datetime.now(UTC).date()
    monday = today - timedelta(today.weekday())
    place = {"teamId": encode_id("Team", team.id), "week": str(today)}
    items: list[dict[str, Any]] = [
        {**place, "categoryId": encode_id("AllocationCategory", category.id), "amount": 10, "unit": "DAYS"},
        *(
            {**place, "initiativeId": encode_id("Initiative", row.id), "amount": 20, "unit": "HOURS"}
            for row in initiatives
        ),
        {**place, "week": str(today + timedelta(7)), "amount": 1},
    ]
    refused = (await ask(actor, BULK, input={"items": items}))["bookingSetBulk"]
    assert refused["bookedCount"] == 0
    assert refused["items"][3]["errors"] == [
        {"__typename": "InvalidInput", "path": ["items", "3", "categoryId"]}
    ]
    many = (await ask(actor, BULK, input={"items": items[:1] * 5_001}))["bookingSetBulk"]
    assert many["message"] == "Give 1 to 5000 items a call, not 5001; split longer lists."
    done = (await ask(actor, BULK, input={"items": items[:3]}))["bookingSetBulk"]
    assert [item["booking"]["personWeeks"] for item in done["items"]] == [2.0, 0.5, 0.5]
    corrected = (await ask(actor, SET, input={**items[1], "amount": 40, "note": "Late entry"}))["bookingSet"]
    assert corrected["booking"] == {
        "week": str(monday),
        "personWeeks": 1.0,
        "note": "Late entry",
        "version": 2,
    }
    booking = done["items"][1]["booking"]["id"]
    trail = await ask(
        admin,
        "query($id: ID!) { node(id: $id) { ... on Booking { auditTrail { nodes { by { id } operation"
        " changes { field old new } } } } } }",
        id=booking,
    )
    latest, first = trail["node"]["auditTrail"]["nodes"]
    assert (latest["operation"], latest["by"]) == ("UPDATE", {"id": encode_id("Member", actor.member_id)})
    assert {"field": "personWeeks", "old": "0.5", "new": "1"} in latest["changes"]
    assert first["operation"] == "INSERT"
    by_size = [{"field": "PERSON_WEEKS", "direction": "DESC"}]
    with counted(database) as statements:
        listed = (await ask(actor, LIST, orderBy=by_size))["bookings"]
    assert len(statements) <= 12
    assert [(node["personWeeks"], node["initiative"]) for node in listed["nodes"]] == [
        (2.0, None),
        (1.0, {"title": "A"}),
        (0.5, {"title": "B"}),
    ]
    assert {node["bookedBy"]["id"] for node in listed["nodes"]} == {encode_id("Member", actor.member_id)}
    of_one = (await ask(actor, LIST, where={"initiativeId": {"isNull": True}}))["bookings"]
    assert (of_one["totalCount"], of_one["nodes"][0]["team"]) == (1, {"name": "Apps"})
    remove = "mutation($id: ID!) { bookingRemove(input: {id: $id}) { __typename } }"
    assert await ask(actor, remove, id=booking) == {"bookingRemove": {"__typename": "BookingRemoveSuccess"}}
    assert await ask(actor, remove, id=booking) == {"bookingRemove": {"__typename": "NotFound"}}
