"""What is refused of objectives, and of what belongs to a closed one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Info
from api.errors import UserError, register, user_error_path
from api.nodes import as_type
from api.objective.types import Objective
from domain import errors

_MOST_SHOWN = 100


async def _objective(info: Info, objective_id: UUID) -> Objective:
    directory = (await info.context.view()).directory
    if objective_id not in directory.objectives:
        directory = (await info.context.renew()).directory
    return as_type(Objective, directory.objectives[objective_id])


@strawberry.type(
    description="The objective is closed: it, its key results and their check-ins stay as they are. Nothing was"
    " written."
)
class ObjectiveClosed(UserError):
    """An objective that has its grade."""

    closed_at: datetime = strawberry.field(description="When it was closed.")
    objective_id_: strawberry.Private[UUID]

    @strawberry.field(description="The objective.")
    async def objective(self, info: Info) -> Objective:
        return await _objective(info, self.objective_id_)


@strawberry.type(description="The objective goes on in a later cycle already; nothing was written.")
class AlreadyCarriedOver(UserError):
    """An objective with a successor."""

    successor_id_: strawberry.Private[UUID]

    @strawberry.field(description="The objective that it goes on as.")
    async def successor(self, info: Info) -> Objective:
        return await _objective(info, self.successor_id_)


@strawberry.type(description="The parent would close a loop of the cascade; nothing was written.")
class CascadeLoop(UserError):
    """A loop, named."""

    ids: strawberry.Private[Sequence[UUID]]

    @strawberry.field(
        description="The objectives of the loop, each above the one before, and the first one above the last. At"
        " most the first 100."
    )
    async def loop(self, info: Info) -> list[Objective]:
        return [await _objective(info, objective_id) for objective_id in self.ids[:_MOST_SHOWN]]


register(
    errors.ObjectiveClosed,
    ObjectiveClosed,
    lambda error: ObjectiveClosed(
        message=error.message,
        code=error.code,
        path=user_error_path(error),
        closed_at=error.closed_at,
        objective_id_=error.objective_id,
    ),
)
register(
    errors.AlreadyCarriedOver,
    AlreadyCarriedOver,
    lambda error: AlreadyCarriedOver(
        message=error.message,
        code=error.code,
        path=user_error_path(error),
        successor_id_=error.successor_id,
    ),
)
register(
    errors.HierarchyLoop,
    CascadeLoop,
    lambda error: CascadeLoop(
        message=error.message, code=error.code, path=user_error_path(error), ids=error.loop
    ),
)
