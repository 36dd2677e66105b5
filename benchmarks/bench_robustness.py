"""SMAA against the bare row sort, its memory and its accuracy; what an explanation takes."""

import time
import tracemalloc
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np

from benchmarks.harness import Measurement, median_seconds
from prioritisation.columns import FloatArray
from prioritisation.pairwise import compare_contributions
from prioritisation.rank_statistics import Robustness
from prioritisation.robustness import monte_carlo, smaa
from prioritisation.sampling import Estimates, UniformWeights
from prioritisation.sampling_plan import SamplingPlan, standard_error
from prioritisation.sensitivity import top_intervals
from prioritisation.smallest_changes import lift_by_score, swap_by_score, swap_by_weight

_SAMPLES, _ITEMS, _CRITERIA = 10_000, 1_000, 10
# Rows sorted at a time, as many as SMAA takes.
_ROWS = 32


def benchmarks() -> Iterator[Measurement]:
    """Measure."""
    yield from _speed()
    yield from _memory()
    yield from _accuracy()
    yield from _explanations()


def _speed() -> Iterator[Measurement]:
    generator = np.random.default_rng(1)
    utilities = generator.random((_ITEMS, _CRITERIA))
    scores = generator.dirichlet(np.ones(_CRITERIA), _SAMPLES) @ utilities.T
    chunks = range(0, _SAMPLES, _ROWS)

    def analyse() -> Robustness:
        return smaa(utilities=utilities, weights=UniformWeights(), plan=SamplingPlan(seed=1))

    def sort() -> None:
        for start in chunks:
            np.sort(scores[start : start + _ROWS], axis=1)

    def argsort() -> None:
        for start in chunks:
            np.argsort(scores[start : start + _ROWS], axis=1)

    begin = time.perf_counter()
    analyse()
    first = time.perf_counter() - begin
    # In turns, since the clock of a shared machine wanders.
    rounds = [(_seconds(analyse), _seconds(sort), _seconds(argsort)) for _ in range(9)]
    ours, bare, indirect = (median(column) for column in zip(*rounds, strict=True))
    ratio = median(ours / bare for ours, bare, _ in rounds)
    note = f"{ours * 1e3:.0f} ms against {bare * 1e3:.0f} ms (argsort {indirect * 1e3:.0f} ms); first {first:.1f} s"
    yield Measurement(
        "SMAA 10,000 × 1,000 × 10 against sorting the rows", ratio, "x sort", 2.5, "lower", note
    )


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _memory() -> Iterator[Measurement]:
    def peak(items: int, samples: int) -> float:
        likely = np.random.default_rng(2).random((items, _CRITERIA))
        utilities = Estimates(low=likely * 0.5, likely=likely, high=likely)
        tracemalloc.start()
        smaa(utilities=utilities, weights=UniformWeights(), plan=SamplingPlan(seed=1, samples=samples))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most / 2**20

    yield Measurement("SMAA 200,000 × 10, all uncertain: memory", peak(200_000, 3), "MiB", 256, "lower")
    growth = peak(_ITEMS, 2_000) / peak(_ITEMS, 1_000)
    yield Measurement("SMAA memory for twice the samples", growth, "x", 1.1, "lower")


def _accuracy() -> Iterator[Measurement]:
    # Lines w, 0.6 and 0.8(1 − w) over the first weight: acceptabilities are lengths of intervals.
    exact = np.array([[0.4, 0.6 - 4 / 9, 4 / 9], [0.35, 0.65, 0.0], [0.25, 4 / 9 - 0.25, 1 - 4 / 9]])
    result = smaa(
        utilities=np.array([[1.0, 0.0], [0.6, 0.6], [0.0, 0.8]]),
        weights=UniformWeights(),
        plan=SamplingPlan(seed=1, samples=100_000),
    )
    error = np.maximum(standard_error(exact, samples=result.samples), 1e-9)
    worst = float((np.abs(result.rank_acceptability - exact) / error).max())
    yield Measurement("SMAA acceptability off the exact one", worst, "std errors", 4, "lower")

    # 10/T with T triangular on 1..3 beats 4 while T < 2.5.
    spread = Estimates(
        low=np.array([[10.0, 1.0], [8.0, 2.0]]),
        likely=np.array([[10.0, 2.0], [8.0, 2.0]]),
        high=np.array([[10.0, 3.0], [8.0, 2.0]]),
    )
    ratio = monte_carlo(estimates=spread, formula=_cost_of_delay_per_week, plan=SamplingPlan(seed=1))
    off = abs(float(ratio.rank_acceptability[0, 0]) - 7 / 8)
    worst = off / float(standard_error(np.array([7 / 8]), samples=ratio.samples)[0])
    yield Measurement("Monte Carlo of CD3 off the exact probability", worst, "std errors", 4, "lower")


def _cost_of_delay_per_week(inputs: FloatArray) -> FloatArray:
    ratio: FloatArray = inputs[..., 0] / inputs[..., 1]
    return ratio


def _explanations() -> Iterator[Measurement]:
    generator = np.random.default_rng(3)
    utilities, weights = generator.random((_ITEMS, _CRITERIA)), generator.dirichlet(np.ones(_CRITERIA))
    order = np.argsort(-(utilities @ weights))
    above, below = int(order[3]), int(order[8])
    pair = utilities[[above, below]]

    def why() -> None:
        compare_contributions(above=pair[0] * weights, below=pair[1] * weights)
        swap_by_score(utilities=pair, weights=weights, above=0, below=1)
        swap_by_weight(utilities=pair, weights=weights, above=0, below=1)

    def lift() -> None:
        lift_by_score(utilities=utilities, weights=weights, item=int(order[500]), position=100)

    pairwise = 1e3 * median_seconds(why, repeats=201)
    yield Measurement("why A is above B, and what would swap them", pairwise, "ms", 1, "lower")
    yield Measurement(
        "what lifts an item of 1,000 to a position", 1e3 * median_seconds(lift, repeats=201), "ms", 1, "lower"
    )
    large = generator.random((100_000, _CRITERIA))
    keys = large @ weights
    ours = median_seconds(lambda: top_intervals(utilities=large, weights=weights, top_k=50))
    stable = median_seconds(lambda: np.argsort(keys, kind="stable"))
    note = f"{ours * 1e3:.0f} ms, all ten weights"
    yield Measurement("intervals of the top 50 of 100,000", ours / stable, "x argsort", 20, "lower", note)
