"""``breachOpened``: hearing of KPIs that cross their thresholds."""

from collections.abc import AsyncGenerator
from typing import Annotated, cast
from uuid import UUID

import strawberry

from api.breach.types import Breach
from api.context import Info
from api.ids import GlobalId
from api.node_queries import rows_of
from api.permissions import READ
from domain.changes import created_between
from domain.snapshot import Version


@strawberry.type(
    description="A KPI has crossed a threshold, and a breach was opened; or where the hearing begins."
)
class BreachOpened:
    """Event of the subscription ``breachOpened``."""

    version: str = strawberry.field(
        description="Up to where everything has been heard of: keep it for `since`."
    )
    breach_id_: strawberry.Private[UUID | None]

    @strawberry.field(description="The breach as it is now; null in the first event, and when it is gone.")
    async def breach(self, info: Info) -> Breach | None:
        if self.breach_id_ is None:
            return None
        await info.context.written()
        (found,) = await rows_of(info.context, [GlobalId("Breach", self.breach_id_)])
        return cast("Breach | None", found)


@strawberry.type
class BreachSubscriptions:
    """Merged into ``Subscription``."""

    @strawberry.subscription(
        description="Breaches of the organisation's KPIs as they open, one event each, within a second or so. The"
        " first event comes at once and has no breach: its version says where the hearing begins.",
        **READ,
    )
    async def breach_opened(
        self,
        info: Info,
        since: Annotated[
            str | None,
            strawberry.argument(
                description="The last version that the client has heard up to: then it hears of what opened later, and"
                " nothing is missed over a lost connection."
            ),
        ] = strawberry.UNSET,
    ) -> AsyncGenerator[BreachOpened, None]:
        context = info.context
        organisation_id = context.actor.organisation_id
        heard = Version.parse(since) if since else None
        if heard is not None:
            yield BreachOpened(version=heard.token, breach_id_=None)
        async for version in context.services.changes.follow(organisation_id, None, since=heard):
            if heard is None:
                yield BreachOpened(version=version.token, breach_id_=None)
            else:
                opened = await created_between(context.database, organisation_id, "breach", heard, version)
                for breach_id in opened:
                    # a client that goes before the last one hears of the others again, and misses none
                    reached = version if breach_id == opened[-1] else heard
                    yield BreachOpened(version=reached.token, breach_id_=breach_id)
            heard = version
