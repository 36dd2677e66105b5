"""Computes each analysis of a portfolio once per version of the snapshot; long ones outside the event loop."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from domain.snapshot import PortfolioColumns

T = TypeVar("T")

_KEPT = 8
"""Analyses that one version of a portfolio keeps; the one used longest ago goes first."""

_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="analysis")
"""Their own, so that long analyses never keep the snapshot from being refreshed."""


async def once(columns: PortfolioColumns, key: Hashable, compute: Callable[[], T], *, long: bool) -> T:
    """The result of ``compute``, which depends on nothing but the columns' version and the key.

    Who asks while it runs waits for the same result. An error is raised to all who wait, and not kept.

    Parameters
    ----------
    columns
        The version that the result goes with.
    key
        Names the analysis with all its parameters.
    long
        Whether it takes more than some milliseconds: then it runs in a thread, two of them at a time.
    """
    kept: OrderedDict[Hashable, asyncio.Future[Any]] = columns.derived.setdefault("analyses", OrderedDict())
    running = kept.get(key)
    if running is None or (running.done() and (running.cancelled() or running.exception() is not None)):
        running = asyncio.get_running_loop().create_future()
        if long:
            running = asyncio.ensure_future(_in_thread(compute))
        else:
            running.set_result(compute())
        kept[key] = running
    kept.move_to_end(key)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
    result: T = await asyncio.shield(running)
    return result


async def _in_thread(compute: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, compute)
