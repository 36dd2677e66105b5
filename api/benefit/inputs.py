"""Inputs of the mutations about benefits."""

from datetime import date
from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.scalars import CurrencyCode, MoneyInput
from domain.commands.benefit import LARGEST_PLAN

IDS = {
    "initiative_id": "Initiative",
    "key_result_id": "KeyResult",
    "kpi_id": "Kpi",
    "owner_id": "Member",
    "benefit_id": "Benefit",
}

_TITLE = "What it brings, in a sentence; 1 to 500 characters."
_DESCRIPTION = "More about it, at most 200,000 characters."
_OWNER = "The member in use who looks after its coming."
_PLAN = f"What is planned to come, each day once, at most {LARGEST_PLAN} days; the amounts add up"
_REALISED_ON = "The day on which it came; not in the future"
_NOTE = "What there is to say about it; at most 2,000 characters."
_AMOUNT = "How much, in the benefit's unit"


@strawberry.input(description="An amount of a benefit, in its unit.", one_of=True)
class BenefitAmountInput:
    """Becomes ``Amount``."""

    money: strawberry.Maybe[MoneyInput] = strawberry.field(
        description="Of a benefit in money: within ±10¹⁵ minor units of its currency. Negative for a loss."
    )
    value: strawberry.Maybe[float] = strawberry.field(
        description="Of another one: in the unit of its key result or KPI, with its sign, within ±10¹⁵."
    )


@strawberry.input(description="How much of a benefit is planned to come on a day.")
class PlannedAmountInput:
    """Becomes ``PlannedAmount``."""

    due_on: date = strawberry.field(description="The day.")
    amount: BenefitAmountInput = strawberry.field(description=f"{_AMOUNT}.")


@strawberry.input(description="What a benefit is counted in.", one_of=True)
class BenefitUnitInput:
    """Becomes ``CountedIn``."""

    currency: strawberry.Maybe[CurrencyCode] = strawberry.field(description="Money of this currency.")
    key_result_id: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="The unit of this key result in use."
    )
    kpi_id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="The unit of this KPI in use.")


@strawberry.input(description="A new benefit of an initiative.")
class BenefitCreateInput:
    """Becomes ``BenefitCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    initiative_id: strawberry.ID = strawberry.field(description="The initiative, in use and in any state.")
    title: str = strawberry.field(description=_TITLE)
    description: str | None = strawberry.field(default=strawberry.UNSET, description=_DESCRIPTION)
    counted_in: BenefitUnitInput = strawberry.field(description="What it is counted in, for good.")
    owner_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_OWNER)
    plan: list[PlannedAmountInput] | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_PLAN}; nothing yet if left out."
    )


@strawberry.input(
    description="Changes to a benefit; what is left out stays as it is, and so does what it is counted in."
)
class BenefitUpdateInput:
    """Becomes ``BenefitUpdate``."""

    id: strawberry.ID = strawberry.field(description="The benefit.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    title: strawberry.Maybe[str] = strawberry.field(description=_TITLE)
    description: strawberry.Maybe[str] = strawberry.field(description=_DESCRIPTION)
    owner_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description=f"{_OWNER} Null for nobody."
    )
    plan: strawberry.Maybe[list[PlannedAmountInput]] = strawberry.field(
        description=f"{_PLAN}. It replaces the one before, which stays in the audit trail."
    )


@strawberry.input(description="How much of a benefit has come.")
class BenefitRealisationAddInput:
    """Becomes ``BenefitRealisationAdd``."""

    benefit_id: strawberry.ID = strawberry.field(
        description="The benefit, in use; its initiative may be completed."
    )
    amount: BenefitAmountInput = strawberry.field(description=f"{_AMOUNT}.")
    realised_on: date | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_REALISED_ON}; today (UTC) if left out."
    )
    note: str | None = strawberry.field(default=strawberry.UNSET, description=_NOTE)
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="At most 200 characters: repeating the mutation with it records nothing new.",
    )


@strawberry.input(description="What an entry should have said; what is left out is taken from it.")
class BenefitRealisationCorrectInput:
    """Becomes ``BenefitRealisationCorrect``."""

    id: strawberry.ID = strawberry.field(description="The entry that was wrong, and was not corrected yet.")
    amount: strawberry.Maybe[BenefitAmountInput] = strawberry.field(description=f"{_AMOUNT}.")
    realised_on: strawberry.Maybe[date] = strawberry.field(description=f"{_REALISED_ON}.")
    note: strawberry.Maybe[str] = strawberry.field(description=_NOTE)
    reason: str = strawberry.field(description="What was wrong; 1 to 4,000 characters.")
