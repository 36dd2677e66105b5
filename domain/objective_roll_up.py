"""Progress along the cascade: an objective's own key results and the objectives below it, every number explained.

The progress of an objective, rolled up, is the mean over its key results and the objectives below it, each by
its weight. What is archived does not count; nor does an objective that goes on in a later cycle, because its
successor does. What has no progress (a draft, an objective without evidence) is named and left out of the mean:
not known is not 0.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.progress import raw_progress
from domain.rows import KeyResultRow, ObjectiveRow
from domain.snapshot import Directory


class RollUpPart(StrEnum):
    """What part a term of a roll-up is."""

    KEY_RESULT = "key_result"
    OBJECTIVE = "objective"


class RollUpTerm(NamedTuple):
    """A key result or a child objective in an objective's progress.

    ``contribution`` = weight · progress / total weight; the contributions add up to the objective's progress.
    Progress and contribution are None for what is not known; it has no share in the total weight.
    """

    part: RollUpPart
    row: KeyResultRow | ObjectiveRow
    weight: float
    progress: float | None
    contribution: float | None


@dataclass(frozen=True, slots=True)
class RollUp:
    """An objective's rolled-up progress, 0 to 1; None if nothing below it with a weight is known.

    ``terms`` are its key results, the oldest first, then the objectives below it, the oldest first;
    ``total_weight`` is that of the terms that are known.
    """

    objective: ObjectiveRow
    progress: float | None
    total_weight: float
    terms: tuple[RollUpTerm, ...]


def roll_up(directory: Directory, objective_id: UUID) -> RollUp:
    """Return the progress of an objective along the cascade, with its terms.

    The progress of all objectives is computed once for each version of the directory, from the lowest level
    upwards: each key result and each objective is looked at once.
    """
    progress = _all_progress(directory)
    objective = directory.objectives[objective_id]
    parts = [(part, row, row.weight, known) for part, row, known in _parts(directory, objective_id, progress)]
    total = math.fsum(weight for _, _, weight, known in parts if known is not None)
    return RollUp(
        objective=objective,
        progress=progress[objective_id],
        total_weight=total,
        terms=tuple(
            RollUpTerm(
                part, row, weight, known, None if known is None or total == 0 else weight * known / total
            )
            for part, row, weight, known in parts
        ),
    )


def rolled_up_progress(directory: Directory, objective_id: UUID) -> float | None:
    """Return the progress of an objective along the cascade, without its terms."""
    return _all_progress(directory)[objective_id]


def _all_progress(directory: Directory) -> dict[UUID, float | None]:
    kept: dict[UUID, float | None] | None = directory.derived.get("rolled-up progress")
    if kept is not None:
        return kept
    progress: dict[UUID, float | None] = {}
    for objective_id in _lowest_first(directory):
        weights, values = [], []
        for _, row, known in _parts(directory, objective_id, progress):
            if known is not None:
                weights.append(row.weight)
                values.append(row.weight * known)
        total = math.fsum(weights)
        progress[objective_id] = math.fsum(values) / total if total > 0 else None
    directory.derived["rolled-up progress"] = progress
    return progress


def _lowest_first(directory: Directory) -> list[UUID]:
    """Every objective after all that are below it; the cascade has no loops, but may be deep."""
    order = [row.id for row in directory.objectives.values() if row.parent_id is None]
    # grows while it is walked: each level is followed by what is below it
    for objective_id in order:
        order += [child.id for child in directory.children_of.get(objective_id, ())]
    return order[::-1]


def _parts(
    directory: Directory, objective_id: UUID, progress: dict[UUID, float | None]
) -> Iterator[tuple[RollUpPart, KeyResultRow | ObjectiveRow, float | None]]:
    for key_result in directory.key_results_of.get(objective_id, ()):
        if key_result.archived_at is None:
            own = raw_progress(key_result)
            yield RollUpPart.KEY_RESULT, key_result, None if own is None else max(0.0, min(1.0, own))
    for child in directory.children_of.get(objective_id, ()):
        if child.archived_at is None and child.id not in directory.successors:
            yield RollUpPart.OBJECTIVE, child, progress[child.id]
