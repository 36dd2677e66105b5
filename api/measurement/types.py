"""The types of measurements: single ones, and series that are summed up."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.context import Info
from api.descriptions import ORDER_DIRECTION, ORDER_FIELD
from api.enums import described
from api.filters import DateTimeFilter, FloatFilter, StringFilter, all_of, any_of, none_of, on
from api.kpi.loaders import kpi_of
from api.listing import Listing, OrderDirection
from api.pagination import Connection
from domain.kpi.queries import MEASUREMENTS
from domain.kpi.rows import MeasurementRow
from domain.kpi.series import SeriesPoint
from domain.queries.listing import OrderBy

if TYPE_CHECKING:
    from api.kpi.types import Kpi
    from api.member.types import Member


@strawberry.type(
    description="A value of a KPI at a time. It is never rewritten: a correction is a further revision of the same"
    " time."
)
class Measurement:
    """Shows ``MeasurementRow``."""

    measured_at: datetime = strawberry.field(description="When it was measured.")
    value: float | None = strawberry.field(
        description="The value in the KPI's unit; null in a revision that takes a measurement back."
    )
    revision: int = strawberry.field(description="1, and 1 more with each correction.")
    note: str = strawberry.field(description="What to know about it; of a correction its reason.")
    superseded_at: datetime | None = strawberry.field(
        description="When it was corrected or taken back; null for what counts now."
    )

    @strawberry.field(description="When it became known.")
    def recorded_at(self: MeasurementRow) -> datetime:
        return self.created_at

    @strawberry.field(description="Who recorded it.")
    def recorded_by(
        self: MeasurementRow, info: Info
    ) -> Annotated["Member", strawberry.lazy("api.member.types")]:
        return cast("Member", info.context.directory.members[self.recorded_by_id])

    @strawberry.field(description="The KPI that it is a value of.")
    async def kpi(self: MeasurementRow, info: Info) -> Annotated["Kpi", strawberry.lazy("api.kpi.types")]:
        return cast("Kpi", await kpi_of(info.context, self.kpi_id))


@strawberry.type(description="A page of measurements.")
class MeasurementConnection(Connection[Measurement]):
    """Connection of measurements."""


@strawberry.input(description="Which measurements to return; everything that is given must hold.")
class MeasurementWhere:
    """Filter of measurements."""

    and_: list["MeasurementWhere"] | None = all_of()
    or_: list["MeasurementWhere"] | None = any_of()
    not_: "MeasurementWhere | None" = none_of()
    measured_at: DateTimeFilter | None = on("When it was measured.")
    value: FloatFilter | None = on("The value, in the KPI's unit.")
    note: StringFilter | None = on("The note.")
    created_at: DateTimeFilter | None = on("When it became known.")
    superseded_at: DateTimeFilter | None = on("When it was corrected; needs `includeSuperseded`.")


class MeasurementOrderField(StrEnum):
    """What measurements are ordered by."""

    MEASURED_AT = "measured_at"
    CREATED_AT = "created_at"
    VALUE = "value"


described(
    MeasurementOrderField,
    "What measurements are ordered by.",
    {
        "MEASURED_AT": "By when they were measured.",
        "CREATED_AT": "By when they became known.",
        "VALUE": "By value.",
    },
)


@strawberry.input(description="One wish for the order of measurements.")
class MeasurementOrder:
    """Order of measurements."""

    field: MeasurementOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)


MEASUREMENT_LISTING = Listing(
    MEASUREMENTS,
    MeasurementConnection,
    ids={},
    default=(OrderBy("measured_at", descending=True),),
)


def counting(where: MeasurementWhere | None) -> MeasurementWhere:
    """The filter, of what counts now: neither corrected nor taken back."""
    given = [where] if where is not None and where is not strawberry.UNSET else []
    return MeasurementWhere(
        and_=given, value=FloatFilter(is_null=False), superseded_at=DateTimeFilter(is_null=True)
    )


@strawberry.type(description="The measurements of one period, in the KPI's unit; corrected ones don't count.")
class KpiSeriesPoint:
    """Shows ``SeriesPoint``."""

    starts_at: datetime = strawberry.field(description="When the period begins, in UTC.")
    minimum: float = strawberry.field(description="The least value.")
    mean: float = strawberry.field(description="The arithmetic mean of the values.")
    maximum: float = strawberry.field(description="The greatest value.")
    last: float = strawberry.field(description="The value that was measured last.")
    last_at: datetime = strawberry.field(description="When that was.")

    @strawberry.field(description="How many measurements there are.")
    def count(self: SeriesPoint) -> int:
        return self.number
