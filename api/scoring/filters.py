"""How lists of criteria and scoring models are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD, WHERE_ARCHIVED_AT
from api.enums import CriterionDirection, CriterionSource, described
from api.filters import DateTimeFilter, EnumFilter, IDFilter, StringFilter, all_of, any_of, none_of, on
from api.listing import OrderDirection


@strawberry.input(description="Which criteria to return; everything that is given must hold.")
class CriterionWhere:
    """Filter of criteria."""

    and_: list["CriterionWhere"] | None = all_of()
    or_: list["CriterionWhere"] | None = any_of()
    not_: "CriterionWhere | None" = none_of()
    id: IDFilter | None = on("The criterion itself.")
    key: StringFilter | None = on("The short name.")
    name: StringFilter | None = on("The name.")
    direction: EnumFilter[CriterionDirection] | None = on("Whether more is better or worse.")
    source: EnumFilter[CriterionSource] | None = on("Where its values come from.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class CriterionOrderField(StrEnum):
    """What criteria are ordered by."""

    NAME = "name"
    KEY = "key"
    CREATED_AT = "created_at"


described(
    CriterionOrderField,
    "What criteria are ordered by.",
    {"NAME": "By name.", "KEY": "By short name.", "CREATED_AT": "By when they were created."},
)


@strawberry.input(description="One wish for the order of criteria.")
class CriterionOrder:
    """Order of criteria."""

    field: CriterionOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)


@strawberry.input(description="Which scoring models to return; everything that is given must hold.")
class ScoringModelWhere:
    """Filter of scoring models."""

    and_: list["ScoringModelWhere"] | None = all_of()
    or_: list["ScoringModelWhere"] | None = any_of()
    not_: "ScoringModelWhere | None" = none_of()
    id: IDFilter | None = on("The model itself.")
    name: StringFilter | None = on("The name.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class ScoringModelOrderField(StrEnum):
    """What scoring models are ordered by."""

    NAME = "name"
    CREATED_AT = "created_at"


described(
    ScoringModelOrderField,
    "What scoring models are ordered by.",
    {"NAME": "By name.", "CREATED_AT": "By when they were created."},
)


@strawberry.input(description="One wish for the order of scoring models.")
class ScoringModelOrder:
    """Order of scoring models."""

    field: ScoringModelOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
