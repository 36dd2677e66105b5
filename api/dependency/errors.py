"""What keeps hard dependencies acyclic."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from api.context import Info
from api.errors import UserError, register, user_error_path
from api.initiative.shown import initiatives_of
from api.initiative.types import Initiative
from domain import errors

_MOST_SHOWN = 100


@strawberry.type(description="A hard dependency would close a cycle; nothing was written.")
class DependencyCycle(UserError):
    """A cycle, named."""

    ids: strawberry.Private[Sequence[UUID]]

    @strawberry.field(description="How many initiatives the cycle has.")
    def length(self) -> int:
        return len(self.ids)

    @strawberry.field(
        description="The initiatives of the cycle, each before the one that depends on it; the last one leads back to"
        " the first. At most the first 100."
    )
    async def cycle(self, info: Info) -> list[Initiative]:
        return await initiatives_of(info.context, self.ids[:_MOST_SHOWN])


register(
    errors.DependencyCycle,
    DependencyCycle,
    lambda error: DependencyCycle(
        message=error.message, code=error.code, path=user_error_path(error), ids=error.cycle
    ),
)
