"""Schedules: certified gaps at size, known answers in a second each, and the memory of a solve."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

import numpy as np

from benchmarks.harness import Measurement, instances
from prioritisation.schedule_problem import Schedule, ScheduleProblem, ScheduleStatus
from prioritisation.scheduling import ScheduleBudget, compile_loops, schedule

_PERIODS, _TEAMS, _LOAD = 26, 8, 0.9
_SIZES = ((200, 7.0), (400, 5.0))  # initiatives, goal in per cent
_SEEDS = (1, 2, 3)
_SMALL = ScheduleBudget(evaluations=20_000, proof=0.2)
_TARDY = ScheduleBudget(evaluations=40_000, proof=0.0)


def random_portfolio(
    items: int, *, periods: int = _PERIODS, teams: int = _TEAMS, seed: int
) -> ScheduleProblem:
    """Return a portfolio whose work is 90 % of the capacity, with five kinds of urgency and 0.65 dependencies each."""
    random = np.random.default_rng(seed)
    duration = random.integers(1, 1 + max(2, periods // 5), items)
    demand = np.zeros((items, teams))
    for row in demand:
        chosen = random.choice(teams, random.integers(1, 4), replace=False)
        row[chosen] = random.integers(1, 6, chosen.size)
    ends = np.sort([random.choice(items, 2, replace=False) for _ in range(int(0.65 * items))], axis=1)
    place = random.permutation(items)
    work = (demand * duration[:, np.newaxis]).sum(axis=0)
    capacity = np.maximum(np.ceil(work / periods / _LOAD), demand.max(axis=0))
    week = 10.0 * random.integers(1, 101, items)
    kind = random.choice(5, items, p=[0.5, 0.09, 0.2, 0.09, 0.12])
    due = random.integers(periods // 3, periods, items)
    t = np.append(np.arange(1, periods + 1), 1.2 * (periods + 1))[np.newaxis, :]
    late = t - due[:, np.newaxis]
    by_kind = np.stack(
        (
            np.repeat(t, items, axis=0),
            np.repeat(4 * t, items, axis=0),
            np.where(late <= 0, 0.0, 5 + 3 * late),
            np.repeat((t + t**2 / 3) / 6, items, axis=0),
            np.repeat(7 * (1 - np.exp(-t / 8)), items, axis=0),
        )
    )
    cost = np.round(week[:, np.newaxis] * by_kind[kind, np.arange(items)])
    return ScheduleProblem(
        duration=duration,
        demand=demand,
        capacity=np.tile(capacity, (periods, 1)),
        cost=np.maximum.accumulate(cost, axis=1),
        before=place[ends[:, 0]],
        after=place[ends[:, 1]],
    )


def benchmarks() -> Iterator[Measurement]:
    """Measure."""
    compile_loops()
    for items, goal in _SIZES:
        solved = [_timed(random_portfolio(items, seed=seed)) for seed in _SEEDS]
        gaps = [100 * (found.gap if found.gap is not None else 1.0) for found, _ in solved]
        seconds = [each for _, each in solved]
        shown = ", ".join(f"{gap:.2f}" for gap in gaps)
        note = f"median of {len(gaps)} ({shown})"
        title = f"certified gap of a schedule of {items} x {_PERIODS} x {_TEAMS}"
        yield Measurement(title, median(gaps), "%", goal, "lower", note)
        yield Measurement(f"time of a schedule of {items}", max(seconds), "s", 5.0, "lower", "slowest")
    yield from _known_answers()
    yield from _tardiness()
    yield _memory()


def _timed(problem: ScheduleProblem, budget: ScheduleBudget | None = None) -> tuple[Schedule, float]:
    begin = time.perf_counter()
    found = schedule(problem, budget=budget)
    return found, time.perf_counter() - begin


def _known_answers() -> Iterator[Measurement]:
    path = instances("portfolio_schedule.jsonl")
    names = ("worst schedule off the known optimum", "slowest of these", "lower bounds above the optimum")
    units, goals = ("%", "s", "instances"), (0.5, 1.0, 0.0)
    if path is None:
        for name, unit, goal in zip(names, units, goals, strict=True):
            yield Measurement(name, None, unit, goal, "lower", "no instances here")
        return
    off, seconds, wrong, proven = [], [], 0, 0
    for line in path.read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        before, after = np.array(given["edges"], dtype=np.int64).reshape(-1, 2).T
        problem = ScheduleProblem(
            duration=given["dur"],
            demand=given["req"],
            capacity=given["cap"],
            cost=given["cost"],
            before=before,
            after=after,
        )
        found, took = _timed(problem, _SMALL)
        off.append(100 * (found.cost / given["ub"] - 1))
        seconds.append(took)
        wrong += found.bound is not None and found.bound > given["ub"] + 1e-6
        proven += found.status is ScheduleStatus.OPTIMAL
    note = f"{len(off)} instances, {proven} proven optimal"
    for name, figure, unit, goal in zip(names, (max(off), max(seconds), wrong), units, goals, strict=True):
        yield Measurement(name, figure, unit, goal, "lower", note)


def _tardiness() -> Iterator[Measurement]:
    """One machine, unit periods, total weighted tardiness: nothing that this was made for."""
    path = instances("weighted_tardiness.jsonl")
    name = "median weighted tardiness off the best known"
    if path is None:
        yield Measurement(name, None, "%", 1.0, "lower", "no instances here")
        return
    off, gaps, best = [], [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        duration, weight, due = (np.array(given[key]) for key in ("p", "w", "d"))
        periods = int(duration.sum())
        late = np.maximum(0, np.arange(1, periods + 1)[np.newaxis, :] - due[:, np.newaxis])
        cost = weight[:, np.newaxis] * np.append(late, late[:, -1:] + periods, axis=1)
        problem = ScheduleProblem(
            duration=duration,
            demand=np.ones((duration.size, 1)),
            capacity=np.ones((periods, 1)),
            cost=cost.astype(np.float64),
        )
        found, _ = _timed(problem, _TARDY)
        off.append(100 * (found.cost - given["best"]) / max(given["best"], 1))
        best += found.cost == given["best"]
        gaps.append(100 * (found.gap if found.gap is not None else 1.0))
    note = f"{len(off)} instances, {best} equal to the best, worst {max(off):.2f} %, median gap {median(gaps):.1f} %"
    yield Measurement(name, median(off), "%", 1.0, "lower", note)


def _memory() -> Measurement:
    """Peak of a process of its own that schedules the largest of the sizes."""
    command = [sys.executable, "-m", "benchmarks.bench_schedule"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return Measurement(f"memory of a schedule of {_SIZES[-1][0]}", float(told.stdout), "MiB", 1024, "lower")


if __name__ == "__main__":
    schedule(random_portfolio(_SIZES[-1][0], seed=1), budget=ScheduleBudget(evaluations=2_000))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
