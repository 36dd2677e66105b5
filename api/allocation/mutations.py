"""Mutations about allocation policies."""

from datetime import date
from typing import Annotated

import strawberry

from api.allocation.errors import AllocationSharesNotWhole
from api.allocation.types import AllocationPolicyVersion
from api.context import Info
from api.descriptions import WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from api.scenario.enums import AllocationMode
from domain.allocation.publishing import publish_policy
from domain.commands.allocation import AllocationPolicyPublish

_IDS = {"portfolio_id": "Portfolio", "category_id": "AllocationCategory", "team_id": "Team"}


@strawberry.input(description="A category's share of capacity.")
class AllocationShareInput:
    """Becomes ``AllocationEntry``."""

    category_id: strawberry.ID = strawberry.field(description="The category; one in use.")
    share: float = strawberry.field(description="Share of capacity, 0 to 1.")
    mode: AllocationMode = strawberry.field(description="How strictly it holds.")


@strawberry.input(description="The shares of one team, which hold instead of the policy's.")
class TeamAllocationInput:
    """Becomes ``TeamAllocation``."""

    team_id: strawberry.ID = strawberry.field(description="The team; one in use.")
    shares: list[AllocationShareInput] = strawberry.field(
        description="1 to 50, each category once, 1 together; 0.001 is tolerated."
    )


@strawberry.input(description="A new version of a portfolio's allocation policy, in place of all before it.")
class AllocationPolicyPublishInput:
    """Becomes ``AllocationPolicyPublish``."""

    portfolio_id: strawberry.ID = strawberry.field(description="The portfolio; one in use.")
    expected_number: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The number of the newest version that the client has seen, 0 for none: refuse if it is another.",
    )
    effective_from: date = strawberry.field(description="The day from which on it holds; may have passed.")
    reason: str = strawberry.field(description="Why capacity is split like this; 1 to 4,000 characters.")
    shares: list[AllocationShareInput] = strawberry.field(
        description="The shares of all teams without their own: 1 to 50, each category once, 1 together; 0.001 is"
        " tolerated."
    )
    overrides: list[TeamAllocationInput] | None = strawberry.field(
        default=strawberry.UNSET, description="Teams with shares of their own; at most 100, each once."
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="1 to 200 characters: repeated with the same key, nothing is published twice.",
    )


@strawberry.type(description="The version was published, or had been by the same request before.")
class AllocationPolicyPublishSuccess:
    """Success of ``allocationPolicyPublish``."""

    policy: AllocationPolicyVersion = strawberry.field(description="The version; it never changes.")


AllocationPolicyPublishResult = Annotated[
    AllocationPolicyPublishSuccess
    | AllocationSharesNotWhole
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("AllocationPolicyPublishResult", description="Outcome of `allocationPolicyPublish`."),
]


@strawberry.type
class AllocationMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Publish the next version of a portfolio's allocation policy: it never changes.",
        **requires(Role.BOARD, TokenScope.WRITE),
    )
    async def allocation_policy_publish(
        self,
        info: Info,
        input: Annotated[AllocationPolicyPublishInput, strawberry.argument(description=WHAT_TO_DO)],
    ) -> AllocationPolicyPublishResult:
        command = to_command(AllocationPolicyPublish, input, ids=_IDS)
        policy = await publish_policy(info.context.database, info.context.actor, command)
        await info.context.written()
        return AllocationPolicyPublishSuccess(policy=as_type(AllocationPolicyVersion, policy.version))
