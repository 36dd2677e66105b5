"""Tokens over time: fresh enough, and the local development token for this machine only."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from api.authentication import FRESH_SECONDS, Authenticator
from domain.actor import Actor
from domain.commands.token import TokenCreate, TokenRevoke
from domain.db import Database, connect
from domain.errors import DatabaseUnavailable
from domain.token import create_local_development_token, create_token, new_secret, revoke_token
from tests.factories import an_organisation


@pytest.fixture
async def counted(database: Database) -> AsyncIterator[list[str]]:
    """The statements that the database is asked."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(database.engine.sync_engine, "before_cursor_execute", note)


def _look_ups(statements: list[str]) -> int:
    return sum("token_hash = " in statement for statement in statements)


async def test_many_requests_share_one_look_up(database: Database, counted: list[str]) -> None:
    actor = await an_organisation(database)
    _, secret = await create_token(database, actor, TokenCreate(name="Client"))
    counted.clear()
    authenticator = Authenticator(database, loopback=True)
    found = await asyncio.gather(*(authenticator.authenticate(secret, "192.0.2.1") for _ in range(100)))
    assert _look_ups(counted) == 1
    assert len(set(found)) == 1
    assert isinstance(found[0], Actor)
    assert found[0].member_id == actor.member_id


async def test_revocation_takes_effect_within_the_promised_time(database: Database) -> None:
    actor = await an_organisation(database)
    row, secret = await create_token(database, actor, TokenCreate(name="Client"))
    authenticator = Authenticator(database, loopback=True)
    assert await authenticator.authenticate(secret, None) is not None
    await revoke_token(database, actor, TokenRevoke(id=row.id))
    revoked = time.monotonic()
    while await authenticator.authenticate(secret, None) is not None:
        await asyncio.sleep(0.05)
        assert time.monotonic() - revoked < 5
    assert time.monotonic() - revoked < FRESH_SECONDS + 1


async def test_what_is_unknown_is_looked_up_each_time_and_what_is_no_token_never(
    database: Database, counted: list[str]
) -> None:
    authenticator = Authenticator(database, loopback=True)
    secret = new_secret()
    counted.clear()
    assert await authenticator.authenticate(secret, None) is None
    assert await authenticator.authenticate(secret, None) is None
    assert _look_ups(counted) == 2
    for text in (None, "", "Bearer", secret + "x", "sc_" + "é" * 43):
        assert await authenticator.authenticate(text, None) is None
    assert _look_ups(counted) == 2


@pytest.mark.parametrize(
    ("loopback", "peer", "accepted"),
    [
        (True, "127.0.0.1", True),
        (True, "::1", True),
        (True, "203.0.113.9", False),
        (True, None, False),
        (False, "127.0.0.1", False),
    ],
)
async def test_the_local_development_token_works_on_this_machine_only(
    database: Database, loopback: bool, peer: str | None, accepted: bool
) -> None:
    secret = new_secret()
    await create_local_development_token(database, await an_organisation(database), secret=secret)
    authenticator = Authenticator(database, loopback=loopback)
    assert (await authenticator.authenticate(secret, peer) is not None) is accepted


async def test_a_failed_look_up_is_not_kept() -> None:
    database = connect("postgresql+psycopg://nobody@127.0.0.1:1/nothing", pool_size=1)
    authenticator = Authenticator(database, loopback=True)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            await authenticator.authenticate(new_secret(), None)
    assert not authenticator._entries
    await database.close()
