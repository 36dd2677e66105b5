"""Use cases about portfolios and allocation categories."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.portfolio import (
    AllocationCategoryCreate,
    AllocationCategoryUpdate,
    PortfolioCreate,
    PortfolioUpdate,
)
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock, repeated
from domain.models import AllocationCategory, Portfolio, ScoringModel
from domain.rows import AllocationCategoryRow, PortfolioRow, as_row


async def create_portfolio(database: Database, actor: Actor, command: PortfolioCreate) -> PortfolioRow:
    """Create a portfolio.

    Raises
    ------
    Conflict, NotFound, InvalidInput
        When the name or the id is taken; when its scoring model is not there or archived.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"})
        first = await repeated(session, actor, Portfolio, values, entity_id=command.id)
        if first is not None:
            return as_row(PortfolioRow, first)
        await _scoring_model_in_use(session, actor, command)
        return as_row(PortfolioRow, await create(session, actor, Portfolio, values, entity_id=command.id))


async def update_portfolio(database: Database, actor: Actor, command: PortfolioUpdate) -> PortfolioRow:
    """Change a portfolio.

    Raises
    ------
    NotFound, Conflict, InvalidInput
        When there is no such portfolio or scoring model, the version moved on, the name is taken, or the
        scoring model is archived.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        portfolio = await lock(
            session, actor, Portfolio, command.id, expected_version=command.expected_version
        )
        if command.default_scoring_model_id != portfolio.default_scoring_model_id:
            await _scoring_model_in_use(session, actor, command)
        return as_row(PortfolioRow, await change(session, actor, Portfolio, command.id, changes))


async def archive_portfolio(database: Database, actor: Actor, command: ArchiveCommand) -> PortfolioRow:
    """Archive a portfolio, or take it back into use; its initiatives stay as they are."""
    async with transaction(database, actor) as session:
        portfolio = await archive(
            session,
            actor,
            Portfolio,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        return as_row(PortfolioRow, portfolio)


async def create_allocation_category(
    database: Database, actor: Actor, command: AllocationCategoryCreate
) -> AllocationCategoryRow:
    """Create an allocation category.

    Raises
    ------
    Conflict
        When the name or the id is taken.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"})
        category = await create(session, actor, AllocationCategory, values, entity_id=command.id)
        return as_row(AllocationCategoryRow, category)


async def update_allocation_category(
    database: Database, actor: Actor, command: AllocationCategoryUpdate
) -> AllocationCategoryRow:
    """Change an allocation category.

    Raises
    ------
    NotFound, Conflict
        When there is no such category, its version moved on, or the name is taken.
    """
    async with transaction(database, actor) as session:
        category = await change(
            session,
            actor,
            AllocationCategory,
            command.id,
            command.changes(),
            expected_version=command.expected_version,
        )
        return as_row(AllocationCategoryRow, category)


async def archive_allocation_category(
    database: Database, actor: Actor, command: ArchiveCommand
) -> AllocationCategoryRow:
    """Archive an allocation category, or take it back into use; initiatives keep it until they move."""
    async with transaction(database, actor) as session:
        category = await archive(
            session,
            actor,
            AllocationCategory,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        return as_row(AllocationCategoryRow, category)


async def _scoring_model_in_use(
    session: AsyncSession, actor: Actor, command: PortfolioCreate | PortfolioUpdate
) -> None:
    if command.default_scoring_model_id is not None:
        await in_use(
            session, actor, ScoringModel, command.default_scoring_model_id, path=("defaultScoringModelId",)
        )
