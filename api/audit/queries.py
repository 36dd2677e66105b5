"""``auditTrail``: what was changed in the organisation."""

from typing import Annotated

import strawberry

from api.audit.filters import IDS, AuditTrailWhere
from api.audit.reading import trail, trail_of
from api.audit.types import AuditTrailConnection
from api.context import Info
from api.enums import Role, TokenScope
from api.filters import WHERE, to_filter
from api.ids import decode_id
from api.pagination import After, Before, First, Last, page_of
from api.permissions import requires
from domain.errors import NotFound

NodeArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="A node's id: return only what happened to it and its parts, and for an initiative also its"
        " decisions, dependencies and ranks set by hand. It may be gone by now."
    ),
]


@strawberry.type
class AuditQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="What was changed in the organisation, by whom and why, the latest first. Changes of API tokens"
        " are shown to who may see the tokens.",
        **requires(Role.BOARD, TokenScope.READ),
    )
    async def audit_trail(
        self,
        info: Info,
        node: NodeArgument = strawberry.UNSET,
        where: Annotated[AuditTrailWhere | None, WHERE] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> AuditTrailConnection:
        await info.context.view()
        page = page_of(first=first, after=after, last=last, before=before)
        condition = to_filter(where, ids=IDS)
        if not node:
            return await trail(info.context, page=page, where=condition)
        key = decode_id(node)
        if key is None:
            raise NotFound("This is not the id of a node.", path=("node",))
        return await trail_of(info.context, key.type_name, key.uuid, page=page, where=condition)
