"""Shares that don't add up to 100 %."""

from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.context import Info
from api.errors import UserError, register, user_error_path
from domain.allocation import errors

if TYPE_CHECKING:
    from api.team.types import Team


@strawberry.type(description="The shares don't add up to 100 %; nothing was written.")
class AllocationSharesNotWhole(UserError):
    """Shares that are too much or too little."""

    total: float = strawberry.field(description="What they add up to: 1 would be 100 %.")
    about_team_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The team whose shares they are; null for those of the policy itself.")
    async def team(self, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        if self.about_team_id is None:
            return None
        return cast("Team", (await info.context.view()).directory.teams[self.about_team_id])


register(
    errors.SharesNotWhole,
    AllocationSharesNotWhole,
    lambda e: AllocationSharesNotWhole(
        message=e.message, code=e.code, path=user_error_path(e), total=e.total, about_team_id=e.team_id
    ),
)
