"""What a review page is about: a team, a portfolio, or the organisation."""

from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Context, Info
from api.inputs import decoded
from api.nodes import as_type
from api.team.types import Team
from domain.review.subject import Coverage, Scope, coverage

if TYPE_CHECKING:
    from api.portfolio.types import Portfolio


@strawberry.input(description="A team or a portfolio, not both; with neither it is about the organisation.")
class ReviewSubjectInput:
    """Becomes ``Scope``."""

    team_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="A team: what it owns."
    )
    portfolio_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="A portfolio: the teams that own its open initiatives or are demanded by them, and the objectives"
        " that these contribute to.",
    )


SubjectArgument = Annotated[
    ReviewSubjectInput | None,
    strawberry.argument(description="What the review is about; the organisation if left out."),
]


class Covered(NamedTuple):
    """A scope and what it covers."""

    scope: Scope
    coverage: Coverage


@strawberry.type
class Reviewed:
    """Fields of review pages; they show something with a ``covered``."""

    @strawberry.field(description="The team that it is about; null for another subject.")
    def team(self: "HasCovered", info: Info) -> Team | None:
        key = self.covered.scope.team_id
        return None if key is None else as_type(Team, info.context.directory.teams[key])

    @strawberry.field(
        description="The portfolio that it is about; null for another subject. With neither it is about the"
        " organisation."
    )
    def portfolio(
        self: "HasCovered", info: Info
    ) -> Annotated["Portfolio", strawberry.lazy("api.portfolio.types")] | None:
        key = self.covered.scope.portfolio_id
        return None if key is None else cast("Portfolio", info.context.directory.portfolios[key])


class HasCovered(NamedTuple):
    """What the fields above need."""

    covered: Covered


async def covered_by(context: Context, subject: ReviewSubjectInput | None) -> Covered:
    """The subject of a review page, and what it covers.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such team or portfolio; when both are given.
    """
    scope = Scope()
    if subject:
        scope = Scope(
            team_id=decoded("Team", subject.team_id, "subject", "teamId") if subject.team_id else None,
            portfolio_id=decoded("Portfolio", subject.portfolio_id, "subject", "portfolioId")
            if subject.portfolio_id
            else None,
        )
    view = await (context.view() if scope.portfolio_id is None else context.view(scope.portfolio_id))
    return Covered(scope, coverage(view, scope))
