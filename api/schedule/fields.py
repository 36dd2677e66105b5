"""``Portfolio.schedule``."""

from typing import Annotated

import numpy as np
import strawberry

from api.capacity.enums import PeriodLength
from api.context import Info
from api.errors import InvalidInput, NotFound
from api.scenario.errors import TooManyComputations
from api.schedule.enums import ScheduledWhat
from api.schedule.types import PortfolioSchedule
from api.selection.asking import InFlightIs, PlanAsOf, PlanBy, plan_request
from api.selection.enums import InFlight
from api.selection.errors import MandatoryDoesNotFit, PlanTooLarge
from api.selection.solving import CycleId, posed_for, selection_for, shared
from domain.planning.asking import MOST_DAYS_IN_WEEKS
from domain.planning.placing import scheduled_plan
from domain.rows import PortfolioRow

SCHEDULE_COST = 500

What = Annotated[
    ScheduledWhat,
    strawberry.argument(description="What to schedule besides work in flight, which goes on."),
]
By = Annotated[
    PeriodLength | None,
    strawberry.argument(
        description="What to divide the cycle into; left out weeks where at most"
        f" {MOST_DAYS_IN_WEEKS} days are planned, else months."
    ),
]

PortfolioScheduleResult = Annotated[
    PortfolioSchedule | MandatoryDoesNotFit | PlanTooLarge | TooManyComputations | InvalidInput | NotFound,
    strawberry.union("PortfolioScheduleResult", description="What `Portfolio.schedule` answers."),
]


@strawberry.type
class PortfolioSchedules:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="When the portfolio's funded work runs in a cycle, so that delay costs least: start and finish of"
        " every initiative with the reason, a lower bound of the cost, the load of teams by period, and pictures."
        " Solved once for all who ask for the same, checked by other code than the solver's, and kept.",
        metadata={"cost": SCHEDULE_COST},
    )
    async def schedule(
        self: PortfolioRow,
        info: Info,
        cycle: CycleId,
        by: PlanBy = strawberry.UNSET,
        as_of: PlanAsOf = strawberry.UNSET,
        in_flight: InFlightIs = InFlight.KEPT,
        what: What = ScheduledWhat.OPTIMUM,
        period: By = strawberry.UNSET,
    ) -> PortfolioScheduleResult:
        request = plan_request(cycle, by or None, as_of or None, in_flight=in_flight, length=period or None)
        context = info.context
        posed = await posed_for(context, self.id, request)
        wanted = np.ones(len(posed), dtype=np.bool_)
        if what is not ScheduledWhat.EVERYTHING:
            selection = await selection_for(context, self.id, request)
            funding = selection.optimum if what is ScheduledWhat.OPTIMUM else selection.cut_line
            wanted = funding.chosen
        plan = await scheduled_plan(posed, wanted, **shared(context))
        return PortfolioSchedule(plan=plan, scheduled_what=what, wanted=wanted)
