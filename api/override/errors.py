"""What keeps a rank that is set by hand feasible."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from api.context import Info
from api.errors import UserError, register, user_error_path
from api.initiative.shown import initiatives_of
from api.initiative.types import Initiative
from domain import errors

_MOST_SHOWN = 100


@strawberry.type(
    description="The initiative can't have this rank: it has to stay behind what it needs, before what needs it, and"
    " off the ranks that are set by hand. Nothing was written."
)
class RankNotFeasible(UserError):
    """A rank that something is in the way of."""

    blockers: strawberry.Private[Sequence[UUID]]
    earliest_possible: strawberry.Private[int]
    latest_possible: strawberry.Private[int]

    @strawberry.field(description="How many initiatives are in the way.")
    def blocked_by_count(self) -> int:
        return len(self.blockers)

    @strawberry.field(
        description="The initiatives in the way: hard predecessors that rank behind it, successors that rank before"
        " it, and those whose own rank, set by hand, would be lost. At most the first 100."
    )
    async def blocked_by(self, info: Info) -> list[Initiative]:
        return await initiatives_of(info.context, self.blockers[:_MOST_SHOWN])

    @strawberry.field(
        description="The first rank that it could have as things are; null if it could have none."
    )
    def earliest(self) -> int | None:
        return self.earliest_possible or None

    @strawberry.field(
        description="The last rank that it could have as things are; null if it could have none."
    )
    def latest(self) -> int | None:
        return self.latest_possible or None


register(
    errors.RankNotFeasible,
    RankNotFeasible,
    lambda error: RankNotFeasible(
        message=error.message,
        code=error.code,
        path=user_error_path(error),
        blockers=error.blockers,
        earliest_possible=error.earliest,
        latest_possible=error.latest,
    ),
)
