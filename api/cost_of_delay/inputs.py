"""Inputs of the mutations about cost of delay."""

from datetime import date
from typing import Any

import strawberry

from api.enums import UrgencyProfile
from api.inputs import Composites
from api.scalars import BigInt, CurrencyCode, MoneyInput
from domain.errors import InvalidInput
from prioritisation.estimates import TimeUnit, weeks_in

COMPOSITES: Composites = {
    "rate": {
        "low_minor": "rate_minor_per_week_low",
        "likely_minor": "rate_minor_per_week_likely",
        "high_minor": "rate_minor_per_week_high",
        "currency": "currency",
    },
    "step": {"amount_minor": "step_minor"},
}
IDS = {"initiative_id": "Initiative"}

_EXPECTED_VERSION = (
    "The version of the cost of delay that the client has seen, 0 for none: refuse the change if it is no longer"
    " current."
)


@strawberry.input(
    description="An uncertain amount of money per unit of time, in minor units: low ≤ likely ≤ high."
)
class RateEstimateInput:
    """The input twin of ``RateEstimate``."""

    low_minor: BigInt | None = strawberry.field(
        default=strawberry.UNSET, description="Hardly less than this; at least 0."
    )
    likely_minor: BigInt = strawberry.field(description="The likely rate; at least 0.")
    high_minor: BigInt | None = strawberry.field(
        default=strawberry.UNSET, description="Hardly more than this."
    )
    currency: CurrencyCode = strawberry.field(description="The currency of the amounts.")
    per: TimeUnit = strawberry.field(default=TimeUnit.WEEK, description="The unit of time.")


@strawberry.input(
    description="What delaying an initiative costs, in place of what was said before. A profile takes exactly the"
    " parameters that mean something to it."
)
class CostOfDelaySetInput:
    """Becomes ``CostOfDelaySet``."""

    initiative_id: strawberry.ID = strawberry.field(description="The initiative; one in use.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPECTED_VERSION)
    profile: UrgencyProfile = strawberry.field(description="How the cost depends on the finish date.")
    rate: RateEstimateInput = strawberry.field(
        description="The full rate of the profile: at most 10¹⁵ minor units a week."
    )
    deadline: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="FIXED_DATE, which needs it: the last day on which finishing is on time.",
    )
    step: MoneyInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="FIXED_DATE: what missing the deadline costs at once, in the currency of the rate; 0 if left out.",
    )
    ramp_weeks: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="INTANGIBLE, which needs it, and FIXED_DATE: weeks in which the rate grows to its full height, 0 to"
        " 5,200.",
    )
    life_weeks: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="Profiles with a life, which need it: how many weeks earnings last, above 0, at most 5,200.",
    )
    peak_week: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="Profiles with a life, which need it: the week in which earnings peak, before the end of life.",
    )


@strawberry.input(description="An initiative whose cost of delay becomes unknown again.")
class CostOfDelayClearInput:
    """Becomes ``CostOfDelayClear``."""

    initiative_id: strawberry.ID = strawberry.field(description="The initiative; one in use.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPECTED_VERSION)


def weekly(given: CostOfDelaySetInput) -> dict[str, Any]:
    """The rates of an input per week, as the command has them.

    Raises
    ------
    InvalidInput
        When the step is in another currency than the rate.
    """
    return weekly_rates(given.rate, given.step)


def weekly_rates(rate: RateEstimateInput, step: MoneyInput | None) -> dict[str, Any]:
    """As ``weekly``, of a rate beside a step."""
    if step and step.currency != rate.currency:
        raise InvalidInput(
            f"The step must be in the currency of the rate, {rate.currency}, not in {step.currency}.",
            path=("step", "currency"),
        )
    weeks = weeks_in(rate.per)
    rates = {"low": rate.low_minor, "likely": rate.likely_minor, "high": rate.high_minor}
    return {
        f"rate_minor_per_week_{name}": amount / weeks
        for name, amount in rates.items()
        if isinstance(amount, int)
    }
