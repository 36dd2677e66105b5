"""Three-point estimates."""

from typing import NamedTuple

import strawberry


class EstimateRow(NamedTuple):
    """Low, likely and high."""

    low: float | None
    likely: float
    high: float | None


@strawberry.type(description="An estimate with its uncertainty, in the unit that the field names.")
class Estimate:
    """Shows ``EstimateRow``."""

    low: float | None = strawberry.field(
        description="Hardly less than this; null when nobody has estimated it."
    )
    likely: float = strawberry.field(description="The likely value.")
    high: float | None = strawberry.field(
        description="Hardly more than this; null when nobody has estimated it."
    )


@strawberry.input(
    description="An estimate with its uncertainty, in the unit that the field names: low ≤ likely ≤ high."
)
class EstimateInput:
    """The input twin of ``Estimate``."""

    low: float | None = strawberry.field(default=strawberry.UNSET, description="Hardly less than this.")
    likely: float = strawberry.field(description="The likely value.")
    high: float | None = strawberry.field(default=strawberry.UNSET, description="Hardly more than this.")
