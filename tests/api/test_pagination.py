import base64
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
import pytest
import sqlalchemy as sa
import strawberry
from hypothesis import given
from hypothesis import strategies as st

from api.cursors import decode_cursor, encode_cursor, fingerprint
from api.errors import BadUserInput
from api.pagination import (
    After,
    Before,
    Connection,
    First,
    Last,
    Ordering,
    Page,
    cut_of,
    page_of,
    slice_of,
    window_of,
)
from domain.queries.keyset import Cut, OrderTerm, Slice


class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"


def test_the_default_page_is_the_first_fifty() -> None:
    assert page_of() == Page(size=50, backward=False, after=None, before=None)
    assert page_of(first=None, last=None, after=None, before=None) == page_of()
    assert page_of(after="c") == Page(size=50, backward=False, after="c", before=None)


def test_before_alone_does_not_lift_the_limit() -> None:
    assert page_of(before="c") == Page(size=50, backward=True, after=None, before="c")
    assert page_of(first=3, before="c") == Page(size=3, backward=False, after=None, before="c")
    assert page_of(last=3, after="c") == Page(size=3, backward=True, after="c", before=None)


@pytest.mark.parametrize("size", [0, -1, 101, 2**31 - 1])
@pytest.mark.parametrize("argument", ["first", "last"])
def test_a_page_has_one_to_a_hundred_items(argument: str, size: int) -> None:
    with pytest.raises(BadUserInput, match=f"`{argument}` must be from 1 to 100") as caught:
        page_of(**{argument: size})  # type: ignore[arg-type]
    assert caught.value.extensions == {"code": "BAD_USER_INPUT", "argument": argument}


def test_first_and_last_together_are_refused() -> None:
    with pytest.raises(BadUserInput, match="either `first` or `last`"):
        page_of(first=10, last=10)


VALUES: list[tuple[type, Any]] = [
    (bool, True),
    (int, -(2**63)),
    (float, 0.1),
    (str, "Ж "),
    (Decimal, Decimal("1.50")),
    (datetime, datetime(2026, 1, 31, 9, 30, 0, 1, tzinfo=UTC)),
    (date, date(2026, 1, 31)),
    (UUID, UUID(int=7)),
    (Mood, Mood.BAD),
]


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_cursor_gives_back_the_value_in_its_type(kind: type, value: object) -> None:
    order = fingerprint("t")
    cursor = encode_cursor(ordering=order, kinds=(kind, int), values=(value, 1))
    (back, one) = decode_cursor(
        cursor, argument="after", ordering=order, kinds=(kind, int), nullable=(False, False)
    )
    assert (type(back), back, one) == (type(value), value, 1)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(float, float("nan")), (float, float("inf")), (int, 2**63), (int, True), (str, "a\x00"), (str, 1)],
)
def test_what_a_cursor_cannot_hold_is_a_programming_error(kind: type, value: object) -> None:
    with pytest.raises(ValueError, match=r"not|is not"):
        encode_cursor(ordering=fingerprint("t"), kinds=(kind,), values=(value,))


def test_a_cursor_is_not_longer_than_its_limit() -> None:
    with pytest.raises(ValueError, match="too long"):
        encode_cursor(ordering=fingerprint("t"), kinds=(str,), values=("x" * 4096,))


def raw_cursor(content: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()


ORDER = fingerprint("t")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "Ж",
        "a" * 5000,
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        raw_cursor(None),
        raw_cursor({}),
        raw_cursor([]),
        raw_cursor([1]),
        raw_cursor([ORDER]),
        raw_cursor([ORDER, 1, 2]),
        raw_cursor([ORDER, None]),
        raw_cursor([ORDER, "1"]),
        raw_cursor([ORDER, True]),
        raw_cursor([ORDER, 1.0]),
        raw_cursor([ORDER, 2**63]),
        raw_cursor([ORDER, [1]]),
        "[" * 3000,
    ],
)
def test_a_broken_cursor_is_an_error_that_says_what_to_do(cursor: str) -> None:
    with pytest.raises(
        BadUserInput, match=r"`after` is not a cursor of this list.*leave `after` out"
    ) as caught:
        decode_cursor(cursor, argument="after", ordering=ORDER, kinds=(int,), nullable=(False,))
    assert caught.value.extensions == {"code": "BAD_USER_INPUT", "argument": "after"}


