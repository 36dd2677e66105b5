"""Portfolios and allocation categories."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.portfolio import (
    AllocationCategoryCreate,
    AllocationCategoryUpdate,
    PortfolioCreate,
    PortfolioUpdate,
)
from domain.db import Database, transaction
from domain.enums import WorkKind
from domain.errors import Conflict, InvalidInput, NotFound
from domain.models import ScoringModel
from domain.portfolio import (
    archive_allocation_category,
    archive_portfolio,
    create_allocation_category,
    create_portfolio,
    update_allocation_category,
    update_portfolio,
)
from tests.factories import a_category, a_portfolio, an_organisation


async def _a_model(database: Database, actor: Actor, *, archived: bool = False) -> UUID:
    model = ScoringModel(organisation_id=actor.organisation_id, name=f"Model {uuid4()}")
    async with transaction(database, actor) as session:
        if archived:
            model.archived_at = sa.func.now()  # type: ignore[assignment]
        session.add(model)
    return model.id


async def test_a_portfolio_takes_and_loses_its_default_scoring_model(database: Database) -> None:
    actor = await an_organisation(database)
    model_id = await _a_model(database, actor)
    portfolio = await create_portfolio(database, actor, PortfolioCreate(name="Change 2026"))
    assert (portfolio.name, portfolio.description, portfolio.default_scoring_model_id) == (
        "Change 2026",
        "",
        None,
    )
    given = await update_portfolio(
        database, actor, PortfolioUpdate(id=portfolio.id, default_scoring_model_id=model_id)
    )
    assert (given.default_scoring_model_id, given.name, given.version) == (model_id, "Change 2026", 2)
    cleared = await update_portfolio(
        database, actor, PortfolioUpdate(id=portfolio.id, default_scoring_model_id=None)
    )
    assert (cleared.default_scoring_model_id, cleared.version) == (None, 3)


async def test_an_archived_scoring_model_is_no_new_default_but_stays_one(database: Database) -> None:
    actor = await an_organisation(database)
    archived = await _a_model(database, actor, archived=True)
    portfolio = await a_portfolio(database, actor)
    with pytest.raises(InvalidInput, match="This scoring model is archived") as raised:
        await update_portfolio(
            database, actor, PortfolioUpdate(id=portfolio.id, default_scoring_model_id=archived)
        )
    assert raised.value.path == ("defaultScoringModelId",)
    async with transaction(database, actor) as session:
        await session.execute(
            sa.text("UPDATE portfolio SET default_scoring_model_id = :model"), {"model": archived}
        )
    renamed = await update_portfolio(
        database,
        actor,
        PortfolioUpdate(id=portfolio.id, name="Renamed", default_scoring_model_id=archived),
    )
    assert (renamed.name, renamed.default_scoring_model_id) == ("Renamed", archived)


async def test_another_tenants_scoring_model_is_not_found(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    foreign = await _a_model(database, stranger)
    with pytest.raises(NotFound) as raised:
        await create_portfolio(
            database, actor, PortfolioCreate(name="Change", default_scoring_model_id=foreign)
        )
    assert raised.value.path == ("defaultScoringModelId",)


async def test_repeating_a_creation_returns_the_first_even_when_its_model_is_archived_by_now(
    database: Database,
) -> None:
    actor = await an_organisation(database)
    model_id = await _a_model(database, actor)
    command = PortfolioCreate(id=uuid4(), name="Change", default_scoring_model_id=model_id)
    first = await create_portfolio(database, actor, command)
    async with transaction(database, actor) as session:
        await session.execute(sa.text("UPDATE scoring_model SET archived_at = now()"))
    assert await create_portfolio(database, actor, command) == first
    with pytest.raises(Conflict, match="exists already and differs"):
        await create_portfolio(database, actor, PortfolioCreate(id=command.id, name="Other"))


async def test_a_portfolio_is_archived_and_restored(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    archived = await archive_portfolio(database, actor, ArchiveCommand(id=portfolio.id, expected_version=1))
    assert (archived.archived_at is not None, archived.version) == (True, 2)
    restored = await archive_portfolio(database, actor, ArchiveCommand(id=portfolio.id, archived=False))
    assert (restored.archived_at, restored.version) == (None, 3)


async def test_portfolio_names_are_unique_in_an_organisation_only(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    await a_portfolio(database, actor, name="Change")
    await a_portfolio(database, stranger, name="Change")
    with pytest.raises(Conflict, match="A portfolio with this name exists already") as raised:
        await a_portfolio(database, actor, name="CHANGE")
    assert raised.value.path == ("name",)


async def test_a_category_is_created_changed_and_archived(database: Database) -> None:
    actor = await an_organisation(database)
    created = await create_allocation_category(
        database, actor, AllocationCategoryCreate(name="Run", kind=WorkKind.LIGHTS_ON)
    )
    assert (created.name, created.description, created.kind) == ("Run", "", WorkKind.LIGHTS_ON)
    changed = await update_allocation_category(
        database,
        actor,
        AllocationCategoryUpdate(id=created.id, kind=WorkKind.UNPLANNED, description="Surprises"),
    )
    assert (changed.name, changed.kind, changed.description, changed.version) == (
        "Run",
        WorkKind.UNPLANNED,
        "Surprises",
        2,
    )
    archived = await archive_allocation_category(database, actor, ArchiveCommand(id=created.id))
    assert (archived.archived_at is not None, archived.version) == (True, 3)


async def test_category_updates_compare_and_swap(database: Database) -> None:
    actor = await an_organisation(database)
    category = await a_category(database, actor)
    with pytest.raises(Conflict) as raised:
        await update_allocation_category(
            database, actor, AllocationCategoryUpdate(id=category.id, name="New", expected_version=7)
        )
    assert (raised.value.expected_version, raised.value.actual_version) == (7, 1)


async def test_another_tenants_category_is_not_found(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    category = await a_category(database, stranger)
    with pytest.raises(NotFound, match="There is no allocation category with this id"):
        await update_allocation_category(
            database, actor, AllocationCategoryUpdate(id=category.id, name="Mine")
        )
