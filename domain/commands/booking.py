"""Commands about time that teams have booked."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.commands.base import Command, Note


class BookingUnit(StrEnum):
    """What booked time is given in."""

    PERSON_WEEKS = "person_weeks"
    DAYS = "days"
    HOURS = "hours"


Amount = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class BookingSet(Command):
    """All that a team spent on a category in the week of a day, or on one initiative; in place of what was booked.

    Without a category it is the initiative's. Without a note the one that is there stays.
    """

    team_id: UUID
    category_id: UUID | None = None
    initiative_id: UUID | None = None
    week: date
    amount: Amount
    unit: BookingUnit = BookingUnit.PERSON_WEEKS
    note: Note | None = None


class BookingRemove(Command):
    """A booking that was a mistake as a whole."""

    id: UUID
    expected_version: int | None = None
