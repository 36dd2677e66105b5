"""``Initiative.scores`` and ``Initiative.ratings``."""

from typing import Annotated, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.filters import WHERE
from api.listing import children_of
from api.nodes import as_types
from api.pagination import After, Before, First, Last, page_of, slice_of
from api.score.filters import ScoreWhere
from api.score.types import SCORE_LISTING, Rating, RatingConnection, ScoreConnection
from domain.db import reading
from domain.queries.score import RatingRow, ratings
from domain.rows import InitiativeRow, ScoreRow


@strawberry.type
class InitiativeScores:
    """Fields of ``Initiative``."""

    @strawberry.field(description="Who scored it on what, the latest first.")
    async def scores(
        self: InitiativeRow,
        info: Info,
        where: Annotated[ScoreWhere | None, WHERE] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScoreConnection:
        found = await children_of(
            info.context,
            SCORE_LISTING,
            parent="initiative_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=None,
            archived=True,
        )
        directory = info.context.directory
        rows = cast(list[ScoreRow], found.nodes)
        if any(
            row.rater_id not in directory.members or row.criterion_id not in directory.criteria
            for row in rows
        ):
            # scored, by somebody new or on something new, after the view was taken
            await info.context.renew()
        return found

    @strawberry.field(description="What all who scored it say together, by criterion: mean and spread.")
    async def ratings(
        self: InitiativeRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RatingConnection:
        rows = await info.context.loader("ratings", _rating_loader).load(self.id)
        criteria = info.context.directory.criteria
        if any(row.criterion_id not in criteria for row in rows):
            criteria = (await info.context.renew()).directory.criteria
        rows = sorted(rows, key=lambda row: (criteria[row.criterion_id].name, row.criterion_id))
        page = page_of(first=first, after=after, last=last, before=before)
        indices, window = slice_of(length=len(rows), page=page, scope=f"ratings:{self.id}:{len(rows)}")
        return RatingConnection.of(
            window, nodes=as_types(Rating, (rows[index] for index in indices)), total=len(rows)
        )


def _rating_loader(context: Context) -> DataLoader[UUID, list[RatingRow]]:
    async def load(ids: list[UUID]) -> list[list[RatingRow]]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await ratings(connection, organisation_id, ids)
        return [found[initiative_id] for initiative_id in ids]

    return DataLoader(load_fn=load)
