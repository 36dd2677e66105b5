"""Sampled scores and sampled rankings, in chunks whose memory does not grow with the samples.

Every chunk is computed in canonical order: by tie-breaker, and with dependencies topologically. Random
numbers are drawn in that order, from one stream for weights and one for estimates; so neither the order in
which items are given nor the size of a chunk changes a result.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import networkx as nx
import numpy as np

from prioritisation.columns import FloatArray, IntArray, refuse
from prioritisation.errors import CycleError, InvalidProblem
from prioritisation.rank_counting import (
    CountArray,
    CriterionArray,
    add_estimates,
    fill_scores,
    index_bits,
    inherit_scores,
    pack_keys,
    pack_short_keys,
    shape_draws,
    unpack_order,
    unpack_short_order,
)
from prioritisation.sampling import Estimates, WeightPrior, draw_weights

ScoreFormula = Callable[[FloatArray], FloatArray]
OrderFunction = Callable[[FloatArray], IntArray]

# Numbers in one chunk of scores (256 KiB: it stays in the cache) and of drawn estimates (8 MiB).
_CHUNK_SCORES = 1 << 15
_CHUNK_DRAWS = 1 << 20
# Weights are drawn in blocks of one size for all problems: the same seed gives the same weights to each.
_WEIGHT_BLOCK = 4_096
# Up to so many items, short keys tell most scores apart; beyond so many equal ones, insertion is too slow.
_SHORT_KEYS = 4_096
_LONGEST_RUN = 32


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """Canonical order of the items, and the dependencies within it.

    Attributes
    ----------
    canonical : int64[n]
        ``canonical[c]``: the caller's position of the c-th item in canonical order.
    position : int64[n]
        Its inverse.
    before, after : int64[e]
        Dependencies in canonical positions, sorted by ``before`` descending.
    """

    canonical: IntArray
    position: IntArray
    before: IntArray
    after: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class UncertainCells:
    """The estimates that have to be drawn, in canonical order of items, then criteria."""

    items: CountArray
    criteria: CriterionArray


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """What a weighted score needs in each sample.

    Attributes
    ----------
    known : float64[m, n]
        Utilities in canonical order; 0 where uncertain or missing.
    gaps : int64[g]
        Items whose scores are divided by the weight of what is present.
    present : float64[m, g]
        1 where a value is present, for those items.
    """

    estimates: Estimates
    arrangement: Arrangement
    cells: UncertainCells
    known: FloatArray
    gaps: IntArray
    present: FloatArray


@dataclass(slots=True, eq=False)
class RowSorter:
    """Buffers for sorting, and whether short keys still do."""

    keys: IntArray
    order: CountArray
    short: bool


def arrange(tie_break: IntArray, dependencies: IntArray) -> Arrangement:
    """Return the canonical order: by tie-breaker, no item before what it depends on.

    Raises
    ------
    CycleError
        When the dependencies, int64[e, 2] as (before, after), lead back to where they began.
    """
    items = tie_break.size
    order: IntArray = np.argsort(tie_break, kind="stable").astype(np.int64)
    position = np.empty(items, dtype=np.int64)
    position[order] = np.arange(items)
    if dependencies.size:
        order = order[_topological(position[dependencies], items, order)]
        position[order] = np.arange(items)
    before, after = position[dependencies[:, 0]], position[dependencies[:, 1]]
    descending = np.argsort(-before, kind="stable")
    return Arrangement(canonical=order, position=position, before=before[descending], after=after[descending])


def _topological(edges: IntArray, items: int, order: IntArray) -> IntArray:
    # Always the smallest position whose predecessors are all placed.
    edges = edges[np.argsort(edges[:, 0], kind="stable")]
    first = np.searchsorted(edges[:, 0], np.arange(items + 1)).tolist()
    successors = edges[:, 1].tolist()
    waiting = np.bincount(edges[:, 1], minlength=items).tolist()
    ready = [item for item in range(items) if waiting[item] == 0]
    placed: list[int] = []
    while ready:
        item = heapq.heappop(ready)
        placed.append(item)
        for successor in successors[first[item] : first[item + 1]]:
            waiting[successor] -= 1
            if waiting[successor] == 0:
                heapq.heappush(ready, successor)
    if len(placed) < items:
        left = np.flatnonzero(np.asarray(waiting) > 0)
        inside = np.isin(edges, left).all(axis=1)
        cycle = nx.find_cycle(nx.DiGraph(order[edges[inside]].tolist()))
        raise CycleError(edge[0] for edge in cycle)
    return np.asarray(placed, dtype=np.int64)


def uncertain_cells(estimates: Estimates, arrangement: Arrangement, *, missing: bool) -> UncertainCells:
    """Return the cells with a range (``low < high``), and with ``missing`` those without a value too."""
    items: list[CountArray] = []
    criteria: list[CriterionArray] = []
    block = _CHUNK_DRAWS // max(1, estimates.likely.shape[1]) + 1
    for start in range(0, arrangement.canonical.size, block):
        rows = arrangement.canonical[start : start + block]
        drawn = estimates.low[rows] < estimates.high[rows]
        if missing:
            drawn |= np.isnan(estimates.likely[rows])
        row, criterion = np.nonzero(drawn)
        items.append((row + start).astype(np.int32))
        criteria.append(criterion.astype(np.int16))
    return UncertainCells(items=np.concatenate(items), criteria=np.concatenate(criteria))


def known_values(estimates: Estimates, arrangement: Arrangement) -> FloatArray:
    """Return float64[m, n] in canonical order: what is certain, 0 where uncertain or missing."""
    items, criteria = estimates.likely.shape
    known = np.empty((criteria, items))
    for j in range(criteria):
        column = estimates.likely[arrangement.canonical, j]
        column[estimates.low[arrangement.canonical, j] < estimates.high[arrangement.canonical, j]] = 0.0
        known[j] = np.nan_to_num(column, copy=False)
    return known


def linear_model(estimates: Estimates, arrangement: Arrangement, *, renormalise: bool) -> LinearModel:
    """Prepare weighted scores; missing values are renormalised away, or drawn from the whole scale."""
    absent = np.isnan(estimates.likely)
    gaps = arrangement.position[absent.any(axis=1)] if renormalise else np.empty(0, dtype=np.int64)
    gaps.sort()
    return LinearModel(
        estimates=estimates,
        arrangement=arrangement,
        cells=uncertain_cells(estimates, arrangement, missing=not renormalise),
        known=known_values(estimates, arrangement),
        gaps=gaps,
        present=np.ascontiguousarray((~absent[arrangement.canonical[gaps]]).T.astype(np.float64)),
    )


def draw_estimates(
    estimates: Estimates,
    arrangement: Arrangement,
    cells: UncertainCells,
    *,
    rows: int,
    generator: np.random.Generator,
) -> Iterator[tuple[slice, FloatArray]]:
    """Yield blocks of cells with their values, float64[rows, cells of the block].

    More than one block comes only with ``rows`` = 1, so that the stream of random numbers is the same.
    """
    step = cells.items.size if rows > 1 else _CHUNK_DRAWS
    for start in range(0, cells.items.size, max(1, step)):
        block = slice(start, min(start + step, cells.items.size))
        positions, criteria = arrangement.canonical[cells.items[block]], cells.criteria[block]
        low, high = estimates.low[positions, criteria], estimates.high[positions, criteria]
        likely = estimates.likely[positions, criteria]
        if estimates.shape == "pert":
            rise = 4.0 * (likely - low) / (high - low)
            # A missing value (NaN) is uniform, which is Beta(1, 1).
            missing = np.isnan(rise)
            alpha, beta = np.where(missing, 1.0, 1.0 + rise), np.where(missing, 1.0, 5.0 - rise)
            draws = generator.beta(alpha, beta, (rows, positions.size))
        else:
            draws = generator.random((rows, positions.size))
        shape_draws(draws, low, likely, high, estimates.shape == "triangular")
        yield block, draws


def chunk_rows(*, items: int, drawn: int) -> int:
    """Return how many samples make one chunk."""
    return max(1, min(_CHUNK_SCORES // items, _CHUNK_DRAWS // max(1, drawn)))


def settle_scores(model: LinearModel, weights: FloatArray, scores: FloatArray) -> None:
    """Renormalise items with gaps and let predecessors inherit, in place."""
    if model.gaps.size:
        carried = np.empty((weights.shape[0], model.gaps.size))
        fill_scores(weights, model.present, carried)
        partial = scores[:, model.gaps]
        # Without any weight on what is known of it, an item has no score: it comes last.
        settled = np.full(partial.shape, -np.inf)
        np.divide(partial, carried, out=settled, where=carried > 0.0)
        scores[:, model.gaps] = settled
    if model.arrangement.before.size:
        inherit_scores(scores, model.arrangement.before, model.arrangement.after)


def linear_chunks(
    model: LinearModel,
    prior: WeightPrior,
    *,
    samples: int,
    weight_stream: np.random.Generator,
    estimate_stream: np.random.Generator,
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield weights float64[c, m] and scores float64[c, n]; the arrays are reused."""
    criteria, items = model.known.shape
    rows = chunk_rows(items=items, drawn=model.cells.items.size)
    buffer = np.empty((rows, items))
    for start in range(0, samples, _WEIGHT_BLOCK):
        size = min(_WEIGHT_BLOCK, samples - start)
        block = draw_weights(prior, criteria=criteria, samples=size, generator=weight_stream)
        for first in range(0, size, rows):
            weights = block[first : first + rows]
            scores = buffer[: weights.shape[0]]
            fill_scores(weights, model.known, scores)
            for part, values in draw_estimates(
                model.estimates,
                model.arrangement,
                model.cells,
                rows=weights.shape[0],
                generator=estimate_stream,
            ):
                add_estimates(scores, weights, values, model.cells.items[part], model.cells.criteria[part])
            settle_scores(model, weights, scores)
            yield weights, scores


