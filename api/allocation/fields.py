"""``Portfolio.allocationPolicy`` and ``Portfolio.allocationPolicies``."""

from datetime import UTC, date, datetime
from typing import Annotated

import strawberry

from api.allocation.types import POLICY_LISTING, AllocationPolicyVersion, AllocationPolicyVersionConnection
from api.context import Info
from api.listing import children_of
from api.nodes import as_type
from api.pagination import After, Before, First, Last, page_of
from domain.allocation.reading import effective_policy
from domain.db import reading
from domain.rows import PortfolioRow


@strawberry.type
class PortfolioAllocation:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="How the capacity of teams is split between categories on a day; null before the first policy."
    )
    async def allocation_policy(
        self: PortfolioRow,
        info: Info,
        on: Annotated[
            date | None, strawberry.argument(description="The day; left out today (UTC).")
        ] = strawberry.UNSET,
    ) -> AllocationPolicyVersion | None:
        day = on or datetime.now(UTC).date()
        organisation_id = info.context.actor.organisation_id
        async with reading(info.context.database, organisation_id) as connection:
            policy = await effective_policy(connection, organisation_id, self.id, day)
        return None if policy is None else as_type(AllocationPolicyVersion, policy.version)

    @strawberry.field(description="All versions of its allocation policy, the newest first.")
    async def allocation_policies(
        self: PortfolioRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> AllocationPolicyVersionConnection:
        return await children_of(
            info.context,
            POLICY_LISTING,
            parent="portfolio_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=False,
        )
