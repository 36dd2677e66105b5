"""How the audit trail is filtered."""

import strawberry

from api.enums import ChangeOperation
from api.filters import DateTimeFilter, EnumFilter, IDFilter, StringFilter, all_of, any_of, none_of, on


@strawberry.input(description="Which entries to return; everything that is given must hold.")
class AuditTrailWhere:
    """Filter of the audit trail."""

    and_: list["AuditTrailWhere"] | None = all_of()
    or_: list["AuditTrailWhere"] | None = any_of()
    not_: "AuditTrailWhere | None" = none_of()
    created_at: DateTimeFilter | None = on("When the change was made.", name="at")
    member_id: IDFilter | None = on("Who made the change.")
    operation: EnumFilter[ChangeOperation] | None = on("What happened.")
    entity: StringFilter | None = on("Name of the changed entry or part, such as `score`.", name="part")
    reason: StringFilter | None = on("Why, where a reason was given.")
    request_id: StringFilter | None = on("The request that made the change.")


IDS = {"member_id": "Member"}
