"""How far a solver has come, for those who wait for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known at one moment of a solve.

    Attributes
    ----------
    phase : str
        Stable name of what is being done, in upper snake case.
    incumbent : float or None
        Value or cost of the best plan so far; None while there is none.
    bound : float or None
        What no plan can surpass (a value) or undercut (a cost); None while nothing is proven.
    gap : float or None
        Distance of the two as a share of the greater one, 0 to 1; None while one of them is missing.
    done : float
        Share of the budget that is spent, 0 to 1; never falls within a solve.

    Examples
    --------
    >>> Progress(phase="KERNEL", incumbent=90.0, bound=100.0, gap=0.1, done=0.5).gap
    0.1
    """

    phase: str
    incumbent: float | None
    bound: float | None
    gap: float | None
    done: float


def relative_gap(incumbent: float, bound: float) -> float:
    """Return the distance of a plan from its bound as a share of the greater one; 0 where they are equal.

    Examples
    --------
    >>> relative_gap(90.0, 100.0), relative_gap(0.0, 0.0)
    (0.1, 0.0)
    """
    greater = max(abs(incumbent), abs(bound))
    return abs(bound - incumbent) / greater if greater > 0 else 0.0
