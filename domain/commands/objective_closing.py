"""Commands about the end of an objective, and reviews on the way there."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from domain.commands.base import Command, Figure, Note, Reason, Text
from domain.commands.check_in import Confidence

MOST_GRADES = 200
"""Most key results that one closing grades by hand."""

Grade = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class KeyResultGrade(Command):
    """A grade that was decided on for a key result, beside the computed one."""

    key_result_id: UUID
    grade: Grade
    reason: Reason


class ObjectiveClose(Command):
    """The end of an objective: grades beside the computed ones, and what was learnt."""

    id: UUID
    expected_version: int | None = None
    manual_grade: Grade | None = None
    grade_reason: Reason | None = None
    retrospective: Text = ""
    key_result_grades: list[KeyResultGrade] = Field(default_factory=list, max_length=MOST_GRADES)

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if (self.manual_grade is None) != (self.grade_reason is None):
            raise ValueError("manualGrade and gradeReason go together: give both or neither")
        return self


class ObjectiveReopen(Command):
    """A closing to be taken back, and why."""

    id: UUID
    expected_version: int | None = None
    reason: Reason


class ConfidenceReviewCreate(Command):
    """How sure a review of an objective was on a day; today if none is given."""

    objective_id: UUID
    confidence: Confidence
    note: Note = ""
    reviewed_on: date | None = None


class CarriedContributions(StrEnum):
    """What becomes of the contributions of open initiatives when their key results are carried over."""

    STAY = "stay"
    COPY = "copy"
    MOVE = "move"


class CarriedKeyResult(Command):
    """A key result to be carried over, with another target or due date if given."""

    key_result_id: UUID
    target_value: Figure | None = None
    due_on: date | None = None


class ObjectiveCarryOver(Command):
    """A closed objective to go on in a later cycle; with all key results that are not met unless some are named."""

    id: UUID
    expected_version: int | None = None
    cycle_id: UUID
    key_results: list[CarriedKeyResult] | None = Field(default=None, min_length=1, max_length=MOST_GRADES)
    contributions: CarriedContributions
