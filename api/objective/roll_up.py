"""Progress of objectives along the cascade, as the schema shows it."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.enums import described
from api.nodes import as_type, as_types
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from domain.objective_roll_up import RollUp, RollUpPart
from domain.objective_roll_up import RollUpTerm as Term

if TYPE_CHECKING:
    from api.key_result.types import KeyResult
    from api.objective.types import Objective

described(
    RollUpPart,
    "What a term of a roll-up is.",
    {"KEY_RESULT": "A key result of the objective.", "OBJECTIVE": "An objective below it."},
)


@strawberry.type(
    description="A key result or an objective below in the progress of an objective. The contributions add up to the"
    " progress, but for rounding in the last digit."
)
class RollUpTerm:
    """Shows ``domain.objective_roll_up.RollUpTerm``."""

    part: RollUpPart = strawberry.field(description="Which of the two it is.")
    weight: float = strawberry.field(description="Its weight.")
    progress: float | None = strawberry.field(
        description="Its progress, 0 to 1: a key result's clamped one, an objective's rolled-up one. Null if nothing"
        " is known of it: then it has no share in the total weight."
    )
    contribution: float | None = strawberry.field(
        description="weight · progress / total weight; null if the progress is."
    )

    @strawberry.field(description="The key result; null for an objective.")
    def key_result(
        self: Term,
    ) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")] | None:
        return cast("KeyResult", self.row) if self.part is RollUpPart.KEY_RESULT else None

    @strawberry.field(description="The objective below; null for a key result.")
    def objective(
        self: Term,
    ) -> Annotated["Objective", strawberry.lazy("api.objective.types")] | None:
        return cast("Objective", self.row) if self.part is RollUpPart.OBJECTIVE else None


@strawberry.type(description="A page of terms: key results, then the objectives below, the oldest first.")
class RollUpTermConnection(Connection[RollUpTerm]):
    """Connection of terms."""


@strawberry.type(
    description="Progress along the cascade: Σ weight · progress / Σ weight over an objective's key results and the"
    " objectives below it. What is archived does not count, nor what goes on in a later cycle: its successor does."
)
class ObjectiveRollUp:
    """Shows ``domain.objective_roll_up.RollUp``."""

    progress: float | None = strawberry.field(
        description="0 to 1; null if nothing below it that has a weight is known."
    )
    total_weight: float = strawberry.field(description="Σ weight of the terms whose progress is known.")

    @strawberry.field(description="What it is made of.")
    def terms(
        self: RollUp,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RollUpTermConnection:
        indices, window = slice_of(
            length=len(self.terms),
            page=page_of(first=first, after=after, last=last, before=before),
            scope=f"roll-up of {self.objective.id}",
        )
        nodes = as_types(RollUpTerm, (self.terms[index] for index in indices))
        return RollUpTermConnection.of(window, nodes=nodes, total=len(self.terms))


def shown(found: RollUp) -> ObjectiveRollUp:
    """The roll-up as the schema shows it."""
    return as_type(ObjectiveRollUp, found)
