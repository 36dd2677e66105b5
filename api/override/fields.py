"""Where ranks that are set by hand are shown: on ranked initiatives, initiatives and portfolios."""

from typing import Annotated, cast

import strawberry

from api.context import Info
from api.filters import WHERE, DateTimeFilter, IntFilter, on
from api.listing import children_of
from api.nodes import as_type
from api.override.types import OVERRIDE_LISTING, RankingOverride, RankingOverrideConnection
from api.pagination import After, Before, First, Last, page_of
from api.ranking.ranked import Ranked
from domain.rows import InitiativeRow, PortfolioRow, RankingOverrideRow


@strawberry.type
class RankedOverride:
    """Fields of ``RankedInitiative``."""

    @strawberry.field(
        description="The decision that gives it this rank, or one as near to it as hard dependencies allow; null when"
        " the rank is computed."
    )
    def override(self: Ranked) -> RankingOverride | None:
        row = self.ranking.overrides.get(self.at)
        return None if row is None else as_type(RankingOverride, row)

    @strawberry.field(
        description="The rank that it would have if none were set by hand; null if it would have none."
    )
    def computed_rank(self: Ranked) -> int | None:
        return int(self.ranking.computed_rank[self.at]) or None


@strawberry.type
class InitiativeOverride:
    """Fields of ``Initiative``."""

    @strawberry.field(description="The decision in force about its rank; null when its rank is computed.")
    def ranking_override(self: InitiativeRow, info: Info) -> RankingOverride | None:
        columns = info.context.columns_of(self)
        row = columns.overrides.get(columns.position[self.id])
        return None if row is None else as_type(RankingOverride, row)


@strawberry.input(description="Which decisions about ranks to return; everything that is given must hold.")
class RankingOverrideWhere:
    """Filter of overrides."""

    rank: IntFilter | None = on("The rank that was decided on.")
    created_at: DateTimeFilter | None = on("When it was decided.")
    withdrawn_at: DateTimeFilter | None = on(
        "When it was withdrawn or replaced: `{isNull: true}` for those in force."
    )


@strawberry.type
class PortfolioOverrides:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="Decisions about ranks in this portfolio, the latest first; those that were withdrawn too, unless"
        " left out by `where`."
    )
    async def ranking_overrides(
        self: PortfolioRow,
        info: Info,
        where: Annotated[RankingOverrideWhere | None, WHERE] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankingOverrideConnection:
        await info.context.view(self.id)
        found = await children_of(
            info.context,
            OVERRIDE_LISTING,
            parent="portfolio_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=None,
            archived=True,
        )
        members = info.context.directory.members
        for row in cast(list[RankingOverrideRow], found.nodes):
            known = info.context.find_initiative(row.initiative_id) is not None
            if (
                not known
                or not {row.decided_by_id, row.withdrawn_by_id or row.decided_by_id} <= members.keys()
            ):
                # decided, by somebody or about something new, after the view was taken
                await info.context.renew(self.id)
                break
        return found
