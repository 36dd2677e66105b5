"""Why an initiative has another rank than before: what differs between two rankings, taken over step by step.

The earlier ranking is turned into the later one in a fixed order: what has left goes, then come the model,
the values by where they are from, the dependencies, what has entered, and the ranks that are set by hand.
After each step all ranks are computed anew, so that the changes of the steps add up to the whole move. A step
is an initiative's own cause where something of its own has changed; else it has moved because others have.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import CriterionSource, RankCauseKind, ScoringMethod
from domain.ranking.input import RankingInput, Settings, Solved, restricted, solve
from domain.ranking.overriding import Integers

Marks = NDArray[np.bool_]

_KIND_OF = {
    CriterionSource.SCORE: RankCauseKind.SCORE,
    CriterionSource.COST_OF_DELAY: RankCauseKind.COST_OF_DELAY,
    CriterionSource.DURATION_WEEKS: RankCauseKind.DURATION,
    CriterionSource.EFFORT_PERSON_WEEKS: RankCauseKind.EFFORT,
    CriterionSource.VALUE_BY_OUTCOME: RankCauseKind.OUTCOME,
}


class RankCause(NamedTuple):
    """One cause of a move; ``change`` is its part in the rank, negative towards the top.

    It is None where the initiative has gained or lost its rank by it. ``criteria`` are those of the
    organisation whose values have changed.
    """

    kind: RankCauseKind
    change: int | None
    criteria: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Step:
    """A step: ranks after it, whose own it is, and which criteria (rows) have changed for whom."""

    kind: RankCauseKind
    otherwise: RankCauseKind
    rank: Integers
    own: Marks
    criteria: tuple[UUID | None, ...] = ()
    changed: Marks | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Two rankings side by side.

    Attributes
    ----------
    entered, left
        Positions in the later and in the earlier ranking of what only that one has.
    before, after : int64[c]
        Positions in both of what they have in common.
    rank_before, rank_after : int64[c]
        Ranks of these, 0 without one.
    earlier, later
        Both rankings in whole.
    """

    entered: Integers
    left: Integers
    before: Integers
    after: Integers
    rank_before: Integers
    rank_after: Integers
    earlier: Solved
    later: Solved
    steps: tuple[_Step, ...]

    @property
    def moved(self) -> Integers:
        """Indices of what is in both and has another rank."""
        return np.flatnonzero(self.rank_before != self.rank_after)

    def causes(self, index: int) -> tuple[RankCause, ...]:
        """Why what both have at ``index`` has moved, in the order of the steps; empty if it has not."""
        if self.rank_before[index] == self.rank_after[index]:
            return ()
        found: dict[RankCauseKind, RankCause] = {}
        rank = int(self.rank_before[index])
        for step in self.steps:
            then = int(step.rank[index])
            if then != rank:
                own = bool(step.own[index])
                kind = step.kind if own else step.otherwise
                cause = RankCause(
                    kind,
                    then - rank if then and rank else None,
                    _criteria(step, index) if own else (),
                )
                found[kind] = _sum(found[kind], cause) if kind in found else cause
            rank = then
        return tuple(cause for cause in found.values() if cause.change != 0)


def compare(before: RankingInput, after: RankingInput) -> Comparison:
    """Set a later ranking against an earlier one.

    Raises
    ------
    PrioritisationError
        When one of them is not an input that a ranking was computed from.
    """
    common_before, common_after, left, entered = _matched(before, after)
    earlier = solve(before)
    posed, solved = before, earlier
    at = common_before
    first = solved.ordered.rank[at]
    steps: list[_Step] = []
    everybody = np.ones(len(at), dtype=np.bool_)

    def take(
        changed_to: RankingInput,
        kind: RankCauseKind,
        *,
        otherwise: RankCauseKind = RankCauseKind.OTHERS_CHANGED,
        own: Marks | None = None,
        criteria: tuple[UUID | None, ...] = (),
        changed: Marks | None = None,
    ) -> None:
        nonlocal posed, solved
        then = solve(changed_to)
        if own is None:
            own = _rescored(solved, then)
        rank = then.ordered.rank[at]
        steps.append(
            _Step(kind=kind, otherwise=otherwise, rank=rank, own=own, criteria=criteria, changed=changed)
        )
        posed, solved = changed_to, then

    if left.size:
        at = np.arange(len(at))
        take(restricted(before, common_before), RankCauseKind.OTHERS_LEFT, own=everybody)
    at = np.arange(len(at))
    goal = restricted(after, common_after)
    if _ruled(posed.settings) != _ruled(goal.settings):
        kind = RankCauseKind.WEIGHTS if _only_weights(posed, goal) else RankCauseKind.MODEL
        other_order = _ordered_by(posed.settings) != _ordered_by(goal.settings)
        take(_with_model(posed, goal), kind, own=everybody if other_order else None)
    for source, kind in _KIND_OF.items():
        rows = [row for row, item in enumerate(goal.settings.criteria) if item.source is source]
        changed = _differ(posed.values[rows], goal.values[rows])
        if changed.any():
            values = posed.values.copy()
            values[rows] = goal.values[rows]
            ids = tuple(goal.settings.criteria[row].criterion_id for row in rows)
            take(replace(posed, values=values), kind, criteria=ids, changed=changed)
    if not _same_contributions(posed, goal):
        take(_with_contributions(posed, goal), RankCauseKind.OUTCOME)
    own = _touched_by_dependencies(posed, goal)
    if own.any():
        take(replace(goal, stated=posed.stated), RankCauseKind.DEPENDENCY, own=own)
    at = common_after
    # what enters brings the rank that is set for it
    stated = after.stated.copy()
    stated[at] = posed.stated
    if entered.size:
        take(
            replace(after, stated=stated),
            RankCauseKind.OTHERS_ENTERED,
            own=everybody,
        )
    if (stated != after.stated).any():
        take(after, RankCauseKind.OVERRIDE, own=stated[at] != after.stated[at])
    return Comparison(
        entered=entered,
        left=left,
        before=common_before,
        after=common_after,
        rank_before=first,
        rank_after=steps[-1].rank if steps else first,
        earlier=earlier,
        later=solved,
        steps=tuple(steps),
    )