def formula_chunks(
    estimates: Estimates,
    arrangement: Arrangement,
    formula: ScoreFormula,
    *,
    samples: int,
    estimate_stream: np.random.Generator,
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield empty weights float64[c, 0] and the formula's scores float64[c, n].

    Raises
    ------
    InvalidProblem
        When the formula returns another shape, or something that is not finite.
    """
    cells = uncertain_cells(estimates, arrangement, missing=False)
    known = np.where(estimates.low < estimates.high, 0.0, estimates.likely)
    items = known.shape[0]
    rows = min(chunk_rows(items=known.size, drawn=cells.items.size), samples)
    for start in range(0, samples, rows):
        size = min(rows, samples - start)
        inputs = np.repeat(known[np.newaxis], size, axis=0)
        for part, values in draw_estimates(
            estimates, arrangement, cells, rows=size, generator=estimate_stream
        ):
            inputs[:, arrangement.canonical[cells.items[part]], cells.criteria[part]] = values
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            scores = np.asarray(formula(inputs), dtype=np.float64)
        if scores.shape != (size, items):
            raise InvalidProblem(
                f"'formula' must turn inputs of shape {inputs.shape} into scores of shape {(size, items)}, "
                f"not {scores.shape}.",
                field="formula",
            )
        bad = np.asarray(~np.isfinite(scores).all(axis=0), dtype=np.bool_)
        message = "gives no finite score within the estimates; is a denominator 0?"
        refuse(bad, field="formula", message=message, code="NOT_FINITE")
        # Negative zero would sort behind zero.
        scores = np.ascontiguousarray(scores[:, arrangement.canonical]) + 0.0
        if arrangement.before.size:
            inherit_scores(scores, arrangement.before, arrangement.after)
        yield np.empty((size, 0)), scores


def new_sorter(*, items: int, bounded: bool) -> RowSorter:
    """Return a sorter; ``bounded`` says that all scores lie in 0..1, which short keys need."""
    return RowSorter(
        keys=np.empty((0, items), dtype=np.int64),
        order=np.empty((0, items), dtype=np.int32),
        short=bounded and items <= _SHORT_KEYS,
    )


def sorted_rows(
    sorter: RowSorter, scores: FloatArray, arrangement: Arrangement, *, order: OrderFunction | None
) -> CountArray:
    """Return int32[c, n], canonical positions best first, by score or by an order function.

    The array is reused by the next call.

    Raises
    ------
    InvalidProblem
        When the order function does not return every position once.
    """
    if sorter.order.shape[0] < scores.shape[0]:
        sorter.order = np.empty(scores.shape, dtype=np.int32)
    ranked = sorter.order[: scores.shape[0]]
    if order is not None:
        for scored, row in zip(scores, ranked, strict=True):
            row[:] = arrangement.position[called_order(order, scored[arrangement.position])]
        return ranked
    bits = index_bits(scores.shape[1])
    score_bits = scores.view(np.int64)
    if sorter.short:
        pack_short_keys(scores, ranked, bits)
        ranked.sort(axis=1)
        if unpack_short_order(ranked, score_bits, bits, _LONGEST_RUN):
            return ranked
        # Many scores are nearly equal: that will not change with the next sample.
        sorter.short = False
    if sorter.keys.shape[0] < scores.shape[0]:
        sorter.keys = np.empty(scores.shape, dtype=np.int64)
    keys = sorter.keys[: scores.shape[0]]
    pack_keys(score_bits, keys, bits)
    keys.sort(axis=1)
    unpack_order(keys, ranked, bits)
    return ranked


def called_order(order: OrderFunction, given: FloatArray) -> IntArray:
    """Return ``order(given)``, or refuse it unless it holds every position of the first axis once."""
    ordered = np.asarray(order(given))
    if ordered.shape != given.shape[:1] or not np.array_equal(np.sort(ordered), np.arange(given.shape[0])):
        raise InvalidProblem("'order' must return every position exactly once", field="order")
    return ordered
