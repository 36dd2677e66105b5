"""How far key results and objectives have come. Pure functions; no figure here is about a person."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from domain.enums import KeyResultDirection
from domain.models.base import LARGEST
from domain.rows import KeyResultRow


class Progress(NamedTuple):
    """Raw progress (may be below 0 or above 1) and the same clamped to 0..1, which rolls up."""

    raw: float
    clamped: float


class Levels(NamedTuple):
    """The values that a key result is measured against, in its own unit."""

    commit: float
    target: float
    stretch: float


def progress(
    *,
    direction: KeyResultDirection,
    start_value: float | None,
    target_value: float | None,
    current_value: float | None,
) -> Progress | None:
    """(current − start) / (target − start); None while one of the three is unknown.

    Where start and target are equal, which input refuses but an import may bring, it is met (1) when the
    current value is at the target or beyond it in the direction, and else not met (0). The raw figure stays
    within ±1e15 even for a vanishing distance.
    """
    raw = _raw(direction, start_value, target_value, current_value)
    return None if raw is None else Progress(raw, max(0.0, min(1.0, raw)))


def raw_progress(key_result: KeyResultRow) -> float | None:
    """Raw progress of one key result, for those who look at thousands; None for a draft."""
    return _raw(
        key_result.direction, key_result.start_value, key_result.target_value, key_result.current_value
    )


def _raw(
    direction: KeyResultDirection,
    start_value: float | None,
    target_value: float | None,
    current_value: float | None,
) -> float | None:
    if start_value is None or target_value is None or current_value is None:
        return None
    distance = target_value - start_value
    if distance == 0:
        beyond = current_value - target_value
        met = beyond <= 0 if direction is KeyResultDirection.DECREASE else beyond >= 0
        return float(met)
    return max(-LARGEST, min(LARGEST, (current_value - start_value) / distance)) + 0.0


def key_result_progress(key_result: KeyResultRow) -> Progress | None:
    """Progress of one key result; None for a draft."""
    return progress(
        direction=key_result.direction,
        start_value=key_result.start_value,
        target_value=key_result.target_value,
        current_value=key_result.current_value,
    )


def weighted_progress(parts: Iterable[tuple[float, float]]) -> float | None:
    """Mean of progress by (weight, progress); None when there is nothing that weighs."""
    pairs = list(parts)
    total = math.fsum(weight for weight, _ in pairs)
    if total == 0:
        return None
    return math.fsum(weight * value for weight, value in pairs) / total


def objective_progress(key_results: Iterable[KeyResultRow]) -> float | None:
    """Weighted mean of the clamped progress of an objective's key results.

    Archived ones and drafts don't count. None when nothing else is there: nothing measured is not the same
    as nothing reached.
    """
    measured = [
        (key_result.weight, key_result_progress(key_result))
        for key_result in key_results
        if key_result.archived_at is None
    ]
    return weighted_progress((weight, found.clamped) for weight, found in measured if found is not None)


def levels(
    *,
    direction: KeyResultDirection,
    start_value: float | None,
    target_value: float | None,
    commit_value: float | None = None,
    stretch_value: float | None = None,
) -> Levels | None:
    """Commit, target and stretch value, with defaults for those that are absent; None for a draft.

    By default target = start + 0.7·(stretch − start) and commit = start + 0.3·(stretch − start), so that
    stretch = start + (target − start) / 0.7. A default commit value never lies beyond the target, which it
    would where a given stretch value is more than 10/3 of the way to it. A milestone has 1 for all three.
    """
    if start_value is None or target_value is None:
        return None
    if direction is KeyResultDirection.MILESTONE:
        return Levels(target_value, target_value, target_value)
    # tenths in integers: 70 / 0.7 and 0.3 * 100 are not exact in binary
    stretch = start_value + (target_value - start_value) * 10 / 7 if stretch_value is None else stretch_value
    if commit_value is not None:
        return Levels(commit_value, target_value, stretch)
    commit = start_value + (stretch - start_value) * 3 / 10
    nearest = min if target_value > start_value else max
    return Levels(nearest(commit, target_value), target_value, stretch)
