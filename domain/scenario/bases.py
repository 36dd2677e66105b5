"""What scenarios start from: frozen inputs of plans, kept once however many scenarios share them."""

import asyncio
import zlib
from collections import OrderedDict
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.actor import Actor
from domain.db import Database, reading
from domain.enums import ScoringMethod
from domain.errors import InvalidInput, NotFound
from domain.models import metadata
from domain.planning.asking import PlanRequest, posed_plan
from domain.planning.encoding import decode, encode, fingerprint
from domain.planning.input import PlanningInput
from domain.ranking import RankingRequest
from domain.ranking import encoding as ranking_encoding
from domain.ranking.input import RankingInput
from domain.scenario.rows import ScenarioRow
from domain.snapshot import SnapshotStore

_BASES = metadata.tables["scenario_base"]
_MOST_KEPT = 16

_kept: OrderedDict[tuple[UUID, str], PlanningInput] = OrderedDict()


class Base(NamedTuple):
    """An input of a plan with its digest; ``content`` is how it is stored."""

    posed: PlanningInput
    digest: str
    content: bytes


class Valuing(NamedTuple):
    """What a scenario values by: at most one of the three; none is the portfolio's default."""

    model_id: UUID | None = None
    model_version_id: UUID | None = None
    method: ScoringMethod | None = None

    @classmethod
    def thawed(cls, stored: dict[str, Any]) -> "Valuing":
        """What a stored scenario values by."""
        model_id, version_id = (
            UUID(stored[name]) if stored.get(name) else None for name in ("model_id", "model_version_id")
        )
        method = stored.get("method")
        return cls(model_id, version_id, None if method is None else ScoringMethod(method))

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {name: str(value) for name, value in self._asdict().items() if value is not None}

    def request(self, today: date) -> RankingRequest:
        """The ranking that values come from.

        Raises
        ------
        InvalidInput
            When more than one is given.
        """
        if sum(value is not None for value in self) > 1:
            raise InvalidInput("Value by one thing: a model, a model version or a method.", path=("by",))
        return RankingRequest(
            model_id=self.model_id, model_version_id=self.model_version_id, method=self.method, today=today
        )


class Origin(NamedTuple):
    """Whose plan a base is the input of, and by what it values."""

    portfolio_id: UUID
    cycle_id: UUID
    valuing: Valuing

    @classmethod
    def of(cls, row: ScenarioRow) -> "Origin":
        """That of a scenario."""
        return cls(row.portfolio_id, row.cycle_id, Valuing.thawed(row.base_request))


async def plan_now(
    database: Database, snapshots: SnapshotStore, organisation_id: UUID, origin: Origin, *, today: date
) -> Base:
    """The input of a portfolio's plan as things are.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such portfolio or cycle, or it can't be planned.
    """
    view = await snapshots.fresh(organisation_id, origin.portfolio_id)
    request = PlanRequest(cycle_id=origin.cycle_id, ranking=origin.valuing.request(today))
    posed = await posed_plan(database, view, origin.portfolio_id, request)
    return await asyncio.to_thread(_frozen, posed)


def _frozen(posed: PlanningInput) -> Base:
    return Base(posed, fingerprint(posed), zlib.compress(encode(posed)))


async def same_day_now(
    database: Database, snapshots: SnapshotStore, organisation_id: UUID, origin: Origin, base: PlanningInput
) -> Base:
    """The input as things are, seen from the day of a base: that time goes by moves nothing."""
    return await plan_now(database, snapshots, organisation_id, origin, today=base.settings.today)


async def keep(session: AsyncSession, actor: Actor, digest: str, content: bytes) -> None:
    """Keep what was frozen, unless it is there already."""
    await session.execute(
        postgresql.insert(_BASES)
        .values(organisation_id=actor.organisation_id, digest=digest, content=content)
        .on_conflict_do_nothing()
    )


async def base_of(
    connection: AsyncSession | AsyncConnection, organisation_id: UUID, digest: str
) -> PlanningInput:
    """A base, thawed; those in use stay in memory."""
    key = (organisation_id, digest)
    found = _kept.get(key)
    if found is None:
        content = await _content(connection, organisation_id, digest)
        found = await asyncio.to_thread(lambda: decode(zlib.decompress(content)))
        _kept[key] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    else:
        _kept.move_to_end(key)
    return found


async def content_of(connection: AsyncSession | AsyncConnection, organisation_id: UUID, digest: str) -> bytes:
    """A base as ``domain.planning`` encodes it."""
    content = await _content(connection, organisation_id, digest)
    return await asyncio.to_thread(zlib.decompress, content)


async def rankings_of(
    connection: AsyncSession | AsyncConnection, organisation_id: UUID, digests: set[str]
) -> dict[str, RankingInput]:
    """What rankings by other model versions are computed from, kept when an effect was added."""
    return {
        digest: ranking_encoding.decode(zlib.decompress(await _content(connection, organisation_id, digest)))
        for digest in sorted(digests)
    }


async def _content(connection: AsyncSession | AsyncConnection, organisation_id: UUID, digest: str) -> bytes:
    query = sa.select(_BASES.c.content).where(
        _BASES.c.organisation_id == organisation_id, _BASES.c.digest == digest
    )
    content: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    if content is None:
        raise NotFound("What this scenario starts from is gone; rebase it.", path=("scenarioId",))
    return content


async def read_base(database: Database, organisation_id: UUID, digest: str) -> PlanningInput:
    """A base, thawed."""
    async with reading(database, organisation_id) as connection:
        return await base_of(connection, organisation_id, digest)
