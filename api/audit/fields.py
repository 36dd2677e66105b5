"""``auditTrail`` of a node."""

from typing import Any

import strawberry

from api.audit.reading import trail_of
from api.audit.types import AuditTrailConnection
from api.context import Info
from api.pagination import After, Before, First, Last, page_of


@strawberry.type
class AuditedNode:
    """Fields of nodes whose history clients follow; the type's name says which tables it is in."""

    @strawberry.field(
        description="What was changed about it and its parts, by whom and why, the latest first; of an initiative also"
        " its decisions, dependencies and ranks set by hand."
    )
    async def audit_trail(
        self: Any,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> AuditTrailConnection:
        return await trail_of(
            info.context,
            info.path.typename or "",
            self.id,
            page=page_of(first=first, after=after, last=last, before=before),
        )
