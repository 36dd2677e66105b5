"""The types of advice on wording."""

from typing import Any

import strawberry

from api.nodes import as_type, as_types
from api.wording.enums import Wording, WordingRule
from domain.rows import KeyResultRow
from domain.wording import assess_key_result


@strawberry.type(description="Something that a rule found in the wording of a key result.")
class WordingSignal:
    """Shows ``domain.wording.WordingSignal``."""

    rule: WordingRule = strawberry.field(description="The rule.")
    words: str = strawberry.field(
        description="The words that it goes by, in lower case; empty when it goes by what is missing."
    )
    points: float = strawberry.field(
        description="Points for (above 0) or against (below 0) an outcome, at most 6 either way; of `LEVEL_KEPT` and"
        " `STANDING_LIMIT` those for keeping a level."
    )


@strawberry.type(description="What a key result looks like by its wording, with all that speaks for it.")
class WordingAdvice:
    """Shows ``domain.wording.WordingAdvice``."""

    verdict: Wording = strawberry.field(description="What it looks like.")
    points: float = strawberry.field(
        description="Sum of the points for (above 0) or against (below 0) an outcome."
    )
    points_for_keeping: float = strawberry.field(
        description="Sum of the points for keeping a level; from 2 on, and without a way from one figure to another,"
        " it is `MAINTENANCE`."
    )

    @strawberry.field(description="What the rules found, at most 20.")
    def signals(self: Any) -> list[WordingSignal]:
        return as_types(WordingSignal, self.signals)


@strawberry.type
class KeyResultWording:
    """Fields of ``KeyResult``."""

    @strawberry.field(
        description="What it looks like by the wording of its title (in English) and by whether values are stated;"
        " whether that fits `kind` is for people to judge."
    )
    def wording(self: KeyResultRow) -> WordingAdvice:
        return as_type(WordingAdvice, assess_key_result(self))
