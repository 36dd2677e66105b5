"""Who calls: from a bearer token to the member behind it."""

import asyncio
import time
from collections import OrderedDict
from datetime import UTC, datetime

from api import logs
from api.settings import is_loopback_address
from domain.actor import Actor
from domain.db import Database
from domain.token import SignIn, hash_secret, is_well_formed, sign_in

FRESH_SECONDS = 1.5
"""How long a look-up may be used again: what is revoked, archived or demoted, is so within this time."""

_MAX_ENTRIES = 10_000
_MAX_LOOK_UPS = 4


class Authenticator:
    """Recognises tokens; asks the database at most once in ``FRESH_SECONDS`` for each token in use.

    Parameters
    ----------
    database
        Where the tokens are.
    loopback
        Whether the server can be reached from this machine only: the local development token is accepted
        only then, and only from this machine.
    """

    def __init__(self, database: Database, *, loopback: bool) -> None:
        self._database = database
        self._loopback = loopback
        self._entries: OrderedDict[bytes, tuple[float, asyncio.Task[SignIn | None]]] = OrderedDict()
        # so that a flood of invented tokens can't take the connections that callers with a token need
        self._look_ups = asyncio.Semaphore(_MAX_LOOK_UPS)

    async def authenticate(self, token: str | None, peer: str | None) -> Actor | None:
        """The member that a token stands for, or None.

        Parameters
        ----------
        token
            What followed ``Bearer`` in the request.
        peer
            IP address of the caller.

        Raises
        ------
        DatabaseUnavailable
            When the database does not answer in time.
        """
        if token is None or not is_well_formed(token):
            return None
        found = await self._signed_in(token)
        if found is None or (found.expires_at is not None and found.expires_at <= datetime.now(UTC)):
            return None
        if found.local_development and not (self._loopback and is_loopback_address(peer)):
            return None
        logs.bind(tenant=str(found.actor.organisation_id))
        return found.actor

    async def _signed_in(self, token: str) -> SignIn | None:
        digest = hash_secret(token)
        started, task = self._entries.get(digest, (0.0, None))
        now = time.monotonic()
        if task is None or now - started > FRESH_SECONDS:
            task = asyncio.create_task(self._look_up(token))
            self._entries[digest] = (now, task)
            self._entries.move_to_end(digest)
            task.add_done_callback(lambda done: self._forget_unless_known(digest, done))
            while len(self._entries) > _MAX_ENTRIES:
                self._entries.popitem(last=False)
        return await asyncio.shield(task)

    async def _look_up(self, token: str) -> SignIn | None:
        async with self._look_ups:
            return await sign_in(self._database, token)

    def _forget_unless_known(self, digest: bytes, task: asyncio.Task[SignIn | None]) -> None:
        known = not task.cancelled() and task.exception() is None and task.result() is not None
        if not known and self._entries.get(digest, (0.0, None))[1] is task:
            del self._entries[digest]
