"""What all bulk writes share: one outcome per item, in the order of the input."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.enums import ErrorPolicy
from domain.errors import DomainError

Row_co = TypeVar("Row_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[Row_co]):
    """What became of one item: the stored row, or None when it was not written, and what is wrong with it.

    A row with errors was written without its faulty parts. Neither row nor errors: the item is good, and was
    held back because of others.
    """

    row: Row_co | None
    errors: tuple[DomainError, ...] = ()


def held_back(policy: ErrorPolicy, faults: Sequence[Sequence[DomainError]]) -> bool:
    """Whether the faults of some items keep all others from being written."""
    return policy is ErrorPolicy.REJECT_ALL and any(faults)
