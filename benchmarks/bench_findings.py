"""All health findings of an organisation of 2,000 objectives, 8,000 key results and 3,000 KPIs, 1,000,000 values."""

import asyncio
import logging
import time
from collections.abc import Iterator
from functools import partial
from statistics import median
from uuid import UUID

import structlog

from benchmarks.governed import Governed, governed, governed_server
from benchmarks.harness import Measurement
from domain.actor import Actor
from domain.wording import assess_wording

DOCUMENT = """query($first: Int!) { findings(first: $first) { totalCount counts { code severity count }
  nodes { key code severity title explanation whatToDo subject { id } team { name } cycle { name } } } }"""
_REPEATS = 5


def benchmarks() -> Iterator[Measurement]:
    """Seconds of a request for the first page, with and without titles read before; its statements."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with governed_server() as (url, actor, key_results):
        yield from asyncio.run(_measure(url, actor, key_results))


async def _measure(url: str, actor: Actor, key_results: tuple[UUID, ...]) -> list[Measurement]:
    async with governed(url, actor, key_results) as organisation:
        return await _measured(organisation)


async def _measured(organisation: Governed) -> list[Measurement]:
    page = partial(organisation.post, DOCUMENT, first=50)
    answer = await page()
    seconds: dict[str, list[float]] = {"cold": [], "warm": []}
    cpu: dict[str, list[float]] = {"cold": [], "warm": []}
    for _ in range(_REPEATS):
        for name in ("cold", "warm"):
            if name == "cold":
                assess_wording.cache_clear()
            start, busy = time.perf_counter(), time.process_time()
            await page()
            seconds[name].append(time.perf_counter() - start)
            cpu[name].append(time.process_time() - busy)
    few, many = [
        await organisation.statements(partial(organisation.post, DOCUMENT, first=first))
        for first in (10, 100)
    ]
    found = answer["findings"]
    codes = {each["code"] for each in found["counts"]}
    note = f"{found['totalCount']} findings of {len(codes)} codes; {median(cpu['cold']):.2f} s of CPU"
    return [
        Measurement(
            "findings of the whole organisation, no title read before",
            median(seconds["cold"]),
            "s",
            2.0,
            "lower",
            note,
        ),
        Measurement(
            "findings of the whole organisation, titles read before",
            median(seconds["warm"]),
            "s",
            2.0,
            "lower",
            f"{median(cpu['warm']):.2f} s of CPU",
        ),
        Measurement("SQL statements of findings", many, "statements", 20, "lower"),
        Measurement("SQL statements of findings: 100 shown less 10", many - few, "statements", 0, "lower"),
    ]
