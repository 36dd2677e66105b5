"""What can be wrong with scenarios, as clients see it."""

from collections.abc import Sequence

import strawberry

from api.errors import UserError, register, user_error_path
from api.nodes import as_types
from api.scenario.enums import MovedKind, Refusal
from domain.jobs.app import TooManyJobs
from domain.scenario import errors

MOST_SHOWN = 100


@strawberry.type(
    description="An effect can't be applied to the base, or not beside the others. Nothing was written."
)
class ScenarioEffectRefused(UserError):
    """An effect that does not fit."""

    effect_index: int = strawberry.field(description="Which of the scenario's effects, counted from 0.")
    reason: Refusal = strawberry.field(description="Why.")


@strawberry.type(description="One thing that is no longer as in the base.")
class ScenarioBaseMove:
    """Shows ``Moved``."""

    kind: MovedKind = strawberry.field(description="What it is.")
    name: str = strawberry.field(
        description="What it is called: an initiative, a team, a category, a key result, or the portfolio."
    )
    what: str = strawberry.field(description="What about it, for a person to read.")


@strawberry.type(
    description="What the scenario starts from is no longer how things are. Nothing was written. Rebase the scenario,"
    " solve it, and decide anew."
)
class ScenarioBaseMovedOn(UserError):
    """A base that is out of date."""

    all_moves: strawberry.Private[Sequence[errors.Moved]]

    @strawberry.field(description="How much has moved.")
    def move_count(self) -> int:
        return len(self.all_moves)

    @strawberry.field(description="What has moved, at most the first 100.")
    def moves(self) -> list[ScenarioBaseMove]:
        return as_types(ScenarioBaseMove, self.all_moves[:MOST_SHOWN])


@strawberry.type(
    description="The scenario was approved or rejected already, perhaps at the same moment by somebody else."
)
class ScenarioAlreadyDecided(UserError):
    """A decision that came too late."""


@strawberry.type(description="Too many computations of the organisation wait already.")
class TooManyComputations(UserError):
    """A queue that is full."""


register(
    errors.EffectRefused,
    ScenarioEffectRefused,
    lambda error: ScenarioEffectRefused(
        message=error.message,
        code=error.code,
        path=user_error_path(error),
        effect_index=error.index,
        reason=error.reason,
    ),
)
register(
    errors.BaseMovedOn,
    ScenarioBaseMovedOn,
    lambda error: ScenarioBaseMovedOn(
        message=error.message, code=error.code, path=user_error_path(error), all_moves=error.moved
    ),
)
register(
    errors.AlreadyDecided,
    ScenarioAlreadyDecided,
    lambda error: ScenarioAlreadyDecided(message=error.message, code=error.code, path=user_error_path(error)),
)
register(
    TooManyJobs,
    TooManyComputations,
    lambda error: TooManyComputations(message=error.message, code=error.code, path=user_error_path(error)),
)