@pytest.mark.parametrize("kind", [kind for kind, _ in VALUES])
@pytest.mark.parametrize("value", ["\x00", "NaN", "", [], {}, 1e308, "9999-12-31T23:59:59-12:00"])
def test_a_forged_value_of_the_wrong_kind_is_refused(kind: type, value: object) -> None:
    if (kind is float and isinstance(value, float)) or (
        kind is str and isinstance(value, str) and value != "\x00"
    ):
        return
    with pytest.raises(BadUserInput):
        decode_cursor(
            raw_cursor([ORDER, value]), argument="after", ordering=ORDER, kinds=(kind,), nullable=(True,)
        )


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: base64.urlsafe_b64encode(b).decode()))
def test_no_text_makes_decoding_fail_otherwise(cursor: str) -> None:
    with pytest.raises(BadUserInput):
        decode_cursor(cursor, argument="after", ordering=ORDER, kinds=(int,), nullable=(False,))


def walk(length: int, size: int, *, backward: bool) -> list[int]:
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = page_of(last=size, before=cursor) if backward else page_of(first=size, after=cursor)
        indices, cut = slice_of(length=length, page=page, scope="v1")
        seen = [*indices, *seen] if backward else [*seen, *indices]
        if not (cut.has_previous if backward else cut.has_next):
            return seen
        assert len(indices) == size
        cursor = cut.cursors[0] if backward else cut.cursors[-1]


@given(length=st.integers(0, 250), size=st.integers(1, 100), backward=st.booleans())
def test_the_slices_of_an_array_add_up_to_it(length: int, size: int, backward: bool) -> None:
    assert walk(length, size, backward=backward) == list(range(length))


@given(
    length=st.integers(1, 30),
    data=st.data(),
    size=st.integers(1, 40),
    backward=st.booleans(),
)
def test_a_slice_between_two_cursors_stays_between_them(
    length: int, data: st.DataObject, size: int, backward: bool
) -> None:
    _, whole = slice_of(length=length, page=page_of(first=100), scope="v1")
    after, before = data.draw(st.integers(0, length - 1)), data.draw(st.integers(0, length - 1))
    size_argument = {"last": size} if backward else {"first": size}
    page = page_of(after=whole.cursors[after], before=whole.cursors[before], **size_argument)
    indices, cut = slice_of(length=length, page=page, scope="v1")
    between = list(range(after + 1, before))
    assert list(indices) == (between[-size:] if backward else between[:size])
    assert len(cut.cursors) == len(indices)


def test_a_cursor_of_another_version_of_the_array_is_refused() -> None:
    _, cut = slice_of(length=3, page=page_of(), scope="ranking 7")
    with pytest.raises(BadUserInput, match="another ordering of this list, or to an older version"):
        slice_of(length=3, page=page_of(after=cut.cursors[0]), scope="ranking 8")


def test_a_forged_position_outside_the_array_is_refused() -> None:
    _, cut = slice_of(length=3, page=page_of(), scope="v1")
    with pytest.raises(BadUserInput, match="outside this list"):
        slice_of(length=2, page=page_of(before=cut.cursors[2]), scope="v1")


ITEM = sa.Table("item", sa.MetaData(), sa.Column("id", sa.Uuid), sa.Column("title", sa.Text))
ID = OrderTerm("id", ITEM.c.id, UUID)
TITLE = OrderTerm("title", ITEM.c.title, str, nullable=True)
BY_ID = Ordering((ID,))
BY_TITLE = Ordering((TITLE, ID))
BACK_BY_TITLE = Ordering((OrderTerm("title", ITEM.c.title, str, descending=True, nullable=True), ID))


def test_a_window_has_cursors_that_cut_the_list_at_its_rows() -> None:
    positions = [("a", UUID(int=1)), (None, UUID(int=2))]
    found = Slice(rows=["first", "second"], positions=positions, has_next=True, has_previous=False)
    cut = window_of(found, ordering=BY_TITLE)
    assert (cut.items, cut.has_next, cut.has_previous) == (["first", "second"], True, False)
    page = page_of(last=7, after=cut.cursors[0], before=cut.cursors[1])
    assert cut_of(page, ordering=BY_TITLE) == Cut(
        size=7, backward=True, after=positions[0], before=positions[1]
    )
    assert cut_of(page_of(first=3), ordering=BY_TITLE) == Cut(size=3)


