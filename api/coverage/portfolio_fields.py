"""Work without an outcome: initiatives of a portfolio that serve no key result."""

import strawberry

from api.context import Info
from api.initiative.types import Initiative, InitiativeConnection
from api.nodes import as_types
from api.pagination import After, Before, First, Last, page_of, slice_of
from domain.objective_coverage import without_contribution
from domain.rows import PortfolioRow


@strawberry.type
class PortfolioOrphans:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="Its open initiatives (neither completed, stopped nor archived) that contribute to no key result"
        " in use of an open objective; by title."
    )
    async def initiatives_without_contribution(
        self: PortfolioRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> InitiativeConnection:
        view = await info.context.view(self.id)
        rows = without_contribution(view.portfolio(self.id), view.directory)
        indices, window = slice_of(
            length=len(rows),
            page=page_of(first=first, after=after, last=last, before=before),
            scope=f"without contribution in {self.id}",
        )
        nodes = as_types(Initiative, (rows[index] for index in indices))
        return InitiativeConnection.of(window, nodes=nodes, total=len(rows))
