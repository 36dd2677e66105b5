"""Keeps snapshots fresh, shares them between requests, and forgets those that nobody uses.

A check asks PostgreSQL what became visible since the snapshot's version. A request waits for a check
that started after it arrived, so that it sees every write that was acknowledged before it, in whatever
process; one check serves all who wait.
"""

import asyncio
from collections import OrderedDict, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from uuid import UUID

import sqlalchemy as sa

from domain.db import Database, reading, reading_in_thread
from domain.errors import NotFound
from domain.models import Organisation
from domain.rows import OrganisationRow, columns
from domain.snapshot.building import apply, build
from domain.snapshot.columns import PortfolioColumns
from domain.snapshot.directory import DIRECTORY_ENTITIES, Directory, load_directory, refresh_directory
from domain.snapshot.loading import read_records
from domain.snapshot.version import Version

INITIATIVE_ENTITIES = frozenset(
    {"initiative", "team_demand", "contribution", "cost_of_delay", "dependency", "score", "ranking_override"}
)
_MOST_CHANGES = 20_000
"""Beyond this many changes reading anew is cheaper than following them."""

_MOST_ORGANISATIONS = 1_000
"""Organisations whose directory stays in memory."""

_THREADS = 2
"""Portfolios that are read at the same time: as many as there are connections for it."""

_CHANGES = (
    "FROM change_log WHERE organisation_id = :organisation_id"
    " AND xid >= pg_snapshot_xmin(CAST(:version AS pg_snapshot))"
    " AND NOT pg_visible_in_snapshot(xid, CAST(:version AS pg_snapshot))"
)
_ANY_CHANGE = sa.text(f"SELECT EXISTS (SELECT 1 {_CHANGES})")
_ALL_CHANGES = sa.text(f"SELECT portfolio_id, entity, entity_id, initiative_id {_CHANGES} LIMIT :most")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An organisation at one version: its directory and the portfolios that are in memory."""

    organisation: OrganisationRow
    version: Version
    directory: Directory
    portfolios: dict[UUID, PortfolioColumns]

    def portfolio(self, portfolio_id: UUID) -> PortfolioColumns:
        """Columns of a portfolio that this view was asked for.

        Raises
        ------
        NotFound
            When the organisation has no such portfolio.
        """
        if portfolio_id not in self.portfolios:
            raise NotFound("There is no portfolio with this id.", path=("portfolioId",))
        return self.portfolios[portfolio_id]


@dataclass(slots=True)
class _Follower:
    """What one organisation's requests share."""

    view: View | None = None
    wanted: set[UUID] = field(default_factory=set)
    running: asyncio.Task[View] | None = None
    waiting: asyncio.Task[View] | None = None


