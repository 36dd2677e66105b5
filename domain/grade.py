"""Bands of grades. A grade is 0 to 1, of an objective or a key result and never of a person."""

from enum import StrEnum

GREEN = 0.7
AMBER = 0.4


class GradeBand(StrEnum):
    """How a grade reads on a board's page."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


def grade_band(grade: float) -> GradeBand:
    """Return the band of a grade: from 0.7 on green, from 0.4 on amber, below red."""
    if grade >= GREEN:
        return GradeBand.GREEN
    return GradeBand.AMBER if grade >= AMBER else GradeBand.RED
