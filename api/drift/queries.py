"""Queries about drift alerts."""

from typing import Annotated

import strawberry

from api.context import Info
from api.drift.alert_types import DRIFT_ALERT_LISTING, DriftAlertConnection
from api.drift.filters import DriftAlertOrder, DriftAlertWhere
from api.filters import WHERE
from api.listing import ORDER_BY, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ


@strawberry.type
class DriftQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="Alerts that step-change work got less than planned, the latest first unless ordered otherwise.",
        **READ,
    )
    async def drift_alerts(
        self,
        info: Info,
        where: Annotated[DriftAlertWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[DriftAlertOrder] | None, ORDER_BY] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DriftAlertConnection:
        return await connection_of(
            info.context,
            DRIFT_ALERT_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=False,
        )
