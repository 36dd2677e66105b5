"""What a plan is asked for by, and the input that follows from it."""

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

import numpy as np

from domain.db import Database, reading
from domain.periods import PeriodLength
from domain.planning.building import planning_input
from domain.planning.input import PlanningInput
from domain.planning.loading import planned_cycle, read_surroundings
from domain.ranking import RankingRequest, rank_portfolio
from domain.snapshot import View

_IN_PLACE = 500
"""Up to so many initiatives an input is made in a few milliseconds."""

MOST_DAYS_IN_WEEKS = 200
"""Longer cycles are scheduled by month unless weeks are asked for."""


class InFlight(StrEnum):
    """What becomes of work in flight in a plan."""

    KEPT = "kept"
    COMPETES = "competes"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What to plan and how; without a length of periods it follows from the cycle's."""

    cycle_id: UUID
    ranking: RankingRequest
    length: PeriodLength | None = None
    in_flight: InFlight = InFlight.KEPT


async def posed_plan(
    database: Database, view: View, portfolio_id: UUID, request: PlanRequest
) -> PlanningInput:
    """The input of a plan of a portfolio, from the view and what the database knows beside it.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such portfolio, cycle or model; when the cycle is over; when the model can't be applied.
    """
    columns = view.portfolio(portfolio_id)
    today = request.ranking.today
    cycle = planned_cycle(view.directory, request.cycle_id, today=today)
    ranking = await rank_portfolio(view, portfolio_id, request.ranking)
    length = request.length
    if length is None:
        days = (cycle.ends_on - max(cycle.starts_on, today)).days + 1
        length = PeriodLength.WEEK if days <= MOST_DAYS_IN_WEEKS else PeriodLength.MONTH
    organisation_id = view.organisation.id
    async with reading(database, organisation_id) as connection:
        surroundings = await read_surroundings(
            connection,
            organisation_id,
            columns,
            cycle,
            today=today,
            length=length,
            currency=view.organisation.currency,
        )
    if len(columns) <= _IN_PLACE:
        posed = planning_input(ranking, view.directory, surroundings)
    else:
        posed = await asyncio.to_thread(planning_input, ranking, view.directory, surroundings)
    return competing(posed) if request.in_flight is InFlight.COMPETES else posed


def competing(posed: PlanningInput) -> PlanningInput:
    """The input in which work in flight competes with all other work, by what remains of it."""
    return replace(posed, committed=np.zeros(len(posed), dtype=np.bool_))
