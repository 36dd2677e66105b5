"""Inputs of the mutations about check-ins."""

from datetime import datetime

import strawberry

from api.bulk import ErrorPolicy

IDS = {"key_result_id": "KeyResult"}

_KEY_RESULT = "The key result, in use and of an open objective."
_VALUE = "The value, in its unit, within ±10¹⁵; 0 or 1 for a milestone"
_CONFIDENCE = "How sure those who work on it are of reaching the target: 0 (not at all) to 10 (entirely)"
_NOTE = "What there is to say about it; at most 2,000 characters."
_AT = "When the key result stood there: not in the future, and of a day (UTC) within the objective's cycle"
_KEY = "At most 200 characters: repeating the mutation with it creates nothing new."


@strawberry.input(description="Where a key result stood at a time.")
class CheckInItemInput:
    """Becomes ``CheckInCreate``."""

    key_result_id: strawberry.ID = strawberry.field(description=_KEY_RESULT)
    value: float = strawberry.field(description=f"{_VALUE}.")
    confidence: int | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_CONFIDENCE}; nobody has said if left out."
    )
    note: str | None = strawberry.field(default=strawberry.UNSET, description=_NOTE)
    at: datetime | None = strawberry.field(default=strawberry.UNSET, description=f"{_AT}; now if left out.")


@strawberry.input(description="Where a key result stands.")
class CheckInCreateInput(CheckInItemInput):
    """Becomes ``CheckInCreate``."""

    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=_KEY)


@strawberry.input(description="Where many key results stand.")
class CheckInCreateBulkInput:
    """Becomes a list of ``CheckInCreate``."""

    items: list[CheckInItemInput] = strawberry.field(
        description="1 to 1,000 check-ins; several may be on one key result."
    )
    error_policy: ErrorPolicy = strawberry.field(
        default=ErrorPolicy.REJECT_ALL,
        description="What becomes of the good items when others are faulty; no part of a check-in can be left out.",
    )


@strawberry.input(description="What a check-in should have said; what is left out is taken from it.")
class CheckInCorrectInput:
    """Becomes ``CheckInCorrect``."""

    id: strawberry.ID = strawberry.field(
        description="The check-in that was wrong, and was not corrected yet."
    )
    value: strawberry.Maybe[float] = strawberry.field(description=f"{_VALUE}.")
    confidence: strawberry.Maybe[int | None] = strawberry.field(
        description=f"{_CONFIDENCE}. Null: nobody has said."
    )
    note: strawberry.Maybe[str] = strawberry.field(description=_NOTE)
    at: strawberry.Maybe[datetime] = strawberry.field(description=f"{_AT}.")
    reason: str = strawberry.field(description="What was wrong; 1 to 4,000 characters.")
