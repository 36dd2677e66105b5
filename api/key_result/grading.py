"""Grades of key results and objectives."""

from typing import NamedTuple, cast

import strawberry

from api.key_result.enums import GradeBand
from domain.grade import grade_band
from domain.rows import KeyResultRow, ObjectiveRow


class _Grade(NamedTuple):
    value: float


@strawberry.type(
    description="A grade with its band. It is of a key result or an objective, never of a person."
)
class Grade:
    """Shows ``_Grade``."""

    value: float = strawberry.field(description="0 to 1.")

    @strawberry.field(description="How it reads.")
    def band(self: _Grade) -> GradeBand:
        return grade_band(self.value)


@strawberry.type(
    description="The grades that a closing gave: the computed one, and beside it one that was decided on."
)
class Grading:
    """Shows the row that was graded."""

    @strawberry.field(
        description="Progress at the closing, within 0 to 1; an objective's is the mean of its key results' computed"
        " grades by weight. Null if it could not be measured."
    )
    def computed(self: KeyResultRow | ObjectiveRow) -> Grade | None:
        return grade_of(self.computed_grade)

    @strawberry.field(description="The grade that was decided on; null if the computed one stands alone.")
    def manual(self: KeyResultRow | ObjectiveRow) -> Grade | None:
        return grade_of(self.manual_grade)

    @strawberry.field(description="Why it was decided so; null without such a grade.")
    def reason(self: KeyResultRow | ObjectiveRow) -> str | None:
        return self.grade_reason


def grade_of(value: float | None) -> Grade | None:
    """A grade as the schema shows it; None for none."""
    return None if value is None else cast(Grade, _Grade(value))
