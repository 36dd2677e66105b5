"""What it means that an initiative slips: by how much others move, and what that costs."""

import asyncio
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from domain.dependency_map.mapping import MappedPortfolio, MapRequest, map_portfolio
from domain.errors import InvalidInput
from domain.ranking.delay import delay_problem
from domain.snapshot import View
from domain.snapshot.columns import Floats
from prioritisation.adjacency import reachable
from prioritisation.cost_of_delay import delay_cost
from prioritisation.slips import DelayCost, SlipImpact, slip_impact

MOST_SLIP_WEEKS = 520


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slip:
    """A slip of an initiative, and what it does to those that wait for it.

    ``impact`` counts items in the nodes of ``mapped``; its costs are in minor units, each in the currency
    of the initiative's cost of delay.
    """

    mapped: MappedPortfolio
    weeks: float
    impact: SlipImpact

    def currency(self, at: int) -> str | None:
        """Currency of the cost of an entry; None without a cost of delay."""
        cost = self.mapped.columns.costs_of_delay[int(self.mapped.positions[self.impact.items[at]])]
        return None if cost is None else cost.currency

    def newly_late(self, at: int) -> float | None:
        """Weeks by which an entry's new finish misses the deadline that the old one kept; None if not."""
        due = float(self.mapped.deadline[self.impact.items[at]])
        new = float(self.impact.new_finish[at])
        old = new - float(self.impact.finish_moves[at])
        same = 1e-9 * max(1.0, abs(due))
        return new - due if old <= due + same < new else None

    @property
    def totals(self) -> Mapping[str, float]:
        """Sum of the known costs in minor units, by currency in alphabetical order."""
        sums: defaultdict[str, float] = defaultdict(float)
        for at, cost in enumerate(self.impact.delay_cost.tolist()):
            currency = self.currency(at)
            if currency is not None and not math.isnan(cost):
                sums[currency] += cost
        return dict(sorted(sums.items()))

    @property
    def unknown_costs(self) -> int:
        """How many of those that move have no known cost of delay."""
        return int((np.isnan(self.impact.delay_cost) & (self.impact.finish_moves > 0)).sum())


async def slip(
    view: View, portfolio_id: UUID, initiative_id: UUID, weeks: float, request: MapRequest
) -> Slip | None:
    """What happens when an initiative starts, and so finishes, some weeks later than it could.

    Returns None when the initiative is not on the map: it is completed, stopped or archived.

    Raises
    ------
    InvalidInput
        When the weeks are not from 0 to 520.
    NotFound
        When there is no such portfolio.
    """
    if not 0 <= weeks <= MOST_SLIP_WEEKS:
        raise InvalidInput(f"A slip takes from 0 to {MOST_SLIP_WEEKS} weeks.", path=("weeks",))
    mapped = await map_portfolio(view, portfolio_id, request)
    position = mapped.columns.find(initiative_id)
    node = -1 if position is None else int(mapped.node_of[position])
    if node < 0 or mapped.closed[node]:
        return None
    if mapped.long:
        return await asyncio.to_thread(_slipped, mapped, node, weeks)
    return _slipped(mapped, node, weeks)


def _slipped(mapped: MappedPortfolio, node: int, weeks: float) -> Slip:
    impact = slip_impact(
        mapped.plan,
        node,
        weeks=weeks,
        duration=mapped.duration,
        earliest_start=mapped.earliest,
        delay_cost=_costs(mapped, node),
    )
    return Slip(mapped=mapped, weeks=weeks, impact=impact)


def _costs(mapped: MappedPortfolio, node: int) -> DelayCost:
    """What finishing costs, in minor units, for a node and all that wait for it; unknown for the others."""
    affected = np.append(reachable(mapped.plan.successors, [node]), node)
    costs = [mapped.columns.costs_of_delay[at] for at in mapped.positions[affected].tolist()]
    problem = delay_problem(costs, today=mapped.request.today)

    def cost(finish: Floats) -> Floats:
        minor = np.full(len(mapped), np.nan)
        minor[affected] = delay_cost(problem, finish[affected])
        return minor

    return cost
