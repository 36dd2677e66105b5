"""``Portfolio.rankingPublications``."""

from typing import cast

import strawberry

from api.context import Info
from api.listing import children_of
from api.pagination import After, Before, First, Last, page_of
from api.publication.types import PUBLICATION_LISTING, RankingPublicationConnection, known
from domain.rows import PortfolioRow, RankingPublicationRow


@strawberry.type
class PortfolioPublications:
    """Fields of ``Portfolio``."""

    @strawberry.field(description="Its published rankings, the latest first.")
    async def ranking_publications(
        self: PortfolioRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankingPublicationConnection:
        found = await children_of(
            info.context,
            PUBLICATION_LISTING,
            parent="portfolio_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )
        await known(info.context, cast(list[RankingPublicationRow], found.nodes))
        return found
