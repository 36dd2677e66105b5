from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from prioritisation import sidney
from prioritisation.adjacency import Topology, csr, topology
from prioritisation.columns import IntArray
from prioritisation.sidney import Decomposition, decompose
from tests.prioritisation.precedence_cases import Case, cases, columns, random_graph


def decomposed(case: Case) -> tuple[Decomposition, Topology]:
    order = topology(csr(len(case.duration), *columns(case.edges)))
    found = decompose(
        duration=np.array(case.duration)[order.items],
        weight=np.array(case.weight)[order.items],
        tail=order.tail,
        head=order.head,
    )
    return found, order


def densest_closure_first(case: Case) -> list[Fraction]:
    """The density of every item's block, by trying all closures of what is left."""
    n = len(case.duration)
    density = [Fraction(0)] * n
    left = set(range(n))
    while left:
        best: tuple[Fraction, int, set[int]] | None = None
        for size in range(1, len(left) + 1):
            for chosen in map(set, combinations(sorted(left), size)):
                if any(j in chosen and i in left and i not in chosen for i, j in case.edges):
                    continue
                weight = sum((Fraction(case.weight[i]) for i in chosen), Fraction(0))
                ratio = weight / sum((Fraction(case.duration[i]) for i in chosen), Fraction(0))
                if best is None or (ratio, size) > best[:2]:
                    best = (ratio, size, chosen)
        assert best is not None
        for i in best[2]:
            density[i] = best[0]
        left -= best[2]
    return density


@settings(max_examples=200, deadline=None)
@given(cases(7, zeros=False))
def test_densities_are_those_of_the_densest_closures(case: Case) -> None:
    found, order = decomposed(case)
    weight, duration = np.array(case.weight)[order.items], np.array(case.duration)[order.items]
    density = np.bincount(found.block, weight) / np.bincount(found.block, duration)
    expected = densest_closure_first(case)
    for position, item in enumerate(order.items.tolist()):
        assert density[found.block[position]] == pytest.approx(float(expected[item]), rel=1e-12)


@settings(max_examples=200, deadline=None)
@given(cases(8, whole=False, zeros=False))
def test_flow_gives_every_item_the_density_of_its_block_and_stays_inside_blocks(case: Case) -> None:
    found, order = decomposed(case)
    n = len(case.duration)
    weight, duration = np.array(case.weight)[order.items], np.array(case.duration)[order.items]
    worth = weight - np.bincount(order.head, found.flow, n) + np.bincount(order.tail, found.flow, n)
    density = np.bincount(found.block, weight) / np.bincount(found.block, duration)
    assert worth == pytest.approx(density[found.block] * duration, rel=1e-9, abs=1e-9)
    assert (found.flow >= 0).all()
    assert (found.flow[found.block[order.tail] != found.block[order.head]] == 0).all()


def test_two_enablers_of_one_prize_share_its_worth() -> None:
    # Neither enabler (1 week, worth nothing) can be joined alone to the prize (2 weeks, 8): a cut decides.
    found, order = decomposed(Case([1, 1, 2, 1], [0, 0, 8, 1], [(0, 2), (1, 2), (0, 3)]))
    assert found.blocks == 2
    assert sorted(found.flow.tolist()) == [0.0, 2.0, 2.0]
    assert len(set(found.block[np.isin(order.items, [0, 1, 2])].tolist())) == 1


def kinds() -> list[tuple[str, IntArray, IntArray, int]]:
    random = np.random.default_rng(4)
    n = 400
    late = np.arange(1, n)
    dense = np.sort(random.integers(0, n, (2, 1200)), axis=0)
    dense = dense[:, dense[0] != dense[1]]
    near = np.arange(n - 30)
    return [
        ("chain", late - 1, late, n),
        ("out-tree", (random.random(n - 1) * late).astype(np.int64), late, n),
        ("in-tree", n - 1 - late, n - 1 - (random.random(n - 1) * late).astype(np.int64), n),
        ("dense", dense[0], dense[1], n),
        ("band", np.tile(near, 3), np.concatenate([near + k for k in (3, 17, 29)]), n),
        ("no edges", late[:0], late[:0], n),
    ]


@pytest.mark.parametrize(
    ("before", "after", "n"), [kind[1:] for kind in kinds()], ids=[k[0] for k in kinds()]
)
def test_compiled_and_interpreted_loops_return_the_same_bytes(
    before: IntArray, after: IntArray, n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(5)
    duration, weight = random.random(n) + 0.1, random.random(n)
    order = topology(csr(n, before, after))

    def run() -> Decomposition:
        return decompose(
            duration=duration[order.items], weight=weight[order.items], tail=order.tail, head=order.head
        )

    run_large()  # loads the machine code, which is used from then on
    compiled = run()
    for name in ("_decompose", "_complete"):
        loop = getattr(sidney, name).__wrapped__
        monkeypatch.setattr(sidney, name, lambda size, *rest, loop=loop: loop(*rest))
    interpreted = run()
    assert compiled.block.tobytes() == interpreted.block.tobytes()
    assert compiled.flow.tobytes() == interpreted.flow.tobytes()


def run_large() -> None:
    duration, weight, before, after = random_graph(3_000, 3_000, seed=6)
    order = topology(csr(3_000, before, after))
    decompose(duration=duration[order.items], weight=weight[order.items], tail=order.tail, head=order.head)


@pytest.mark.parametrize(
    ("before", "after", "n"), [kind[1:] for kind in kinds()], ids=[k[0] for k in kinds()]
)
def test_densities_fall_along_edges_and_the_flow_proves_them(
    before: IntArray, after: IntArray, n: int
) -> None:
    # Feasible densities and a flow inside blocks that evens them out: the conditions of optimality.
    random = np.random.default_rng(7)
    duration, weight = random.random(n) + 0.1, random.random(n)
    order = topology(csr(n, before, after))
    duration, weight = duration[order.items], weight[order.items]
    found = decompose(duration=duration, weight=weight, tail=order.tail, head=order.head)
    density = (np.bincount(found.block, weight) / np.bincount(found.block, duration))[found.block]
    assert (density[order.tail] >= density[order.head] - 1e-9).all()
    worth = weight - np.bincount(order.head, found.flow, n) + np.bincount(order.tail, found.flow, n)
    assert worth == pytest.approx(density * duration, abs=1e-9)
    assert (found.flow >= 0).all()
    assert (found.flow[found.block[order.tail] != found.block[order.head]] == 0).all()
