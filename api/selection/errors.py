"""What can be wrong with plans, as clients see it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.context import Info
from api.errors import UserError, register, user_error_path
from api.scenario.errors import TooManyComputations
from domain.jobs.solver import SolverBusy
from domain.planning import errors

if TYPE_CHECKING:
    from api.initiative.types import Initiative


@strawberry.type(description="Initiatives that all have to be done can't be, within capacity and its split.")
class MandatoryDoesNotFit(UserError):
    """Mandatory initiatives that collide."""

    initiative_ids: strawberry.Private[Sequence[UUID]]

    @strawberry.field(
        description="Mandatory initiatives that collide, with what they need, and of which none can be left out: if"
        " any one of them were released, the others would fit. Minimal, not always the smallest such set."
    )
    def colliding(self, info: Info) -> list[Annotated["Initiative", strawberry.lazy("api.initiative.types")]]:
        return cast("list[Initiative]", [info.context.initiative(one) for one in self.initiative_ids])


@strawberry.type(
    description="The plan takes longer to solve than a request may wait. A scenario without effects solves the same in"
    " the background."
)
class PlanTooLarge(UserError):
    """A plan for the background."""


register(
    errors.MandatoryDoesNotFit,
    MandatoryDoesNotFit,
    lambda error: MandatoryDoesNotFit(
        message=error.message,
        code=error.code,
        path=user_error_path(error),
        initiative_ids=error.initiatives,
    ),
)
register(
    errors.PlanTooLarge,
    PlanTooLarge,
    lambda error: PlanTooLarge(message=error.message, code=error.code, path=user_error_path(error)),
)
register(
    SolverBusy,
    TooManyComputations,
    lambda error: TooManyComputations(message=error.message, code=error.code, path=user_error_path(error)),
)
