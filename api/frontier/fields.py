"""``Portfolio.frontier``."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors import InvalidInput, NotFound
from api.frontier.types import PortfolioFrontier
from api.inputs import decoded
from api.scenario.errors import TooManyComputations
from api.selection.asking import InFlightIs, PlanAsOf, PlanBy, plan_request
from api.selection.enums import InFlight
from api.selection.errors import MandatoryDoesNotFit, PlanTooLarge
from api.selection.solving import CycleId, posed_for, shared
from domain import errors
from domain.planning.splitting import split_frontier
from domain.rows import PortfolioRow

FRONTIER_COST = 1_000

PortfolioFrontierResult = Annotated[
    PortfolioFrontier | MandatoryDoesNotFit | PlanTooLarge | TooManyComputations | InvalidInput | NotFound,
    strawberry.union("PortfolioFrontierResult", description="What `Portfolio.frontier` answers."),
]


@strawberry.type
class PortfolioFrontiers:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="What each further point of a category's share buys in a cycle, with the present policy marked,"
        " and the price of holding and of breaking its fences.",
        metadata={"cost": FRONTIER_COST},
    )
    async def frontier(
        self: PortfolioRow,
        info: Info,
        cycle: CycleId,
        category: Annotated[strawberry.ID, strawberry.argument(description="Whose share is in question.")],
        step: Annotated[
            float,
            strawberry.argument(
                description="Points of share between two points of the frontier, 1 to 50; it has to divide 100."
            ),
        ] = 5.0,
        by: PlanBy = strawberry.UNSET,
        as_of: PlanAsOf = strawberry.UNSET,
        in_flight: InFlightIs = InFlight.KEPT,
    ) -> PortfolioFrontierResult:
        category_id = decoded("AllocationCategory", category, "category")
        request = plan_request(cycle, by or None, as_of or None, in_flight=in_flight)
        posed = await posed_for(info.context, self.id, request)
        if category_id not in info.context.directory.categories:
            raise errors.NotFound("There is no category with this id.", path=("category",))
        found = await split_frontier(posed, category_id, step=step, **shared(info.context))
        return PortfolioFrontier(found=found)
