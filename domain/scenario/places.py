"""Where in the input of a plan something is, and copies of its columns with one entry changed."""

from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.planning.input import PlanningInput
from domain.scenario.errors import EffectRefused, Refusal

T = TypeVar("T", bound=np.generic)


def initiative_at(posed: PlanningInput, initiative_id: UUID, index: int) -> int:
    """Position of an initiative.

    Raises
    ------
    EffectRefused
        When the base does not plan it.
    """
    at = posed.position_of.get(initiative_id)
    if at is None:
        raise EffectRefused(
            "The base does not plan this initiative: it is completed, stopped, archived or newer than the base."
            " Remove the effect, or rebase the scenario.",
            reason=Refusal.INITIATIVE_GONE,
            index=index,
        )
    return at


def team_at(posed: PlanningInput, team_id: UUID, index: int) -> int:
    """Position of a team.

    Raises
    ------
    EffectRefused
        When nothing planned demands work of it.
    """
    if team_id not in posed.team_ids:
        raise EffectRefused(
            "Nothing in the base demands work of this team, so that the effect would change nothing. Remove it,"
            " or rebase the scenario.",
            reason=Refusal.TEAM_NOT_PLANNED,
            index=index,
        )
    return posed.team_ids.index(team_id)


def resources_of(posed: PlanningInput, team_id: UUID, skill: str, index: int) -> tuple[int, int | None]:
    """The resource that is a team, and the one that is its skill; None where nobody demands the skill."""
    m = team_at(posed, team_id, index)
    team = int(posed.team_resource[m])
    if not skill:
        return team, None
    for k in np.flatnonzero(posed.resource_team == m).tolist():
        if posed.skills[k] == skill:
            return team, k
    return team, None


def named(posed: PlanningInput, at: int) -> str:
    """What people call an initiative."""
    return posed.names.initiatives[at]


def set_at(column: NDArray[T], at: int | tuple[int | slice, ...], value: Any) -> NDArray[T]:
    """The column with other values at a place."""
    changed = column.copy()
    changed[at] = value
    return changed
