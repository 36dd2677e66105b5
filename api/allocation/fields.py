"""``Portfolio.allocationPolicy`` and ``Portfolio.allocationPolicies``."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.allocation.types import POLICY_LISTING, AllocationPolicyVersion, AllocationPolicyVersionConnection
from api.context import Context, Info
from api.listing import children_of
from api.nodes import as_type
from api.pagination import After, Before, First, Last, page_of
from domain.allocation.policy import Policy, effective
from domain.allocation.reading import policies_of
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
        policy = await info.context.loader(("policies on", day), _holding(day)).load(self.id)
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


def _holding(day: date) -> Callable[[Context], DataLoader[UUID, Policy | None]]:
    def make(context: Context) -> DataLoader[UUID, Policy | None]:
        async def load(portfolio_ids: list[UUID]) -> list[Policy | None]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as connection:
                found = await policies_of(connection, organisation_id, portfolio_ids, until=day)
            return [effective(found.get(portfolio_id, ()), day) for portfolio_id in portfolio_ids]

        return DataLoader(load_fn=load)

    return make
