"""Small problems 1|prec|Σ wC, their optima by trying every order, and random directed acyclic graphs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import strategies as st

from prioritisation.columns import FloatArray, IntArray
from prioritisation.precedence import PrecedenceProblem

Edge = tuple[int, int]


@dataclass(frozen=True)
class Case:
    """A problem in plain lists."""

    duration: list[float]
    weight: list[float]
    edges: list[Edge]

    def problem(self, **more: Any) -> PrecedenceProblem:
        before, after = columns(self.edges)
        return PrecedenceProblem(
            duration=np.array(self.duration, dtype=np.float64),
            weight=np.array(self.weight, dtype=np.float64),
            predecessor=before,
            successor=after,
            **more,
        )


def columns(edges: Sequence[Edge]) -> tuple[IntArray, IntArray]:
    """Return the two columns of a list of edges."""
    array = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return array[:, 0].copy(), array[:, 1].copy()


@st.composite
def dags(draw: st.DrawFn, max_nodes: int = 7, min_nodes: int = 0) -> tuple[int, list[Edge]]:
    """Draw a number of nodes and the edges between them; topological order and node order differ."""
    n = draw(st.integers(min_nodes, max_nodes))
    pairs = list(combinations(range(n), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=2 * n)) if pairs else []
    name = draw(st.permutations(range(n)))
    return n, [(name[i], name[j]) for i, j in chosen]


WHOLE = st.integers(0, 9).map(float)
FRACTION = st.one_of(st.just(0.0), st.floats(1e-3, 1e3))


@st.composite
def cases(draw: st.DrawFn, max_nodes: int = 7, *, whole: bool = True, zeros: bool = True) -> Case:
    """Draw a problem; with ``whole`` numbers ties abound."""
    n, edges = draw(dags(max_nodes))
    number = WHOLE if whole else FRACTION
    if not zeros:
        number = number.map(lambda x: x + 1.0)
    amounts = st.lists(number, min_size=n, max_size=n)
    return Case(draw(amounts), draw(amounts), edges)


def feasible_orders(n: int, edges: Sequence[Edge]) -> Iterator[tuple[int, ...]]:
    """Yield every order in which no item comes before its predecessors."""
    before: list[set[int]] = [set() for _ in range(n)]
    for i, j in edges:
        before[j].add(i)

    def extend(prefix: tuple[int, ...], left: frozenset[int]) -> Iterator[tuple[int, ...]]:
        if not left:
            yield prefix
        for i in sorted(left):
            if not before[i] & left:
                yield from extend((*prefix, i), left - {i})

    yield from extend((), frozenset(range(n)))


def cost(case: Case, order: Sequence[int]) -> float:
    """Return Σ wC, by adding it up."""
    now = total = 0.0
    for i in order:
        now += case.duration[i]
        total += case.weight[i] * now
    return total


def optimum(case: Case) -> float:
    """Return the least Σ wC, by dynamic programming over sets of completed items."""
    n = len(case.duration)
    before = [0] * n
    for i, j in case.edges:
        before[j] |= 1 << i
    elapsed = [sum(case.duration[i] for i in range(n) if mask >> i & 1) for mask in range(1 << n)]
    best = [0.0] + [float("inf")] * ((1 << n) - 1)
    for mask in range(1 << n):
        for j in range(n):
            if not mask >> j & 1 and not before[j] & ~mask:
                after = mask | 1 << j
                best[after] = min(best[after], best[mask] + case.weight[j] * elapsed[after])
    return best[-1]


def is_feasible(order: Sequence[int], n: int, edges: Sequence[Edge]) -> bool:
    """Return whether ``order`` is a permutation of n items that honours the edges."""
    if sorted(order) != list(range(n)):
        return False
    place = {item: k for k, item in enumerate(order)}
    return all(place[i] < place[j] for i, j in edges)


def random_graph(n: int, m: int, *, seed: int) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    """Return durations, weights and edges from lower to higher positions, shuffled."""
    random = np.random.default_rng(seed)
    ends = random.integers(0, n, (2, m))
    ends = np.sort(ends[:, ends[0] != ends[1]], axis=0)
    name = random.permutation(n)
    duration = random.integers(1, 11, n).astype(np.float64)
    weight = random.integers(0, 11, n).astype(np.float64)
    return duration, weight, name[ends[0]], name[ends[1]]
