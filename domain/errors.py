"""Errors that a user can cause and act upon. A leaf: imports nothing of the project.

Each error has a stable ``code``, a message that says what to do, and the ``path`` of the input it concerns.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID


class DomainError(Exception):
    """Base of all expected errors; nothing has been written when one is raised."""

    code = "DOMAIN_ERROR"

    def __init__(self, message: str, *, path: Sequence[str | int] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = tuple(path)


class InvalidInput(DomainError):
    """The input breaks a rule of the domain."""

    code = "INVALID_INPUT"


class NotFound(DomainError):
    """What the input refers to is not there, or belongs to somebody else."""

    code = "NOT_FOUND"


class Conflict(DomainError):
    """Somebody else changed the entity in the meantime."""

    code = "CONFLICT"

    def __init__(
        self,
        message: str,
        *,
        expected_version: int | None = None,
        actual_version: int | None = None,
        path: Sequence[str | int] = (),
    ) -> None:
        super().__init__(message, path=path)
        self.expected_version = expected_version
        self.actual_version = actual_version


class PermissionDenied(DomainError):
    """The viewer's role or token scope does not allow this."""

    code = "PERMISSION_DENIED"

    def __init__(self, message: str, *, required: str, path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.required = required


class DependencyCycle(DomainError):
    """A hard dependency would close a cycle; ``cycle`` names its initiatives in order."""

    code = "DEPENDENCY_CYCLE"

    def __init__(self, message: str, *, cycle: Sequence[UUID], path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.cycle = tuple(cycle)


class IllegalTransition(DomainError):
    """The life cycle does not lead from the one state to the other."""

    code = "ILLEGAL_TRANSITION"

    def __init__(
        self,
        message: str,
        *,
        from_state: str,
        to_state: str,
        allowed: Sequence[str],
        path: Sequence[str | int] = (),
    ) -> None:
        super().__init__(message, path=path)
        self.from_state = from_state
        self.to_state = to_state
        self.allowed = tuple(allowed)


class ScoreOutOfScale(DomainError):
    """A score lies outside the fixed scale of its criterion."""

    code = "SCORE_OUT_OF_SCALE"

    def __init__(
        self,
        message: str,
        *,
        scale_min: float,
        scale_max: float,
        value: float,
        path: Sequence[str | int] = (),
    ) -> None:
        super().__init__(message, path=path)
        self.scale_min = scale_min
        self.scale_max = scale_max
        self.value = value


class RankNotFeasible(DomainError):
    """An initiative can't have the rank: ``blockers`` are in the way; it could have ``earliest`` to ``latest``.

    Both are 0 when it could have none.
    """

    code = "RANK_NOT_FEASIBLE"

    def __init__(
        self,
        message: str,
        *,
        blockers: Sequence[UUID],
        earliest: int,
        latest: int,
        path: Sequence[str | int] = (),
    ) -> None:
        super().__init__(message, path=path)
        self.blockers = tuple(blockers)
        self.earliest = earliest
        self.latest = latest


class HierarchyLoop(InvalidInput):
    """A parent would close a loop; ``loop`` names its members, each after the one that it would be below."""

    def __init__(self, message: str, *, loop: Sequence[UUID], path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.loop = tuple(loop)


class ObjectiveClosed(DomainError):
    """An objective is closed since ``closed_at``: it, its key results and their check-ins stay as they are."""

    code = "OBJECTIVE_CLOSED"

    def __init__(
        self, message: str, *, objective_id: UUID, closed_at: datetime, path: Sequence[str | int] = ()
    ) -> None:
        super().__init__(message, path=path)
        self.objective_id = objective_id
        self.closed_at = closed_at


class CheckInOutsideCycle(DomainError):
    """A check-in is of a day outside the cycle of its objective, which has both given days."""

    code = "CHECK_IN_OUTSIDE_CYCLE"

    def __init__(
        self, message: str, *, starts_on: date, ends_on: date, path: Sequence[str | int] = ()
    ) -> None:
        super().__init__(message, path=path)
        self.starts_on = starts_on
        self.ends_on = ends_on


class CheckInInFuture(DomainError):
    """A check-in is of a time that has not come: it was ``now``."""

    code = "CHECK_IN_IN_FUTURE"

    def __init__(self, message: str, *, now: datetime, path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.now = now


class AlreadyCarriedOver(DomainError):
    """An objective goes on in a later cycle already, as ``successor_id``."""

    code = "ALREADY_CARRIED_OVER"

    def __init__(self, message: str, *, successor_id: UUID, path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.successor_id = successor_id


class Unauthenticated(DomainError):
    """There is no valid token with the request."""

    code = "UNAUTHENTICATED"


class DatabaseUnavailable(DomainError):
    """The database does not answer, or not in time; try again."""

    code = "UNAVAILABLE"


class SetupError(DomainError):
    """The installation is not fit to run: the message says what to do."""

    code = "SETUP"
