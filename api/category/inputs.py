"""Inputs of the mutations about allocation categories."""

from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.enums import WorkKind

_NAME = "1 to 200 characters, unique in the organisation, whatever its case."
_DESCRIPTION = "What belongs to it, at most 200,000 characters."
_KIND = "The kind of work that it pays for."


@strawberry.input(description="A new allocation category.")
class CategoryCreateInput:
    """Becomes ``AllocationCategoryCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    name: str = strawberry.field(description=_NAME)
    description: str | None = strawberry.field(default=strawberry.UNSET, description=_DESCRIPTION)
    kind: WorkKind = strawberry.field(description=_KIND)


@strawberry.input(description="Changes to an allocation category; what is left out stays as it is.")
class CategoryUpdateInput:
    """Becomes ``AllocationCategoryUpdate``."""

    id: strawberry.ID = strawberry.field(description="The allocation category.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    name: strawberry.Maybe[str] = strawberry.field(description=_NAME)
    description: strawberry.Maybe[str] = strawberry.field(description=_DESCRIPTION)
    kind: strawberry.Maybe[WorkKind] = strawberry.field(description=_KIND)
