"""``Initiative.rankHistory``: an initiative through the published rankings of its portfolio."""

from collections.abc import Callable
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.nodes import as_type
from api.pagination import (
    After,
    Before,
    Connection,
    First,
    Last,
    Ordering,
    cut_of,
    page_of,
    window_of,
)
from api.publication.types import (
    RankCause,
    RankingPublication,
    RankingPublicationItem,
    known,
    shown_causes,
)
from domain.db import reading
from domain.queries.keyset import Cut, Slice
from domain.queries.publication import (
    RankHistoryRow,
    newest_first,
    rank_histories,
    rank_history_counts,
)
from domain.rows import InitiativeRow

_ORDERING = Ordering(newest_first(), scope="RankHistory")


@strawberry.type(description="An initiative in one published ranking, compared with the one before.")
class RankHistoryEntry:
    """Shows ``RankHistoryRow``."""

    previous_rank: int | None = strawberry.field(
        description="Its rank in the publication before; null when it had none, or was not there."
    )

    @strawberry.field(description="The publication.")
    def publication(self: RankHistoryRow) -> RankingPublication:
        return as_type(RankingPublication, self.publication)

    @strawberry.field(description="Its line there; null when it has left the ranking with this publication.")
    def item(self: RankHistoryRow) -> RankingPublicationItem | None:
        return None if self.item is None else as_type(RankingPublicationItem, self.item)

    @strawberry.field(description="Its rank there; null when it has none, or has left.")
    def rank(self: RankHistoryRow) -> int | None:
        return None if self.item is None else self.item.rank

    @strawberry.field(
        description="Why it has another rank than in the publication before, at most one cause of each kind; empty when"
        " it has not moved."
    )
    def causes(self: RankHistoryRow) -> list[RankCause]:
        return shown_causes(self.causes)


@strawberry.type(description="A page of the history of an initiative's rank, the newest publication first.")
class RankHistoryConnection(Connection[RankHistoryEntry]):
    """Connection of history entries."""


@strawberry.type
class InitiativeRankHistory:
    """Fields of ``Initiative``."""

    @strawberry.field(
        description="Its rank in the published rankings of its portfolio, with the causes of each move, the newest"
        " first; also where it has left the ranking."
    )
    async def rank_history(
        self: InitiativeRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankHistoryConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        cut = cut_of(page, ordering=_ORDERING)
        pages = info.context.loader(("rank history", cut), _pages(cut))
        counts = info.context.loader("rank history counts", _counts)
        found = await pages.load(self.id)
        return RankHistoryConnection.of(
            window_of(found, ordering=_ORDERING),
            nodes=found.rows,
            total=lambda: counts.load(self.id),
        )


def _pages(cut: Cut) -> Callable[[Context], DataLoader[UUID, Slice[RankHistoryRow]]]:
    def make(context: Context) -> DataLoader[UUID, Slice[RankHistoryRow]]:
        async def load(ids: list[UUID]) -> list[Slice[RankHistoryRow]]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as connection:
                found = await rank_histories(connection, organisation_id, ids, cut)
            await known(context, [row.publication for slice_ in found.values() for row in slice_.rows])
            return [found[initiative_id] for initiative_id in ids]

        return DataLoader(load_fn=load)

    return make


def _counts(context: Context) -> DataLoader[UUID, int]:
    async def load(ids: list[UUID]) -> list[int]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            counted = await rank_history_counts(connection, organisation_id, ids)
        return [counted[initiative_id] for initiative_id in ids]

    return DataLoader(load_fn=load)