def _criteria(step: _Step, index: int) -> tuple[UUID, ...]:
    if step.changed is None:
        return ()
    return tuple(
        criterion_id
        for criterion_id, changed in zip(step.criteria, step.changed[:, index], strict=True)
        if changed and criterion_id is not None
    )


def _sum(one: RankCause, other: RankCause) -> RankCause:
    change = None if one.change is None or other.change is None else one.change + other.change
    return RankCause(one.kind, change, tuple(dict.fromkeys((*one.criteria, *other.criteria))))


def _matched(before: RankingInput, after: RankingInput) -> tuple[Integers, Integers, Integers, Integers]:
    """Positions of what both have, in each; of what only the earlier has, and only the later."""
    earlier = {row.tobytes(): position for position, row in enumerate(before.ids)}
    at = np.array([earlier.get(row.tobytes(), -1) for row in after.ids], dtype=np.int64)
    common_after = np.flatnonzero(at >= 0)
    common_before = at[common_after]
    left = np.setdiff1d(np.arange(len(before)), common_before)
    return common_before, common_after, left, np.flatnonzero(at < 0)


def _differ(one: NDArray[np.float64], other: NDArray[np.float64]) -> Marks:
    same: Marks = (one == other) | (np.isnan(one) & np.isnan(other))
    return ~same


def _rescored(one: Solved, other: Solved) -> Marks:
    return _differ(one.score, other.score) | _differ(one.size, other.size)


def _ordered_by(settings: Settings) -> tuple[object, ...]:
    return (settings.kind, settings.soft_penalty_weeks)


def _ruled(settings: Settings) -> tuple[object, ...]:
    return (settings.method, settings.missing, settings.criteria, _ordered_by(settings))


def _only_weights(posed: RankingInput, goal: RankingInput) -> bool:
    def without_weights(settings: Settings) -> tuple[object, ...]:
        meanings = tuple(criterion.meaning for criterion in settings.criteria)
        return (settings.method, settings.missing, meanings, _ordered_by(settings))

    return without_weights(posed.settings) == without_weights(goal.settings)


def _with_model(posed: RankingInput, goal: RankingInput) -> RankingInput:
    """The earlier values under the later model; of criteria that are new in it the later ones."""
    row_of = {criterion.meaning: row for row, criterion in enumerate(posed.settings.criteria)}
    rows = [
        goal.values[row] if criterion.meaning not in row_of else posed.values[row_of[criterion.meaning]]
        for row, criterion in enumerate(goal.settings.criteria)
    ]
    values = np.array(rows).reshape(len(rows), len(posed))
    changed = replace(posed, settings=goal.settings, values=values)
    if posed.settings.method is not goal.settings.method:
        changed = _with_contributions(changed, goal)
    if (posed.settings.soft_penalty_weeks is None) != (goal.settings.soft_penalty_weeks is None):
        changed = replace(changed, soft_tails=goal.soft_tails, soft_heads=goal.soft_heads)
    return changed


def _with_contributions(posed: RankingInput, goal: RankingInput) -> RankingInput:
    return replace(
        posed,
        key_results=goal.key_results,
        figures=goal.figures,
        contributor=goal.contributor,
        contributes_to=goal.contributes_to,
        share=goal.share,
    )


def _same_contributions(posed: RankingInput, goal: RankingInput) -> bool:
    if goal.settings.method is not ScoringMethod.VALUE_BY_OUTCOME:
        return True
    pairs: list[tuple[NDArray[Any], NDArray[Any]]] = [
        (posed.key_results, goal.key_results),
        (posed.contributor, goal.contributor),
        (posed.contributes_to, goal.contributes_to),
        (posed.figures, goal.figures),
        (posed.share, goal.share),
    ]
    return all(one.shape == other.shape and one.tobytes() == other.tobytes() for one, other in pairs)


def _touched_by_dependencies(posed: RankingInput, goal: RankingInput) -> Marks:
    """What has other dependencies, hard ones or soft ones that count."""
    touched = np.zeros(len(goal), dtype=np.bool_)
    for one, other in (
        ((posed.tails, posed.heads), (goal.tails, goal.heads)),
        ((posed.soft_tails, posed.soft_heads), (goal.soft_tails, goal.soft_heads)),
    ):
        different = np.setxor1d(one[0] * len(goal) + one[1], other[0] * len(goal) + other[1])
        touched[different // max(1, len(goal))] = True
        touched[different % max(1, len(goal))] = True
    return touched
