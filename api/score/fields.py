"""``Initiative.scores`` and ``Initiative.ratings``."""

from typing import Annotated, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.errors import BadUserInput
from api.filters import WHERE
from api.inputs import decoded
from api.listing import children_of
from api.nodes import as_types
from api.pagination import After, Before, First, Last, page_of, slice_of
from api.score.filters import ScoreWhere
from api.score.types import SCORE_LISTING, Rating, RatingConnection, ScoreConnection
from domain.db import reading
from domain.errors import NotFound
from domain.queries.score import RatingRow, ratings
from domain.rows import InitiativeRow, ScoreRow

_MOST_CRITERIA = 50


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

    @strawberry.field(
        description="What all who scored it say together, by criterion: mean and spread. A criterion that nobody has"
        " scored it on has no rating."
    )
    async def ratings(
        self: InitiativeRow,
        info: Info,
        model: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="Only on the criteria of this scoring model, in its current version."
            ),
        ] = None,
        criteria: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(description="Only on these criteria, at most 50. Not together with `model`."),
        ] = None,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RatingConnection:
        rows = await info.context.loader("ratings", _rating_loader).load(self.id)
        known = info.context.directory.criteria
        if any(row.criterion_id not in known for row in rows):
            known = (await info.context.renew()).directory.criteria
        wanted = _wanted(info.context, model, criteria)
        rows = sorted(
            (row for row in rows if wanted is None or row.criterion_id in wanted),
            key=lambda row: (known[row.criterion_id].name, row.criterion_id),
        )
        page = page_of(first=first, after=after, last=last, before=before)
        scope = f"ratings:{self.id}:{len(rows)}:{sorted(wanted or ())}"
        indices, window = slice_of(length=len(rows), page=page, scope=scope)
        return RatingConnection.of(
            window, nodes=as_types(Rating, (rows[index] for index in indices)), total=len(rows)
        )


def _wanted(context: Context, model: str | None, criteria: list[strawberry.ID] | None) -> set[UUID] | None:
    """The criteria that ratings are asked for; None for all.

    Raises
    ------
    BadUserInput
        When both a model and criteria are given, or too many.
    NotFound
        When one of them is not there.
    """
    if model is not None and criteria is not None:
        raise BadUserInput("Give either `model` or `criteria`, not both.", argument="criteria")
    if model is not None:
        key = decoded("ScoringModel", model, "model")
        if key not in context.directory.models:
            raise NotFound("There is no scoring model with this id.", path=("model",))
        current = context.directory.current_versions.get(key)
        return set() if current is None else {row.id for _, row in current.criteria}
    if criteria is None:
        return None
    if len(criteria) > _MOST_CRITERIA:
        raise BadUserInput(f"Ask for at most {_MOST_CRITERIA} criteria.", argument="criteria")
    wanted = {decoded("Criterion", each, "criteria", place) for place, each in enumerate(criteria)}
    if not wanted <= context.directory.criteria.keys():
        raise NotFound("There is no criterion with one of these ids.", path=("criteria",))
    return wanted


def _rating_loader(context: Context) -> DataLoader[UUID, list[RatingRow]]:
    async def load(ids: list[UUID]) -> list[list[RatingRow]]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await ratings(connection, organisation_id, ids)
        return [found[initiative_id] for initiative_id in ids]

    return DataLoader(load_fn=load)
