"""The type ``CheckIn``."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Optional, cast
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.key_result.enums import CheckInSource
from api.listing import Listing
from api.nodes import Node, fetched_by, shows
from api.pagination import Connection
from domain.db import reading
from domain.queries.check_in import CHECK_INS, corrections_of
from domain.queries.listing import OrderBy, by_ids
from domain.rows_okr import CheckInRow

if TYPE_CHECKING:
    from api.key_result.types import KeyResult
    from api.member.types import Member

Find = Callable[[AsyncConnection, UUID, list[UUID]], Awaitable[dict[UUID, CheckInRow]]]


@strawberry.type(
    description="Where a key result stood at a time. It never changes: a correction is an entry of its own, and"
    " the one that was wrong remains."
)
@shows(CheckInRow)
class CheckIn(Node):
    """Shows ``CheckInRow``."""

    value: float = strawberry.field(
        description="The value then, in the key result's unit; a milestone's is 0 or 1."
    )
    confidence: int | None = strawberry.field(
        description="How sure those who work on it were of reaching the target, 0 (not at all) to 10 (entirely);"
        " null if nobody said. It says nothing about a person."
    )
    note: str = strawberry.field(description="What there is to say about it; may be empty.")
    at: datetime = strawberry.field(description="When the key result stood there.")
    source: CheckInSource = strawberry.field(description="Where it comes from.")
    reason: str | None = strawberry.field(
        description="Why the entry before was wrong; null unless it corrects one."
    )
    created_at: datetime = strawberry.field(description="When it was entered.")

    @strawberry.field(description="The key result.")
    def key_result(
        self: CheckInRow, info: Info
    ) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")]:
        return cast("KeyResult", info.context.directory.key_results[self.key_result_id])

    @strawberry.field(description="Who entered it; null if it was taken from a measurement by the program.")
    def made_by(
        self: CheckInRow, info: Info
    ) -> Annotated["Member", strawberry.lazy("api.member.types")] | None:
        if self.made_by_id is None:
            return None
        return cast("Member", info.context.directory.members[self.made_by_id])

    @strawberry.field(description="The entry that it corrects; null unless it is a correction.")
    async def corrects(self: CheckInRow, info: Info) -> Optional["CheckIn"]:
        if self.corrects_id is None:
            return None
        found = await info.context.loader("check-ins", _loading(_by_id)).load(self.corrects_id)
        return cast("CheckIn | None", found)

    @strawberry.field(description="The entry that corrects this one; null as long as this one holds.")
    async def corrected_by(self: CheckInRow, info: Info) -> Optional["CheckIn"]:
        found = await info.context.loader("corrections", _loading(corrections_of)).load(self.id)
        return cast("CheckIn | None", found)


@strawberry.type(description="A page of check-ins, the latest first.")
class CheckInConnection(Connection[CheckIn]):
    """Connection of check-ins."""


CHECK_IN_LISTING = Listing(CHECK_INS, CheckInConnection, ids={}, default=(OrderBy("at", descending=True),))


async def _by_id(
    connection: AsyncConnection, organisation_id: UUID, ids: list[UUID]
) -> dict[UUID, CheckInRow]:
    return await by_ids(connection, organisation_id, CHECK_INS, ids)


def _loading(find: Find) -> Callable[[Context], DataLoader[UUID, CheckInRow | None]]:
    def make(context: Context) -> DataLoader[UUID, CheckInRow | None]:
        async def load(ids: list[UUID]) -> list[CheckInRow | None]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as connection:
                found = await find(connection, organisation_id, ids)
            return [found.get(id_) for id_ in ids]

        return DataLoader(load_fn=load)

    return make


async def know_members(context: Context, rows: list[CheckInRow]) -> None:
    """See to it that the view knows who made the check-ins, though somebody has just been added."""
    members = (await context.view()).directory.members
    if any(row.made_by_id is not None and row.made_by_id not in members for row in rows):
        await context.renew()


async def _check_ins(context: Context, ids: list[UUID]) -> list[CheckInRow | None]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, CHECK_INS, ids)
    key_results = (await context.view()).directory.key_results
    if any(row.key_result_id not in key_results for row in found.values()):
        await context.renew()
    await know_members(context, list(found.values()))
    return [found.get(id_) for id_ in ids]


fetched_by("CheckIn", _check_ins)
