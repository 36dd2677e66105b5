"""``RankedInitiative.funding``: whether a ranked initiative is funded in a cycle, and if not, why."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors import InvalidInput, NotFound
from api.inputs import decoded
from api.nodes import as_type
from api.ranking.ranked import Ranked
from api.scenario.errors import TooManyComputations
from api.selection.errors import MandatoryDoesNotFit, PlanTooLarge
from api.selection.planned import PlannedAt
from api.selection.planned import PlannedInitiative as Planned
from api.selection.solving import CycleId, selection_for
from domain import errors
from domain.enums import OPEN_STATES
from domain.planning.asking import PlanRequest

FUNDING_STATUS_COST = 20


@strawberry.type(
    description="A ranked initiative in the plan of a cycle, whose values are those of the ranking."
)
class RankedFunding:
    """Whether it is funded."""

    planned: Planned = strawberry.field(
        description="Whether it is funded, and if not, what keeps it out, and the smallest change that would fund it."
    )


RankedFundingResult = Annotated[
    RankedFunding | MandatoryDoesNotFit | PlanTooLarge | TooManyComputations | InvalidInput | NotFound,
    strawberry.union("RankedFundingResult", description="What `RankedInitiative.funding` answers."),
]


@strawberry.type
class RankedFundings:
    """Fields of ``RankedInitiative``."""

    @strawberry.field(
        description="Whether it is funded in a cycle and, if not, the reason: which team's or category's capacity ran"
        " out, which prerequisite is not funded, which alternative is. All initiatives of a ranking share one solve."
        " Only for rankings of all open initiatives.",
        metadata={"cost": FUNDING_STATUS_COST},
    )
    async def funding(self: Ranked, info: Info, cycle: CycleId) -> RankedFundingResult:
        ranking = self.ranking.request
        if ranking.states != OPEN_STATES:
            raise errors.InvalidInput("Plans are made of all open initiatives; leave `states` out.")
        request = PlanRequest(cycle_id=decoded("Cycle", cycle, "cycle"), ranking=ranking)
        plan = await selection_for(info.context, self.row.portfolio_id, request)
        at = plan.posed.position_of.get(self.row.id)
        if at is None:
            raise errors.InvalidInput("The portfolio has changed meanwhile; ask again.")
        return RankedFunding(planned=as_type(Planned, PlannedAt(plan, at)))
