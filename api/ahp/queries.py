"""The query ``ahpWeights``."""

from typing import Annotated

import strawberry

from api.ahp.types import AhpWeights
from api.context import Info
from api.inputs import decoded
from api.nodes import as_type
from api.permissions import READ
from domain.ahp import LEAST_CRITERIA, MOST_CRITERIA, Judgement, ahp_weights


@strawberry.input(description="How many times as much one criterion matters as another.")
class AhpJudgement:
    """Becomes ``Judgement``."""

    first: strawberry.ID = strawberry.field(description="The one criterion.")
    second: strawberry.ID = strawberry.field(description="The other criterion.")
    ratio: float = strawberry.field(
        description="3 says that the first matters three times as much, 1/3 that the second does; usually 1/9 to 9."
    )


@strawberry.type
class AhpQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="Weights of criteria from judgements in pairs, and how consistent these are. Nothing is stored.",
        **READ,
    )
    async def ahp_weights(
        self,
        info: Info,
        criteria: Annotated[
            list[strawberry.ID],
            strawberry.argument(description=f"The criteria, {LEAST_CRITERIA} to {MOST_CRITERIA}."),
        ],
        judgements: Annotated[
            list[AhpJudgement],
            strawberry.argument(description="One for each pair of them, in any direction and order."),
        ],
    ) -> AhpWeights:
        view = await info.context.view()
        derived = ahp_weights(
            view.directory,
            [decoded("Criterion", each, "criteria", place) for place, each in enumerate(criteria)],
            [
                Judgement(
                    first=decoded("Criterion", each.first, "judgements", place, "first"),
                    second=decoded("Criterion", each.second, "judgements", place, "second"),
                    ratio=each.ratio,
                )
                for place, each in enumerate(judgements)
            ],
        )
        return as_type(AhpWeights, derived)
