"""The type ``Portfolio``."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.allocation.fields import PortfolioAllocation
from api.alternative.fields import PortfolioAlternatives
from api.audit.fields import AuditedNode
from api.benefit.fields import PortfolioBenefits
from api.context import Context, Info
from api.coverage.portfolio_fields import PortfolioOrphans
from api.dependency_map.fields import PortfolioDependencyMap
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.drift.fields import PortfolioDrift
from api.frontier.fields import PortfolioFrontiers
from api.initiative.fields import PortfolioInitiatives
from api.listing import Listing
from api.nodes import Node, fetched_by, shows
from api.override.fields import PortfolioOverrides
from api.pagination import Connection
from api.publication.fields import PortfolioPublications
from api.ranking.analyses import PortfolioRankingAnalyses
from api.ranking.fields import PortfolioRanking
from api.scenario.fields import PortfolioScenarios
from api.schedule.fields import PortfolioSchedules
from api.selection.fields import PortfolioSelections
from api.stop_candidate.fields import PortfolioStopCandidates
from domain.queries.listing import OrderBy
from domain.queries.sources import PORTFOLIOS
from domain.rows import PortfolioRow

if TYPE_CHECKING:
    from api.scoring.types import ScoringModel


@strawberry.type(description="A set of initiatives that are ranked against each other.")
@shows(PortfolioRow)
class Portfolio(
    Node,
    PortfolioInitiatives,
    PortfolioRanking,
    PortfolioRankingAnalyses,
    PortfolioOverrides,
    PortfolioPublications,
    PortfolioStopCandidates,
    PortfolioOrphans,
    PortfolioBenefits,
    PortfolioDependencyMap,
    PortfolioAlternatives,
    PortfolioSelections,
    PortfolioSchedules,
    PortfolioFrontiers,
    PortfolioAllocation,
    PortfolioDrift,
    PortfolioScenarios,
    AuditedNode,
):
    """Shows ``PortfolioRow``."""

    name: str = strawberry.field(description="Unique in the organisation, whatever its case.")
    description: str = strawberry.field(description="What it is about; may be empty.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(
        description="The scoring model that it is ranked by unless another one is asked for; null for none."
    )
    def default_scoring_model(
        self: PortfolioRow, info: Info
    ) -> Annotated["ScoringModel", strawberry.lazy("api.scoring.types")] | None:
        if self.default_scoring_model_id is None:
            return None
        return cast("ScoringModel", info.context.directory.models[self.default_scoring_model_id])


@strawberry.type(description="A page of portfolios.")
class PortfolioConnection(Connection[Portfolio]):
    """Connection of portfolios."""


PORTFOLIO_LISTING = Listing(
    PORTFOLIOS,
    PortfolioConnection,
    ids={"id": "Portfolio", "default_scoring_model_id": "ScoringModel"},
    default=(OrderBy("name"),),
)


async def _portfolios(context: Context, ids: list[UUID]) -> list[PortfolioRow | None]:
    directory = (await context.view()).directory
    return [directory.portfolios.get(portfolio_id) for portfolio_id in ids]


fetched_by("Portfolio", _portfolios)
