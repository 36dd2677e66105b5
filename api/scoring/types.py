"""The types ``Criterion``, ``ScoringModel`` and ``ScoringModelVersion``."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.enums import CriterionDirection, CriterionRole, CriterionSource, MissingPolicy, ScoringMethod
from api.listing import Listing
from api.member.types import Member
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from domain.queries.listing import OrderBy
from domain.queries.sources import CRITERIA, SCORING_MODELS
from domain.rows import CriterionRow, ScoringModelCriterionRow, ScoringModelRow, ScoringModelVersionRow


@strawberry.type(description="What a value on a criterion's scale means, in words.")
class Anchor:
    """Shows an entry of ``CriterionRow.anchors``."""

    value: float = strawberry.field(description="The value, on the scale.")
    description: str = strawberry.field(description="What an initiative is like that gets it.")


@strawberry.type(
    description="What initiatives are scored on. Direction and scale never change, so that a score keeps its meaning."
)
@shows(CriterionRow)
class Criterion(Node):
    """Shows ``CriterionRow``."""

    key: str = strawberry.field(
        description="Short name for programs, unique in the organisation: small letters, digits and underscores."
    )
    name: str = strawberry.field(description="Name for people.")
    description: str = strawberry.field(description="What is to be judged; may be empty.")
    direction: CriterionDirection = strawberry.field(description="Whether more is better or worse.")
    source: CriterionSource = strawberry.field(description="Where its values come from.")
    scale_min: float = strawberry.field(description="The least value of the scale.")
    scale_max: float = strawberry.field(description="The greatest value of the scale.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(description="What values mean in words, from the least to the greatest; at most 100.")
    def anchors(self: CriterionRow) -> list[Anchor]:
        return [
            Anchor(value=float(anchor["value"]), description=anchor["description"])
            for anchor in sorted(self.anchors, key=lambda anchor: anchor["value"])
        ]


@strawberry.type(description="A page of criteria.")
class CriterionConnection(Connection[Criterion]):
    """Connection of criteria."""


class WeightedRow(NamedTuple):
    """A criterion in a model version."""

    item: ScoringModelCriterionRow
    row: CriterionRow


@strawberry.type(description="A criterion in a version of a scoring model.")
class WeightedCriterion:
    """Shows ``WeightedRow``."""

    @strawberry.field(description="The criterion.")
    def criterion(self: WeightedRow) -> Criterion:
        return as_type(Criterion, self.row)

    @strawberry.field(description="Its place in the formula.")
    def role(self: WeightedRow) -> CriterionRole:
        return self.item.role

    @strawberry.field(description="Its weight, at least 0; only the proportion to the other weights counts.")
    def weight(self: WeightedRow) -> float:
        return self.item.weight


@strawberry.type(
    description="One version of a scoring model. It never changes: a ranking by it can be defended later."
)
@shows(ScoringModelVersionRow)
class ScoringModelVersion(Node):
    """Shows ``ScoringModelVersionRow``."""

    number: int = strawberry.field(description="1 for the first version of its model, and so on.")
    method: ScoringMethod = strawberry.field(description="How criteria become a score.")
    missing_policy: MissingPolicy = strawberry.field(description="What is done about missing values.")
    note: str = strawberry.field(description="Why this version was published; may be empty.")
    created_at: datetime = strawberry.field(description="When it was published.")

    @strawberry.field(description="The model that this is a version of.")
    def model(self: ScoringModelVersionRow, info: Info) -> "ScoringModel":
        return as_type(ScoringModel, info.context.directory.models[self.model_id])

    @strawberry.field(description="Who published it; null for what the system itself brought.")
    def published_by(self: ScoringModelVersionRow, info: Info) -> Member | None:
        if self.published_by_id is None:
            return None
        return as_type(Member, info.context.directory.members[self.published_by_id])

    @strawberry.field(description="Its criteria in their order; at most 50.")
    def criteria(self: ScoringModelVersionRow, info: Info) -> list[WeightedCriterion]:
        version = info.context.directory.model_versions[self.id]
        return as_types(WeightedCriterion, (WeightedRow(item, row) for item, row in version.criteria))


@strawberry.type(description="A page of versions of a scoring model, the newest first.")
class ScoringModelVersionConnection(Connection[ScoringModelVersion]):
    """Connection of scoring model versions."""


@strawberry.type(description="A named way to score initiatives; what it consists of is in its versions.")
@shows(ScoringModelRow)
class ScoringModel(Node):
    """Shows ``ScoringModelRow``."""

    name: str = strawberry.field(description="Unique in the organisation, whatever its case.")
    description: str = strawberry.field(description="When to use it; may be empty.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(
        description="The newest version, by which is ranked; null before the first is published."
    )
    def current_version(self: ScoringModelRow, info: Info) -> ScoringModelVersion | None:
        current = info.context.directory.current_versions.get(self.id)
        return None if current is None else as_type(ScoringModelVersion, current.version)

    @strawberry.field(description="All versions, the newest first.")
    def versions(
        self: ScoringModelRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScoringModelVersionConnection:
        rows = sorted(
            (
                version.version
                for version in info.context.directory.model_versions.values()
                if version.model.id == self.id
            ),
            key=lambda row: -row.number,
        )
        page = page_of(first=first, after=after, last=last, before=before)
        indices, window = slice_of(length=len(rows), page=page, scope=f"versions:{self.id}:{len(rows)}")
        nodes = as_types(ScoringModelVersion, (rows[index] for index in indices))
        return ScoringModelVersionConnection.of(window, nodes=nodes, total=len(rows))


@strawberry.type(description="A page of scoring models.")
class ScoringModelConnection(Connection[ScoringModel]):
    """Connection of scoring models."""


CRITERION_LISTING = Listing(
    CRITERIA, CriterionConnection, ids={"id": "Criterion"}, default=(OrderBy("name"),)
)
SCORING_MODEL_LISTING = Listing(
    SCORING_MODELS, ScoringModelConnection, ids={"id": "ScoringModel"}, default=(OrderBy("name"),)
)


async def _criteria(context: Context, ids: list[UUID]) -> list[Any]:
    directory = (await context.view()).directory
    return [directory.criteria.get(key) for key in ids]


async def _models(context: Context, ids: list[UUID]) -> list[Any]:
    directory = (await context.view()).directory
    return [directory.models.get(key) for key in ids]


async def _versions(context: Context, ids: list[UUID]) -> list[Any]:
    directory = (await context.view()).directory
    found = [directory.model_versions.get(key) for key in ids]
    return [None if version is None else version.version for version in found]


fetched_by("Criterion", _criteria)
fetched_by("ScoringModel", _models)
fetched_by("ScoringModelVersion", _versions)
