"""What it means to stop an initiative: what falls with it, what that frees, and what is lost."""

import asyncio
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import numpy as np

from domain.dependency_map.mapping import Integers, MappedPortfolio, MapRequest, map_portfolio
from domain.enums import ScoringMethod
from domain.ranking.criteria import score_portfolio
from domain.snapshot import View
from prioritisation.dependencies import stop_impact
from prioritisation.neighbourhood import by_distance


class FreedDemand(NamedTuple):
    """Person-weeks of a team that nobody needs any more, by the likely demands."""

    team_id: UUID
    own: float
    """Of what stops."""
    falling: float
    """Of what falls with it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stop:
    """What happens when an initiative stops."""

    mapped: MappedPortfolio
    node: int
    falls: Integers
    """Nodes that wait for it over hard dependencies, directly or not; the nearest first, then by id."""
    weakened: Integers
    """Other nodes that lose what a soft dependency wishes for, in the order of the map."""
    demands: tuple[FreedDemand, ...]
    """By person-weeks, the most first."""
    cost_minor: Mapping[str, float]
    """Costs in money that fall away, by currency; those that are known."""
    delay_minor_per_week: Mapping[str, float]
    """Likely cost of delay per week that is never earned, by currency; what is known."""
    without_delay_cost: int
    """How many of those that stop or fall have no known cost of delay."""
    outcome_value: float | None
    """Value by outcome that is lost; None when none of them contributes to a key result in use."""

    @property
    def nodes(self) -> Integers:
        """What stops, then what falls."""
        return np.append(np.array([self.node], dtype=np.int64), self.falls)


async def stop(view: View, portfolio_id: UUID, initiative_id: UUID, request: MapRequest) -> Stop | None:
    """What stopping an initiative means for the others.

    Returns None when the initiative is not on the map: it is completed, stopped or archived.

    Raises
    ------
    NotFound
        When there is no such portfolio.
    """
    mapped = await map_portfolio(view, portfolio_id, request)
    position = mapped.columns.find(initiative_id)
    node = -1 if position is None else int(mapped.node_of[position])
    if node < 0 or mapped.closed[node]:
        return None
    if mapped.long:
        return await asyncio.to_thread(_stopped, view, mapped, node)
    return _stopped(view, mapped, node)


def _stopped(view: View, mapped: MappedPortfolio, node: int) -> Stop:
    columns = mapped.columns
    falls = by_distance(mapped.plan.successors, node, tie_break=mapped.plan.tie_break).items
    weakened = stop_impact(mapped.plan, [node]).weakened
    gone = mapped.positions[np.append(np.array([node], dtype=np.int64), falls)]
    rows = [columns.rows[position] for position in gone.tolist()]
    costs = [columns.costs_of_delay[position] for position in gone.tolist()]
    value = score_portfolio(
        columns,
        view.directory,
        method=ScoringMethod.VALUE_BY_OUTCOME,
        model=None,
        positions=np.sort(gone),
        currency=view.organisation.currency,
        today=mapped.request.today,
    ).scores.score
    place = np.empty(len(mapped), dtype=np.int64)
    place[mapped.order] = np.arange(len(mapped))
    return Stop(
        mapped=mapped,
        node=node,
        falls=falls,
        weakened=weakened[np.argsort(place[weakened])],
        demands=_demands(mapped, gone),
        cost_minor=_by_currency(
            (row.cost_currency, float(row.cost_minor))
            for row in rows
            if row.cost_minor is not None and row.cost_currency is not None
        ),
        delay_minor_per_week=_by_currency(
            (cost.currency, cost.rate_minor_per_week_likely) for cost in costs if cost is not None
        ),
        without_delay_cost=sum(cost is None for cost in costs),
        outcome_value=None if np.isnan(value).all() else math.fsum(value[~np.isnan(value)].tolist()),
    )


def _by_currency(amounts: Iterable[tuple[str, float]]) -> Mapping[str, float]:
    sums: defaultdict[str, float] = defaultdict(float)
    for currency, minor in amounts:
        sums[currency] += minor
    return dict(sorted(sums.items()))


def _demands(mapped: MappedPortfolio, gone: Integers) -> tuple[FreedDemand, ...]:
    demands = mapped.columns.demands
    sums: defaultdict[UUID, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for number, position in enumerate(gone.tolist()):
        for entry in demands.of(position):
            sums[demands.team[entry]][min(number, 1)] += float(demands.likely[entry])
    freed = [FreedDemand(team_id, own, falling) for team_id, (own, falling) in sums.items()]
    return tuple(sorted(freed, key=lambda one: (-(one.own + one.falling), one.team_id)))