def test_a_cursor_of_another_ordering_is_refused() -> None:
    found = Slice(rows=[1], positions=[("a", UUID(int=1))], has_next=False, has_previous=False)
    (cursor,) = window_of(found, ordering=BY_TITLE).cursors
    with pytest.raises(BadUserInput, match="`after` belongs to another ordering"):
        cut_of(page_of(after=cursor), ordering=BACK_BY_TITLE)
    with pytest.raises(BadUserInput, match="`before` belongs to another ordering"):
        cut_of(page_of(before=cursor), ordering=BACK_BY_TITLE)


def test_orderings_differ_by_column_direction_and_scope() -> None:
    orderings = [BY_ID, BY_TITLE, BACK_BY_TITLE, Ordering(BY_ID.terms, scope="v2")]
    assert len({ordering.fingerprint for ordering in orderings}) == 4


def test_an_ordering_needs_a_tie_breaker_without_nulls() -> None:
    with pytest.raises(ValueError, match="ends with a unique column"):
        Ordering((TITLE,))
    with pytest.raises(ValueError, match="ends with a unique column"):
        Ordering(())


@strawberry.type
class Team:
    name: str


@strawberry.type
class RankedTeamConnection(Connection[Team]):
    version: int


@strawberry.type
class Query:
    @strawberry.field
    def teams(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[Team]:
        page = page_of(first=first, after=after, last=last, before=before)
        indices, cut = slice_of(length=3, page=page, scope="teams")
        return Connection[Team].of(cut, nodes=[Team(name="abc"[i]) for i in indices], total=3)

    @strawberry.field
    def versioned(self, first: First = strawberry.UNSET) -> RankedTeamConnection:
        async def count() -> int:
            return 3

        indices, cut = slice_of(length=3, page=page_of(first=first), scope="teams")
        return RankedTeamConnection.of(
            cut, nodes=[Team(name="abc"[i]) for i in indices], total=count, version=9
        )


schema = strawberry.Schema(query=Query)


async def test_a_connection_answers_edges_nodes_page_info_and_total() -> None:
    result = await schema.execute(
        "{ teams(first: 2) { totalCount nodes { name } edges { cursor node { name } } "
        "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } "
        "versioned(first: 1) { version totalCount edges { node { name } } } }"
    )
    assert result.errors is None
    assert result.data is not None
    edges = result.data["teams"].pop("edges")
    assert [edge["node"] for edge in edges] == [{"name": "a"}, {"name": "b"}]
    assert result.data == {
        "teams": {
            "totalCount": 3,
            "nodes": [{"name": "a"}, {"name": "b"}],
            "pageInfo": {
                "hasNextPage": True,
                "hasPreviousPage": False,
                "startCursor": edges[0]["cursor"],
                "endCursor": edges[1]["cursor"],
            },
        },
        "versioned": {"version": 9, "totalCount": 3, "edges": [{"node": {"name": "a"}}]},
    }


async def test_an_empty_page_has_no_cursors() -> None:
    _, cut = slice_of(length=1, page=page_of(), scope="teams")
    (cursor,) = cut.cursors
    indices, empty = slice_of(length=1, page=page_of(after=cursor), scope="teams")
    connection = Connection[Team].of(empty, nodes=[], total=1)
    assert (list(indices), connection.page_info.start_cursor, connection.page_info.end_cursor) == (
        [],
        None,
        None,
    )


def test_a_connection_needs_one_node_for_each_item() -> None:
    _, cut = slice_of(length=2, page=page_of(), scope="teams")
    with pytest.raises(ValueError, match="1 nodes for 2 items"):
        Connection[Team].of(cut, nodes=[Team(name="a")], total=2)


def test_the_schema_has_relay_names() -> None:
    printed = schema.as_str()
    for line in ("type TeamConnection {", "type TeamEdge {", "type PageInfo {", "first: Int"):
        assert line in printed
