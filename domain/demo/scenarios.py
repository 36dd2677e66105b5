"""What the planner of Larkmere has tried out for the first half of 2027: three scenarios, shared with the board."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple


class Tried(NamedTuple):
    """A scenario: shares (None keeps them) with their mode by category, of some teams or of all; and people who join.

    A hire is of a team, with a skill, from a day on, so many.
    """

    key: str
    name: str
    description: str
    shares: Mapping[str, tuple[float | None, str]]
    teams: tuple[str, ...] = ()
    hires: tuple[tuple[str, str, date, int], ...] = ()


TRIED = (
    Tried(
        "hold",
        "Hold the 60/20/10/10",
        "Every bucket fenced in, in every team: nobody borrows from bets, and bets borrow from nobody.",
        dict.fromkeys(("run", "bets", "planning", "unplanned"), (None, "ring_fenced")),
    ),
    Tried(
        "starve",
        "Starve step-change",
        "What 2025 was like, in two teams that no law keeps from it: what is loud comes first, bets get a twentieth.",
        {
            "run": (0.75, "floor"),
            "bets": (0.05, "cap"),
            "planning": (0.05, "cap"),
            "unplanned": (0.15, "floor"),
        },
        teams=("care", "digital"),
    ),
    Tried(
        "hire",
        "Two more for Data Platform",
        "Everything waits for Data Platform. Two people from January on, who need two months to be of full use.",
        {},
        hires=(("data", "pipelines", date(2027, 1, 11), 2),),
    ),
)
