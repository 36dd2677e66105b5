"""What a criterion's scale refuses."""

import strawberry

from api.errors import UserError, register, user_error_path
from domain import errors


@strawberry.type(description="A score lies outside the fixed scale of its criterion.")
class ScoreOutOfScale(UserError):
    """A score that means nothing."""

    scale_min: float = strawberry.field(description="The least value of the scale.")
    scale_max: float = strawberry.field(description="The greatest value of the scale.")
    value: float = strawberry.field(description="The value that was given.")


register(
    errors.ScoreOutOfScale,
    ScoreOutOfScale,
    lambda error: ScoreOutOfScale(
        message=error.message,
        code=error.code,
        path=user_error_path(error),
        scale_min=error.scale_min,
        scale_max=error.scale_max,
        value=error.value,
    ),
)
