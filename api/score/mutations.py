"""Mutations about scores. Everybody scores for themselves, and the last write wins."""

from typing import Annotated

import strawberry

from api.bulk import errors_of, read_each
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied, UserError
from api.initiative.shown import initiative_after, initiatives_of
from api.initiative.types import Initiative
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from api.score.errors import ScoreOutOfScale
from api.score.inputs import IDS, ScoreRemoveInput, ScoreSetBulkInput, ScoreSetInput
from api.score.types import Score
from domain.commands.scoring import ScoreRemove, ScoreSet
from domain.score import remove_score, set_score, set_scores

_CONTRIBUTOR = requires(Role.CONTRIBUTOR, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The score was set.")
class ScoreSetSuccess:
    """Success of ``scoreSet``."""

    score: Score = strawberry.field(description=AS_IT_IS_NOW)
    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The score was removed: there is one score less, which is not a 0.")
class ScoreRemoveSuccess:
    """Success of ``scoreRemove``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="What became of one item.")
class ScoreSetBulkItem:
    """One outcome of ``scoreSetBulk``."""

    score: Score | None = strawberry.field(
        description="As it is now; null when it was not set. Without an error it was held back because of others."
    )
    errors: list[UserError] = strawberry.field(
        description="What is wrong with the item, also when it was set without its range; at most 10."
    )


@strawberry.type(description="The items were judged; each has its own outcome.")
class ScoreSetBulkSuccess:
    """Success of ``scoreSetBulk``."""

    items: list[ScoreSetBulkItem] = strawberry.field(
        description="One outcome for each item, in the order of the input; at most 1,000."
    )
    set_count: int = strawberry.field(description="How many of the scores were set.")


ScoreSetResult = Annotated[
    ScoreSetSuccess | ScoreOutOfScale | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScoreSetResult", description="Outcome of `scoreSet`."),
]
ScoreRemoveResult = Annotated[
    ScoreRemoveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScoreRemoveResult", description="Outcome of `scoreRemove`."),
]
ScoreSetBulkResult = Annotated[
    ScoreSetBulkSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScoreSetBulkResult", description="Outcome of `scoreSetBulk`."),
]


@strawberry.type
class ScoreMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Score an initiative on a criterion, as the viewer.", **_CONTRIBUTOR)
    async def score_set(self, info: Info, input: Annotated[ScoreSetInput, _ARGUMENT]) -> ScoreSetResult:
        command = to_command(ScoreSet, input, ids=IDS)
        row = await set_score(info.context.database, info.context.actor, command)
        initiative = await initiative_after(info.context, command.initiative_id)
        return ScoreSetSuccess(score=as_type(Score, row), initiative=initiative)

    @strawberry.mutation(description="Remove the viewer's own score.", **_CONTRIBUTOR)
    async def score_remove(
        self, info: Info, input: Annotated[ScoreRemoveInput, _ARGUMENT]
    ) -> ScoreRemoveResult:
        command = to_command(ScoreRemove, input, ids=IDS)
        await remove_score(info.context.database, info.context.actor, command)
        return ScoreRemoveSuccess(initiative=await initiative_after(info.context, command.initiative_id))

    @strawberry.mutation(
        description="Set many of the viewer's scores; each item has its own outcome.", **_CONTRIBUTOR
    )
    async def score_set_bulk(
        self, info: Info, input: Annotated[ScoreSetBulkInput, _ARGUMENT]
    ) -> ScoreSetBulkResult:
        outcomes = await set_scores(
            info.context.database,
            info.context.actor,
            read_each(input.items, lambda item: to_command(ScoreSet, item, ids=IDS)),
            input.error_policy,
        )
        await info.context.written()
        rows = [outcome.row for outcome in outcomes if outcome.row is not None]
        # one read for all of them: each score then finds its initiative in the view
        await initiatives_of(info.context, list({row.initiative_id for row in rows}))
        return ScoreSetBulkSuccess(
            items=[
                ScoreSetBulkItem(
                    score=None if outcome.row is None else as_type(Score, outcome.row),
                    errors=errors_of(outcome, position),
                )
                for position, outcome in enumerate(outcomes)
            ],
            set_count=len(rows),
        )
