"""What all bulk writes share: one outcome per item, in the order of the input; and rows as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
import sqlalchemy as sa

from domain.enums import ErrorPolicy
from domain.errors import DomainError

Row_co = TypeVar("Row_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[Row_co]):
    """What became of one item: the stored row, or None when it was not written, and what is wrong with it.

    A row with errors was written without its faulty parts. Neither row nor errors: the item is good, and was
    held back because of others.
    """

    row: Row_co | None
    errors: tuple[DomainError, ...] = ()


def held_back(policy: ErrorPolicy, faults: Sequence[Sequence[DomainError]]) -> bool:
    """Whether the faults of some items keep all others from being written."""
    return policy is ErrorPolicy.REJECT_ALL and any(faults)


def rows_as_table(table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> sa.TableValuedAlias:
    """Rows, with the same columns of ``table`` each, to select from.

    They travel as one array per column: however many they are, it is one statement of the same text.
    """
    types = {name: table.c[name].type for name in rows[0]}
    arrays = (sa.literal([row[name] for row in rows], sa.ARRAY(type_)) for name, type_ in types.items())
    names = (sa.column(name, type_) for name, type_ in types.items())
    return sa.func.unnest(*arrays).table_valued(*names).render_derived()


def rows_as_document(table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> sa.Subquery:
    """Rows, with the same columns of ``table`` each, to select from; also where columns are arrays.

    They travel as one JSON document, because arrays of arrays can't be unnested to arrays.
    """
    populated = sa.text(
        f"SELECT * FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"  # noqa: S608 - a table of ours
    )
    types = {name: table.c[name].type for name in rows[0]}
    document = populated.bindparams(rows=orjson.dumps(list(rows)).decode())
    return document.columns(**types).subquery("given")
