"""The type ``Kpi``."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.audit.fields import AuditedNode
from api.breach.types import (
    BREACH_LISTING,
    Breach,
    BreachConnection,
    EscalationLevel,
    escalation_levels,
)
from api.context import Info
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.filters import WHERE
from api.history.fields import KpiHistory
from api.kpi.enums import (
    Cadence,
    KpiKind,
    KpiLevel,
    KpiStatus,
    KpiTargetType,
    KpiTiming,
    SeriesBucket,
    TrendKind,
)
from api.kpi.lineage import KpiLinkFields
from api.kpi.loaders import kpis_by_id, open_breach_of, path_of
from api.kpi.series import points_of
from api.listing import ORDER_BY, Listing, children_of
from api.measurement.types import (
    MEASUREMENT_LISTING,
    KpiSeriesPoint,
    MeasurementConnection,
    MeasurementOrder,
    MeasurementWhere,
    counting,
)
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.pagination import After, Before, Connection, First, Last, page_of
from domain.commands.kpi import MOST_ESCALATION_LEVELS
from domain.kpi.overview import KPIS
from domain.kpi.rows import KpiRow
from domain.kpi.series import BUCKET_OF_CADENCE, MOST_BUCKETS
from domain.kpi.standard import CADENCE_DAYS, TREND_POINTS
from domain.queries.listing import OrderBy
from prioritisation.trend import FEWEST_POINTS

if TYPE_CHECKING:
    from api.category.types import AllocationCategory
    from api.member.types import Member
    from api.team.types import Team

_PERIODS = 100
"""Cadences that a series goes back unless told otherwise."""

_FROM = strawberry.argument(
    name="from", description=f"Where the series begins; {_PERIODS} cadences before its end if left out."
)
_TO = strawberry.argument(name="to", description="Where it ends, exclusive; now if left out.")
_BUCKET = strawberry.argument(
    description="What to sum up over; if left out a week for daily KPIs, a month for weekly ones, else a quarter."
)
_SUPERSEDED = strawberry.argument(
    description="Also return revisions that were corrected or taken back, and those that take back."
)


@strawberry.type(
    description="The health of an ongoing process against a standard: lights-on work. Its status follows from its"
    " measurements."
)
@shows(KpiRow)
class Kpi(Node, AuditedNode, KpiHistory, KpiLinkFields):
    """Shows ``KpiRow``."""

    name: str = strawberry.field(description="What is measured; unique in its team.")
    process: str = strawberry.field(description="The process whose health it shows; may be empty.")
    description: str = strawberry.field(description="More about it; may be empty.")
    unit: str = strawberry.field(description="The unit of its values, such as % or days; may be empty.")
    metric: str = strawberry.field(
        description="What it measures, as key results of the same metric are titled; may be empty, then the name stands"
        " for it."
    )
    target_type: KpiTargetType = strawberry.field(description="What its value is to do.")
    target_low: float | None = strawberry.field(
        description="The standard from below, in its unit; null where nothing is to stay below or decrease."
    )
    amber_low: float | None = strawberry.field(
        description="Below it the value is amber; at most `targetLow`. Null where that is."
    )
    red_low: float | None = strawberry.field(
        description="Below it the value is red; below `amberLow`. Null where that is."
    )
    target_high: float | None = strawberry.field(
        description="The standard from above, in its unit; null where the value is to stay above or increase."
    )
    amber_high: float | None = strawberry.field(
        description="Above it the value is amber; at least `targetHigh`. Null where that is."
    )
    red_high: float | None = strawberry.field(
        description="Above it the value is red; above `amberHigh`. Null where that is."
    )
    cadence: Cadence = strawberry.field(description="How often it is measured and reviewed.")
    grace_hours: float = strawberry.field(
        description="Hours that a measurement may be late before the KPI is stale."
    )
    timing: KpiTiming = strawberry.field(description="Leading or lagging.")
    kind: KpiKind = strawberry.field(description="Input or outcome.")
    recovery_measurements: int = strawberry.field(
        description="Healthy measurements in a row that end a breach, 1 to 10: a value that flickers about a threshold"
        " is one breach."
    )
    status: KpiStatus = strawberry.field(description="How the process is, as far as is known now.")
    level: KpiLevel | None = strawberry.field(
        description="What the last measured value means, however old it is; null before the first one."
    )
    last_value: float | None = strawberry.field(
        description="The newest measured value, in its unit; null before the first one."
    )
    last_measured_at: datetime | None = strawberry.field(description="When that was measured.")
    previous_value: float | None = strawberry.field(
        description="The value measured before, in its unit; null with fewer than two."
    )
    previous_measured_at: datetime | None = strawberry.field(description="When that was measured.")
    measurement_count: int = strawberry.field(description="How many measurements count.")
    trend: TrendKind | None = strawberry.field(
        description=f"Where the newest {TREND_POINTS} measurements move, by the Mann-Kendall test at 10 %; null with"
        f" fewer than {FEWEST_POINTS}."
    )
    trend_per_day: float | None = strawberry.field(
        description=f"Their Theil-Sen slope, in its unit per day: the median of the slopes between all pairs of the"
        f" newest {TREND_POINTS}; null with fewer than {FEWEST_POINTS}."
    )
    stale_at: datetime | None = strawberry.field(
        description="When it is stale without a further measurement: cadence ("
        + ", ".join(f"{cadence.value} {days}" for cadence, days in CADENCE_DAYS.items())
        + " days) and grace after the last one; null before the first one."
    )
    version: int = strawberry.field(description=f"{VERSION} Measurements are no changes of the KPI.")
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(description="The team whose process it is.")
    def team(self: KpiRow, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")]:
        return cast("Team", info.context.directory.teams[self.team_id])

    @strawberry.field(
        description="Who looks after it; null for nobody yet. It says nothing about the person."
    )
    def owner(self: KpiRow, info: Info) -> Annotated["Member", strawberry.lazy("api.member.types")] | None:
        return (
            None if self.owner_id is None else cast("Member", info.context.directory.members[self.owner_id])
        )

    @strawberry.field(description="The lights-on bucket that pays for the process; null if none is named.")
    def category(
        self: KpiRow, info: Info
    ) -> Annotated["AllocationCategory", strawberry.lazy("api.category.types")] | None:
        if self.category_id is None:
            return None
        return cast("AllocationCategory", info.context.directory.categories[self.category_id])

    @strawberry.field(description="Its measurements, the newest first unless ordered otherwise.")
    async def measurements(
        self: KpiRow,
        info: Info,
        where: Annotated[MeasurementWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[MeasurementOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_superseded: Annotated[bool, _SUPERSEDED] = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> MeasurementConnection:
        return await children_of(
            info.context,
            MEASUREMENT_LISTING,
            parent="kpi_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where if include_superseded else counting(where),
            order_by=order_by,
            archived=True,
        )

    @strawberry.field(
        description="Its measurements summed up by period, the oldest first; periods without any are left out. At most"
        f" {MOST_BUCKETS} points.",
        metadata={"cost": 20},
    )
    async def series(
        self: KpiRow,
        info: Info,
        from_: Annotated[datetime | None, _FROM] = strawberry.UNSET,
        to: Annotated[datetime | None, _TO] = strawberry.UNSET,
        bucket: Annotated[SeriesBucket | None, _BUCKET] = strawberry.UNSET,
    ) -> list[KpiSeriesPoint]:
        ends_at = to or info.context.loader("now", lambda _: datetime.now(UTC))
        starts_at = from_ or ends_at - timedelta(days=_PERIODS * CADENCE_DAYS[self.cadence])
        points = await points_of(
            info.context, self.id, starts_at, ends_at, bucket or BUCKET_OF_CADENCE[self.cadence]
        )
        return as_types(KpiSeriesPoint, points)

    @strawberry.field(description="Its open breach; null when there is none.")
    async def open_breach(self: KpiRow, info: Info) -> Breach | None:
        row = await open_breach_of(info.context, self.id)
        return None if row is None else as_type(Breach, row)

    @strawberry.field(description="Its breaches, the newest first.")
    async def breaches(
        self: KpiRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> BreachConnection:
        return await children_of(
            info.context,
            BREACH_LISTING,
            parent="kpi_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )

    @strawberry.field(
        description=f"How its breaches escalate, level by level; at most {MOST_ESCALATION_LEVELS}, none if they don't."
    )
    async def escalation_path(self: KpiRow, info: Info) -> list[EscalationLevel]:
        return escalation_levels(await path_of(info.context, self.id))


@strawberry.type(description="A page of KPIs.")
class KpiConnection(Connection[Kpi]):
    """Connection of KPIs."""


KPI_LISTING = Listing(
    KPIS,
    KpiConnection,
    ids={"id": "Kpi", "team_id": "Team", "owner_id": "Member", "category_id": "AllocationCategory"},
    default=(OrderBy("name"),),
)

fetched_by("Kpi", kpis_by_id)
