"""Commands about benefits of initiatives."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from domain.commands.base import Command, Currency, Figure, Name, Note, Reason, Text, Title, UpdateCommand

LARGEST_PLAN = 240
"""Most days of one plan: twenty years of months."""


class Money(Command):
    """An amount in minor units of a currency."""

    amount_minor: Annotated[int, Field(ge=-(10**15), le=10**15)]
    currency: Currency


class Amount(Command):
    """An amount of a benefit: money, or a value in the unit of its key result or KPI."""

    money: Money | None = None
    value: Figure | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.money is None) == (self.value is None):
            raise ValueError("give either money or a value")
        return self


class PlannedAmount(Command):
    """How much of a benefit is planned to come on a day."""

    due_on: date
    amount: Amount


def _each_day_once(plan: list[PlannedAmount]) -> list[PlannedAmount]:
    if len({entry.due_on for entry in plan}) < len(plan):
        raise ValueError("must name each day once")
    return plan


Plan = Annotated[list[PlannedAmount], Field(max_length=LARGEST_PLAN), AfterValidator(_each_day_once)]


class CountedIn(Command):
    """What a benefit is counted in: money of a currency, or the unit of a key result or a KPI."""

    currency: Currency | None = None
    key_result_id: UUID | None = None
    kpi_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(value is not None for value in (self.currency, self.key_result_id, self.kpi_id)) != 1:
            raise ValueError("give exactly one of currency, keyResultId and kpiId")
        return self


class BenefitCreate(Command):
    """A new benefit."""

    id: UUID | None = None
    initiative_id: UUID
    title: Title
    description: Text = ""
    counted_in: CountedIn
    owner_id: UUID | None = None
    plan: Plan = Field(default_factory=list)


class BenefitUpdate(UpdateCommand):
    """Changes to a benefit; a plan replaces the one before. What it is counted in stays."""

    title: Title = Field(default="")
    description: Text = Field(default="")
    owner_id: UUID | None = None
    plan: Plan = Field(default_factory=list)


class BenefitRealisationAdd(Command):
    """How much of a benefit has come on a day; today if none is given."""

    benefit_id: UUID
    amount: Amount
    realised_on: date | None = None
    note: Note = ""
    idempotency_key: Name | None = None


class BenefitRealisationCorrect(Command):
    """What an entry should have said; what is left out stays as it was."""

    id: UUID
    amount: Amount | None = None
    realised_on: date | None = None
    note: Note = ""
    reason: Reason
