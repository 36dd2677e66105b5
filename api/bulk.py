"""What all bulk mutations share: the error policy, and reading items one by one."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from api.enums import described
from api.errors import UserError, to_user_error
from domain.bulk import Outcome
from domain.enums import ErrorPolicy
from domain.errors import DomainError, InvalidInput

Item = TypeVar("Item")
Read = TypeVar("Read")

__all__ = ["LARGEST_BULK", "ErrorPolicy", "errors_of", "read_each"]

LARGEST_BULK = 1_000
"""Most items of one call."""

described(
    ErrorPolicy,
    "What a bulk mutation does with the good items when others are faulty. The errors are told under each policy.",
    {
        "IGNORE_FAILED": "Writes the good items, and faulty ones without their faulty parts if they can do without.",
        "REJECT_FAILED": "Writes the items that have no fault.",
        "REJECT_ALL": "Writes nothing if any item is faulty.",
    },
)


def read_each(
    items: Sequence[Item], read: Callable[[Item], Read], *, most: int = LARGEST_BULK
) -> list[Read | DomainError]:
    """The command of each item, or the error that it could not be read for.

    Raises
    ------
    InvalidInput
        When there are no items, or more than ``most``.
    """
    if not 1 <= len(items) <= most:
        raise InvalidInput(
            f"Give 1 to {most} items a call, not {len(items)}; split longer lists.", path=("items",)
        )
    return [_read(item, read) for item in items]


def _read(item: Item, read: Callable[[Item], Read]) -> Read | DomainError:
    try:
        return read(item)
    except DomainError as error:
        return error


def errors_of(outcome: Outcome[object], position: int) -> list[UserError]:
    """The errors of an item as clients see them, with paths from the input on."""
    errors = []
    for error in outcome.errors:
        shown = to_user_error(error)
        shown.path = ["items", str(position), *shown.path]
        errors.append(shown)
    return errors
