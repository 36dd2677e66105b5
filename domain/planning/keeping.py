"""Keeps solved plans for those who ask again: each is solved once, and shared by all who wait for it."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

MOST_BYTES = 64 * 1024**2

SECONDS = 9.0
"""A little less than a request may take."""


@dataclass(slots=True)
class _Entry:
    running: "asyncio.Future[Any]"
    size: int = 0


class PlanStore:
    """Results by what they were computed from, bounded in bytes; the one used longest ago goes first.

    ``seconds`` is how long a plan that a request waits for may take; what takes longer is for a scenario.
    """

    def __init__(self, *, max_bytes: int = MOST_BYTES, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()

    @property
    def size_bytes(self) -> int:
        """Memory that the results take, estimated."""
        return sum(entry.size for entry in self._entries.values())

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]], *, size: Callable[[T], int]) -> T:
        """The result under a key; ``make`` computes it unless somebody has, or does so at the moment.

        An error goes to all who wait, and is not kept. Who stops waiting does not end the work.
        """
        entry = self._entries.get(key)
        if entry is None or (entry.running.done() and _failed(entry.running)):
            entry = _Entry(asyncio.ensure_future(make()))
            # should nobody wait for it any more, its error is nobody's
            entry.running.add_done_callback(_failed)
            self._entries[key] = entry
        self._entries.move_to_end(key)
        result: T = await asyncio.shield(entry.running)
        if not entry.size:
            entry.size = max(1, size(result))
            self._shrink()
        return result

    def _shrink(self) -> None:
        total = self.size_bytes
        for key in list(self._entries):
            if total <= self._max_bytes:
                return
            if self._entries[key].running.done():
                total -= self._entries.pop(key).size


def _failed(running: "asyncio.Future[Any]") -> bool:
    return running.cancelled() or running.exception() is not None
