"""Plans that the fields of a request share: made and solved once, however many of them ask."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.context import Context
from domain.enums import ScoringMethod
from domain.planning.asking import PlanRequest, posed_plan
from domain.planning.input import PlanningInput
from domain.planning.selecting import SelectedPlan, selected_plan
from prioritisation.cut_line import CutReading

CycleId = Annotated[
    strawberry.ID,
    strawberry.argument(
        description="The cycle to plan, or the rest of it when it has begun. One that is over can't be planned."
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
