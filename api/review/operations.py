"""The page of an operations review."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, NamedTuple, Protocol
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.breach.types import Breach
from api.context import Context, Info
from api.drift.alert_types import DriftAlert
from api.drift.loading import drift_of
from api.drift.types import Drift
from api.history.types import KpiState
from api.ids import encode_id
from api.kpi.enums import KpiStatus, TrendKind
from api.kpi.loaders import know, kpis_by_id, open_breach_of
from api.kpi.types import Kpi
from api.nodes import as_type, as_types, fetch_of
from api.pagination import (
    After,
    Before,
    Connection,
    First,
    Last,
    Ordering,
    Page,
    cut_of,
    page_of,
    slice_of,
    window_of,
)
from api.review.subject import Covered, Reviewed
from domain.db import reading
from domain.history.kpi import KpiState as PastKpi
from domain.kpi.rows import KpiRow
from domain.periods import PeriodLength
from domain.review.operations import (
    TERMS,
    WORST_FIRST,
    KpiStanding,
    Only,
    Operations,
    count_now,
    drift_alerts_at,
    page_now,
    status_counts_now,
)

MOST_ALERTS = 100
_ORDERING = Ordering(TERMS, scope="operations review")


class OperationsPage(NamedTuple):
    """What an operations review shows; ``past`` is None for now."""

    covered: Covered
    on: date
    at: datetime
    past: Operations | None


class Standing(Protocol):
    """What KPIs that are shown as of now, and those of a past day, have in common."""

    @property
    def status(self) -> KpiStatus:
        """How its process was."""

    @property
    def trend(self) -> TrendKind | None:
        """Where it moves."""


class ReviewedOne(NamedTuple):
    """A KPI of a review: its row as it is now, if it was read, and what it was if the review is of a past day."""

    kpi_id: UUID
    standing: Standing
    row: KpiRow | None
    past: PastKpi | None


class Counted(NamedTuple):
    """How many KPIs have a status."""

    status: KpiStatus
    kpis: int


@strawberry.type(description="How many KPIs of a review have a status.")
class KpiStatusCount:
    """Shows ``Counted``."""

    status: KpiStatus = strawberry.field(description="The status.")
    kpis: int = strawberry.field(name="count", description="How many KPIs.")


@strawberry.type(description="A KPI as an operations review shows it.")
class ReviewedKpi:
    """Shows ``ReviewedOne``."""

    @strawberry.field(description="How its process was on the day, as far as was known.")
    def status(self: ReviewedOne) -> KpiStatus:
        return self.standing.status

    @strawberry.field(description="Where it moves; null with too few measurements, and of a past day.")
    def trend(self: ReviewedOne) -> TrendKind | None:
        return self.standing.trend

    @strawberry.field(description="The KPI as it is now.")
    async def kpi(self: ReviewedOne, info: Info) -> Kpi:
        if self.row is not None:
            return as_type(Kpi, self.row)
        return as_type(Kpi, await info.context.loader("reviewed kpis", _kpi_loader).load(self.kpi_id))

    @strawberry.field(description="What it was on the day; null for today.")
    def past(self: ReviewedOne) -> KpiState | None:
        return None if self.past is None else as_type(KpiState, self.past)

    @strawberry.field(description="The breach that was open on the day, as it is now; null for none.")
    async def breach(self: ReviewedOne, info: Info) -> Breach | None:
        if self.past is None:
            row = await open_breach_of(info.context, self.kpi_id)
            return None if row is None else as_type(Breach, row)
        if not self.past.breach_ids:
            return None
        return await info.context.loader("reviewed breaches", _breach_loader).load(self.past.breach_ids[0])


@strawberry.type(description="A page of the KPIs of a review, the worst first, then by name.")
class ReviewedKpiConnection(Connection[ReviewedKpi]):
    """Connection of reviewed KPIs."""


@strawberry.type(
    description="What an operations review looks at: the health of lights-on work. KPIs with status and trend, what is"
    " breached, and whether step-change work is being eaten."
)
class OperationsReview(Reviewed):
    """Shows ``OperationsPage``."""

    on: date = strawberry.field(description="The day that it shows.")

    at: datetime = strawberry.field(
        description="The moment that it shows: the end of a past day in UTC, or now."
    )

    @strawberry.field(description="How many KPIs have each status, the worst first; all 5.")
    async def status_counts(self: OperationsPage, info: Info) -> list[KpiStatusCount]:
        if self.past is not None:
            counts: dict[KpiStatus, int] = Counter(each.status for each in self.past.kpis)
        else:
            organisation_id = info.context.actor.organisation_id
            async with reading(info.context.database, organisation_id) as connection:
                counts = await status_counts_now(
                    connection, organisation_id, team_ids=self.covered.coverage.team_ids
                )
        return as_types(KpiStatusCount, (Counted(status, counts.get(status, 0)) for status in WORST_FIRST))

    @strawberry.field(
        description="The KPIs: red, stale, amber, unknown, healthy, then by name. Of a past day those of its teams of"
        " then."
    )
    async def kpis(
        self: OperationsPage,
        info: Info,
        statuses: Annotated[
            list[KpiStatus] | None,
            strawberry.argument(description="Only those with one of these; all if left out."),
        ] = strawberry.UNSET,
        breached: Annotated[bool, strawberry.argument(description="Only those with an open breach.")] = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ReviewedKpiConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        only = Only(self.covered.coverage.team_ids, tuple(statuses or ()), breached)
        if self.past is None:
            return await _page_now(info.context, page, only)
        return _page_of_past(self.past, page, only, scope=f"operations {self.on}")

    @strawberry.field(
        description="Alerts that step-change work got less than planned, open on the day, the latest first; at most"
        f" {MOST_ALERTS}. Of a team those about it, of a portfolio those about it and its teams."
    )
    async def drift_alerts(self: OperationsPage, info: Info) -> list[DriftAlert]:
        organisation_id = info.context.actor.organisation_id
        scope = self.covered.scope
        async with reading(info.context.database, organisation_id) as connection:
            ids = await drift_alerts_at(
                connection,
                organisation_id,
                at=self.at,
                team_id=scope.team_id,
                portfolio_id=scope.portfolio_id,
                most=MOST_ALERTS,
            )
        fetch = fetch_of("DriftAlert")
        rows = [] if fetch is None or not ids else await fetch(info.context, ids)
        return as_types(DriftAlert, (row for row in rows if row is not None))

    @strawberry.field(
        description="What became of the planned split by weeks, in the shortest cycle that the day is in. Null for a"
        " team (whose plan depends on the portfolio: see `Team.drift`) and when there is no such cycle.",
        metadata={"cost": 10},
    )
    async def drift(self: OperationsPage, info: Info) -> Drift | None:
        cycle = _cycle_on(info.context, self.on)
        scope = self.covered.scope
        if cycle is None or scope.team_id is not None:
            return None
        found = await drift_of(
            info.context,
            cycle=encode_id("Cycle", cycle),
            length=PeriodLength.WEEK,
            as_of=self.on,
            portfolio_ids=None if scope.portfolio_id is None else [scope.portfolio_id],
        )
        return as_type(Drift, found)


async def _page_now(context: Context, page: Page, only: Only) -> ReviewedKpiConnection:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await page_now(connection, organisation_id, cut=cut_of(page, ordering=_ORDERING), only=only)
    await know(context, found.rows)

    async def total() -> int:
        async with reading(context.database, organisation_id) as connection:
            return await count_now(connection, organisation_id, only=only)

    nodes = as_types(ReviewedKpi, (ReviewedOne(row.id, row, row, None) for row in found.rows))
    return ReviewedKpiConnection.of(window_of(found, ordering=_ORDERING), nodes=nodes, total=total)


def _page_of_past(past: Operations, page: Page, only: Only, *, scope: str) -> ReviewedKpiConnection:
    shown = [
        each
        for each in past.kpis
        if (not only.statuses or each.status in only.statuses)
        and (not only.breached or each.breach_id is not None)
    ]
    digest = hashlib.blake2b(digest_size=16)
    for each in shown:
        digest.update(each.kpi_id.bytes)
    indices, window = slice_of(length=len(shown), page=page, scope=f"{scope} {digest.hexdigest()}")
    nodes = as_types(ReviewedKpi, (one_of(shown[at], past.past) for at in indices))
    return ReviewedKpiConnection.of(window, nodes=nodes, total=len(shown))


def one_of(standing: KpiStanding, past: dict[UUID, PastKpi] | None) -> ReviewedOne:
    """A KPI whose row has not been read, with what it was if the review is of a past day."""
    return ReviewedOne(standing.kpi_id, standing, None, None if past is None else past[standing.kpi_id])


def _cycle_on(context: Context, day: date) -> UUID | None:
    running = [
        cycle
        for cycle in context.directory.cycles.values()
        if cycle.archived_at is None and cycle.starts_on <= day <= cycle.ends_on
    ]
    if not running:
        return None
    return min(running, key=lambda cycle: (cycle.ends_on - cycle.starts_on, cycle.id)).id


def _kpi_loader(context: Context) -> DataLoader[UUID, KpiRow | None]:
    async def load(ids: list[UUID]) -> Sequence[KpiRow | None]:
        return await kpis_by_id(context, ids)

    return DataLoader(load_fn=load)


def _breach_loader(context: Context) -> DataLoader[UUID, Breach | None]:
    async def load(ids: list[UUID]) -> Sequence[Breach | None]:
        fetch = fetch_of("Breach")
        return [None for _ in ids] if fetch is None else await fetch(context, ids)

    return DataLoader(load_fn=load)
