"""``rankingDiff``: two published rankings side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.nodes import as_type, as_types
from api.pagination import After, Before, Connection, First, Last, Page, Window, page_of, slice_of
from api.publication.types import (
    RankCause,
    RankingPublication,
    RankingPublicationItem,
    RankingPublicationItemConnection,
    shown_causes,
)
from domain.db import reading
from domain.queries.publication import items_of
from domain.ranking.causes import RankCause as Cause
from domain.replay import RankingDiff as Diff
from domain.rows import RankingPublicationItemRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative


class _Move(NamedTuple):
    """A line in both rankings with another rank."""

    before_row: RankingPublicationItemRow
    after_row: RankingPublicationItemRow
    why: tuple[Cause, ...]


@strawberry.type(description="An initiative that has another rank in the later ranking.")
class RankMove:
    """Shows ``_Move``."""

    @strawberry.field(description="The initiative as it is now; null when it is gone for good.")
    def initiative(
        self: _Move, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        return cast("Initiative | None", info.context.find_initiative(self.after_row.initiative_id))

    @strawberry.field(description="Its line in the earlier ranking.", name="from")
    def from_(self: _Move) -> RankingPublicationItem:
        return as_type(RankingPublicationItem, self.before_row)

    @strawberry.field(description="Its line in the later ranking.")
    def to(self: _Move) -> RankingPublicationItem:
        return as_type(RankingPublicationItem, self.after_row)

    @strawberry.field(
        description="Later rank less earlier rank, negative towards the top; null when it has gained or lost its rank."
    )
    def change(self: _Move) -> int | None:
        before, after = self.before_row.rank, self.after_row.rank
        return None if before is None or after is None else after - before

    @strawberry.field(
        description="Why it has moved between these two, at most one cause of each kind. Computed from what was stored"
        " with both."
    )
    def causes(self: _Move) -> list[RankCause]:
        return shown_causes(self.why)


@strawberry.type(
    description="A page of moves, the longest first; gained and lost ranks come before all others."
)
class RankMoveConnection(Connection[RankMove]):
    """Connection of moves."""


@strawberry.type(description="Two published rankings of a portfolio side by side.")
class RankingDiff:
    """Shows ``domain.replay.RankingDiff``."""

    @strawberry.field(description="The earlier ranking, or whichever was asked for as such.", name="from")
    def from_(self: Diff) -> RankingPublication:
        return as_type(RankingPublication, self.before)

    @strawberry.field(description="The later ranking.")
    def to(self: Diff) -> RankingPublication:
        return as_type(RankingPublication, self.after)

    @strawberry.field(description="How many initiatives are in both, with the same rank.")
    def unchanged_count(self: Diff) -> int:
        return self.unchanged

    @strawberry.field(description="What only the later ranking has, best first; lines of that one.")
    async def entered(
        self: Diff,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankingPublicationItemConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return await _lines(info.context, self, "entered", page)

    @strawberry.field(description="What only the earlier ranking has, best first; lines of that one.")
    async def left(
        self: Diff,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankingPublicationItemConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return await _lines(info.context, self, "left", page)

    @strawberry.field(description="What is in both and has another rank, the longest moves first.")
    async def moved(
        self: Diff,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankMoveConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        ids, window = _cut(self, "moved", self.moved, page)
        rows = await _rows(info.context, self, ids)
        moves = [
            _Move(
                rows[self.before.id, initiative_id],
                rows[self.after.id, initiative_id],
                self.causes(initiative_id),
            )
            for initiative_id in ids
        ]
        return RankMoveConnection.of(window, nodes=as_types(RankMove, moves), total=len(self.moved))


def _cut(diff: Diff, name: str, ids: Sequence[UUID], page: Page) -> tuple[Sequence[UUID], Window]:
    scope = f"diff:{diff.before.id}:{diff.after.id}:{name}"
    indices, window = slice_of(length=len(ids), page=page, scope=scope)
    return [ids[index] for index in indices], window


async def _lines(context: Context, diff: Diff, name: str, page: Page) -> RankingPublicationItemConnection:
    every = diff.entered if name == "entered" else diff.left
    of = diff.after if name == "entered" else diff.before
    ids, window = _cut(diff, name, every, page)
    rows = await _rows(context, diff, ids)
    nodes = [rows[of.id, initiative_id] for initiative_id in ids]
    return RankingPublicationItemConnection.of(window, nodes=nodes, total=len(every))


async def _rows(
    context: Context, diff: Diff, ids: Sequence[UUID]
) -> dict[tuple[UUID, UUID], RankingPublicationItemRow]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        return await items_of(connection, organisation_id, [diff.before.id, diff.after.id], ids)
