"""What progress was to be expected by a day, and how key results and objectives stand. Pure functions.

The rule is the same for both, so that everybody can retrace it:

- UNKNOWN: start, target or current value is unknown.
- MET: the raw progress is at least 1.
- NOT_STARTED: the day is before the cycle's first, or nobody has checked in and nothing has moved.
- OFF_TRACK: the due date has passed.
- Else the worse of two: how far progress lies behind what was expected (at most 0.1 ON_TRACK, at most 0.3
  AT_RISK, more OFF_TRACK), and the last stated confidence (at least 7 ON_TRACK, at least 4 AT_RISK, below
  OFF_TRACK); one that nobody has stated does not count.
"""

import math
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.enums import KeyResultDirection
from domain.progress import raw_progress
from domain.rows import CycleRow, KeyResultRow

SLIGHTLY_BEHIND = 0.1
"""So far progress may lie behind what was expected by chance."""

FAR_BEHIND = 0.3
"""From so far behind nobody catches up by carrying on as before."""

SURE = 7
"""Confidence from which on people expect to get there."""

DOUBTFUL = 4
"""Confidence below which people don't expect to get there."""


class OkrStatus(StrEnum):
    """How a key result or an objective stands on a day."""

    MET = "met"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    NOT_STARTED = "not_started"
    UNKNOWN = "unknown"


class ConfidenceTrend(StrEnum):
    """Where confidence has gone with the last check-in that stated one."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


class ExpectedShape(StrEnum):
    """How progress is expected to come."""

    LINEAR = "linear"
    AT_THE_END = "at_the_end"


class ExpectedProgress(NamedTuple):
    """What progress was to be expected, 0 to 1: from the one day on to the other, in this shape."""

    value: float
    starts_on: date
    ends_on: date
    shape: ExpectedShape


class ObjectiveStanding(NamedTuple):
    """How an objective stands: weighted means over its key results in use that have a progress.

    ``confidence`` is the mean over those of which one was stated. None where there is nothing to take the
    mean of.
    """

    progress: float | None
    expected: float | None
    confidence: float | None
    status: OkrStatus


def expected_progress(key_result: KeyResultRow, *, cycle: CycleRow, day: date) -> ExpectedProgress:
    """Return what progress was to be expected on a day.

    Linear from 0 on the first day of the objective's cycle to 1 on the key result's due date; of a milestone
    nothing is expected before its due date.
    """
    milestone = key_result.direction is KeyResultDirection.MILESTONE
    shape = ExpectedShape.AT_THE_END if milestone else ExpectedShape.LINEAR
    days = (cycle.starts_on.toordinal(), key_result.due_on.toordinal(), day.toordinal())
    value = _expected(key_result.direction, *days)
    return ExpectedProgress(value, cycle.starts_on, key_result.due_on, shape)


def _expected(direction: KeyResultDirection, first: int, due: int, day: int) -> float:
    """What progress was to be expected; days as ordinal numbers."""
    if day >= due:
        return 1.0
    if day <= first or direction is KeyResultDirection.MILESTONE:
        return 0.0
    return (day - first) / (due - first)


def key_result_status(key_result: KeyResultRow, *, cycle: CycleRow, day: date) -> OkrStatus:
    """Return how a key result stands on a day, by the rule of this module."""
    raw = raw_progress(key_result)
    if raw is None:
        return OkrStatus.UNKNOWN
    if raw >= 1:
        return OkrStatus.MET
    if day < cycle.starts_on or (key_result.checked_in_at is None and raw == 0):
        return OkrStatus.NOT_STARTED
    if day > key_result.due_on:
        return OkrStatus.OFF_TRACK
    expected = expected_progress(key_result, cycle=cycle, day=day)
    return _worse(expected.value - max(0.0, raw), key_result.confidence)


def objective_standing(
    key_results: Iterable[KeyResultRow], *, cycle: CycleRow, day: date
) -> ObjectiveStanding:
    """Return how an objective stands on a day, from its key results; archived ones don't count.

    Its status follows the rule of this module with the means in place of the figures: MET when all that are
    measured are, NOT_STARTED when none of them has been, OFF_TRACK when all that are not met are overdue.
    """
    # one pass: a review looks at thousands of key results
    first, today = cycle.starts_on.toordinal(), day.toordinal()
    weights: list[float] = []
    progress: list[float] = []
    expected: list[float] = []
    heard: list[float] = []
    stated: list[float] = []
    all_met = untouched = overdue = True
    for row in key_results:
        raw = None if row.archived_at is not None else raw_progress(row)
        if raw is None:
            continue
        weight = row.weight
        due = row.due_on.toordinal()
        weights.append(weight)
        progress.append(weight if raw >= 1 else weight * raw if raw > 0 else 0.0)
        expected.append(weight * _expected(row.direction, first, due, today))
        if row.confidence is not None:
            heard.append(weight)
            stated.append(weight * row.confidence)
        if raw < 1:
            all_met = False
            untouched = untouched and row.checked_in_at is None and raw == 0
            overdue = overdue and today > due
        else:
            untouched = False
    total = math.fsum(weights)
    if total == 0:
        return ObjectiveStanding(None, None, None, OkrStatus.UNKNOWN)
    mean, wanted = math.fsum(progress) / total, math.fsum(expected) / total
    heard_total = math.fsum(heard)
    confidence = math.fsum(stated) / heard_total if heard_total > 0 else None
    if all_met:
        status = OkrStatus.MET
    elif day < cycle.starts_on or untouched:
        status = OkrStatus.NOT_STARTED
    elif overdue:
        status = OkrStatus.OFF_TRACK
    else:
        status = _worse(wanted - mean, confidence)
    return ObjectiveStanding(mean, wanted, confidence, status)


def confidence_trend(key_result: KeyResultRow) -> ConfidenceTrend | None:
    """Return where confidence has gone; None until it was stated twice."""
    now, before = key_result.confidence, key_result.previous_confidence
    if now is None or before is None:
        return None
    if now == before:
        return ConfidenceTrend.STEADY
    return ConfidenceTrend.RISING if now > before else ConfidenceTrend.FALLING


def _worse(behind: float, confidence: float | None) -> OkrStatus:
    # a hair's breadth of rounding decides nothing
    behind -= 1e-9
    if behind > FAR_BEHIND or (confidence is not None and confidence < DOUBTFUL):
        return OkrStatus.OFF_TRACK
    if behind > SLIGHTLY_BEHIND or (confidence is not None and confidence < SURE):
        return OkrStatus.AT_RISK
    return OkrStatus.ON_TRACK
