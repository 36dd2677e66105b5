"""Idempotency keys: claimed once, by whoever commits first."""

import asyncio
from uuid import UUID, uuid4

import pytest

from domain.actor import Actor
from domain.commands.initiative import InitiativeTransition
from domain.db import Database, transaction
from domain.enums import InitiativeState
from domain.errors import Conflict
from domain.idempotency import Claim, claim
from tests.factories import an_organisation
from tests.trail import written

_INITIATIVE = uuid4()


def _command(reason: str = "Because") -> InitiativeTransition:
    return InitiativeTransition(
        id=_INITIATIVE, to_state=InitiativeState.STOPPED, reason=reason, idempotency_key="k"
    )


async def _claim(
    database: Database,
    actor: Actor,
    *,
    operation: str = "stop",
    key: str | None = "k",
    command: InitiativeTransition | None = None,
) -> Claim:
    async with transaction(database, actor) as session:
        return await claim(session, actor, operation=operation, key=key, command=command or _command())


async def test_a_key_leads_back_to_the_first_id(database: Database) -> None:
    actor = await an_organisation(database)
    first, second = await _claim(database, actor), await _claim(database, actor)
    assert (first.repeated, second) == (False, Claim(first.entity_id, repeated=True))


async def test_a_key_is_of_one_operation_of_one_organisation(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    claims = [
        await _claim(database, ours),
        await _claim(database, ours, operation="publish"),
        await _claim(database, theirs),
    ]
    assert [claimed.repeated for claimed in claims] == [False] * 3
    assert len({claimed.entity_id for claimed in claims}) == 3


async def test_without_a_key_every_command_is_new_and_nothing_is_kept(database: Database) -> None:
    actor = await an_organisation(database)
    before = await written(database, actor)
    ids: set[UUID] = {(await _claim(database, actor, key=None)).entity_id for _ in range(3)}
    assert len(ids) == 3
    assert await written(database, actor) == before


async def test_a_key_does_not_fit_another_command(database: Database) -> None:
    actor = await an_organisation(database)
    await _claim(database, actor)
    with pytest.raises(Conflict, match="take a new key for a new request") as raised:
        await _claim(database, actor, command=_command("Another reason"))
    assert raised.value.path == ("idempotencyKey",)


async def test_a_repeat_waits_for_the_first_and_takes_over_when_that_fails(database: Database) -> None:
    actor = await an_organisation(database)
    claimed, fail = asyncio.Event(), asyncio.Event()

    async def failing() -> None:
        async with transaction(database, actor) as session:
            await claim(session, actor, operation="stop", key="k", command=_command())
            claimed.set()
            await fail.wait()
            raise RuntimeError("the first one breaks down")

    first = asyncio.create_task(failing())
    await claimed.wait()
    second = asyncio.create_task(_claim(database, actor))
    _, pending = await asyncio.wait([second], timeout=0.2)
    assert pending == {second}
    fail.set()
    with pytest.raises(RuntimeError):
        await first
    assert (await second).repeated is False
