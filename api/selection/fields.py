"""``Portfolio.selection``."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors import InvalidInput, NotFound
from api.scenario.errors import TooManyComputations
from api.selection.asking import InFlightIs, PlanAsOf, PlanBy, Reading, plan_request
from api.selection.enums import CutReading, InFlight
from api.selection.errors import MandatoryDoesNotFit, PlanTooLarge
from api.selection.solving import CycleId, selection_for
from api.selection.types import PortfolioSelection
from domain.rows import PortfolioRow

SELECTION_COST = 300

PortfolioSelectionResult = Annotated[
    PortfolioSelection | MandatoryDoesNotFit | PlanTooLarge | TooManyComputations | InvalidInput | NotFound,
    strawberry.union("PortfolioSelectionResult", description="What `Portfolio.selection` answers."),
]


@strawberry.type
class PortfolioSelections:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="What the portfolio can fund in a cycle, within the capacity of its teams and the split of it,"
        " hard prerequisites and alternatives: the cut line of its ranking and the optimum, side by side, each"
        " initiative with the reason why it is not funded. Solved once for all who ask for the same, checked by"
        " other code than the solver's, and kept.",
        metadata={"cost": SELECTION_COST},
    )
    async def selection(
        self: PortfolioRow,
        info: Info,
        cycle: CycleId,
        by: PlanBy = strawberry.UNSET,
        as_of: PlanAsOf = strawberry.UNSET,
        in_flight: InFlightIs = InFlight.KEPT,
        reading: Reading = CutReading.SKIP,
    ) -> PortfolioSelectionResult:
        request = plan_request(cycle, by or None, as_of or None, in_flight=in_flight)
        plan = await selection_for(info.context, self.id, request, reading)
        return PortfolioSelection(plan=plan, work_in_flight=in_flight)
