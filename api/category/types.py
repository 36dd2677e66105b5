"""The type ``AllocationCategory``."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Context
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.enums import WorkKind
from api.listing import Listing
from api.nodes import Node, fetched_by, shows
from api.pagination import Connection
from domain.queries.listing import OrderBy
from domain.queries.sources import ALLOCATION_CATEGORIES
from domain.rows import AllocationCategoryRow


@strawberry.type(description="A bucket of capacity that initiatives draw on.")
@shows(AllocationCategoryRow)
class AllocationCategory(Node):
    """Shows ``AllocationCategoryRow``."""

    name: str = strawberry.field(description="Unique in the organisation, whatever its case.")
    description: str = strawberry.field(description="What belongs to it; may be empty.")
    kind: WorkKind = strawberry.field(description="The kind of work that it pays for.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)


@strawberry.type(description="A page of allocation categories.")
class AllocationCategoryConnection(Connection[AllocationCategory]):
    """Connection of allocation categories."""


CATEGORY_LISTING = Listing(
    ALLOCATION_CATEGORIES,
    AllocationCategoryConnection,
    ids={"id": "AllocationCategory"},
    default=(OrderBy("name"),),
)


async def _categories(context: Context, ids: list[UUID]) -> list[AllocationCategoryRow | None]:
    directory = (await context.view()).directory
    return [directory.categories.get(category_id) for category_id in ids]


fetched_by("AllocationCategory", _categories)
