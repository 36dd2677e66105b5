"""What resolvers find in ``info.context``: the viewer, the database, and one fresh view per request."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import strawberry

from api.errors import Unauthenticated
from domain.actor import Actor
from domain.changes import ChangeFeed
from domain.db import Database
from domain.jobs.solver import SolverPool
from domain.planning.keeping import PlanStore
from domain.rows import InitiativeRow, OrganisationRow
from domain.snapshot import Directory, PortfolioColumns, SnapshotStore, View

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What all requests of a process share."""

    database: Database
    snapshots: SnapshotStore
    changes: ChangeFeed
    solver: SolverPool = field(default_factory=SolverPool)
    plans: PlanStore = field(default_factory=PlanStore)


@dataclass(slots=True, kw_only=True)
class Context:
    """One request, or one operation of a socket."""

    services: Services
    viewer: Actor | None
    request_id: str
    _view: View | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _loaders: dict[Any, Any] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """The application's database."""
        return self.services.database

    @property
    def actor(self) -> Actor:
        """The viewer, as whom everything is read and written.

        Raises
        ------
        Unauthenticated
            When the request came without a valid token.
        """
        if self.viewer is None:
            raise Unauthenticated("Send a valid token: `Authorization: Bearer …`.")
        return self.viewer

    async def view(self, *portfolio_ids: UUID) -> View:
        """The organisation, fresh when the request first asks; all its fields then see the same.

        Asking for a further portfolio may bring a later version.
        """
        async with self._lock:
            view = self._view
            known = frozenset[UUID]() if view is None else view.portfolios.keys()
            if view is None or any(
                portfolio_id not in known and portfolio_id in view.directory.portfolios
                for portfolio_id in portfolio_ids
            ):
                view = await self.services.snapshots.fresh(
                    self.actor.organisation_id, *{*known, *portfolio_ids}
                )
                self._view = view
            return view

    async def renew(self, *portfolio_ids: UUID) -> View:
        """Go on with a fresh view: something that was read beside it shows what it doesn't know yet."""
        async with self._lock:
            known = set() if self._view is None else self._view.portfolios.keys()
            self._view = await self.services.snapshots.fresh(
                self.actor.organisation_id, *{*known, *portfolio_ids}
            )
            return self._view

    async def written(self) -> View:
        """Forget the view and what was loaded: call it after every write, so that the answer shows it."""
        portfolios = () if self._view is None else tuple(self._view.portfolios)
        self._view = None
        self._loaders.clear()
        return await self.view(*portfolios)

    @property
    def directory(self) -> Directory:
        """The organisation-wide entities of the view that the field above has asked for."""
        if self._view is None:
            raise RuntimeError("a root field has to await context.view() before its children resolve")
        return self._view.directory

    @property
    def organisation(self) -> OrganisationRow:
        """The organisation of the view that the field above has asked for."""
        if self._view is None:
            raise RuntimeError("a root field has to await context.view() before its children resolve")
        return self._view.organisation

    def columns_of(self, initiative: InitiativeRow) -> PortfolioColumns:
        """The columns of an initiative's portfolio, from the view that the field above has asked for."""
        if self._view is None:
            raise RuntimeError("a root field has to await context.view() before its children resolve")
        return self._view.portfolios[initiative.portfolio_id]

    def find_initiative(self, initiative_id: UUID) -> InitiativeRow | None:
        """An initiative of a portfolio in the view, if it is there: what is published outlives it."""
        for columns in () if self._view is None else self._view.portfolios.values():
            position = columns.find(initiative_id)
            if position is not None:
                return columns.rows[position]
        return None

    def initiative(self, initiative_id: UUID) -> InitiativeRow:
        """An initiative of a portfolio in the view that the field above has asked for."""
        row = self.find_initiative(initiative_id)
        if row is None:
            raise RuntimeError("the field above has to await context.view() with the initiative's portfolio")
        return row

    def loader(self, key: Any, make: Callable[["Context"], T]) -> T:
        """The request's loader of a kind, made when it is first asked for."""
        loader: T | None = self._loaders.get(key)
        if loader is None:
            loader = self._loaders[key] = make(self)
        return loader


Info: TypeAlias = strawberry.Info[Context, None]
