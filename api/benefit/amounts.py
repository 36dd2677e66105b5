"""Amounts of benefits as the schema shows them."""

from typing import NamedTuple, cast

import strawberry

from api.scalars import BigInt, CurrencyCode, Money
from domain.rows_okr import BenefitRow


class _Amount(NamedTuple):
    amount: float
    currency: str | None


@strawberry.type(
    description="An amount of a benefit: money, or a value in the unit of its key result or KPI."
)
class BenefitAmount:
    """Shows ``_Amount``."""

    @strawberry.field(description="The amount of a benefit in money; null for another one.")
    def money(self: _Amount) -> Money | None:
        if self.currency is None:
            return None
        return Money(amount_minor=BigInt(round(self.amount)), currency=CurrencyCode(self.currency))

    @strawberry.field(description="The amount in the unit of the key result or KPI; null for money.")
    def value(self: _Amount) -> float | None:
        return self.amount if self.currency is None else None


def amount_of(benefit: BenefitRow, amount: float) -> BenefitAmount:
    """An amount in a benefit's unit."""
    return cast(BenefitAmount, _Amount(amount, benefit.currency))
