"""How ``Portfolio.ranking`` is asked for, and answered."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.context import Info
from api.enums import InitiativeState, ScoringMethod
from api.errors import BadUserInput
from api.inputs import decoded
from api.pagination import Page, slice_of
from api.ranking.enums import OrderKind
from api.ranking.ranked import Ranked
from api.ranking.types import RankingConnection
from domain.enums import OPEN_STATES
from domain.ranking import RankingRequest, rank_portfolio


@strawberry.input(
    one_of=True, description="What to rank by: exactly one of these. Methods other than CD3 need a model."
)
class RankingBy:
    """Choice of a model."""

    model: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="A scoring model, in its current version."
    )
    model_version: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="One version of a scoring model, to see what it would say today."
    )
    method: strawberry.Maybe[ScoringMethod] = strawberry.field(
        description="A method: CD3 and VALUE_BY_OUTCOME as they are, others by the one model that has it."
    )


By = Annotated[
    RankingBy | None,
    strawberry.argument(
        description="What to rank by; left out it is the portfolio's default model, or CD3 when it has none."
    ),
]
Order = Annotated[OrderKind, strawberry.argument(description="How to put initiatives in order.")]
States = Annotated[
    list[InitiativeState] | None,
    strawberry.argument(
        description="Rank initiatives in these states; left out all but completed and stopped."
    ),
]
AsOf = Annotated[
    date | None,
    strawberry.argument(description="The day that costs of delay are counted from; left out today (UTC)."),
]
SoftPenaltyWeeks = Annotated[
    float | None,
    strawberry.argument(
        description="What breaking a soft dependency costs, in weeks of the successor's cost of delay (in general:"
        " units of size of its score · size), from 0 to 10,000; the order then honours those that are worth it."
        " Null: soft dependencies only inform. Only in the dependency-aware order."
    ),
]


Overridden = Annotated[
    bool,
    strawberry.argument(
        description="Whether ranks that are set by hand count; they do only in dependency-aware rankings of all open"
        " initiatives. False shows what is computed."
    ),
]


async def ranked(
    info: Info,
    portfolio_id: UUID,
    *,
    by: RankingBy | None,
    order: OrderKind,
    states: list[InitiativeState] | None,
    as_of: date | None,
    soft_penalty_weeks: float | None,
    overridden: bool,
    page: Page,
) -> RankingConnection:
    """One page of a portfolio's ranking.

    Raises
    ------
    BadUserInput
        For a cursor of another ranking, or no states.
    InvalidInput, NotFound
        When there is no such model, or it can't be applied.
    """
    request = request_for(
        by, order, states, as_of, overridden=overridden, soft_penalty_weeks=soft_penalty_weeks
    )
    ranking = await rank_portfolio(await info.context.view(portfolio_id), portfolio_id, request)
    indices, window = slice_of(length=len(ranking), page=page, scope=f"{portfolio_id}:{ranking.fingerprint}")
    nodes = [Ranked(ranking, int(ranking.order[place])) for place in indices]
    return RankingConnection.of(window, nodes=nodes, total=len(ranking), ranking=ranking)


def request_for(
    by: RankingBy | None,
    order: OrderKind,
    states: list[InitiativeState] | None,
    as_of: date | None,
    *,
    overridden: bool = True,
    soft_penalty_weeks: float | None = None,
) -> RankingRequest:
    """What the domain is asked for; UNSET counts as None.

    Raises
    ------
    BadUserInput
        For no states.
    NotFound
        When an id is not one of its type.
    """
    if states == []:
        raise BadUserInput("Name at least one state, or leave `states` out.", argument="states")
    model = by.model if by is not None else None
    version = by.model_version if by is not None else None
    method = by.method if by is not None else None
    return RankingRequest(
        model_id=None if model is None else decoded("ScoringModel", model.value, "by", "model"),
        model_version_id=None
        if version is None
        else decoded("ScoringModelVersion", version.value, "by", "modelVersion"),
        method=None if method is None else method.value,
        kind=order,
        states=frozenset(states) if states else OPEN_STATES,
        overridden=overridden,
        today=as_of or datetime.now(UTC).date(),
        soft_penalty_weeks=soft_penalty_weeks,
    )
