"""Counting SQL statements, to show that a read takes as many for many rows as for few."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from domain.db import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements of a block, without those that set the tenant."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "set_config" not in statement:
            statements.append(statement)

    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(database.engine.sync_engine, "before_cursor_execute", note)
