"""What is refused of a check-in."""

from datetime import date, datetime

import strawberry

from api.errors import UserError, register, user_error_path
from domain import errors


@strawberry.type(
    description="A check-in is of a day (UTC) outside the cycle of its objective; nothing was written."
)
class CheckInOutsideCycle(UserError):
    """A day that the objective is not set for."""

    starts_on: date = strawberry.field(description="The first day of the cycle.")
    ends_on: date = strawberry.field(description="The last day of the cycle.")


@strawberry.type(description="A check-in is of a time that has not come; nothing was written.")
class CheckInInFuture(UserError):
    """A time that nobody can know of."""

    now: datetime = strawberry.field(description="What time it was.")


register(
    errors.CheckInOutsideCycle,
    CheckInOutsideCycle,
    lambda error: CheckInOutsideCycle(
        message=error.message,
        code=error.code,
        path=user_error_path(error),
        starts_on=error.starts_on,
        ends_on=error.ends_on,
    ),
)
register(
    errors.CheckInInFuture,
    CheckInInFuture,
    lambda error: CheckInInFuture(
        message=error.message, code=error.code, path=user_error_path(error), now=error.now
    ),
)
