"""Mutations about portfolios."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from api.portfolio.inputs import PortfolioCreateInput, PortfolioUpdateInput
from api.portfolio.types import Portfolio
from domain.commands.base import ArchiveCommand
from domain.commands.portfolio import PortfolioCreate, PortfolioUpdate
from domain.portfolio import archive_portfolio, create_portfolio, update_portfolio

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The portfolio was created, or had been by the same input before.")
class PortfolioCreateSuccess:
    """Success of ``portfolioCreate``."""

    portfolio: Portfolio = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The portfolio was changed.")
class PortfolioUpdateSuccess:
    """Success of ``portfolioUpdate``."""

    portfolio: Portfolio = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The portfolio was archived, or taken back into use.")
class PortfolioArchiveSuccess:
    """Success of ``portfolioArchive``."""

    portfolio: Portfolio = strawberry.field(description=AS_IT_IS_NOW)


PortfolioCreateResult = Annotated[
    PortfolioCreateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("PortfolioCreateResult", description="Outcome of `portfolioCreate`."),
]
PortfolioUpdateResult = Annotated[
    PortfolioUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("PortfolioUpdateResult", description="Outcome of `portfolioUpdate`."),
]
PortfolioArchiveResult = Annotated[
    PortfolioArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("PortfolioArchiveResult", description="Outcome of `portfolioArchive`."),
]


@strawberry.type
class PortfolioMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Create a portfolio.", **_PLANNER)
    async def portfolio_create(
        self, info: Info, input: Annotated[PortfolioCreateInput, _ARGUMENT]
    ) -> PortfolioCreateResult:
        command = to_command(PortfolioCreate, input, ids={"default_scoring_model_id": "ScoringModel"})
        row = await create_portfolio(info.context.database, info.context.actor, command)
        await info.context.written()
        return PortfolioCreateSuccess(portfolio=as_type(Portfolio, row))

    @strawberry.mutation(description="Change a portfolio.", **_PLANNER)
    async def portfolio_update(
        self, info: Info, input: Annotated[PortfolioUpdateInput, _ARGUMENT]
    ) -> PortfolioUpdateResult:
        command = to_command(
            PortfolioUpdate, input, ids={"id": "Portfolio", "default_scoring_model_id": "ScoringModel"}
        )
        row = await update_portfolio(info.context.database, info.context.actor, command)
        await info.context.written()
        return PortfolioUpdateSuccess(portfolio=as_type(Portfolio, row))

    @strawberry.mutation(
        description="Take a portfolio out of use, or back into it; its initiatives stay as they are.",
        **_PLANNER,
    )
    async def portfolio_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> PortfolioArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "Portfolio"})
        row = await archive_portfolio(info.context.database, info.context.actor, command)
        await info.context.written()
        return PortfolioArchiveSuccess(portfolio=as_type(Portfolio, row))
