"""``Initiative.benefits``, ``KeyResult.benefits``."""

from typing import cast
from uuid import UUID

import strawberry

from api.benefit.loaders import know
from api.benefit.types import BENEFIT_LISTING, BenefitConnection
from api.context import Context, Info
from api.listing import IncludeArchived, children_of
from api.pagination import After, Before, First, Last, Page, page_of
from domain.rows import InitiativeRow, KeyResultRow
from domain.rows_okr import BenefitRow


@strawberry.type
class InitiativeBenefits:
    """Fields of ``Initiative``."""

    @strawberry.field(description="What it is to bring, and what of that has come; the oldest first.")
    async def benefits(
        self: InitiativeRow,
        info: Info,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> BenefitConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return await _of(info.context, "initiative_id", self.id, page, archived=include_archived)


@strawberry.type
class KeyResultBenefits:
    """Fields of ``KeyResult``."""

    @strawberry.field(description="The benefits that are counted in its unit, the oldest first.")
    async def benefits(
        self: KeyResultRow,
        info: Info,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> BenefitConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return await _of(info.context, "key_result_id", self.id, page, archived=include_archived)


async def _of(
    context: Context, parent: str, parent_id: UUID, page: Page, *, archived: bool
) -> BenefitConnection:
    found = await children_of(
        context,
        BENEFIT_LISTING,
        parent=parent,
        parent_id=parent_id,
        page=page,
        where=None,
        order_by=None,
        archived=archived,
    )
    await know(context, cast("list[BenefitRow]", found.nodes))
    return found
