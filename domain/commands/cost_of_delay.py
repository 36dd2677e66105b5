"""Commands about what delaying an initiative costs."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.commands.base import Command, Currency, Figure, Weeks
from domain.enums import UrgencyProfile

Amount = Annotated[Figure, Field(ge=0)]
WeeksOrNone = Annotated[Figure, Field(ge=0, le=5_200)]


class CostOfDelaySet(Command):
    """An urgency profile with its parameters, in place of what was there; 0 expects that nothing was.

    Rates and the step are in minor units of the currency.
    """

    initiative_id: UUID
    expected_version: int | None = None
    profile: UrgencyProfile
    currency: Currency
    rate_minor_per_week_low: Amount | None = None
    rate_minor_per_week_likely: Amount
    rate_minor_per_week_high: Amount | None = None
    deadline: date | None = None
    step_minor: Amount | None = None
    ramp_weeks: WeeksOrNone | None = None
    life_weeks: Weeks | None = None
    peak_week: WeeksOrNone | None = None


class CostOfDelayClear(Command):
    """An initiative whose cost of delay becomes unknown again."""

    initiative_id: UUID
    expected_version: int | None = None
