"""The types of the audit trail."""

from collections.abc import Sequence
from datetime import datetime

import strawberry
from strawberry.dataloader import DataLoader

from api.audit.values import NODE_TYPES, changes_in, key_in, version_after
from api.context import Context, Info
from api.enums import ChangeOperation
from api.ids import GlobalId
from api.member.types import Member
from api.node_queries import rows_of
from api.nodes import Node, as_type, as_types
from api.pagination import Connection
from domain.queries.audit import AuditEntryRow

_JSON = "as JSON: text in quotes, ids and enum values as the schema has them"


@strawberry.type(description="A stored field that was changed.")
class AuditChange:
    """Shows ``FieldChange``."""

    field: str = strawberry.field(description="Its name as it is stored, such as `durationWeeksLikely`.")
    old: str | None = strawberry.field(description=f"What it held before, {_JSON}; null for nothing.")
    new: str | None = strawberry.field(description=f"What it held after, {_JSON}; null for nothing.")


@strawberry.type(description="A stored field that tells a part from others like it.")
class AuditKey:
    """Shows ``FieldValue``."""

    field: str = strawberry.field(description="Its name as it is stored, such as `teamId`.")
    value: str = strawberry.field(description=f"What it holds, {_JSON}.")


@strawberry.type(
    description="A change of one stored entry: what, by whom, when and why. It never changes itself."
)
class AuditEntry:
    """Shows ``AuditEntryRow``."""

    created_at: datetime = strawberry.field(
        name="at", description="When the transaction began that made the change."
    )
    operation: ChangeOperation = strawberry.field(description="What happened.")
    entity: str = strawberry.field(
        name="part",
        description="Name of the changed entry or part, such as `initiative`, `score` or `team_demand`.",
    )
    reason: str | None = strawberry.field(description="Why, where a reason was given.")
    request_id: str | None = strawberry.field(
        description="The `X-Request-Id` of the request that made the change; null if none did."
    )

    @strawberry.field(description="Who made the change; null when it was none of the organisation's members.")
    def by(self: AuditEntryRow, info: Info) -> Member | None:
        row = None if self.member_id is None else info.context.directory.members.get(self.member_id)
        return None if row is None else as_type(Member, row)

    @strawberry.field(description="Type of what the entry is or belongs to, as `__typename` has it.")
    def type_name(self: AuditEntryRow) -> str:
        return NODE_TYPES[self.entity]

    @strawberry.field(
        description="What the entry is, or belongs to, as it is now; null when it is gone or not the viewer's to see."
    )
    async def node(self: AuditEntryRow, info: Info) -> Node | None:
        loader = info.context.loader("audit nodes", _node_loader)
        return await loader.load(GlobalId(NODE_TYPES[self.entity], self.entity_id))

    @strawberry.field(
        description="What tells the part from others of the node, such as the team of a demand; at most 3 fields,"
        " none for what has an id of its own."
    )
    def key(self: AuditEntryRow) -> list[AuditKey]:
        return as_types(AuditKey, key_in(self))

    @strawberry.field(description="The version that the change led to; null for what counts none or is gone.")
    def version(self: AuditEntryRow) -> int | None:
        return version_after(self)

    @strawberry.field(
        description="The fields that were changed, at most 40: of a new entry those that hold something, and of a"
        " deleted one those that did."
    )
    def changes(self: AuditEntryRow) -> list[AuditChange]:
        return as_types(AuditChange, changes_in(self))


@strawberry.type(description="A page of the audit trail, the latest entry first.")
class AuditTrailConnection(Connection[AuditEntry]):
    """Connection of audit entries."""


async def know_members(context: Context, rows: Sequence[AuditEntryRow]) -> None:
    """See to it that the view knows who made the changes, though they may have been made after it."""
    members = (await context.view()).directory.members
    if any(row.member_id is not None and row.member_id not in members for row in rows):
        await context.renew()


def _node_loader(context: Context) -> DataLoader[GlobalId, Node | None]:
    async def load(keys: list[GlobalId]) -> list[Node | None]:
        return await rows_of(context, keys)

    return DataLoader(load_fn=load)
