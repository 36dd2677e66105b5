"""What can be wrong with KPIs in particular, as clients see it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.context import Info
from api.errors import UserError, register, user_error_path
from domain.kpi import errors

if TYPE_CHECKING:
    from api.key_result.types import KeyResult


@strawberry.type(description="Target and thresholds contradict the KPI's target type; nothing was written.")
class ThresholdsOutOfOrder(UserError):
    """Limits in the wrong order."""

    order: str = strawberry.field(
        description="How they have to lie, such as `redLow < amberLow <= targetLow`."
    )


@strawberry.type(description="A measurement claims a time that has not come yet; nothing was written.")
class MeasurementInFuture(UserError):
    """A measurement of the future."""

    now: datetime = strawberry.field(description="What the server's clock said.")


@strawberry.type(
    description="The KPI is a key result already, and that one is still open; nothing was written."
)
class AlreadyPromoted(UserError):
    """A second promotion."""

    key_result_key: strawberry.Private[UUID]

    @strawberry.field(description="The key result that the KPI's measurements feed.")
    async def key_result(self, info: Info) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")]:
        view = await info.context.view()
        return cast("KeyResult", view.directory.key_results[self.key_result_key])


@strawberry.type(
    description="The key result has not reached its target, so that it can't become the standard without a"
    " reason; nothing was written."
)
class KeyResultNotAchieved(UserError):
    """A standard raised too early."""

    progress: float = strawberry.field(description="How far the key result has come, 0 to 1.")


register(
    errors.ThresholdsOutOfOrder,
    ThresholdsOutOfOrder,
    lambda e: ThresholdsOutOfOrder(message=e.message, code=e.code, path=user_error_path(e), order=e.order),
)
register(
    errors.MeasurementInFuture,
    MeasurementInFuture,
    lambda e: MeasurementInFuture(message=e.message, code=e.code, path=user_error_path(e), now=e.now),
)
register(
    errors.AlreadyPromoted,
    AlreadyPromoted,
    lambda e: AlreadyPromoted(
        message=e.message, code=e.code, path=user_error_path(e), key_result_key=e.key_result_id
    ),
)
register(
    errors.KeyResultNotAchieved,
    KeyResultNotAchieved,
    lambda e: KeyResultNotAchieved(
        message=e.message, code=e.code, path=user_error_path(e), progress=e.progress
    ),
)
