"""What a change review looks at: step-change work by its objectives, those that stand worst first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import is_
from typing import NamedTuple
from uuid import UUID

from domain.key_result_status import ObjectiveStanding, OkrStatus, objective_standing
from domain.review.subject import Coverage
from domain.rows import CycleRow, KeyResultRow, ObjectiveRow
from domain.snapshot import Directory

WORST_FIRST = (
    OkrStatus.OFF_TRACK,
    OkrStatus.AT_RISK,
    OkrStatus.UNKNOWN,
    OkrStatus.NOT_STARTED,
    OkrStatus.ON_TRACK,
    OkrStatus.MET,
)
_RANK = {status: rank for rank, status in enumerate(WORST_FIRST)}
_KEPT_DAYS = 4
"""Days whose standings are kept with a version of the directory."""


class StandingObjective(NamedTuple):
    """An objective with its key results and how it stands."""

    row: ObjectiveRow
    cycle: CycleRow
    key_results: tuple[KeyResultRow, ...]
    standing: ObjectiveStanding


@dataclass(frozen=True, slots=True)
class Past:
    """Objectives, cycles and key results (by their objective) as they were at a past time."""

    objectives: Mapping[UUID, ObjectiveRow]
    cycles: Mapping[UUID, CycleRow]
    key_results_of: Mapping[UUID, tuple[KeyResultRow, ...]]


_MOST_KNOWN = 100_000
_known: dict[tuple[UUID, date], StandingObjective] = {}
"""Standings that were computed of rows which other versions share, so that a check-in costs one of them."""


def objectives_on(directory: Directory, day: date) -> tuple[StandingObjective, ...]:
    """The open objectives of the cycles that run on a day, as they are now: the worst first, then by title.

    Kept with the directory, so that the next page of the same version costs nothing.
    """
    kept: dict[date, tuple[StandingObjective, ...]] = directory.derived.setdefault("standing objectives", {})
    found = kept.get(day)
    if found is None:
        found = standing_objectives(
            Past(directory.objectives, directory.cycles, directory.key_results_of), day
        )
        if len(kept) >= _KEPT_DAYS:
            kept.clear()
        kept[day] = found
    return found


def standing_objectives(past: Past, day: date) -> tuple[StandingObjective, ...]:
    """The open objectives of the cycles that run on a day: the worst first, then by title."""
    running = {
        key: cycle
        for key, cycle in past.cycles.items()
        if cycle.archived_at is None and cycle.starts_on <= day <= cycle.ends_on
    }
    found = []
    for row in past.objectives.values():
        cycle = running.get(row.cycle_id)
        if cycle is None or row.archived_at is not None or row.closed_at is not None:
            continue
        found.append(_standing(row, cycle, past.key_results_of.get(row.id, ()), day))
    found.sort(key=lambda each: (_RANK[each.standing.status], each.row.title.lower(), each.row.id))
    return tuple(found)


def _standing(
    row: ObjectiveRow, cycle: CycleRow, key_results: tuple[KeyResultRow, ...], day: date
) -> StandingObjective:
    known = _known.get((row.id, day))
    if (
        known is not None
        and known.row is row
        and known.cycle is cycle
        and len(known.key_results) == len(key_results)
        and all(map(is_, known.key_results, key_results))
    ):
        return known
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    standing = objective_standing(key_results, cycle=cycle, day=day)
    _known[row.id, day] = StandingObjective(row, cycle, key_results, standing)
    return _known[row.id, day]


def covered(found: Sequence[StandingObjective], by: Coverage) -> Iterable[StandingObjective]:
    """Those that a scope covers."""
    if by.team_ids is None and by.objective_ids is None:
        return found
    return (each for each in found if by.has_objective(each.row))
