"""Inputs of the mutations about dependencies."""

from uuid import UUID

import strawberry

from api.bulk import ErrorPolicy
from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.enums import DependencyKind

IDS = {
    "id": "Dependency",
    "portfolio_id": "Portfolio",
    "predecessor_id": "Initiative",
    "successor_id": "Initiative",
}

_PREDECESSOR = "What comes first; an initiative in use."
_SUCCESSOR = "What comes after it; another initiative in use, of the same portfolio."
_KIND = "How the two depend on each other."
_HARD = "Whether it must be honoured. Relations only inform: they are never hard."
_LAG = "Weeks to wait in between, -520 to 520; negative when they may overlap. Relations have none."
_NOTE = "Why; at most 2,000 characters."


@strawberry.input(description="A new dependency.")
class DependencyAddInput:
    """Becomes ``DependencyAdd``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    predecessor_id: strawberry.ID = strawberry.field(description=_PREDECESSOR)
    successor_id: strawberry.ID = strawberry.field(description=_SUCCESSOR)
    kind: DependencyKind = strawberry.field(default=DependencyKind.FINISH_TO_START, description=_KIND)
    hard: bool | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_HARD} Left out: hard, unless it is a relation."
    )
    lag_weeks: float = strawberry.field(default=0.0, description=_LAG)
    note: str | None = strawberry.field(default=strawberry.UNSET, description=_NOTE)


@strawberry.input(description="Changes to a dependency; what is left out stays as it is.")
class DependencyUpdateInput:
    """Becomes ``DependencyUpdate``."""

    id: strawberry.ID = strawberry.field(description="The dependency; its ends and its kind stay.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    hard: strawberry.Maybe[bool] = strawberry.field(description=_HARD)
    lag_weeks: strawberry.Maybe[float] = strawberry.field(description=_LAG)
    note: strawberry.Maybe[str] = strawberry.field(description=_NOTE)


@strawberry.input(description="A dependency to remove.")
class DependencyRemoveInput:
    """Becomes ``DependencyRemove``."""

    id: strawberry.ID = strawberry.field(description="The dependency.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)


@strawberry.input(description="Many new dependencies of one portfolio.")
class DependencyAddBulkInput:
    """Becomes a list of ``DependencyAdd``."""

    portfolio_id: strawberry.ID = strawberry.field(description="The portfolio; one in use.")
    items: list[DependencyAddInput] = strawberry.field(
        description="1 to 1,000 dependencies. They are judged in this order: of those that close a cycle together, the"
        " last one is refused. One that is there already and is the same is left as it is."
    )
    error_policy: ErrorPolicy = strawberry.field(
        default=ErrorPolicy.REJECT_ALL, description="What becomes of the good items when others are faulty."
    )
