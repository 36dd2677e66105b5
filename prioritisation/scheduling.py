"""When each initiative runs, so that delay costs least within capacity: plans, their bound and their proof.

1. Dates and dependencies alone give windows of starts (`prioritisation.schedule_windows`).
2. A linear relaxation bounds the cost from below (`prioritisation.schedule_relaxation`), and says in which
   order initiatives would start on average. Large ones are bounded by prices (`prioritisation.schedule_prices`).
3. Serial schedule generation turns an order into a schedule (`prioritisation.schedule_decoding`); simulated
   annealing improves it (`prioritisation.schedule_search`).
4. Up to some forty initiatives CP-SAT proves the optimum, or finds it (`prioritisation.schedule_proof`).

All budgets count steps and not seconds: the same problem and budget have the same schedule, to the byte.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from prioritisation.adjacency import lexicographic
from prioritisation.columns import BoolArray, FloatArray, IntArray, read_only
from prioritisation.errors import InvalidProblem, name_positions
from prioritisation.progress import Progress, relative_gap
from prioritisation.schedule_collisions import colliding
from prioritisation.schedule_decoding import decode
from prioritisation.schedule_layout import Layout, Lines, lay_out, usage
from prioritisation.schedule_prices import price
from prioritisation.schedule_problem import (
    InfeasibleSchedule,
    Schedule,
    ScheduleNotFound,
    ScheduleProblem,
    ScheduleStatus,
)
from prioritisation.schedule_proof import prove
from prioritisation.schedule_relaxation import Relaxed, relax
from prioritisation.schedule_search import anneal, search_from
from prioritisation.schedule_windows import windows

__all__ = ["ScheduleBudget", "compile_loops", "schedule"]

EXACT: Final = 1e-9
"""Share of its cost below which the gap of a schedule with fractional costs counts as closed."""

PROVEN_UP_TO: Final = 45
"""Number of initiatives (neither fixed nor without a place) up to which a proof is tried."""

RELAXED_UP_TO: Final = 10_000
"""Steps (initiatives × starts in their windows) up to which the linear relaxation is solved; prices above."""

_CHUNKS = 3  # of a fall of the temperature, between which the search tells how far it is
_SEARCH_SHARE = 0.75  # of the whole, for those who watch
_WHOLE_BELOW = 2.0**52
# Temperatures, in what a shift by a mean duration costs. Falls end in different valleys: several from the
# beginning, then some that look around in the best. (hot, whether from the beginning)
_FALLS = ((0.6, True), (1.2, True), (0.6, True), (0.3, True), (0.6, True), *(((0.06, False),) * 4))
_COLD = 0.01
_WORK = 55_000_000  # initiatives decoded in a search by default, beyond which it tries fewer sequences
_EVALUATIONS_EACH, _LEAST_EVALUATIONS = 1_250, 2_000

ProgressFunction = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class ScheduleBudget:
    """How much work a schedule is worth. Work is counted and not timed.

    Parameters
    ----------
    evaluations : int, optional
        Schedules that the search tries. By default 1,250 for each initiative, and fewer from some 200
        initiatives on, so that it takes at most some three seconds on one core.
    relaxation : int
        Rounds of the interior-point method for the bound, beyond which prices must do; 0 for no bound.
    proof : float
        Deterministic time of CP-SAT, about a second each; 0 for no proof.
    seconds : float
        Safety net for the search: it ends early after that time on the clock, and the schedule says so.
    seed : int

    Raises
    ------
    InvalidProblem
        ``NEGATIVE``.
    """

    evaluations: int | None = None
    relaxation: int = 200
    proof: float = 0.25
    seconds: float = 60.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("evaluations", "relaxation", "proof", "seconds", "seed"):
            value = getattr(self, name)
            if value is not None and not value >= 0:
                raise InvalidProblem(f"'{name}' must not be negative", field=name, code="NEGATIVE")


def schedule(
    problem: ScheduleProblem,
    *,
    budget: ScheduleBudget | None = None,
    progress: ProgressFunction | None = None,
) -> Schedule:
    """Schedule initiatives so that delay costs little, and prove how little it could cost.

    Parameters
    ----------
    problem : ScheduleProblem
    budget : ScheduleBudget, optional
    progress : callable, optional
        Called now and then; what it raises ends the solve. Phases: ``RELAXATION``, ``SEARCH``, ``PROOF``.

    Raises
    ------
    InfeasibleSchedule
        ``FIXED_OVER_CAPACITY``, ``FIXED_BREAKS_DEPENDENCY``, ``MANDATORY_TOO_LATE``,
        ``MANDATORY_OVER_CAPACITY``, with the initiatives that collide.
    ScheduleNotFound
        No schedule with everything that is mandatory was found, and none was excluded.

    Examples
    --------
    Base 10 a week; A adds 10 a week after 2 weeks of work, B adds 30 a week after 4, one team, 6 weeks:

    >>> weeks = np.arange(1, 8)
    >>> problem = ScheduleProblem(
    ...     duration=[2, 4], demand=[[1], [1]], capacity=[[1]] * 6, cost=[10 * weeks, 30 * weeks]
    ... )
    >>> found = schedule(problem)
    >>> found.start.tolist(), found.finish.tolist(), found.cost, found.status.value
    ([4, 0], [5, 3], 180.0, 'OPTIMAL')

    That is 40 a week for 6 weeks, or 240 and 60 of the base, less 180: the 120 of B-then-A.
    """
    budget = budget or ScheduleBudget()
    lines = lay_out(problem, windows(problem))
    run = _Run(lines, budget, progress, time.monotonic() + budget.seconds, whole=_whole(problem))
    run.tell("RELAXATION", 0.0)
    relaxed = _bound(lines, budget.relaxation) if budget.relaxation else None
    if relaxed is not None:
        if not relaxed.feasible:
            raise _collision(problem)
        run.bound = run.rounded(relaxed.bound)
    middles = [None] if relaxed is None else [relaxed.middle, None]
    sequences = [_sequence(lines, middle) for middle in middles]
    run.search(min(sequences, key=lambda sequence: decode(lines.layout, sequence)[1]))
    if not run.closed and budget.proof > 0 and lines.items.size <= PROVEN_UP_TO:
        run.tell("PROOF", _SEARCH_SHARE)
        if run.prove():
            raise _collision(problem)
    missing = lines.items[(run.start[lines.items] < 0) & _must(lines)]
    if missing.size:
        message = (
            "No schedule with everything that must be done was found in this budget, and none is excluded; "
            f"allow more work, or release one of: {name_positions(missing)}"
        )
        raise ScheduleNotFound(message, items=missing)
    found = run.result(problem)
    run.tell("DONE", 1.0)
    return found


def _bound(lines: Lines, iterations: int) -> Relaxed | None:
    """Return the linear relaxation where it is small enough, and prices where it is not."""
    layout, items = lines.layout, lines.items
    if (layout.last - layout.first + 1)[items].sum() <= RELAXED_UP_TO:
        relaxed = relax(lines, iterations=iterations)
        if relaxed is not None:
            return relaxed
    return price(lines, known=decode(layout, _sequence(lines, None))[1])


def compile_loops() -> None:
    """Compile the loops, or load them: some seconds that a process can spend before it is asked for a schedule."""
    problem = ScheduleProblem(
        duration=np.ones(2, dtype=np.int64),
        demand=np.ones((2, 1)),
        capacity=np.ones((3, 1)),
        cost=np.tile(np.arange(4.0), (2, 1)),
    )
    lines = lay_out(problem, windows(problem))
    begun = search_from(lines.layout, lines.items, seed=0)
    anneal(lines.layout, begun, evaluations=1, hot=1.0, cold=0.5)
    price(lines, known=1.0)


@dataclass(slots=True, eq=False)
class _Run:
    """Where a solve stands."""

    lines: Lines
    budget: ScheduleBudget
    progress: ProgressFunction | None
    ends: float
    whole: bool
    bound: float | None = None
    cost: float = np.inf
    start: IntArray = field(init=False)
    sequence: IntArray = field(init=False)
    complete: bool = True

    def __post_init__(self) -> None:
        self.start = np.full(self.lines.layout.duration.size, -1, dtype=np.int64)
        self.sequence = self.lines.items

    @property
    def closed(self) -> bool:
        """Whether the bound meets the cost."""
        return self.bound is not None and self.cost - self.bound <= EXACT * abs(self.cost)

    def rounded(self, bound: float) -> float | None:
        """Return a bound of ``layout.cost`` as one of the schedule; whole costs allow for rounding up."""
        if not np.isfinite(bound):
            return None
        return float(np.ceil(bound - 1e-6)) if self.whole else bound

    def tell(self, phase: str, done: float) -> None:
        """Report progress."""
        if self.progress is None:
            return
        valid = self.cost < self.lines.penalty + self.lines.given
        incumbent = self.cost if valid else None
        gap = None if incumbent is None or self.bound is None else relative_gap(incumbent, self.bound)
        self.progress(Progress(phase=phase, incumbent=incumbent, bound=self.bound, gap=gap, done=done))

    def search(self, sequence: IntArray) -> None:
        """Spend the evaluations: some falls of the temperature from ``sequence``, then some from the best."""
        layout, count = self.lines.layout, self.lines.items.size
        self.adopt(*decode(layout, sequence), sequence)
        usual = max(_LEAST_EVALUATIONS, min(_EVALUATIONS_EACH * count, _WORK // max(count, 1)))
        evaluations = usual if self.budget.evaluations is None else self.budget.evaluations
        scale = _scale(self.lines)
        chunks = len(_FALLS) * _CHUNKS
        for chunk in range(chunks if evaluations else 0):
            if self.closed:
                break
            if time.monotonic() > self.ends:
                self.complete = False
                break
            fall, part = divmod(chunk, _CHUNKS)
            hot, afresh = _FALLS[fall]
            if part == 0:
                seed = int(np.random.SeedSequence([self.budget.seed, fall]).generate_state(1)[0])
                search = search_from(layout, sequence if afresh else self.sequence, seed=seed)
                temperatures = scale * np.geomspace(hot, _COLD, _CHUNKS + 1)
            share = evaluations * (chunk + 1) // chunks - evaluations * chunk // chunks
            hot, cold = float(temperatures[part]), float(temperatures[part + 1])
            anneal(layout, search, evaluations=share, hot=hot, cold=cold)
            self.adopt(search.best_start, float(search.best_cost[0]), search.best)
            self.tell("SEARCH", _SEARCH_SHARE * (chunk + 1) / chunks)

    def adopt(self, start: IntArray, cost: float, sequence: IntArray) -> None:
        """Take over a schedule if it costs less."""
        if cost + self.lines.given < self.cost:
            self.start, self.sequence, self.cost = start.copy(), sequence.copy(), cost + self.lines.given

    def prove(self) -> bool:
        """Let CP-SAT prove or improve the schedule; return whether there is none at all."""
        known = self.cost < self.lines.penalty + self.lines.given
        proof = prove(
            self.lines,
            start=self.start if known else None,
            cost=self.cost if known else np.inf,
            effort=self.budget.proof,
            seed=self.budget.seed % 2**31,
        )
        if proof.start is not None:
            layout, periods = self.lines.layout, np.where(proof.start < 0, np.inf, proof.start)
            sequence = _sequence(self.lines, periods)
            start, cost = decode(layout, sequence)
            exact = _cost_of(layout, self.lines.items, proof.start)
            self.adopt(*((start, cost) if cost <= exact else (proof.start, exact)), sequence)
        bound = self.rounded(proof.bound)
        if bound is not None and (self.bound is None or bound > self.bound):
            self.bound = min(bound, self.cost)
        return proof.infeasible

    def result(self, problem: ScheduleProblem) -> Schedule:
        """Return the schedule with what is fixed and what has no place."""
        fixed = problem.fixed_start >= 0
        start = np.where(fixed, problem.fixed_start, self.start)
        finish = np.where(start >= 0, start + problem.duration - 1, -1)
        ends = np.where((finish >= 0) & (finish < problem.periods), finish, problem.periods)
        cost = float(problem.cost[np.arange(problem.size), ends].sum())
        begun = np.flatnonzero(fixed)
        begun = begun[np.lexsort((problem.order[begun], start[begun]))]
        placed = np.zeros(problem.size, dtype=np.bool_)
        placed[begun] = placed[self.sequence] = True
        sequence = np.concatenate((begun, self.sequence, np.flatnonzero(~placed)))
        bound = None if self.bound is None else min(self.bound, cost)
        proven = bound is not None and cost - bound <= EXACT * cost
        status = ScheduleStatus.HEURISTIC if bound is None else ScheduleStatus.FEASIBLE
        return Schedule(
            start=read_only(start),
            finish=read_only(finish),
            sequence=read_only(sequence),
            cost=cost,
            bound=bound,
            status=ScheduleStatus.OPTIMAL if proven else status,
            used=read_only(usage(problem, start)),
            complete=self.complete,
        )


def _whole(problem: ScheduleProblem) -> bool:
    return bool((problem.cost == np.round(problem.cost)).all() and problem.cost[:, -1].sum() < _WHOLE_BELOW)


def _scale(lines: Lines) -> float:
    """Return what shifting an initiative by a mean duration costs on average."""
    layout, items = lines.layout, lines.items
    if not items.size:
        return 1.0
    last = layout.room.shape[0] - 1
    soonest = layout.first[items] + layout.duration[items] - 1
    dearer = layout.cost[items, last] - layout.cost[items, soonest]
    return max(float((dearer / np.maximum(last - soonest, 1)).mean() * layout.duration[items].mean()), 1e-9)


def _must(lines: Lines) -> BoolArray:
    return np.asarray(lines.layout.cost[lines.items, -1] >= lines.penalty, dtype=np.bool_)


def _cost_of(layout: Layout, items: IntArray, start: IntArray) -> float:
    done = start[items] >= 0
    ends = np.where(done, start[items] + layout.duration[items] - 1, layout.cost.shape[1] - 1)
    return float(layout.cost[items, ends].sum())


def _sequence(lines: Lines, middle: FloatArray | None) -> IntArray:
    """Return a feasible sequence: by mean start if that is known, else by what a period of work saves (CD3)."""
    layout, items = lines.layout, lines.items
    if middle is None:
        first = layout.cost[items, layout.first[items] + layout.duration[items] - 1]
        work = layout.duration[items] * np.maximum(
            np.add.reduceat(np.append(layout.use_amount, 0.0), layout.use_at[items])
            * (np.diff(layout.use_at)[items] > 0),
            1e-9,
        )
        urgency = -(layout.cost[items, -1] - first) / work
    else:
        urgency = middle[items]
    n = layout.duration.size
    rank = np.empty(items.size, dtype=np.int64)
    rank[np.argsort(urgency, kind="stable")] = np.arange(items.size)
    place = np.full(n, -1, dtype=np.int64)
    place[items] = np.arange(items.size)
    after = np.repeat(np.arange(n), np.diff(layout.in_at))
    return items[lexicographic(items.size, place[layout.in_item], place[after], rank)]


def _collision(problem: ScheduleProblem) -> InfeasibleSchedule:
    items = colliding(problem)
    message = (
        "What must be done does not fit into the capacity before its dates; release, shorten or move one of "
        f"these, or raise the capacity: {name_positions(items)}"
    )
    return InfeasibleSchedule(message, items=items, code="MANDATORY_OVER_CAPACITY")
