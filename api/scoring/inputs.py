"""Inputs of the mutations about criteria and scoring models."""

from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.enums import CriterionDirection, CriterionRole, CriterionSource, MissingPolicy, ScoringMethod

_NAME = "Name for people: 1 to 200 characters."
_MODEL_NAME = "1 to 200 characters, unique in the organisation, whatever its case."
_DESCRIPTION = "What is to be judged, at most 200,000 characters."
_ANCHORS = "What values mean in words: at most 100, each value once and on the scale."


@strawberry.input(description="What a value on a criterion's scale means, in words.")
class AnchorInput:
    """Becomes ``domain.commands.scoring.Anchor``."""

    value: float = strawberry.field(description="The value, on the scale.")
    description: str = strawberry.field(
        description="What an initiative is like that gets it: 1 to 1,000 characters."
    )


@strawberry.input(
    description="A new criterion. Key, direction, source and scale stay as they are given here."
)
class CriterionCreateInput:
    """Becomes ``CriterionCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    key: str = strawberry.field(
        description="Short name for programs, unique in the organisation: a small letter, then at most 59 small"
        " letters, digits and underscores."
    )
    name: str = strawberry.field(description=_NAME)
    description: str | None = strawberry.field(default=strawberry.UNSET, description=_DESCRIPTION)
    direction: CriterionDirection = strawberry.field(
        default=CriterionDirection.BENEFIT, description="Whether more is better or worse."
    )
    source: CriterionSource = strawberry.field(
        default=CriterionSource.SCORE, description="Where its values come from."
    )
    scale_min: float = strawberry.field(description="The least value of the scale.")
    scale_max: float = strawberry.field(description="The greatest value of the scale.")
    anchors: list[AnchorInput] | None = strawberry.field(default=strawberry.UNSET, description=_ANCHORS)


@strawberry.input(
    description="Changes to how a criterion is worded; what is left out stays as it is. For another scale or"
    " direction create another criterion: its scores mean something else."
)
class CriterionUpdateInput:
    """Becomes ``CriterionUpdate``."""

    id: strawberry.ID = strawberry.field(description="The criterion.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    name: strawberry.Maybe[str] = strawberry.field(description=_NAME)
    description: strawberry.Maybe[str] = strawberry.field(description=_DESCRIPTION)
    anchors: strawberry.Maybe[list[AnchorInput]] = strawberry.field(
        description=f"{_ANCHORS} Replaces all of them."
    )


@strawberry.input(description="A new scoring model, which scores nothing before its first version.")
class ScoringModelCreateInput:
    """Becomes ``ScoringModelCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    name: str = strawberry.field(description=_MODEL_NAME)
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="When to use it, at most 200,000 characters."
    )


@strawberry.input(description="Changes to a scoring model; what is left out stays as it is.")
class ScoringModelUpdateInput:
    """Becomes ``ScoringModelUpdate``."""

    id: strawberry.ID = strawberry.field(description="The model.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    name: strawberry.Maybe[str] = strawberry.field(description=_MODEL_NAME)
    description: strawberry.Maybe[str] = strawberry.field(
        description="When to use it, at most 200,000 characters."
    )


@strawberry.input(description="A criterion in a version of a scoring model.")
class WeightedCriterionInput:
    """Becomes ``WeighedCriterion``."""

    criterion_id: strawberry.ID = strawberry.field(description="The criterion; one in use.")
    role: CriterionRole = strawberry.field(
        default=CriterionRole.WEIGHTED, description="Its place in the formula of the method."
    )
    weight: float = strawberry.field(
        default=1.0,
        description="Its weight, 0 to 1,000; only the proportion to the other weights counts. What multiplies"
        " or divides has the weight 1.",
    )


@strawberry.input(description="The next version of a scoring model, which becomes the current one for good.")
class ScoringModelPublishInput:
    """Becomes ``ScoringModelPublish``."""

    model_id: strawberry.ID = strawberry.field(description="The model; one in use.")
    expected_number: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The number of the version that the client has seen as the current one, 0 for none: refuse"
        " to publish if it is no longer current.",
    )
    method: ScoringMethod = strawberry.field(description="How criteria become a score.")
    missing_policy: MissingPolicy = strawberry.field(
        default=MissingPolicy.EXCLUDE, description="What is done about missing values."
    )
    criteria: list[WeightedCriterionInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Exactly the criteria that the method needs, in the order in which they are shown; at most"
        " 50. CD3 and VALUE_BY_OUTCOME take none.",
    )
    note: str | None = strawberry.field(
        default=strawberry.UNSET, description="Why it is published; at most 4,000 characters."
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="1 to 200 characters of the client's choice: repeating the mutation with it publishes"
        " nothing anew and returns the first version.",
    )
