"""What a Monte Carlo analysis draws and counts: its plan, checked against the problem."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from prioritisation.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    index_array,
    int_array,
    refuse,
    tie_break_array,
)
from prioritisation.errors import InvalidProblem
from prioritisation.simulation import Arrangement, OrderFunction, arrange

FundingFunction = Callable[[IntArray], BoolArray]
ProgressFunction = Callable[[int, int], None]

DEFAULT_SAMPLES: Final = 10_000
_MOST_SAMPLES = 2**31 - 1
_MOST_VALUES = 1 << 24
_MOST_PAIRS = 2_048
# Cells of the acceptability matrix: 64 MiB of float64.
_MOST_ACCEPTABILITIES = 1 << 23
# An order function visits about this many items in one analysis: some seconds.
_ORDERED_ITEMS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class SamplingPlan:
    """How many rankings to draw, how each is formed, and what is counted.

    Parameters
    ----------
    seed : int
        Not negative; of PCG64 generators, with separate streams for weights and estimates.
    samples : int, optional
        10,000; with an order function `affordable_samples`.
    tie_break : int64[n], optional
        Distinct; among equal scores the smaller goes first. The position by default.
    depth : int, optional
        Ranks counted; by default all of them as long as n × depth stays within 2²³.
    top_k : int, optional
        10 (or n) by default.
    pairs : int64[p], optional
        Items to compare pairwise, at most 2,048.
    dependencies : int64[e, 2], optional
        (before, after). In every sample a predecessor inherits the best score of what depends on it, and
        goes before it: always feasible, a heuristic. For another rule use ``order``.
    order : callable, optional
        Turns scores float64[n] into positions, best first: any feasible order, such as Sidney's. It costs
        a call for each sample.
    funding : callable, optional
        Turns an order (positions, best first) into bool[n], which items are funded. A call for each sample.
    progress : callable, optional
        Called with samples done and wanted after each chunk; what it raises ends the analysis.
    """

    seed: int
    samples: int | None = None
    tie_break: IntArray | None = None
    depth: int | None = None
    top_k: int | None = None
    pairs: IntArray | None = None
    dependencies: IntArray | None = None
    order: OrderFunction | None = None
    funding: FundingFunction | None = None
    progress: ProgressFunction | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """A plan whose every field is settled for a problem of known size."""

    samples: int
    depth: int
    top_k: int
    pairs: IntArray
    arrangement: Arrangement
    order: OrderFunction | None
    funding: FundingFunction | None
    progress: ProgressFunction | None
    weight_stream: np.random.Generator
    estimate_stream: np.random.Generator
    confidence_seed: np.random.SeedSequence


def standard_error(probability: FloatArray, *, samples: int) -> FloatArray:
    """Return the binomial standard error √(p(1 − p)/samples) of estimated probabilities.

    Examples
    --------
    >>> standard_error(np.array([0.5, 1.0]), samples=10_000)
    array([0.005, 0.   ])
    """
    error: FloatArray = np.sqrt(probability * (1.0 - probability) / samples)
    return error


def required_samples(*, error: float) -> int:
    """Return how many samples keep the standard error of every probability at or below ``error``.

    Examples
    --------
    >>> required_samples(error=0.005)
    10000
    """
    if not (math.isfinite(error) and error > 0.0):
        raise InvalidProblem("'error' must be finite and positive.", field="error")
    return max(1, math.ceil(0.25 / error**2 - 1e-6))


def affordable_samples(*, items: int) -> int:
    """Return the default number of samples when each needs a call of an order function: 100 to 10,000.

    The budget counts items, not seconds, so that the same input has the same result on any machine.

    Examples
    --------
    >>> affordable_samples(items=1_000)
    1000
    """
    return max(100, min(DEFAULT_SAMPLES, _ORDERED_ITEMS // max(1, items)))


def settle(plan: SamplingPlan, *, items: int, criteria: int) -> Demand:
    """Check a plan against the size of a problem and fill in its defaults.

    Raises
    ------
    InvalidProblem
        A parameter that does not fit.
    CycleError
        When dependencies form a cycle.
    """
    if items == 0 or criteria == 0:
        raise InvalidProblem("There is nothing to rank; give items and criteria.", field="utilities")
    if items * criteria > _MOST_VALUES:
        raise InvalidProblem(
            f"At most {_MOST_VALUES:,} values (items × criteria) fit into memory; "
            "analyse the head of the ranking.",
            field="utilities",
            code="TOO_LARGE",
        )
    edges = _edges(plan.dependencies, items)
    if plan.order is not None and edges.size:
        raise InvalidProblem(
            "Give 'dependencies' or an 'order' that knows them, not both.", field="dependencies"
        )
    samples = plan.samples
    if samples is None:
        samples = DEFAULT_SAMPLES if plan.order is None else affordable_samples(items=items)
    full = min(items, max(1, _MOST_ACCEPTABILITIES // items))
    weight_seed, estimate_seed, confidence_seed = _seeds(plan.seed)
    return Demand(
        samples=_whole(samples, _MOST_SAMPLES, field="samples"),
        depth=full if plan.depth is None else _whole(plan.depth, full, field="depth"),
        top_k=min(10, items) if plan.top_k is None else _whole(plan.top_k, items, field="top_k"),
        pairs=_pairs(plan.pairs, items),
        arrangement=arrange(tie_break_array(plan.tie_break, length=items), edges),
        order=plan.order,
        funding=plan.funding,
        progress=plan.progress,
        weight_stream=np.random.Generator(np.random.PCG64(weight_seed)),
        estimate_stream=np.random.Generator(np.random.PCG64(estimate_seed)),
        confidence_seed=confidence_seed,
    )


def _seeds(seed: int) -> list[np.random.SeedSequence]:
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InvalidProblem("'seed' must be a whole number that is not negative.", field="seed")
    return np.random.SeedSequence(seed).spawn(3)


def _whole(value: int, most: int, *, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise InvalidProblem(f"'{field}' must be a whole number from 1 to {most:,}.", field=field)
    return value


def _pairs(pairs: IntArray | None, items: int) -> IntArray:
    chosen = index_array([] if pairs is None else pairs, field="pairs", size=items)
    if chosen.size > _MOST_PAIRS or np.unique(chosen).size < chosen.size:
        message = f"'pairs' must hold up to {_MOST_PAIRS:,} items, each once"
        raise InvalidProblem(message, field="pairs")
    return chosen


def _edges(dependencies: IntArray | None, items: int) -> IntArray:
    edges = np.asarray(np.zeros((0, 2), dtype=np.int64) if dependencies is None else dependencies)
    if edges.ndim != 2 or edges.shape[1] != 2:
        message = "'dependencies' must be pairs (before, after)"
        raise InvalidProblem(message, field="dependencies", code="SHAPE")
    pairs = int_array(edges.ravel(), field="dependencies").reshape(-1, 2)
    unknown = (pairs.min(axis=1, initial=0) < 0) | (pairs.max(axis=1, initial=0) >= items)
    message = f"must hold positions below {items}, counted from 0"
    refuse(unknown, field="dependencies", message=message, code="UNKNOWN_POSITION")
    return pairs
