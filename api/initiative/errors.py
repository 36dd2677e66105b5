"""What the life cycle refuses."""

import strawberry

from api.enums import InitiativeState
from api.errors import UserError, register, user_error_path
from domain import errors


@strawberry.type(description="The life cycle does not lead from the one state to the other.")
class IllegalTransition(UserError):
    """A decision that cannot be taken now."""

    from_state: InitiativeState = strawberry.field(description="The state that the initiative is in.")
    to_state: InitiativeState = strawberry.field(description="The state that it was to go over to.")
    allowed: list[InitiativeState] = strawberry.field(
        description="The states that it can go over to, at most 7; empty if its state is final."
    )


def _convert(error: errors.IllegalTransition) -> IllegalTransition:
    return IllegalTransition(
        message=error.message,
        code=error.code,
        path=user_error_path(error),
        from_state=InitiativeState(error.from_state),
        to_state=InitiativeState(error.to_state),
        allowed=[InitiativeState(state) for state in error.allowed],
    )


register(errors.IllegalTransition, IllegalTransition, _convert)
