"""The types of published rankings: the publication, its lines, and causes of moves."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.enums import InitiativeState, ScoringMethod
from api.listing import Listing, children_of
from api.member.types import Member
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.pagination import After, Before, Connection, First, Last, page_of
from api.publication.enums import RankCauseKind
from api.ranking.enums import OrderKind
from api.scalars import CurrencyCode
from domain.db import reading
from domain.publication import stored_causes
from domain.queries.listing import OrderBy, by_ids
from domain.queries.sources import RANKING_PUBLICATION_ITEMS, RANKING_PUBLICATIONS
from domain.ranking.causes import RankCause as Cause
from domain.replay import Replay, replay_ranking
from domain.rows import RankingPublicationItemRow, RankingPublicationRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.portfolio.types import Portfolio
    from api.scoring.types import Criterion, ScoringModelVersion

REPLAY_COST = 50


@strawberry.type(description="One cause of a move between two rankings.")
class RankCause:
    """Shows ``domain.ranking.causes.RankCause``."""

    kind: RankCauseKind = strawberry.field(description="What it is.")
    change: int | None = strawberry.field(
        description="Its part in the rank, negative towards the top: the parts add up to the whole move. Null where the"
        " initiative has entered or left, or has gained or lost its rank by it."
    )

    @strawberry.field(
        description="The criteria on which its values have changed, at most 100; empty for causes of another kind."
    )
    def criteria(
        self: Cause, info: Info
    ) -> list[Annotated["Criterion", strawberry.lazy("api.scoring.types")]]:
        known = info.context.directory.criteria
        return cast(
            "list[Criterion]",
            [known[criterion_id] for criterion_id in self.criteria if criterion_id in known],
        )


def shown_causes(causes: Sequence[Cause]) -> list[RankCause]:
    """The causes as the schema shows them."""
    return as_types(RankCause, causes)


@strawberry.type(description="An initiative in a published ranking, as it was then.")
class RankingPublicationItem:
    """Shows ``RankingPublicationItemRow``."""

    place: int = strawberry.field(description="Its line, from 1; those without a rank come last.")
    title: str = strawberry.field(description="What it was called then.")
    rank: int | None = strawberry.field(
        description="Its rank, from 1; in the order by score equal scores share one. Null without one."
    )
    score_rank: int | None = strawberry.field(description="Its rank by score alone; null without a score.")
    computed_rank: int | None = strawberry.field(
        description="The rank that it would have had if none had been set by hand; null without one."
    )
    score: float | None = strawberry.field(
        description="Its score, in the unit of the method; null without one, which is not 0."
    )
    override_rank: int | None = strawberry.field(
        description="The rank that was set for it by hand; null when its rank was computed."
    )
    previous_rank: int | None = strawberry.field(
        description="Its rank in the publication before; null when it had none, or was not there."
    )

    @strawberry.field(description="The initiative as it is now; null when it is gone for good.")
    def initiative(
        self: RankingPublicationItemRow, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        return cast("Initiative | None", info.context.find_initiative(self.initiative_id))

    @strawberry.field(
        description="Why it has another rank than in the publication before, at most one cause of each kind; empty when"
        " it has not moved."
    )
    def causes(self: RankingPublicationItemRow) -> list[RankCause]:
        return shown_causes(stored_causes(self.causes))


@strawberry.type(description="A page of a published ranking.")
class RankingPublicationItemConnection(Connection[RankingPublicationItem]):
    """Connection of lines."""


ITEM_LISTING = Listing(
    RANKING_PUBLICATION_ITEMS, RankingPublicationItemConnection, ids={}, default=(OrderBy("place"),)
)


@strawberry.type(
    description="What came out when a published ranking was computed again from what was stored."
)
class RankingReplay:
    """Shows ``Replay``."""

    equal: bool = strawberry.field(
        description="Whether what it was computed from is unharmed and leads to the published ranking to the last bit."
    )
    fingerprint: str = strawberry.field(description="Digest of what was stored.")
    engine_version: str = strawberry.field(description="Version of the engine that computed it now.")


@strawberry.type(
    description="A ranking as a board has published it. It never changes, and can be computed again from what was"
    " stored with it."
)
@shows(RankingPublicationRow)
class RankingPublication(Node):
    """Shows ``RankingPublicationRow``."""

    number: int = strawberry.field(description="1 for the first publication of its portfolio, and so on.")
    note: str = strawberry.field(description="What the board says about it; may be empty.")
    method: ScoringMethod = strawberry.field(description="The method.")
    as_of: date = strawberry.field(description="The day that costs of delay were counted from.")
    currency: CurrencyCode = strawberry.field(description="The organisation's currency then.")
    soft_penalty_weeks: float | None = strawberry.field(
        description="What breaking a soft dependency cost, in weeks of the successor's weight; null when they only"
        " informed."
    )
    fingerprint: str = strawberry.field(
        description="Digest of all that it was computed from: equal to that of `Portfolio.ranking` as long as nothing"
        " has changed that counts."
    )
    engine_version: str = strawberry.field(description="Version of the engine that computed it.")
    item_count: int = strawberry.field(description="How many initiatives it has.")
    created_at: datetime = strawberry.field(description="When it was published.")

    @strawberry.field(description="How initiatives were put in order.")
    def order(self: RankingPublicationRow) -> OrderKind:
        return self.order_kind

    @strawberry.field(description="States of the initiatives that were ranked.")
    def states(self: RankingPublicationRow) -> list[InitiativeState]:
        return [InitiativeState(state) for state in self.states]

    @strawberry.field(description="The portfolio whose ranking it is.")
    def portfolio(
        self: RankingPublicationRow, info: Info
    ) -> Annotated["Portfolio", strawberry.lazy("api.portfolio.types")]:
        return cast("Portfolio", info.context.directory.portfolios[self.portfolio_id])

    @strawberry.field(description="Who published it.")
    def published_by(self: RankingPublicationRow, info: Info) -> Member:
        return as_type(Member, info.context.directory.members[self.published_by_id])

    @strawberry.field(description="The scoring model's version; null for methods that need none.")
    def model_version(
        self: RankingPublicationRow, info: Info
    ) -> Annotated["ScoringModelVersion", strawberry.lazy("api.scoring.types")] | None:
        if self.model_version_id is None:
            return None
        found = info.context.directory.model_versions[self.model_version_id]
        return cast("ScoringModelVersion", found.version)

    @strawberry.field(description="Its lines, best first.")
    async def items(
        self: RankingPublicationRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankingPublicationItemConnection:
        await info.context.view(self.portfolio_id)
        return await children_of(
            info.context,
            ITEM_LISTING,
            parent="publication_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )

    @strawberry.field(
        description="Compute it again from what was stored with it, whatever has become of the portfolio.",
        metadata={"cost": REPLAY_COST},
    )
    async def replay(self: RankingPublicationRow, info: Info) -> RankingReplay:
        found: Replay = await replay_ranking(
            info.context.database, info.context.actor.organisation_id, self.id
        )
        return as_type(RankingReplay, found)


@strawberry.type(description="A page of published rankings.")
class RankingPublicationConnection(Connection[RankingPublication]):
    """Connection of publications."""


PUBLICATION_LISTING = Listing(
    RANKING_PUBLICATIONS,
    RankingPublicationConnection,
    ids={},
    default=(OrderBy("number", descending=True),),
)


async def known(context: Context, rows: Sequence[RankingPublicationRow]) -> None:
    """See to it that the view knows what publications refer to, though somebody has just written them."""
    directory = (await context.view()).directory
    for row in rows:
        model_known = row.model_version_id is None or row.model_version_id in directory.model_versions
        if not model_known or row.published_by_id not in directory.members:
            await context.renew()
            return


async def publications_by_id(context: Context, ids: Sequence[UUID]) -> dict[UUID, RankingPublicationRow]:
    """Publications that are there, in one statement."""
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, RANKING_PUBLICATIONS, ids)
    await known(context, list(found.values()))
    return found


async def _publications(context: Context, ids: list[UUID]) -> list[RankingPublicationRow | None]:
    found = await publications_by_id(context, ids)
    return [found.get(publication_id) for publication_id in ids]


fetched_by("RankingPublication", _publications)
