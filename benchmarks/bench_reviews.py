"""The pages of reviews of 2,000 objectives, 8,000 key results, 3,000 KPIs with 1,000,000 values, 1,000 initiatives."""

import asyncio
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

import structlog

from benchmarks.governed import INITIATIVES, Governed, governed, governed_server
from benchmarks.harness import Measurement
from domain.actor import Actor
from domain.check_in import create_check_in
from domain.commands.check_in import CheckInCreate

OPERATIONS = """query($first: Int!, $on: Date) { operationsReview(on: $on) { at statusCounts { status count }
  kpis(first: $first) { totalCount nodes { status trend breach { id openedAt }
    kpi { id name process unit lastValue lastMeasuredAt targetLow redLow cadence team { name } } } }
  driftAlerts { id } } }"""
CHANGE = """query($first: Int!, $on: Date) { changeReview(on: $on) { at statusCounts { status count }
  objectives(first: $first) { totalCount nodes { title progress expected confidence status
    objective { id team { name } cycle { name } }
    keyResults { title unit currentValue targetValue confidence status progress { clamped } } } }
  portfolios { name
    ranking(first: 10, by: {method: CD3}, order: SCORE) { nodes { rank score initiative { title } } }
    stopCandidates(first: 10, by: {method: CD3}) { nodes { reasons initiative { title } } } } } }"""
_REPEATS = 21


def benchmarks() -> Iterator[Measurement]:
    """Milliseconds of a page as answered over HTTP, right after a check-in, of a past day; statements."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with governed_server() as (url, actor, key_results):
        yield from asyncio.run(_measure(url, actor, key_results))


async def _measure(url: str, actor: Actor, key_results: tuple[UUID, ...]) -> list[Measurement]:
    async with governed(url, actor, key_results) as organisation:
        return [
            *await _of(organisation, "operations", OPERATIONS),
            *await _of(organisation, "change", CHANGE),
        ]


async def _of(organisation: Governed, name: str, document: str) -> list[Measurement]:
    page = partial(organisation.post, document, first=50)
    answer = await page()
    (review,) = answer.values()
    shown = review.get("kpis") or review["objectives"]
    cpu = time.process_time()
    warm = [await _milliseconds(page) for _ in range(_REPEATS)]
    cpu = 1000 * (time.process_time() - cpu) / _REPEATS
    after = []
    for number in range(7):
        command = CheckInCreate(key_result_id=organisation.key_result_ids[number], value=50, confidence=5)
        await create_check_in(organisation.database, organisation.actor, command, now=datetime.now(UTC))
        after.append(await _milliseconds(page))
    yesterday = str((datetime.now(UTC) - timedelta(days=1)).date())
    past = [
        await _milliseconds(partial(organisation.post, document, first=50, on=yesterday)) for _ in range(5)
    ]
    few, many = [
        await organisation.statements(partial(organisation.post, document, first=first))
        for first in (10, 100)
    ]
    note = (
        f"50 of {shown['totalCount']}; worst {max(warm):.0f} ms; {cpu:.0f} ms of CPU, the client's included"
    )
    return [
        Measurement(f"page of the {name} review", median(warm), "ms", 50, "lower", note),
        Measurement(
            f"page of the {name} review right after a check-in",
            median(after),
            "ms",
            200,
            "lower",
            f"a change review ranks {INITIATIVES} initiatives anew",
        ),
        Measurement(f"page of the {name} review of a past day", median(past), "ms", 500, "lower"),
        Measurement(
            f"SQL statements of the {name} review: 100 shown less 10",
            many - few,
            "statements",
            0,
            "lower",
            f"{many}",
        ),
    ]


async def _milliseconds(request: Any) -> float:
    start = time.perf_counter()
    await request()
    return 1000 * (time.perf_counter() - start)
