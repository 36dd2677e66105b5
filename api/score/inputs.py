"""Inputs of the mutations about scores."""

import strawberry

from api.bulk import ErrorPolicy

IDS = {"initiative_id": "Initiative", "criterion_id": "Criterion"}


@strawberry.input(
    description="The viewer's score of an initiative on a criterion, in place of the one before."
)
class ScoreSetInput:
    """Becomes ``ScoreSet``."""

    initiative_id: strawberry.ID = strawberry.field(description="The initiative; one in use.")
    criterion_id: strawberry.ID = strawberry.field(
        description="The criterion; one in use whose values come from people's scores."
    )
    value: float = strawberry.field(description="The value, on the criterion's scale.")
    value_low: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="The least value that the viewer thinks possible, on the scale; not above the value.",
    )
    value_high: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="The greatest value that the viewer thinks possible, on the scale; not below the value.",
    )
    note: str | None = strawberry.field(
        default=strawberry.UNSET, description="Why; at most 2,000 characters."
    )


@strawberry.input(description="The viewer's own score to remove.")
class ScoreRemoveInput:
    """Becomes ``ScoreRemove``."""

    initiative_id: strawberry.ID = strawberry.field(description="The initiative; one in use.")
    criterion_id: strawberry.ID = strawberry.field(description="The criterion.")


@strawberry.input(description="Many of the viewer's scores in one go.")
class ScoreSetBulkInput:
    """Becomes a list of ``ScoreSet``."""

    items: list[ScoreSetInput] = strawberry.field(
        description="1 to 1,000 scores, each initiative and criterion once."
    )
    error_policy: ErrorPolicy = strawberry.field(
        default=ErrorPolicy.REJECT_ALL,
        description="What becomes of the good items when others are faulty. A score can do without its range.",
    )
