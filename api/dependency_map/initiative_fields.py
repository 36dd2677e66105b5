"""What the dependencies say of one initiative: fields of ``Initiative``."""

import hashlib
from typing import Annotated, Any

import strawberry

from api.context import Info
from api.dependency_map.day import AsOf, today_unless
from api.dependency_map.impacts import SlipImpact, StopImpact, SurroundingInitiativeConnection
from api.dependency_map.pages import page_from
from api.nodes import as_type
from api.pagination import After, Before, First, Last, Page, page_of
from domain.dependency_map import MapRequest
from domain.dependency_map.neighbours import blocked_by, unlocks
from domain.dependency_map.slipping import MOST_SLIP_WEEKS, slip
from domain.dependency_map.stopping import stop
from domain.rows import InitiativeRow
from domain.snapshot import PortfolioColumns
from prioritisation.neighbourhood import Neighbourhood

Transitive = Annotated[
    bool, strawberry.argument(description="Also what is connected through others, the nearest first.")
]
IncludeCompleted = Annotated[bool, strawberry.argument(description="Also what is completed.")]
Weeks = Annotated[
    float,
    strawberry.argument(description=f"By how many weeks it starts later: 0 to {MOST_SLIP_WEEKS}."),
]

_IMPACT_COST = 50


@strawberry.type
class InitiativeDependencies:
    """Fields of ``Initiative``."""

    @strawberry.field(
        description="What has to come before it: hard dependencies, relations left out. What is stopped is among them,"
        " for it blocks for good; what is archived is not."
    )
    def blocked_by(
        self: InitiativeRow,
        info: Info,
        transitive: Transitive = False,
        include_completed: IncludeCompleted = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> SurroundingInitiativeConnection:
        columns = info.context.columns_of(self)
        found = blocked_by(
            columns,
            columns.position[self.id],
            transitive=transitive,
            include_completed=include_completed,
        )
        return _page(
            "blocked by", self, columns, found, page_of(first=first, after=after, last=last, before=before)
        )

    @strawberry.field(
        description="What waits for it: hard dependencies, relations left out. What is stopped or archived no longer"
        " waits."
    )
    def unlocks(
        self: InitiativeRow,
        info: Info,
        transitive: Transitive = False,
        include_completed: IncludeCompleted = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> SurroundingInitiativeConnection:
        columns = info.context.columns_of(self)
        found = unlocks(
            columns,
            columns.position[self.id],
            transitive=transitive,
            include_completed=include_completed,
        )
        return _page(
            "unlocks", self, columns, found, page_of(first=first, after=after, last=last, before=before)
        )

    @strawberry.field(
        description="What it means for the others when it starts some weeks later than it could. Null when it is"
        " completed, stopped or archived.",
        metadata={"cost": _IMPACT_COST},
    )
    async def slip_impact(
        self: InitiativeRow, info: Info, weeks: Weeks, as_of: AsOf = strawberry.UNSET
    ) -> SlipImpact | None:
        view = await info.context.view(self.portfolio_id)
        request = MapRequest(today=today_unless(as_of))
        found = await slip(view, self.portfolio_id, self.id, weeks, request)
        return None if found is None else as_type(SlipImpact, found)

    @strawberry.field(
        description="What it means for the others when it stops. Null when it is completed, stopped or archived.",
        metadata={"cost": _IMPACT_COST},
    )
    async def stop_impact(self: InitiativeRow, info: Info) -> StopImpact | None:
        view = await info.context.view(self.portfolio_id)
        found = await stop(view, self.portfolio_id, self.id, MapRequest(today=today_unless(None)))
        return None if found is None else as_type(StopImpact, found)


def _page(
    name: str, initiative: InitiativeRow, columns: PortfolioColumns, found: Neighbourhood, page: Page
) -> SurroundingInitiativeConnection:
    rows: list[Any] = [columns.rows[position] for position in found.items.tolist()]
    digest = hashlib.blake2b(b"".join(row.id.bytes for row in rows), digest_size=16).hexdigest()
    return page_from(
        SurroundingInitiativeConnection,
        rows,
        lambda row: row,
        scope=f"{name}:{initiative.id}:{digest}",
        page=page,
    )
