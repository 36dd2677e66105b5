"""``Initiative.decisions``."""

from typing import cast

import strawberry

from api.context import Info
from api.decision.types import DECISION_LISTING, DecisionConnection
from api.listing import children_of
from api.pagination import After, Before, First, Last, page_of
from domain.rows import DecisionRow, InitiativeRow


@strawberry.type
class InitiativeDecisions:
    """Fields of ``Initiative``."""

    @strawberry.field(description="What was decided about it, the latest first: who, when and why.")
    async def decisions(
        self: InitiativeRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DecisionConnection:
        found = await children_of(
            info.context,
            DECISION_LISTING,
            parent="initiative_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )
        rows = cast(list[DecisionRow], found.nodes)
        if any(row.decided_by_id not in info.context.directory.members for row in rows):
            # decided, by somebody new, after the view was taken
            await info.context.renew()
        return found
