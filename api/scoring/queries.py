"""Queries about criteria and scoring models."""

from typing import Annotated

import strawberry

from api.context import Info
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ
from api.scoring.filters import CriterionOrder, CriterionWhere, ScoringModelOrder, ScoringModelWhere
from api.scoring.types import (
    CRITERION_LISTING,
    SCORING_MODEL_LISTING,
    CriterionConnection,
    ScoringModelConnection,
)


@strawberry.type
class ScoringQueries:
    """Merged into ``Query``."""

    @strawberry.field(description="The organisation's criteria, by name unless ordered otherwise.", **READ)
    async def criteria(
        self,
        info: Info,
        where: Annotated[CriterionWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[CriterionOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> CriterionConnection:
        return await connection_of(
            info.context,
            CRITERION_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )

    @strawberry.field(
        description="The organisation's scoring models, by name unless ordered otherwise.", **READ
    )
    async def scoring_models(
        self,
        info: Info,
        where: Annotated[ScoringModelWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[ScoringModelOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScoringModelConnection:
        return await connection_of(
            info.context,
            SCORING_MODEL_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )
