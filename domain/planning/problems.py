"""From the input of a plan to the engine's problems: what to fund, and when it runs."""

from dataclasses import dataclass

import numpy as np

from domain.planning.input import Integers, PlanningInput
from domain.planning.limits import Room, room_in_all
from domain.planning.standing import Effort, Standing, effort_of, standing_of
from prioritisation.selection_problem import SelectionProblem


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PosedSelection:
    """A selection problem, position by position that of the input, and what it was made from.

    Work in flight is in it as mandatory, with no demand and no value of its own: its capacity has been taken
    off, and its value is no reason to choose anything.
    """

    posed: PlanningInput
    effort: Effort
    standing: Standing
    room: Room
    problem: SelectionProblem


def selection_problem(posed: PlanningInput) -> PosedSelection:
    """What to fund in the rest of the cycle.

    An initiative is funded as a whole: all the effort that remains of it counts against the cycle, whatever
    its duration. What is unknown is never taken for 0: an initiative of unknown value or effort, or that needs
    a team of unknown capacity, is not chosen unless it is mandatory; then it counts with what is known.
    """
    effort = effort_of(posed)
    standing = standing_of(posed, effort)
    room = room_in_all(posed, standing, effort)
    demand = np.where(standing.committed[:, np.newaxis], 0.0, effort.weeks)
    value = np.where(standing.committed, 0.0, np.maximum(np.nan_to_num(posed.value), 0.0))
    problem = SelectionProblem(
        value=value,
        demand=demand,
        category=posed.category,
        limits=room.limits(),
        before=standing.before,
        after=standing.after,
        alternatives=_alternatives(posed, standing),
        mandatory=standing.mandatory | standing.committed,
        excluded=standing.barred,
    )
    return PosedSelection(posed=posed, effort=effort, standing=standing, room=room, problem=problem)


def _alternatives(posed: PlanningInput, standing: Standing) -> list[Integers]:
    """Groups of alternatives; where several are in flight already, the first of them stands for all."""
    found = []
    for group in range(len(posed.alternatives)):
        members = posed.member[posed.member_group == group]
        begun = standing.committed[members]
        found.append(np.concatenate((members[begun][:1], members[~begun])))
    return found
