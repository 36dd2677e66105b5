"""Splits of capacity: how many a second, how close to their optima, how long a whole frontier takes."""

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.bench_selection import random_portfolio
from benchmarks.harness import Measurement, median_seconds
from prioritisation.frontier_bounds import ring_fenced
from prioritisation.frontier_sweep import sweep
from prioritisation.selection import SelectionBudget, select

_ITEMS = 1_000
_SAMPLE = 12
_LEAST = (1, 1, 1, 1)


def benchmarks() -> Iterator[Measurement]:
    """Measure."""
    problem = random_portfolio(_ITEMS, seed=1)
    sweep(problem, count=2)  # loads the machine code
    begin = time.perf_counter()
    found = sweep(problem, least=_LEAST)
    whole = time.perf_counter() - begin
    many = np.tile(found.parts, (12, 1))
    seconds = median_seconds(lambda: found.sweeper.evaluate(many), repeats=5)
    note = f"{len(found.parts)} splits in steps of 5 points in {whole:.1f} s with the preparation"
    rate = len(many) / seconds
    yield Measurement(f"splits a second at {_ITEMS:,}", rate, "splits/s", 50_000, "higher", note)
    sample = np.random.default_rng(1).choice(len(found.parts), _SAMPLE, replace=False)
    below, off, wrong = [], [], 0
    for number in sample.tolist():
        at = ring_fenced(problem, found.share[number])
        best = select(at, budget=SelectionBudget(nodes=0)).value
        below.append(100 * (best - found.value[number]) / best)
        off.append(100 * abs(best - float(found.estimate[number])) / best)
        wrong += found.bound[number] < best * (1 - 1e-9)
    note = f"{_SAMPLE} splits, on average {np.mean(below):.2f} %"
    yield Measurement(
        "greatest loss of a split's plan against its optimum", max(below), "%", 1.0, "lower", note
    )
    note = f"{_SAMPLE} splits, on average {np.mean(off):.2f} %"
    yield Measurement("greatest distance of a split's estimate", max(off), "%", 1.0, "lower", note)
    yield Measurement("bounds below a selection found", wrong, f"of {_SAMPLE}", 0, "lower")
