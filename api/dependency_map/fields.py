"""``Portfolio.dependencyMap``."""

from typing import Annotated

import strawberry

from api.context import Info
from api.dependency_map.day import AsOf, today_unless
from api.dependency_map.types import DependencyMap
from api.enums import InitiativeState
from api.errors import BadUserInput
from api.nodes import as_type
from domain.dependency_map import MapRequest, map_portfolio
from domain.enums import OPEN_STATES
from domain.rows import PortfolioRow

States = Annotated[
    list[InitiativeState] | None,
    strawberry.argument(
        description="Map initiatives in these states; left out all but completed and stopped. Dependencies on what is"
        " not mapped are left out."
    ),
]
IncludeCompleted = Annotated[
    bool, strawberry.argument(description="Map what is completed as well, whatever `states` says.")
]


@strawberry.type
class PortfolioDependencyMap:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="Its initiatives and the dependencies between them, with dates, slack, layers and bottlenecks."
        " Computed from the current data; cursors are bound to the very map that they come from.",
        metadata={"cost": 50},
    )
    async def dependency_map(
        self: PortfolioRow,
        info: Info,
        as_of: AsOf = strawberry.UNSET,
        states: States = strawberry.UNSET,
        include_completed: IncludeCompleted = False,
    ) -> DependencyMap:
        if states == []:
            raise BadUserInput("Name at least one state, or leave `states` out.", argument="states")
        chosen = frozenset(states) if states else OPEN_STATES
        if include_completed:
            chosen |= {InitiativeState.COMPLETED}
        request = MapRequest(today=today_unless(as_of), states=chosen)
        return as_type(DependencyMap, await map_portfolio(await info.context.view(self.id), self.id, request))
