"""A portfolio to map."""

import pytest

from domain.db import Database
from tests.boards import an_empty_board
from tests.plans import Plan


@pytest.fixture
async def plan(database: Database) -> Plan:
    """An empty portfolio."""
    board = await an_empty_board(database)
    return Plan(board.database, board.actor, board.portfolio_id)
