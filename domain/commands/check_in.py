"""Commands about check-ins on key results."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from domain.commands.base import Command, Figure, Name, Note, Reason

Confidence = Annotated[int, Field(ge=0, le=10)]
"""How sure those who work on it are: 0 not at all, 10 entirely."""


class CheckInCreate(Command):
    """Where a key result stood at a time; now if none is given."""

    key_result_id: UUID
    value: Figure
    confidence: Confidence | None = None
    note: Note = ""
    at: AwareDatetime | None = None
    idempotency_key: Name | None = None


class CheckInCorrect(Command):
    """What a check-in should have said; what is left out stays as it was. Null takes a confidence back."""

    id: UUID
    value: Figure = 0.0
    confidence: Confidence | None = None
    note: Note = ""
    at: AwareDatetime | None = None
    reason: Reason
