"""Selections: known optima of multidimensional knapsacks, certified gaps of portfolios, memory of a solve."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.harness import Measurement, instances
from prioritisation.allocation_limits import AllocationLimits, AllocationMode
from prioritisation.selection import SelectionBudget, SelectionStatus, compile_loops, select
from prioritisation.selection_problem import SelectionProblem

_SEEDS = (1, 2, 3)
_SHARES = (0.6, 0.2, 0.1, 0.1)


def random_portfolio(items: int, *, seed: int, edges_each: float = 0.3) -> SelectionProblem:
    """Return initiatives of one to three teams out of eight, in four ring-fenced categories, with dependencies."""
    random = np.random.default_rng(seed)
    wanted = np.argsort(random.random((items, 8)), axis=1) < random.integers(1, 4, (items, 1))
    demand = np.where(wanted, random.integers(1, 31, (items, 8)), 0).astype(np.float64)
    ends = random.integers(0, items, (2, int(items * edges_each)))
    ends = np.sort(ends[:, ends[0] != ends[1]], axis=0)
    return SelectionProblem(
        value=(demand.sum(axis=1) * random.lognormal(0.0, 0.5, items)).round(1) + 1.0,
        demand=demand,
        category=random.integers(0, 4, items),
        limits=AllocationLimits.from_shares(
            capacity=0.35 * demand.sum(axis=0), share=_SHARES, mode=[AllocationMode.RING_FENCED] * 4
        ),
        before=ends[0],
        after=ends[1],
    )


def benchmarks() -> Iterator[Measurement]:
    """Measure."""
    compile_loops()
    yield from _known_answers()
    for items, gap, seconds in ((1_000, 0.01, 3.0), (5_000, 0.005, 1.0)):
        yield from _portfolios(items, gap=gap, seconds=seconds)
    yield _memory()


def _known_answers() -> Iterator[Measurement]:
    path = instances("multidimensional_knapsack.jsonl")
    if path is None:
        for name, unit, goal in (("knapsacks not proven", "of 25", 0.0), ("median of a knapsack", "s", 0.15)):
            yield Measurement(name, None, unit, goal, "lower", "no instances here")
        return
    seconds, short, wrong = [], 0, 0
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        given = json.loads(line)
        use = np.array(given["r"], dtype=np.float64).reshape(given["m"], given["n"])
        begin = time.perf_counter()
        problem = SelectionProblem(
            value=given["p"],
            demand=use.T,
            category=np.full(given["n"], -1),
            limits=AllocationLimits(
                capacity=given["b"], reserved=np.empty((0, given["m"])), upper=np.empty((0, given["m"]))
            ),
        )
        result = select(problem)
        seconds.append(time.perf_counter() - begin)
        right = abs(result.value - given["best"]) <= 1e-9 * given["best"]
        short += not (right and result.status is SelectionStatus.OPTIMAL)
        wrong += result.bound < given["best"] * (1 - 1e-9)
    note = f"slowest {max(seconds):.2f} s"
    yield Measurement("knapsacks not proven optimal", short, f"of {len(lines)}", 0, "lower")
    yield Measurement("bounds below a known optimum", wrong, f"of {len(lines)}", 0, "lower")
    yield Measurement("median of a knapsack", median(seconds), "s", 0.15, "lower", note)


def _portfolios(items: int, *, gap: float, seconds: float) -> Iterator[Measurement]:
    gaps, taken = [], []
    for seed in _SEEDS:
        problem = random_portfolio(items, seed=seed)
        begin = time.perf_counter()
        result = select(problem, budget=SelectionBudget(gap=gap, seconds=3 * seconds))
        taken.append(time.perf_counter() - begin)
        gaps.append(result.gap)
    note = f"{len(_SEEDS)} portfolios of 4 categories and 8 teams, with dependencies"
    yield Measurement(f"certified gap at {items:,}", 100 * max(gaps), "%", 100 * gap, "lower", note)
    yield Measurement(f"time for that gap at {items:,}", max(taken), "s", seconds, "lower", "the slowest")


def _memory() -> Measurement:
    """Measure a solve of 5,000 in a process of its own."""
    code = (
        "import resource\n"
        "from benchmarks.bench_selection import random_portfolio, select\n"
        "select(random_portfolio(5000, seed=1))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    peak = int(done.stdout.split()[-1]) / 1024
    note = "peak of a process that solves 5,000 initiatives, with the interpreter and the solvers"
    return Measurement("memory of a solve", peak, "MiB", 1024, "lower", note)
