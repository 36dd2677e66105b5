"""The portfolio that a file goes into."""

from typing import NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.portfolio import PortfolioCreate
from domain.entities import in_use, lock_portfolio
from domain.errors import NotFound
from domain.models import Portfolio, metadata

_PORTFOLIOS = metadata.tables["portfolio"]


class Target(NamedTuple):
    """The portfolio, which is yet to be made when it is ``new``."""

    id: UUID
    name: str
    new: bool


async def open_portfolio(session: AsyncSession, actor: Actor, name: str, *, create: bool) -> Target:
    """Find the portfolio by its name, and keep other writers of dependencies away from it.

    Raises
    ------
    NotFound, InvalidInput
        When there is none and none may be made; when it is archived, or the name can't be one.
    """
    wanted = PortfolioCreate.parse({"name": name}).name
    query = sa.select(_PORTFOLIOS.c.id, _PORTFOLIOS.c.name).where(
        _PORTFOLIOS.c.organisation_id == actor.organisation_id,
        sa.func.lower(_PORTFOLIOS.c.name) == sa.func.lower(wanted),
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        if not create:
            raise NotFound(
                f"There is no portfolio “{wanted}”. Name another one, or let the import make it with"
                " --create-portfolio."
            )
        return Target(uuid4(), wanted, new=True)
    await lock_portfolio(session, actor, found.id)
    await in_use(session, actor, Portfolio, found.id, path=("portfolio",))
    return Target(found.id, found.name, new=False)


async def make_portfolio(session: AsyncSession, actor: Actor, target: Target) -> None:
    """Make the portfolio unless it is there."""
    if target.new:
        await session.execute(
            sa.insert(_PORTFOLIOS).values(
                organisation_id=actor.organisation_id, id=target.id, name=target.name
            )
        )
