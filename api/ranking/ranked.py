"""What the types of a ranking show: an initiative at an index of it."""

from typing import NamedTuple

from domain.ranking import RankedPortfolio
from domain.rows import InitiativeRow


class Ranked(NamedTuple):
    """The initiative at an index of a ranking."""

    ranking: RankedPortfolio
    at: int

    @property
    def position(self) -> int:
        """Where the portfolio's columns have it."""
        return int(self.ranking.scored.positions[self.at])

    @property
    def row(self) -> InitiativeRow:
        """The initiative."""
        return self.ranking.columns.rows[self.position]
