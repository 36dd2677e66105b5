"""``keyResultWording``: advice while somebody is still writing."""

from typing import Annotated

import strawberry

from api.context import Info
from api.nodes import as_type
from api.permissions import READ
from api.wording.types import WordingAdvice
from domain.errors import InvalidInput
from domain.wording import assess_wording

_LONGEST = 500


@strawberry.type
class WordingQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="What a key result would look like by its wording: outcome, activity, or a level that is kept."
        " Rules on English words with their points; nothing is stored.",
        **READ,
    )
    async def key_result_wording(
        self,
        info: Info,
        title: Annotated[
            str, strawberry.argument(description=f"The title in English, at most {_LONGEST} characters.")
        ],
        milestone: Annotated[
            bool, strawberry.argument(description="Whether it is reached or not, without a measure.")
        ] = False,
        measured: Annotated[
            bool,
            strawberry.argument(
                description="Whether start and target values are stated beside it; then a title without figures may be"
                " the name of a measure."
            ),
        ] = False,
    ) -> WordingAdvice:
        if len(title) > _LONGEST:
            raise InvalidInput(f"title must have at most {_LONGEST} characters.", path=("title",))
        return as_type(WordingAdvice, assess_wording(title, milestone=milestone, measured=measured))
