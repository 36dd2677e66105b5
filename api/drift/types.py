"""Planned against actual shares of capacity."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import numpy as np
import strawberry

from api.capacity.enums import PeriodLength
from api.category.types import AllocationCategory
from api.context import Info
from api.drift.enums import ForecastMethod
from api.enums import WorkKind
from api.nodes import as_type, as_types
from domain.drift.table import CycleDrift, DriftTable

if TYPE_CHECKING:
    from api.cycle.types import Cycle

_SHARE = "share of all booked time, 0 to 1"
_NOTHING = "null where nothing is booked"


@dataclass(frozen=True, slots=True)
class LineView:
    """A column of a drift table: a category, or a kind of work."""

    table: DriftTable
    column: int
    subject: Any

    def of(self, values: Any) -> float | None:
        """The column's value; None where it is unknown."""
        return number(values[self.column])


@dataclass(frozen=True, slots=True)
class LinePeriodView:
    """A period of such a column."""

    line: LineView
    index: int

    def of(self, values: Any) -> float | None:
        """The period's value; None where it is unknown."""
        return number(values[self.index, self.line.column])


def number(value: Any) -> float | None:
    """A figure; None for NaN."""
    return None if np.isnan(value) else float(value)


@strawberry.type(description="Planned against actual in one period.")
class DriftPeriod:
    """Shows ``LinePeriodView``."""

    @strawberry.field(description="First day of the period.")
    def starts_on(self: LinePeriodView) -> date:
        return self.line.table.periods[self.index].starts_on

    @strawberry.field(
        description="Last day of the period. A booked week counts in the period that holds its Wednesday."
    )
    def ends_on(self: LinePeriodView) -> date:
        return self.line.table.periods[self.index].ends_on

    @strawberry.field(
        description="Person-weeks booked; 0 where other work is booked and nothing of this, null where nothing is"
        " booked at all."
    )
    def booked_person_weeks(self: LinePeriodView) -> float | None:
        actual = self.of(self.line.table.result.actual)
        return None if actual is None else self.of(self.line.table.booked)

    @strawberry.field(description=f"Planned {_SHARE}; null where no policy gives a share.")
    def planned_share(self: LinePeriodView) -> float | None:
        return self.of(self.line.table.planned)

    @strawberry.field(description=f"Actual {_SHARE}; {_NOTHING}.")
    def actual_share(self: LinePeriodView) -> float | None:
        return self.of(self.line.table.result.actual)

    @strawberry.field(description="Actual − planned share; null where one of them is.")
    def difference(self: LinePeriodView) -> float | None:
        return self.of(self.line.table.result.difference)


@strawberry.interface(description="Planned against actual of one part of all booked time.")
class DriftLine:
    """What lines by category and by kind have in common."""

    @strawberry.field(
        description=f"Planned {_SHARE}, over all booked periods weighted by what was booked in them; {_NOTHING} or"
        " no policy gives a share."
    )
    def planned_share(self: Any) -> float | None:
        return number(self.table.result.total_planned[self.column])

    @strawberry.field(description=f"Actual {_SHARE}, over all booked periods; {_NOTHING}.")
    def actual_share(self: Any) -> float | None:
        return number(self.table.result.total_actual[self.column])

    @strawberry.field(description="Actual − planned share; null where one of them is.")
    def difference(self: Any) -> float | None:
        result = self.table.result
        return number(result.total_actual[self.column] - result.total_planned[self.column])

    @strawberry.field(
        description="Change of the actual share per period: the median of the slopes through all pairs of booked"
        " periods (Theil–Sen), which single weeks don't bend; null for fewer than 3 booked periods."
    )
    def trend_per_period(self: Any) -> float | None:
        return number(self.table.result.slope[self.column])

    @strawberry.field(
        description=f"The actual {_SHARE}, that is to be expected for the whole cycle, by `forecastMethod`; {_NOTHING}."
    )
    def forecast_share(self: Any) -> float | None:
        return number(self.table.result.forecast[self.column])

    @strawberry.field(description="Period by period; at most 520.")
    def periods(self: Any) -> list[DriftPeriod]:
        return as_types(
            DriftPeriod, (LinePeriodView(self, index) for index in range(len(self.table.periods)))
        )


@strawberry.type(description="Planned against actual of a category.")
class CategoryDrift(DriftLine):
    """Shows ``LineView`` of a category."""

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return isinstance(value, LineView) and isinstance(value.subject, UUID)

    @strawberry.field(description="The category.")
    def category(self: LineView, info: Info) -> AllocationCategory:
        return as_type(AllocationCategory, info.context.directory.categories[self.subject])


@strawberry.type(description="Planned against actual of all categories of a kind of work.")
class KindDrift(DriftLine):
    """Shows ``LineView`` of a kind."""

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return isinstance(value, LineView) and isinstance(value.subject, WorkKind)

    @strawberry.field(description="The kind of work, which is its categories'.")
    def kind(self: LineView) -> WorkKind:
        return WorkKind(self.subject)


@strawberry.type(
    description="What became of the planned split of capacity in a cycle: booked time against planned shares."
)
class Drift:
    """Shows ``CycleDrift``."""

    as_of: date = strawberry.field(description="Periods that begin after this day are foreseen.")

    @strawberry.field(description="The cycle.")
    def cycle(self: CycleDrift) -> Annotated["Cycle", strawberry.lazy("api.cycle.types")]:
        return cast("Cycle", self.cycle)

    @strawberry.field(description="What the days are counted by.")
    def period(self: CycleDrift) -> PeriodLength:
        return self.length

    @strawberry.field(description="Person-weeks booked in the cycle.")
    def booked_person_weeks(self: CycleDrift) -> float:
        return float(self.by_category.booked.sum())

    @strawberry.field(description=f"How shares in the whole cycle are foreseen; {_NOTHING}.")
    def forecast_method(self: CycleDrift) -> ForecastMethod | None:
        return self.by_category.result.method

    @strawberry.field(
        description="By kind of work: lights-on, step-change, planning, unplanned; those that have categories in it."
    )
    def by_kind(self: CycleDrift) -> list[KindDrift]:
        return as_types(KindDrift, (LineView(self.by_kind, at, kind) for at, kind in enumerate(self.kinds)))

    @strawberry.field(
        description="By category, by name: those that have a share or bookings; some dozens at most."
    )
    def by_category(self: CycleDrift, info: Info) -> list[CategoryDrift]:
        names = info.context.directory.categories
        lines = [LineView(self.by_category, at, key) for at, key in enumerate(self.categories)]
        return as_types(
            CategoryDrift, sorted(lines, key=lambda line: (names[line.subject].name.lower(), line.subject))
        )
