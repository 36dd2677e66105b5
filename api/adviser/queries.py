"""``instrumentAdvice``: which instrument, when."""

from typing import Annotated, Any

import strawberry

from api.adviser.enums import Challenge, GoalMaturity, Instrument, ProcessStability, Question, SharedOutcomes
from api.context import Info
from api.nodes import as_type, as_types
from api.permissions import READ
from domain.adviser import MANY_PEOPLE, MOST_PEOPLE, Answers, advise


@strawberry.type(description="What one answer speaks for.")
class InstrumentReason:
    """Shows ``AdviceReason``."""

    question: Question = strawberry.field(description="The question that was answered.")
    okr_points: int = strawberry.field(description="How much it speaks for OKRs: points from 0 to 3.")
    kpi_points: int = strawberry.field(description="How much it speaks for KPIs: points from 0 to 3.")
    text: str = strawberry.field(description="Why, for a person to read.")


@strawberry.type(
    description="Which instrument fits, with the reasons. A rule of thumb that is laid open, not a measurement."
)
class InstrumentAdvice:
    """Shows ``domain.adviser.InstrumentAdvice``."""

    instrument: Instrument = strawberry.field(
        description="What is recommended. With d = `okrPoints` less `kpiPoints`: from 4 on `OKR`, 2 or 3"
        " `START_WITH_OKR`, -1 to 1 `BOTH`, -2 or -3 `START_WITH_KPI`, below `KPI`."
    )
    first_step: str = strawberry.field(description="What to do first, for a person to read.")
    okr_points: int = strawberry.field(description="Sum of the points for OKRs, 0 to 10.")
    kpi_points: int = strawberry.field(description="Sum of the points for KPIs, 0 to 10.")

    @strawberry.field(description="What each of the four answers speaks for, in the order of the questions.")
    def reasons(self: Any) -> list[InstrumentReason]:
        return as_types(InstrumentReason, self.reasons)


@strawberry.input(description="The answers to the adviser's four questions.")
class InstrumentAnswers:
    """Becomes ``Answers``."""

    challenge: Challenge = strawberry.field(description="The primary challenge.")
    headcount: int = strawberry.field(
        description=f"How many people there are, 1 to {MOST_PEOPLE:,}; fewer than {MANY_PEOPLE} who share many"
        " outcomes lean to OKRs."
    )
    shared_outcomes: SharedOutcomes = strawberry.field(
        description="How many outcomes need several teams; counted together with `headcount`."
    )
    stability: ProcessStability = strawberry.field(description="How stable the core processes are.")
    maturity: GoalMaturity = strawberry.field(description="How mature goal setting is.")


@strawberry.type
class AdviserQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="Which instrument to use: OKRs, KPIs or both, from four answers. Nothing is stored.",
        **READ,
    )
    async def instrument_advice(
        self,
        info: Info,
        answers: Annotated[InstrumentAnswers, strawberry.argument(description="The four answers.")],
    ) -> InstrumentAdvice:
        given = Answers(
            challenge=answers.challenge,
            headcount=answers.headcount,
            shared_outcomes=answers.shared_outcomes,
            stability=answers.stability,
            maturity=answers.maturity,
        )
        return as_type(InstrumentAdvice, advise(given))
