"""Typed errors of the prioritisation engine: a stable code, what to do, and which items offend."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final

_NAMED_IN_MESSAGE = 5


def name_positions(items: Iterable[int]) -> str:
    """Return the first few positions as text, with the number of the others.

    Examples
    --------
    >>> name_positions([3, 1, 4])
    '3, 1, 4'
    >>> name_positions(range(1000))
    '0, 1, 2, 3, 4 and 995 more'
    """
    positions = [int(item) for item in items]
    named = ", ".join(map(str, positions[:_NAMED_IN_MESSAGE]))
    others = len(positions) - _NAMED_IN_MESSAGE
    return f"{named} and {others} more" if others > 0 else named


def _rebuild(kind: type["PrioritisationError"], args: tuple[Any, ...]) -> "PrioritisationError":
    return kind.__new__(kind, *args)


class PrioritisationError(ValueError):
    """Wrong input to, or an impossible demand on, the prioritisation engine.

    Parameters
    ----------
    message : str
        What is wrong and what to do about it.
    items : iterable of int, optional
        Positions (0-based, in the arrays of the problem) of the offending items.
    code : str, optional
        Stable name in upper snake case; the class's own by default.

    Attributes
    ----------
    message : str
    items : tuple of int
    code : str

    Examples
    --------
    >>> error = PrioritisationError("No capacity is left.", items=[4], code="NO_CAPACITY")
    >>> error.code, error.items, str(error)
    ('NO_CAPACITY', (4,), 'No capacity is left.')
    """

    default_code: ClassVar[str] = "PRIORITISATION_ERROR"

    def __init__(self, message: str, *, items: Iterable[int] = (), code: str | None = None) -> None:
        super().__init__(message)
        self.message: Final = message
        self.items: Final[tuple[int, ...]] = tuple(int(item) for item in items)
        self.code: Final[str] = self.default_code if code is None else code

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
        # The inherited way calls the constructor with positional arguments only, which keyword-only
        # arguments refuse; errors cross process borders when jobs report them.
        return _rebuild, (type(self), self.args), dict(self.__dict__)


class InvalidProblem(PrioritisationError):
    """A field of a problem breaks its rules.

    Attributes
    ----------
    field : str
        Name of the field, as in the dataclass that refused it.

    Examples
    --------
    >>> InvalidProblem("'duration' must not be negative", field="duration", items=[7]).field
    'duration'
    """

    default_code: ClassVar[str] = "INVALID_PROBLEM"

    def __init__(
        self, message: str, *, field: str, items: Iterable[int] = (), code: str | None = None
    ) -> None:
        super().__init__(message, items=items, code=code)
        self.field: Final = field


class CycleError(PrioritisationError):
    """Hard dependencies lead back to where they began.

    Attributes
    ----------
    cycle : tuple of int
        Positions in the order of the arrows, each once; the last one leads back to the first.

    Examples
    --------
    >>> str(CycleError([2, 5]))
    'Dependencies form a cycle: 2 -> 5 -> 2. Remove one of them.'
    """

    default_code: ClassVar[str] = "DEPENDENCY_CYCLE"

    def __init__(self, cycle: Iterable[int]) -> None:
        positions = tuple(int(item) for item in cycle)
        path = " -> ".join(map(str, (*positions, *positions[:1])))
        super().__init__(f"Dependencies form a cycle: {path}. Remove one of them.", items=positions)
        self.cycle: Final = positions
