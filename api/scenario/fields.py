"""``Portfolio.scenarios``."""

from typing import Annotated, cast

import strawberry

from api.context import Info
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, children_of
from api.pagination import After, Before, First, Last, page_of
from api.scenario.filters import ScenarioOrder, ScenarioWhere
from api.scenario.types import SCENARIO_LISTING, ScenarioConnection, known
from domain.rows import PortfolioRow
from domain.scenario.access import visible_to
from domain.scenario.rows import ScenarioRow


@strawberry.type
class PortfolioScenarios:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="Its scenarios that the viewer sees: those that are shared, and the viewer's own; the newest first"
        " unless ordered otherwise."
    )
    async def scenarios(
        self: PortfolioRow,
        info: Info,
        where: Annotated[ScenarioWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[ScenarioOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioConnection:
        found = await children_of(
            info.context,
            SCENARIO_LISTING,
            parent="portfolio_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
            within=visible_to(info.context.actor),
        )
        await known(info.context, cast("list[ScenarioRow]", found.nodes))
        return found
