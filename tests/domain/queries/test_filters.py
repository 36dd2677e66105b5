"""Filters on PostgreSQL: each finds exactly what it says, and senseless ones are refused."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.actor import Actor
from domain.db import Database, reading
from domain.enums import KeyResultDirection, KeyResultKind, Role
from domain.errors import InvalidInput
from domain.queries import listing
from domain.queries.filters import AllOf, AnyOf, Comparison, Filter, Not, Operator
from domain.queries.keyset import Cut
from domain.queries.listing import OrderBy
from domain.queries.sources import KEY_RESULTS
from domain.rows import KeyResultRow
from tests.factories import a_key_result, a_member, an_objective, an_organisation


async def _titles(database: Database, actor: Actor, where: Filter) -> list[str]:
    """Titles of the key results that a filter finds, and the check that the count agrees."""
    terms = KEY_RESULTS.ordering((OrderBy("title"),))
    async with reading(database, actor.organisation_id) as connection:
        found = await listing.page(
            connection, actor.organisation_id, KEY_RESULTS, terms=terms, cut=Cut(100), where=where
        )
        number = await listing.count(connection, actor.organisation_id, KEY_RESULTS, where=where)
    assert number == len(found.rows)
    return [row.title for row in found.rows]


async def _four_key_results(database: Database, actor: Actor) -> list[KeyResultRow]:
    objective = await an_objective(database, actor)
    owner = await a_member(database, actor, role=Role.CONTRIBUTOR)
    values: list[dict[str, Any]] = [
        {"title": "Alpha 100%", "target_value": 10, "owner_id": owner.member_id},
        {"title": "beta_1", "target_value": 20, "stretch_value": 30, "kind": KeyResultKind.ACTIVITY},
        {"title": "Gamma 1000", "target_value": 20, "due_on": date(2026, 6, 30)},
        {"title": "Ärger", "target_value": -5, "direction": KeyResultDirection.DECREASE},
    ]
    return [await a_key_result(database, actor, objective_id=objective.id, **value) for value in values]


def _nested(depth: int) -> Filter:
    where: Filter = AllOf(())
    for _ in range(depth):
        where = Not(where)
    return where


EQ, NE, IN, GTE, LTE, GT, LT = (
    Operator.EQ,
    Operator.NE,
    Operator.IN,
    Operator.GTE,
    Operator.LTE,
    Operator.GT,
    Operator.LT,
)
A, B, C, D = "Alpha 100%", "beta_1", "Gamma 1000", "Ärger"


CASES: list[tuple[Filter, list[str]]] = [
    (Comparison("title", EQ, "beta_1"), [B]),
    (Comparison("title", EQ, "BETA_1"), []),
    (Comparison("title", NE, "beta_1"), [A, C, D]),
    (Comparison("title", IN, ["beta_1", "Ärger", "none"]), [B, D]),
    (Comparison("title", IN, []), []),
    (Comparison("title", Operator.CONTAINS, "AMMA"), [C]),
    (Comparison("title", Operator.CONTAINS, "100%"), [A]),
    (Comparison("title", Operator.CONTAINS, "a_1"), [B]),
    (Comparison("title", Operator.CONTAINS, "/"), []),
    (Comparison("title", Operator.CONTAINS, "\\"), []),
    (Comparison("title", Operator.CONTAINS, ""), [A, B, C, D]),
    (Comparison("title", Operator.STARTS_WITH, "ä"), [D]),
    (Comparison("title", Operator.STARTS_WITH, "lpha"), []),
    (Comparison("target_value", GTE, 20), [B, C]),
    (Comparison("target_value", GT, 10.0), [B, C]),
    (Comparison("target_value", LTE, 10), [A, D]),
    (Comparison("target_value", LT, 10), [D]),
    (Comparison("target_value", IN, [10, -5.0]), [A, D]),
    (Comparison("due_on", LT, date(2026, 12, 31)), [C]),
    (Comparison("kind", EQ, KeyResultKind.ACTIVITY), [B]),
    (Comparison("direction", IN, [KeyResultDirection.DECREASE, KeyResultDirection.MILESTONE]), [D]),
    (Comparison("stretch_value", Operator.IS_NULL, True), [A, C, D]),
    (Comparison("owner_id", Operator.IS_NULL, False), [A]),
    (Comparison("title", Operator.IS_NULL, False), [A, B, C, D]),
    (Comparison("title", Operator.IS_NULL, True), []),
    (Comparison("owner_id", EQ, UUID(int=1)), []),
    (Comparison("owner_id", NE, UUID(int=1)), [A, B, C, D]),
    (Comparison("stretch_value", NE, 30), [A, C, D]),
    (Not(Comparison("stretch_value", GT, 40)), [A, B, C, D]),
    (Not(Not(Comparison("stretch_value", LT, 40))), [B]),
    (AllOf((Comparison("target_value", EQ, 20), Comparison("kind", EQ, KeyResultKind.OUTCOME))), [C]),
    (AnyOf((Comparison("title", EQ, A), Comparison("stretch_value", EQ, 30))), [A, B]),
    (Not(AnyOf((Comparison("title", EQ, A), Comparison("stretch_value", EQ, 30)))), [C, D]),
    (AllOf(()), [A, B, C, D]),
    (AnyOf(()), []),
    (_nested(8), [A, B, C, D]),
    (_nested(9), []),
]


async def test_filters_find_exactly_what_they_say(database: Database) -> None:
    actor = await an_organisation(database)
    await _four_key_results(database, actor)
    assert [(where, await _titles(database, actor, where)) for where, _ in CASES] == CASES


@pytest.mark.parametrize(
    ("where", "message", "path"),
    [
        (Comparison("colour", EQ, "red"), "There is no field colour", ("colour",)),
        (Comparison("organisation_id", EQ, UUID(int=1)), "There is no field organisation_id", None),
        (Comparison("title", GT, "a"), "title can't be compared by gt", ("title",)),
        (Comparison("due_on", Operator.CONTAINS, "2"), "due_on can't be compared by contains", ("due_on",)),
        (Comparison("owner_id", Operator.IS_NULL, 1), "is_null takes true or false", ("owner_id",)),
        (Comparison("title", EQ, None), "title takes text", ("title",)),
        (Comparison("title", EQ, "a\x00"), "title takes text without NUL", ("title",)),
        (Comparison("title", EQ, "\ud800"), "title takes text", ("title",)),
        (Comparison("title", IN, "ab"), "in takes a list of at most 1000 values", ("title",)),
        (Comparison("title", IN, ["a"] * 1001), "in takes a list of at most 1000 values", ("title",)),
        (Comparison("title", IN, ["a", None]), "title takes text", ("title",)),
        (Comparison("version", EQ, True), "version takes a whole number", ("version",)),
        (Comparison("version", EQ, 2**31), "version takes a whole number within its range", ("version",)),
        (Comparison("due_on", EQ, "2026-01-01"), "due_on takes a date", ("due_on",)),
        (Comparison("kind", EQ, "outcome"), "kind takes KeyResultKind", ("kind",)),
        (AllOf((Comparison("version", EQ, 1),) * 101), "at most 100 comparisons", ()),
        (_nested(10), "at most 10 levels", ()),
    ],
)
def test_senseless_filters_are_refused(where: Filter, message: str, path: tuple[str, ...] | None) -> None:
    with pytest.raises(InvalidInput, match=message) as raised:
        KEY_RESULTS.select(uuid4(), where=where)
    assert path is None or raised.value.path == path
