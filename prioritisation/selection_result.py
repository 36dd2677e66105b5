"""What a selection is, what is proven about it, and how much work may go into it."""

from dataclasses import dataclass
from enum import StrEnum

from prioritisation.columns import BoolArray, FloatArray
from prioritisation.progress import relative_gap


class SelectionStatus(StrEnum):
    """What is proven about a selection.

    OPTIMAL
        No selection is worth more.
    FEASIBLE
        It keeps all limits; no selection is worth more than its bound.
    """

    OPTIMAL = "OPTIMAL"
    FEASIBLE = "FEASIBLE"


@dataclass(frozen=True, slots=True)
class SelectionBudget:
    """How much work may go into a selection; the same budget gives the same bytes.

    Attributes
    ----------
    iterations : int
        Steps of local search.
    nodes : int
        Nodes of branch and bound where 50 initiatives are undecided; of twice as many a quarter, because each
        takes longer. 0 for none. Where fewer than 100 are left to a large problem, it is not branched on unless
        a gap is asked for.
    gap : float
        Gap at which to be content, 0 for the optimum as far as the budget goes.
    seconds : float
        Safety net. Where it cuts a solve short, the result may differ from run to run.
    """

    iterations: int = 150_000
    nodes: int = 20_000
    gap: float = 0.0
    seconds: float = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Which initiatives to fund.

    Attributes
    ----------
    chosen : bool[n]
    value : float
        What the chosen ones are worth together.
    bound : float
        No selection is worth more.
    status : SelectionStatus
    used : float64[B + 1, K]
        Person-weeks that each category uses of each resource; the last row is work without category.
    price : float64[B + 1, K]
        Value of one more person-week of the resource for the category, by the linear relaxation: an estimate
        for small changes, see `prioritisation.marginal_value` for verified ones.
    """

    chosen: BoolArray
    value: float
    bound: float
    status: SelectionStatus
    used: FloatArray
    price: FloatArray

    @property
    def gap(self) -> float:
        """(bound − value) / bound; 0 where there is nothing to gain."""
        return relative_gap(self.value, self.bound)
