"""Keyset paging on PostgreSQL: the pages of any ordering add up to the table, in both directions."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.embedded import EmbeddedServer
from domain.queries.keyset import Cut, OrderTerm, Position, beyond, cut_to, found

ITEM = sa.Table(
    "item",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("weight", sa.Numeric(12, 2)),
    sa.Column("due", sa.DateTime(timezone=True)),
    prefixes=["TEMPORARY"],
)
ID = OrderTerm("id", ITEM.c.id, UUID)
Terms = tuple[OrderTerm, ...]


@pytest.fixture(scope="module")
def connection(server: EmbeddedServer) -> Iterator[sa.Connection]:
    engine = sa.create_engine(server.url("postgres"))
    with engine.connect() as connection:
        ITEM.create(connection)
        yield connection
    engine.dispose()


def page_through(connection: sa.Connection, terms: Terms, size: int, *, backward: bool) -> list[UUID]:
    seen: list[UUID] = []
    position: Position | None = None
    while True:
        cut = Cut(size, backward=True, before=position) if backward else Cut(size, after=position)
        rows = connection.execute(cut_to(sa.select(ITEM.c.id), terms=terms, cut=cut)).all()
        assert len(rows) <= size + 1
        slice_ = found(rows, terms=terms, cut=cut, make=lambda row: row[0])
        seen = [*slice_.rows, *seen] if backward else [*seen, *slice_.rows]
        if not (slice_.has_previous if backward else slice_.has_next):
            return seen
        position = slice_.positions[0] if backward else slice_.positions[-1]


orderings = st.builds(
    lambda wishes, last: (
        *(
            OrderTerm(name, ITEM.c[name], object, descending=down, nullable=bool(ITEM.c[name].nullable))
            for name, down in wishes
        ),
        OrderTerm("id", ITEM.c.id, UUID, descending=last),
    ),
    st.lists(
        st.tuples(st.sampled_from(["title", "weight", "due"]), st.booleans()),
        max_size=3,
        unique_by=lambda wish: wish[0],
    ),
    st.booleans(),
)
tables = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.uuids(),
            "title": st.sampled_from(["a", "B", "b", "Ä", "", "_x", "ж"]),
            "weight": st.none() | st.sampled_from([Decimal("-1.50"), Decimal("0.00"), Decimal("2.25")]),
            "due": st.none() | st.sampled_from([datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2)]),
        }
    ),
    max_size=25,
    unique_by=lambda row: row["id"],
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=tables, terms=orderings, size=st.integers(1, 7))
def test_the_pages_of_a_table_add_up_to_it_in_both_directions(
    connection: sa.Connection, rows: list[dict[str, Any]], terms: Terms, size: int
) -> None:
    connection.execute(ITEM.delete())
    if rows:
        connection.execute(ITEM.insert(), rows)
    order_by = [(term.column.desc() if term.descending else term.column.asc()).nulls_last() for term in terms]
    expected = list(connection.execute(sa.select(ITEM.c.id).order_by(*order_by)).scalars())
    assert page_through(connection, terms, size, backward=False) == expected
    assert page_through(connection, terms, size, backward=True) == expected


def test_what_has_no_value_comes_last_in_either_direction(connection: sa.Connection) -> None:
    connection.execute(ITEM.delete())
    weights = [None, Decimal(2), Decimal(1), None]
    connection.execute(
        ITEM.insert(),
        [{"id": UUID(int=i), "title": "", "weight": w, "due": None} for i, w in enumerate(weights)],
    )
    up = (OrderTerm("weight", ITEM.c.weight, Decimal, nullable=True), ID)
    down = (OrderTerm("weight", ITEM.c.weight, Decimal, descending=True, nullable=True), ID)
    assert [u.int for u in page_through(connection, up, 1, backward=False)] == [2, 1, 0, 3]
    assert [u.int for u in page_through(connection, down, 1, backward=False)] == [1, 2, 0, 3]


def test_a_cut_between_two_positions_stays_between_them(connection: sa.Connection) -> None:
    connection.execute(ITEM.delete())
    connection.execute(
        ITEM.insert(), [{"id": UUID(int=i), "title": "", "weight": None, "due": None} for i in range(6)]
    )

    def numbers(cut: Cut) -> tuple[list[int], bool, bool]:
        rows = connection.execute(cut_to(sa.select(ITEM.c.id), terms=(ID,), cut=cut)).all()
        slice_ = found(rows, terms=(ID,), cut=cut, make=lambda row: row[0].int)
        return list(slice_.rows), slice_.has_next, slice_.has_previous

    low, high = (UUID(int=0),), (UUID(int=5),)
    assert numbers(Cut(3, after=low, before=high)) == ([1, 2, 3], True, True)
    assert numbers(Cut(3, backward=True, after=low, before=high)) == ([2, 3, 4], True, True)
    assert numbers(Cut(4, after=low, before=high)) == ([1, 2, 3, 4], False, True)
    assert numbers(Cut(6)) == ([0, 1, 2, 3, 4, 5], False, False)
    assert numbers(Cut(3, after=high, before=low)) == ([], False, True)


def test_one_direction_without_nulls_is_one_row_comparison() -> None:
    terms = (OrderTerm("title", ITEM.c.title, str), ID)
    where = str(beyond(terms, ("b", UUID(int=1)), forward=True)).replace("\n", "")
    assert where == "(item.title, item.id) > (:param_1, :param_2)"
