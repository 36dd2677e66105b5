"""How far a plan can be trusted: Monte Carlo over estimates of effort and duration.

Each initiative draws one quantile in each sample, and takes it from all of its estimates: who needs longer
needs more people for it too, while initiatives are independent of each other. Work beyond the estimates is
not foreseen.

A *selection* holds if what it chose fits into all limits. A *schedule* is replayed: its initiatives are placed
in the order of the plan, each as early as capacity and dependencies then allow, deadlines or not. After the
horizon the limits of its last period go on, for as many periods again, so that a late finish has a date.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from scipy.special import betaincinv

from prioritisation.columns import BoolArray, FloatArray, IntArray, refuse
from prioritisation.errors import InvalidProblem
from prioritisation.sampling import Estimates
from prioritisation.sampling_plan import standard_error
from prioritisation.schedule_problem import Schedule, ScheduleProblem
from prioritisation.schedule_replay import replay_of, replayed
from prioritisation.selection_problem import SelectionProblem

DEFAULT_SAMPLES: Final = 10_000
LEAST_SAMPLES: Final = 200
"""The default number of samples lies between these, so that initiatives × samples stays within a budget."""

_PLACEMENTS = 500_000
_MOST_SAMPLES = 1_000_000
_CHUNK = 1 << 19  # numbers drawn at a time
_MEDIAN, _SAFE = 0.5, 0.8
_ROUNDING = 1e-9

ProgressFunction = Callable[[int, int], None]


class SelectionRobustness(NamedTuple):
    """What is likely to become of a selection.

    Attributes
    ----------
    samples : int
    holds, holds_error : float
        Probability that every limit is kept, and its standard error.
    exceeds : float64[K]
        Probability that a limit of each resource is exceeded.
    overrun, overrun_error : float64[K]
        Expected person-weeks above the limits of each resource, 0 where there is room; standard error.
    """

    samples: int
    holds: float
    holds_error: float
    exceeds: FloatArray
    overrun: FloatArray
    overrun_error: FloatArray


class ScheduleRobustness(NamedTuple):
    """What is likely to become of a schedule.

    Attributes
    ----------
    samples : int
    holds, holds_error : float
        Probability that everything scheduled finishes within the horizon and its deadline; standard error.
    as_planned : float64[n]
        Probability that the initiative finishes no later than planned; NaN if it is not scheduled.
    deadline, deadline_error : float64[n]
        Probability that the deadline holds, NaN where there is none or nothing is scheduled; standard error.
    median, safe : int64[n]
        P50 and P80 of the finish: the first period by whose end the initiative is done in 50 % and 80 % of the
        samples; T and more lie beyond the horizon; 2 T where even twice the horizon is too short. -1 if it is
        not scheduled.
    overrun, overrun_error : float64[K]
        Expected person-weeks above the limits if everything starts as planned all the same; standard error.
    """

    samples: int
    holds: float
    holds_error: float
    as_planned: FloatArray
    deadline: FloatArray
    deadline_error: FloatArray
    median: IntArray
    safe: IntArray
    overrun: FloatArray
    overrun_error: FloatArray


def affordable_samples(*, initiatives: int) -> int:
    """Return the default number of samples.

    Examples
    --------
    >>> affordable_samples(initiatives=20), affordable_samples(initiatives=400)
    (10000, 1250)
    """
    return max(LEAST_SAMPLES, min(DEFAULT_SAMPLES, _PLACEMENTS // max(initiatives, 1)))


def selection_robustness(
    problem: SelectionProblem,
    chosen: BoolArray,
    effort: Estimates,
    *,
    seed: int,
    samples: int | None = None,
    progress: ProgressFunction | None = None,
) -> SelectionRobustness:
    """Sample the effort of what is chosen against the limits.

    Parameters
    ----------
    problem : SelectionProblem
        Its ``demand`` is replaced by draws.
    chosen : bool[n]
    effort : Estimates
        Person-weeks, (n, K).
    seed : int
        Not negative.
    samples : int, optional
        By default `affordable_samples`.
    progress : callable, optional
        Called with samples done and wanted; what it raises ends the analysis.

    Raises
    ------
    InvalidProblem
        ``SHAPE``, ``MISSING_VALUE``, ``NEGATIVE``, ``OUT_OF_RANGE``.

    Examples
    --------
    One initiative between 0 and 8 person-weeks, most likely 4, and 4 of them there:

    >>> from prioritisation.allocation_limits import AllocationLimits
    >>> limits = AllocationLimits(capacity=[4.0], reserved=[], upper=[])
    >>> problem = SelectionProblem([1], [[4]], [-1], limits)
    >>> effort = Estimates(np.array([[0.0]]), np.array([[4.0]]), np.array([[8.0]]))
    >>> found = selection_robustness(problem, np.array([True]), effort, seed=1)
    >>> abs(found.holds - 0.5) < 0.02, bool(abs(found.overrun[0] - 2 / 3) < 0.04)
    (True, True)
    """
    resources = problem.limits.resources
    _check(effort, shape=(problem.size, resources), field="effort")
    wanted = _samples(samples, seed, problem.size)
    items = np.flatnonzero(chosen)
    items = items[np.argsort(problem.order[items], kind="stable")]
    reserved, upper = problem.limits.reserved_rows, problem.limits.upper_rows
    member = np.zeros((len(reserved), items.size))
    member[problem.category[items], np.arange(items.size)] = 1.0
    generator = np.random.Generator(np.random.PCG64(seed))
    slack = _ROUNDING * problem.limits.capacity
    held, exceeded, total, squares = 0, np.zeros(resources), np.zeros(resources), np.zeros(resources)
    for size, done in _chunks(wanted, items.size * resources):
        quantile = generator.random((size, items.size))[:, :, np.newaxis]
        drawn = _drawn(effort, items, quantile)
        used = np.einsum("bi,sik->sbk", member, drawn)
        claimed = np.maximum(used, reserved).sum(axis=1) - problem.limits.capacity
        over = np.maximum(np.maximum(used - upper, 0.0).sum(axis=1), claimed)
        over[over <= slack] = 0.0
        held += int((over == 0).all(axis=1).sum())
        exceeded += (over > 0).sum(axis=0)
        total += over.sum(axis=0)
        squares += (over**2).sum(axis=0)
        if progress is not None:
            progress(done, wanted)
    holds = held / wanted
    mean, error = _mean(total, squares, wanted)
    return SelectionRobustness(wanted, holds, _error(holds, wanted), exceeded / wanted, mean, error)


def schedule_robustness(
    problem: ScheduleProblem,
    schedule: Schedule,
    *,
    duration: Estimates,
    effort: Estimates,
    seed: int,
    samples: int | None = None,
    progress: ProgressFunction | None = None,
) -> ScheduleRobustness:
    """Replay a schedule with drawn durations and efforts.

    Parameters
    ----------
    problem : ScheduleProblem
    schedule : Schedule
    duration : Estimates
        Periods, (n, 1); draws are rounded up to whole periods. Of work in flight what remains.
    effort : Estimates
        Person-weeks over the whole duration, (n, K), spread evenly.
    seed : int
        Not negative.
    samples : int, optional
        By default `affordable_samples`.
    progress : callable, optional
        Called with samples done and wanted; what it raises ends the analysis.

    Raises
    ------
    InvalidProblem
        ``SHAPE``, ``MISSING_VALUE``, ``NEGATIVE``, ``OUT_OF_RANGE``.
    """
    n, periods = problem.size, problem.periods
    _check(duration, shape=(n, 1), field="duration")
    _check(effort, shape=(n, problem.resources), field="effort")
    wanted = _samples(samples, seed, n)
    replay = replay_of(problem, schedule)
    done_items = np.flatnonzero(schedule.start >= 0)
    done_items = done_items[np.argsort(problem.order[done_items], kind="stable")]
    generator = np.random.Generator(np.random.PCG64(seed))
    due = np.where(problem.latest >= 0, np.minimum(problem.latest, periods - 1), periods - 1)
    counts = np.zeros((n, 2 * periods + 1), dtype=np.int64)
    total, squares = np.zeros(problem.resources), np.zeros(problem.resources)
    held = 0
    for size, done in _chunks(wanted, n * max(problem.resources, 1)):
        quantile = generator.random((size, done_items.size))[:, :, np.newaxis]
        length = np.ones((size, n), dtype=np.int64)
        drawn = np.ceil(_drawn(duration, done_items, quantile)[:, :, 0] - _ROUNDING)
        length[:, done_items] = np.clip(drawn, 1, 2 * periods + 1).astype(np.int64)
        amount = np.zeros((size, n, problem.resources))
        amount[:, done_items] = _drawn(effort, done_items, quantile) / length[:, done_items, np.newaxis]
        finish, over = replayed(replay, length, amount)
        kept = (finish <= due) | (schedule.start < 0)
        held += int(kept.all(axis=1).sum())
        for j in done_items.tolist():
            counts[j] += np.bincount(finish[:, j], minlength=2 * periods + 1)
        total += over.sum(axis=0)
        squares += (over**2).sum(axis=0)
        if progress is not None:
            progress(done, wanted)
    return _summary(problem, schedule, wanted, held, counts, _mean(total, squares, wanted))


def _summary(
    problem: ScheduleProblem,
    schedule: Schedule,
    samples: int,
    held: int,
    counts: IntArray,
    overrun: tuple[FloatArray, FloatArray],
) -> ScheduleRobustness:
    planned = schedule.start >= 0
    by_end = counts.cumsum(axis=1)
    last = counts.shape[1] - 1
    at = np.arange(problem.size)
    as_planned = by_end[at, np.clip(schedule.finish, 0, last)] / samples
    deadline = by_end[at, np.clip(problem.latest, 0, last)] / samples
    deadline = np.where(planned & (problem.latest >= 0), deadline, np.nan)
    quantiles = [
        np.where(planned, np.argmax(by_end >= np.ceil(share * samples)[np.newaxis], axis=1), -1)
        for share in (np.array([_MEDIAN]), np.array([_SAFE]))
    ]
    holds = held / samples
    return ScheduleRobustness(
        samples=samples,
        holds=holds,
        holds_error=_error(holds, samples),
        as_planned=np.where(planned, as_planned, np.nan),
        deadline=deadline,
        deadline_error=standard_error(deadline, samples=samples),
        median=quantiles[0],
        safe=quantiles[1],
        overrun=overrun[0],
        overrun_error=overrun[1],
    )


def _drawn(estimates: Estimates, items: IntArray, quantile: FloatArray) -> FloatArray:
    """Return the quantiles of the estimates of ``items``, shape (samples, items, columns)."""
    low, likely, high = (getattr(estimates, name)[items] for name in ("low", "likely", "high"))
    width = high - low
    certain = width <= 0
    span = np.where(certain, 1.0, width)
    mode = np.where(certain, 0.5, (likely - low) / span)
    if estimates.shape == "pert":
        share = betaincinv(1 + 4 * mode, 1 + 4 * (1 - mode), quantile)
    else:
        share = np.where(quantile < mode, np.sqrt(quantile * mode), 1 - np.sqrt((1 - quantile) * (1 - mode)))
    return np.asarray(np.where(certain, likely, low + share * width))


def _chunks(samples: int, width: int) -> list[tuple[int, int]]:
    """Return the sizes of chunks, and how many samples are done after each."""
    size = max(1, _CHUNK // max(width, 1))
    ends = [*range(size, samples, size), samples]
    return [(end - begin, end) for begin, end in zip([0, *ends[:-1]], ends, strict=True)]


def _mean(total: FloatArray, squares: FloatArray, samples: int) -> tuple[FloatArray, FloatArray]:
    mean = total / samples
    variance = np.maximum(squares / samples - mean**2, 0.0)
    return mean, np.asarray(np.sqrt(variance / samples))


def _error(probability: float, samples: int) -> float:
    return float(standard_error(np.array(probability), samples=samples))


def _samples(samples: int | None, seed: int, initiatives: int) -> int:
    if seed < 0:
        raise InvalidProblem("'seed' must not be negative", field="seed", code="NEGATIVE")
    wanted = affordable_samples(initiatives=initiatives) if samples is None else samples
    if not 1 <= wanted <= _MOST_SAMPLES:
        message = f"'samples' must lie between 1 and {_MOST_SAMPLES:,}"
        raise InvalidProblem(message, field="samples", code="OUT_OF_RANGE")
    return wanted


def _check(estimates: Estimates, *, shape: tuple[int, int], field: str) -> None:
    if estimates.likely.shape != shape:
        message = f"'{field}' must have the shape {shape}, not {estimates.likely.shape}"
        raise InvalidProblem(message, field=field, code="SHAPE")
    missing = np.asarray(np.isnan(estimates.likely).any(axis=1), dtype=np.bool_)
    refuse(missing, field=field, message="must not be missing", code="MISSING_VALUE")
    below = np.asarray((estimates.low < 0).any(axis=1), dtype=np.bool_)
    refuse(below, field=field, message="must not be negative", code="NEGATIVE")
