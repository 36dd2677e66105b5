"""How plans are asked for: arguments, and inputs that the fields of a request share."""

import asyncio
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.context import Context
from api.inputs import decoded
from api.ranking.enums import OrderKind
from api.ranking.request import RankingBy, request_for
from api.selection.enums import CutReading, InFlight
from domain.enums import ScoringMethod
from domain.periods import PeriodLength
from domain.planning.asking import PlanRequest, posed_plan
from domain.planning.input import PlanningInput
from domain.planning.selecting import SelectedPlan, selected_plan

CycleId = Annotated[
    strawberry.ID,
    strawberry.argument(
        description="The cycle to plan, or the rest of it when it has begun. One that is over can't be planned."
    ),
]
PlanBy = Annotated[
    RankingBy | None,
    strawberry.argument(
        description="What values and the ranking come from; left out the portfolio's default model, or CD3 when it has"
        " none."
    ),
]
PlanAsOf = Annotated[
    date | None,
    strawberry.argument(
        description="The day on which the plan is made: it begins then, or on the first day of the cycle if that comes"
        " later. Left out today (UTC)."
    ),
]
InFlightIs = Annotated[InFlight, strawberry.argument(description="What becomes of work in flight.")]
Reading = Annotated[
    CutReading,
    strawberry.argument(
        description="What the walk down the ranking does at the first initiative that does not fit."
    ),
]

_UNITS = {
    ScoringMethod.WEIGHTED: "weighted score",
    ScoringMethod.WSJF: "points: business value + time criticality + risk reduction",
    ScoringMethod.RICE: "reach · impact · confidence",
    ScoringMethod.ICE_MEAN: "mean of impact, confidence and ease",
    ScoringMethod.ICE_PRODUCT: "impact · confidence · ease",
    ScoringMethod.VALUE_BY_OUTCOME: "weighted share of the remaining gaps of key results",
}


def plan_request(
    cycle: str,
    by: RankingBy | None,
    as_of: date | None,
    *,
    in_flight: InFlight = InFlight.KEPT,
    length: PeriodLength | None = None,
) -> PlanRequest:
    """What the domain is asked for.

    Raises
    ------
    NotFound
        When an id is not one of its type.
    """
    return PlanRequest(
        cycle_id=decoded("Cycle", cycle, "cycle"),
        ranking=request_for(by, OrderKind.DEPENDENCY_AWARE, None, as_of),
        length=length,
        in_flight=in_flight,
    )


async def posed_for(context: Context, portfolio_id: UUID, request: PlanRequest) -> PlanningInput:
    """The input of a plan, made once in a request however many of its fields ask."""
    running = context.loader(
        ("plan", portfolio_id, request),
        lambda _: asyncio.ensure_future(_posed(context, portfolio_id, request)),
    )
    return await asyncio.shield(running)


async def selection_for(
    context: Context, portfolio_id: UUID, request: PlanRequest, reading: CutReading = CutReading.SKIP
) -> SelectedPlan:
    """The selection that is asked for, solved once for all who ask for the same."""
    posed = await posed_for(context, portfolio_id, request)
    return await selected_plan(
        posed,
        plans=context.services.plans,
        solver=context.services.solver,
        organisation_id=context.actor.organisation_id,
        reading=reading,
    )


def shared(context: Context) -> dict[str, Any]:
    """What all solves of a request are done with."""
    return {
        "plans": context.services.plans,
        "solver": context.services.solver,
        "organisation_id": context.actor.organisation_id,
    }


def value_unit(posed: PlanningInput) -> str:
    """What values are counted in."""
    settings = posed.ranking.settings
    if settings.method is ScoringMethod.CD3:
        return f"{settings.currency} per week of delay"
    return _UNITS[settings.method]


async def _posed(context: Context, portfolio_id: UUID, request: PlanRequest) -> PlanningInput:
    view = await context.view(portfolio_id)
    return await posed_plan(context.database, view, portfolio_id, request)
