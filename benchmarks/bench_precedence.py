"""The order under dependencies: its speed against NumPy's sort and networkx, its gap, its known answers."""

import json
from collections.abc import Iterator
from statistics import mean

import networkx as nx
import numpy as np

from benchmarks.harness import Measurement, instances, median_seconds
from prioritisation.columns import FloatArray, IntArray
from prioritisation.precedence import PrecedenceOrder, PrecedenceProblem, order

_ITEMS = 100_000


def random_portfolio(items: int, *, seed: int) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    """Return durations, weights and as many dependencies as items, each between two random ones."""
    random = np.random.default_rng(seed)
    ends = random.integers(0, items, (2, items))
    ends = np.sort(ends[:, ends[0] != ends[1]], axis=0)
    duration = random.integers(1, 53, items).astype(np.float64)
    weight = random.lognormal(8.0, 1.0, items).round(2)
    return duration, weight, ends[0], ends[1]


def benchmarks() -> Iterator[Measurement]:
    """Measure."""
    yield from _large()
    yield from _known_answers()


def _large() -> Iterator[Measurement]:
    duration, weight, before, after = random_portfolio(_ITEMS, seed=7)
    keys = np.random.default_rng(8).random(_ITEMS)
    edges = list(zip(before.tolist(), after.tolist(), strict=True))

    def solve() -> PrecedenceOrder:
        return order(PrecedenceProblem(duration=duration, weight=weight, predecessor=before, successor=after))

    def build() -> "nx.DiGraph[int]":
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(_ITEMS))
        graph.add_edges_from(edges)
        return graph

    result = solve()  # loads the machine code
    ours = median_seconds(solve, repeats=9)
    sort = median_seconds(lambda: np.argsort(keys), repeats=21)
    stable = median_seconds(lambda: np.argsort(keys, kind="stable"), repeats=9)
    networkx = median_seconds(build, repeats=5)
    note = f"{ours * 1e3:.0f} ms against {sort * 1e3:.1f} ms (stable {stable * 1e3:.1f} ms)"
    yield Measurement(
        "order of 100,000 with 100,000 dependencies", ours / sort, "x argsort", 100, "lower", note
    )
    note = f"{networkx * 1e3:.0f} ms to build"
    yield Measurement("order of 100,000 against building networkx", ours / networkx, "x", 0.5, "lower", note)
    gap = 100 * result.gap
    yield Measurement("certified gap at 100,000", gap, "%", 0.01, "lower", f"{result.density.size} blocks")


def _known_answers() -> Iterator[Measurement]:
    path = instances("precedence_weighted_completion.jsonl")
    names = ("mean gap to the optimum", "worst gap to the optimum", "lower bounds above the optimum")
    units, goals = ("%", "%", "instances"), (0.2, 2.0, 0.0)
    if path is None:
        for name, unit, goal in zip(names, units, goals, strict=True):
            yield Measurement(name, None, unit, goal, "lower", "no instances here")
        return
    gaps, wrong, proven = [], 0, 0
    for line in path.read_text(encoding="utf-8").splitlines():
        instance = json.loads(line)
        before, after = np.array(instance["edges"], dtype=np.int64).reshape(-1, 2).T
        result = order(
            PrecedenceProblem(
                duration=instance["p"], weight=instance["w"], predecessor=before, successor=after
            )
        )
        gaps.append(100 * (result.value / instance["opt"] - 1))
        wrong += result.lower_bound > instance["opt"]
        proven += result.lower_bound == instance["opt"]
    note = f"{len(gaps)} instances, {proven} proven optimal"
    for name, figure, unit, goal in zip(names, (mean(gaps), max(gaps), wrong), units, goals, strict=True):
        yield Measurement(name, figure, unit, goal, "lower", note)
