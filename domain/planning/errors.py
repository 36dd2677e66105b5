"""What can be wrong with a plan that somebody asks for."""

from collections.abc import Sequence
from uuid import UUID

from domain.errors import DomainError


class MandatoryDoesNotFit(DomainError):
    """Initiatives that all have to be done can't be: leaving any of ``initiatives`` out would let the rest fit."""

    code = "MANDATORY_DOES_NOT_FIT"

    def __init__(self, message: str, *, initiatives: Sequence[UUID], path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.initiatives = tuple(initiatives)


class PlanTooLarge(DomainError):
    """A plan takes longer than a request may wait; a scenario solves it in the background."""

    code = "PLAN_TOO_LARGE"


class PlanNotVerified(Exception):
    """A plan breaks what it has to keep: a fault of the program, never shown to anybody."""
