"""The in-memory read model: re-ranking a warm snapshot, and the memory that it takes."""

import ctypes
import gc
import multiprocessing
from collections.abc import Iterator
from datetime import date
from functools import partial
from multiprocessing.connection import Connection

import numpy as np
import psutil

from benchmarks.harness import Measurement, median_ratio
from benchmarks.portfolios import invented_view
from domain.enums import ScoringMethod
from domain.ranking import OrderKind, RankingRequest
from domain.ranking.order import compute

INITIATIVES = 100_000
CRITERIA = 10


def benchmarks() -> Iterator[Measurement]:
    """Score and rank again, in units of one argsort; MiB of a snapshot in a process of its own."""
    view, model = invented_view(initiatives=INITIATIVES, criteria=CRITERIA)
    (columns,) = view.portfolios.values()
    bare = np.random.default_rng(1).random(INITIATIVES)
    request = RankingRequest(kind=OrderKind.SCORE, today=date(2026, 11, 21))
    ratio, seconds = median_ratio(
        partial(compute, view, columns, request, model, ScoringMethod.WEIGHTED),
        partial(np.argsort, bare),
        repeats=25,
    )
    yield Measurement(
        f"re-rank {INITIATIVES} x {CRITERIA} on a warm snapshot",
        ratio,
        "argsorts",
        6.0,
        "lower",
        f"{1000 * seconds:.1f} ms",
    )
    del view, columns, model
    yield Measurement(
        f"memory of a snapshot of {INITIATIVES} initiatives",
        _memory_mib(),
        "MiB",
        300.0,
        "lower",
        "2 demands, 10 scores, a contribution, a cost of delay and a dependency each",
    )


def _memory_mib() -> float:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_measure, args=(theirs,))
    process.start()
    grown = ours.recv()
    process.join()
    return float(grown)


def _measure(answer: Connection) -> None:
    # what the imports and the first use of every library take is not the snapshot's
    invented_view(initiatives=1_000, criteria=CRITERIA)
    gc.collect()
    process = psutil.Process()
    before = process.memory_info().rss
    view, _ = invented_view(initiatives=INITIATIVES, criteria=CRITERIA)
    gc.collect()
    _return_free_memory()
    grown = (process.memory_info().rss - before) / 2**20
    answer.send(grown if len(view.portfolios) == 1 else -1.0)


def _return_free_memory() -> None:
    """Ask the allocator to return what the records took; only glibc can."""
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return
