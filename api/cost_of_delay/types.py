"""The type ``CostOfDelay``."""

from datetime import UTC, date, datetime
from typing import Annotated, NamedTuple

import strawberry

from api.enums import UrgencyProfile, described
from api.scalars import BigInt, CurrencyCode, Money
from domain.ranking.delay import delay_cost_minor, delay_rate_minor, value_lost_minor
from domain.rows import CostOfDelayRow, InitiativeRow
from prioritisation.estimates import TimeUnit, weeks_in

described(
    TimeUnit,
    "A span of time that a rate is stated for.",
    {
        "WEEK": "7 days.",
        "MONTH": "4.348125 weeks: a twelfth of a year.",
        "QUARTER": "13.044375 weeks: a fourth of a year.",
        "YEAR": "52.1775 weeks: 365.2425 days.",
    },
)

AsOf = Annotated[
    date | None, strawberry.argument(description="The day that counts as today; left out it is (UTC).")
]


class DelayEntry(NamedTuple):
    """An initiative with its cost of delay."""

    initiative: InitiativeRow
    row: CostOfDelayRow


@strawberry.type(description="An uncertain amount of money per unit of time.")
class RateEstimate:
    """Low, likely and high rate."""

    low: Money | None = strawberry.field(description="Hardly less; null when nobody has estimated it.")
    likely: Money = strawberry.field(description="The likely rate, rounded to minor units.")
    high: Money | None = strawberry.field(description="Hardly more; null when nobody has estimated it.")


@strawberry.type(
    description="What it costs to finish an initiative later: an urgency profile, and figures derived from it."
)
class CostOfDelay:
    """Shows ``DelayEntry``."""

    @strawberry.field(description="How the cost depends on the finish date.")
    def profile(self: DelayEntry) -> UrgencyProfile:
        return self.row.profile

    @strawberry.field(description="The full rate of the profile, in money per unit of time.")
    def rate(
        self: DelayEntry,
        per: Annotated[TimeUnit, strawberry.argument(description="The unit of time.")] = TimeUnit.WEEK,
    ) -> RateEstimate:
        weeks, row = weeks_in(per), self.row
        low, high = row.rate_minor_per_week_low, row.rate_minor_per_week_high
        return RateEstimate(
            low=None if low is None else _money(row, low * weeks),
            likely=_money(row, row.rate_minor_per_week_likely * weeks),
            high=None if high is None else _money(row, high * weeks),
        )

    @strawberry.field(description="FIXED_DATE: the last day on which finishing is on time.")
    def deadline(self: DelayEntry) -> date | None:
        return self.row.deadline

    @strawberry.field(description="FIXED_DATE: what missing the deadline costs at once.")
    def step(self: DelayEntry) -> Money | None:
        return None if self.row.step_minor is None else _money(self.row, self.row.step_minor)

    @strawberry.field(
        description="INTANGIBLE and FIXED_DATE: weeks in which the rate grows to its full height."
    )
    def ramp_weeks(self: DelayEntry) -> float | None:
        return self.row.ramp_weeks

    @strawberry.field(description="Profiles with a life: how many weeks earnings last.")
    def life_weeks(self: DelayEntry) -> float | None:
        return self.row.life_weeks

    @strawberry.field(description="Profiles with a life: the week in which earnings peak.")
    def peak_week(self: DelayEntry) -> float | None:
        return self.row.peak_week

    @strawberry.field(
        description="What a week of delay costs on a day; the step of a deadline is not part of it."
    )
    def rate_on(
        self: DelayEntry,
        day: Annotated[date, strawberry.argument(description="The day.")],
        as_of: AsOf = strawberry.UNSET,
    ) -> Money:
        return _money(self.row, delay_rate_minor(self.row, today=_today(as_of), on=day))

    @strawberry.field(description="What finishing on a day costs against finishing today.")
    def delay_cost(
        self: DelayEntry,
        finish: Annotated[date, strawberry.argument(description="The day on which it would be finished.")],
        as_of: AsOf = strawberry.UNSET,
    ) -> Money:
        return _money(self.row, delay_cost_minor(self.row, today=_today(as_of), finish=finish))

    @strawberry.field(
        description="What has been lost already because the initiative is late: since its deadline, or that of the"
        " profile. 0 when it is not late, or has no deadline."
    )
    def value_lost(self: DelayEntry, as_of: AsOf = strawberry.UNSET) -> Money:
        return _money(
            self.row, value_lost_minor(self.row, today=_today(as_of), since=self.initiative.deadline)
        )

    @strawberry.field(description="Counts the changes; for `expectedVersion`.")
    def version(self: DelayEntry) -> int:
        return self.row.version

    @strawberry.field(description="When it was last changed.")
    def updated_at(self: DelayEntry) -> datetime:
        return self.row.updated_at


def _money(row: CostOfDelayRow, minor: float) -> Money:
    return Money(amount_minor=BigInt(round(minor)), currency=CurrencyCode(row.currency))


def _today(as_of: date | None) -> date:
    return as_of or datetime.now(UTC).date()