class SnapshotStore:
    """Fresh views of organisations, bounded in memory.

    Parameters
    ----------
    database
        Where the organisations are.
    capacity_bytes
        Most memory that columns may take; the least recently used portfolios go first, those in use last.
    """

    def __init__(self, database: Database, *, capacity_bytes: int = 2 * 1024**3) -> None:
        self._database = database
        self._capacity = capacity_bytes
        self._followers: OrderedDict[UUID, _Follower] = OrderedDict()
        self._used: OrderedDict[tuple[UUID, UUID], int] = OrderedDict()
        # its own: a slow database must not take the threads that everything else needs
        self._threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="snapshot")

    @property
    def size_bytes(self) -> int:
        """Estimated memory of all columns in the store."""
        return sum(self._used.values())

    async def fresh(self, organisation_id: UUID, *portfolio_ids: UUID) -> View:
        """A view that contains everything committed before this call, with the given portfolios loaded.

        Raises
        ------
        NotFound
            When there is no such organisation.
        DatabaseUnavailable
            When the database does not answer in time.
        """
        while True:
            follower = self._follower(organisation_id)
            follower.wanted.update(portfolio_ids)
            view = await asyncio.shield(self._next_check(organisation_id, follower))
            if all(
                portfolio_id in view.portfolios or portfolio_id not in view.directory.portfolios
                for portfolio_id in portfolio_ids
            ):
                break
        for portfolio_id in portfolio_ids:
            if (organisation_id, portfolio_id) in self._used:
                self._used.move_to_end((organisation_id, portfolio_id))
        return view

    def _follower(self, organisation_id: UUID) -> _Follower:
        follower = self._followers.setdefault(organisation_id, _Follower())
        self._followers.move_to_end(organisation_id)
        while len(self._followers) > _MOST_ORGANISATIONS:
            self._forget(next(iter(self._followers)))
        return follower

    def _forget(self, organisation_id: UUID) -> None:
        self._followers.pop(organisation_id, None)
        for key in [key for key in self._used if key[0] == organisation_id]:
            del self._used[key]

    def _next_check(self, organisation_id: UUID, follower: _Follower) -> asyncio.Task[View]:
        # a check that runs already may have asked before a write that this request has to see
        if follower.waiting is None:
            if follower.running is None:
                follower.running = asyncio.create_task(self._check(organisation_id, follower))
                return follower.running
            follower.waiting = asyncio.create_task(self._after(organisation_id, follower, follower.running))
        return follower.waiting

    async def _after(self, organisation_id: UUID, follower: _Follower, running: asyncio.Task[View]) -> View:
        await asyncio.wait([running])
        follower.running, follower.waiting = follower.waiting, None
        return await self._check(organisation_id, follower)

    async def _check(self, organisation_id: UUID, follower: _Follower) -> View:
        try:
            view = follower.view
            wanted, follower.wanted = follower.wanted, set()
            missing = wanted - (view.portfolios.keys() if view is not None else set())
            if view is not None and not missing:
                async with reading(self._database, organisation_id) as connection:
                    changed = await connection.execute(
                        _ANY_CHANGE,
                        {"organisation_id": organisation_id, "version": view.version.pg_snapshot},
                    )
                    if not changed.scalar_one():
                        return view
            view = await asyncio.get_running_loop().run_in_executor(
                self._threads, self._refresh, organisation_id, view, missing
            )
            if self._followers.get(organisation_id) is follower:
                self._keep(organisation_id, follower, view, loaded=missing)
        except NotFound:
            self._forget(organisation_id)
            raise
        finally:
            if follower.running is asyncio.current_task():
                follower.running = None
        return view

    def _keep(self, organisation_id: UUID, follower: _Follower, view: View, *, loaded: set[UUID]) -> None:
        """Keep what was loaded or is counted already: what was forgotten meanwhile does not come back."""
        kept: dict[UUID, PortfolioColumns] = {}
        for portfolio_id, portfolio in view.portfolios.items():
            key = (organisation_id, portfolio_id)
            if portfolio_id in loaded or key in self._used:
                kept[portfolio_id] = portfolio
                self._used[key] = portfolio.size_bytes
                if portfolio_id in loaded:
                    self._used.move_to_end(key)
        follower.view = view if len(kept) == len(view.portfolios) else replace(view, portfolios=kept)
        while self.size_bytes > self._capacity and len(self._used) > 1:
            self._forget_portfolio(*next(iter(self._used)))

    def _forget_portfolio(self, organisation_id: UUID, portfolio_id: UUID) -> None:
        del self._used[organisation_id, portfolio_id]
        follower = self._followers[organisation_id]
        if follower.view is not None:
            kept = {key: value for key, value in follower.view.portfolios.items() if key != portfolio_id}
            follower.view = replace(follower.view, portfolios=kept)
            if not kept:
                self._forget(organisation_id)

    def _refresh(self, organisation_id: UUID, view: View | None, wanted: set[UUID]) -> View:
        with reading_in_thread(self._database, organisation_id) as connection:
            version = Version(connection.execute(sa.text("SELECT pg_current_snapshot()::text")).scalar_one())
            if view is None:
                return self._load(connection, organisation_id, version, wanted)
            changes = connection.execute(
                _ALL_CHANGES,
                {
                    "organisation_id": organisation_id,
                    "version": view.version.pg_snapshot,
                    "most": _MOST_CHANGES + 1,
                },
            ).all()
            if len(changes) > _MOST_CHANGES:
                return self._load(connection, organisation_id, version, wanted | view.portfolios.keys())
            shared: defaultdict[str, set[UUID]] = defaultdict(set)
            touched: defaultdict[UUID, set[UUID]] = defaultdict(set)
            for portfolio_id, entity, entity_id, initiative_id in changes:
                if entity in DIRECTORY_ENTITIES:
                    shared[entity].add(entity_id)
                elif entity in INITIATIVE_ENTITIES:
                    touched[portfolio_id].add(initiative_id)
            directory = view.directory
            if shared:
                directory = refresh_directory(connection, organisation_id, directory, shared)
            criteria = sorted(directory.criteria)
            portfolios: dict[UUID, PortfolioColumns] = {}
            for portfolio_id, old in view.portfolios.items():
                row = directory.portfolios.get(portfolio_id)
                if row is None:
                    continue
                new = old
                if touched[portfolio_id] or tuple(criteria) != old.criteria:
                    ids = touched[portfolio_id]
                    records = read_records(connection, organisation_id, portfolio_id, ids)
                    new = apply(old, row, criteria, ids, records) or build(
                        row, read_records(connection, organisation_id, portfolio_id), criteria
                    )
                elif shared:
                    # what was computed may rest on the objectives or models that have changed
                    new = replace(old, portfolio=row, derived={})
                portfolios[portfolio_id] = new
            for portfolio_id in wanted - portfolios.keys():
                if portfolio_id in directory.portfolios:
                    records = read_records(connection, organisation_id, portfolio_id)
                    portfolios[portfolio_id] = build(directory.portfolios[portfolio_id], records, criteria)
            return View(
                organisation=self._organisation(connection, organisation_id),
                version=version,
                directory=directory,
                portfolios=portfolios,
            )

    def _load(
        self, connection: sa.Connection, organisation_id: UUID, version: Version, wanted: set[UUID]
    ) -> View:
        organisation = self._organisation(connection, organisation_id)
        directory = load_directory(connection, organisation_id)
        criteria = sorted(directory.criteria)
        portfolios = {
            portfolio_id: build(
                directory.portfolios[portfolio_id],
                read_records(connection, organisation_id, portfolio_id),
                criteria,
            )
            for portfolio_id in wanted
            if portfolio_id in directory.portfolios
        }
        return View(organisation=organisation, version=version, directory=directory, portfolios=portfolios)

    @staticmethod
    def _organisation(connection: sa.Connection, organisation_id: UUID) -> OrganisationRow:
        query = sa.select(*columns(Organisation, OrganisationRow))
        row = connection.execute(query).one_or_none()
        if row is None or row.id != organisation_id:
            raise NotFound("There is no organisation with this id.", path=("id",))
        return OrganisationRow._make(row)
