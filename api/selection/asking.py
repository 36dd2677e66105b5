"""How plans are asked for."""

from datetime import date
from typing import Annotated

import strawberry

from api.inputs import decoded
from api.ranking.enums import OrderKind
from api.ranking.request import RankingBy, request_for
from api.selection.enums import CutReading, InFlight
from domain.periods import PeriodLength
from domain.planning.asking import PlanRequest

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
