"""Commands about criteria, scoring models and scores."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.commands.base import Command, Figure, Name, Note, Reason, Text, UpdateCommand, Weight
from domain.enums import (
    CriterionDirection,
    CriterionRole,
    CriterionSource,
    MissingPolicy,
    ScoringMethod,
)

LARGEST_MODEL = 50
"""Most criteria of one version of a model."""

LARGEST_SCALE = 100
"""Most anchors of one scale."""

CriterionKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class Anchor(Command):
    """What a value of a scale means, in words."""

    value: Figure
    description: Annotated[Reason, StringConstraints(max_length=1_000)]


class CriterionCreate(Command):
    """A new criterion; key, direction, source and scale stay as they are from then on."""

    id: UUID | None = None
    key: CriterionKey
    name: Name
    description: Text = ""
    direction: CriterionDirection = CriterionDirection.BENEFIT
    source: CriterionSource = CriterionSource.SCORE
    scale_min: Figure
    scale_max: Figure
    anchors: list[Anchor] = Field(default_factory=list, max_length=LARGEST_SCALE)


class CriterionUpdate(UpdateCommand):
    """Changes to how a criterion is worded."""

    name: Name = Field(default="")
    description: Text = Field(default="")
    anchors: list[Anchor] = Field(default_factory=list, max_length=LARGEST_SCALE)


class ScoringModelCreate(Command):
    """A new scoring model, which scores nothing until a version is published."""

    id: UUID | None = None
    name: Name
    description: Text = ""


class ScoringModelUpdate(UpdateCommand):
    """Changes to a scoring model's name and description."""

    name: Name = Field(default="")
    description: Text = Field(default="")


class WeighedCriterion(Command):
    """A criterion in a version, its place in the formula, and its weight."""

    criterion_id: UUID
    role: CriterionRole = CriterionRole.WEIGHTED
    weight: Weight = 1.0


class ScoringModelPublish(Command):
    """A new version of a scoring model; ``expected_number`` is that of the version it replaces, 0 if none."""

    model_id: UUID
    expected_number: int | None = None
    method: ScoringMethod
    missing_policy: MissingPolicy = MissingPolicy.EXCLUDE
    criteria: list[WeighedCriterion] = Field(default_factory=list, max_length=LARGEST_MODEL)
    note: Annotated[Text, StringConstraints(max_length=4_000)] = ""
    idempotency_key: Name | None = None


class ScoreSet(Command):
    """A rating of an initiative on a criterion, with the range that the rater thinks possible."""

    initiative_id: UUID
    criterion_id: UUID
    value: Figure
    value_low: Figure | None = None
    value_high: Figure | None = None
    note: Note = ""


class ScoreRemove(Command):
    """The actor's own rating, to be removed."""

    initiative_id: UUID
    criterion_id: UUID
