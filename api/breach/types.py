"""The types of breaches, of what happened to them, and of escalation levels."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.audit.fields import AuditedNode
from api.context import Context, Info
from api.descriptions import CREATED_AT, UPDATED_AT, VERSION
from api.enums import Role
from api.kpi.enums import BreachEnding, BreachEventKind, KpiLevel
from api.kpi.loaders import kpi_of
from api.listing import Listing, children_of
from api.nodes import Node, as_types, fetch_of, fetched_by, shows
from api.pagination import After, Before, Connection, First, Last, page_of
from domain.commands.kpi import MOST_ESCALATION_MEMBERS
from domain.db import reading
from domain.kpi.queries import BREACH_EVENTS, BREACHES
from domain.kpi.rows import BreachEventRow, BreachRow, EscalationLevelRow
from domain.queries.listing import OrderBy, by_ids

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.kpi.types import Kpi
    from api.member.types import Member

_Member = Annotated["Member", strawberry.lazy("api.member.types")]


def _members(info: Info, ids: tuple[UUID, ...] | list[UUID]) -> list["Member"]:
    known = info.context.directory.members
    rows = [known[member_id] for member_id in ids if member_id in known]
    return cast("list[Member]", sorted(rows, key=lambda row: (row.name.lower(), row.id)))


def _member(info: Info, member_id: UUID | None) -> "Member | None":
    return None if member_id is None else cast("Member", info.context.directory.members[member_id])


@strawberry.type(description="Who hears of a breach when nobody has acknowledged it by then.")
class EscalationLevel:
    """Shows ``EscalationLevelRow``."""

    level: int = strawberry.field(description="1 for the first one; at most 10.")
    delay_hours: float = strawberry.field(
        description="Hours from the opening of the breach, growing from level to level."
    )
    role: Role | None = strawberry.field(
        description="Everybody with this role; null where members alone are named."
    )

    @strawberry.field(
        description=f"The people who are named, by name; at most {MOST_ESCALATION_MEMBERS}, none where a role does."
    )
    def members(self: EscalationLevelRow, info: Info) -> list[_Member]:
        return _members(info, self.member_ids)


@strawberry.type(description="Something that happened to a breach.")
class BreachEvent:
    """Shows ``BreachEventRow``."""

    number: int = strawberry.field(description="Counts the breach's events, from 1 on.")
    kind: BreachEventKind = strawberry.field(description="What happened.")
    occurred_at: datetime = strawberry.field(
        description="When: of what a measurement did, its time; of an escalation, when it was due."
    )
    level: KpiLevel | None = strawberry.field(
        description="The level that a measurement brought; null where none did."
    )
    value: float | None = strawberry.field(
        description="The measured value, in the KPI's unit; null where none was measured."
    )
    escalation_level: int | None = strawberry.field(
        description="The level of the escalation path that was reached; null but for escalations."
    )
    notified_role: Role | None = strawberry.field(
        description="The role that the level named then; null but for escalations."
    )
    note: str = strawberry.field(description="What was said about it; may be empty.")

    @strawberry.field(
        description="When it became known; later than `occurredAt` when measurements came late, or nothing ran."
    )
    def recorded_at(self: BreachEventRow) -> datetime:
        return self.created_at

    @strawberry.field(
        description=f"The people whom the level named then, by name; at most {MOST_ESCALATION_MEMBERS}."
    )
    def notified(self: BreachEventRow, info: Info) -> list[_Member]:
        return _members(info, self.notified_ids)

    @strawberry.field(description="Who did it; null where a measurement or the clock did.")
    def member(self: BreachEventRow, info: Info) -> _Member | None:
        return _member(info, self.member_id)


@strawberry.type(description="A page of events of a breach.")
class BreachEventConnection(Connection[BreachEvent]):
    """Connection of events."""


_EVENTS = Listing(BREACH_EVENTS, BreachEventConnection, ids={}, default=(OrderBy("number"),))


@strawberry.type(
    description="That a KPI crossed a threshold. A KPI has one open breach at most; the next one can open when this"
    " one is over and the KPI has recovered."
)
@shows(BreachRow)
class Breach(Node, AuditedNode):
    """Shows ``BreachRow``."""

    level: KpiLevel = strawberry.field(description="Where the KPI is now, or was when the breach ended.")
    worst_level: KpiLevel = strawberry.field(description="The worst level that it has been at.")
    crossing_value: float = strawberry.field(
        description="The value that crossed a threshold, in the KPI's unit."
    )
    crossed_at: datetime = strawberry.field(description="When that was measured.")
    opened_at: datetime = strawberry.field(
        description="When the breach became known; the delays of its escalation count from here."
    )
    escalation_level: int = strawberry.field(
        description="The level of the escalation path that it has reached; 0 for none yet."
    )
    escalates_at: datetime | None = strawberry.field(
        description="When the next level is due; null when there is none, it is acknowledged, or over."
    )
    acknowledged_at: datetime | None = strawberry.field(
        description="When somebody took it on; null while nobody has."
    )
    cause: str = strawberry.field(description="What it comes from, as far as found; may be empty.")
    corrective_action: str = strawberry.field(description="What is done about it; may be empty.")
    restored_at: datetime | None = strawberry.field(
        description="When it ended: the time of the measurement, or of the decision; null while it is open."
    )
    restored_reason: str | None = strawberry.field(
        description="Why it was ended by hand; null unless it was."
    )
    ending: BreachEnding | None = strawberry.field(description="How it ended; null while it is open.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)

    @strawberry.field(description="The KPI.")
    async def kpi(self: BreachRow, info: Info) -> Annotated["Kpi", strawberry.lazy("api.kpi.types")]:
        return cast("Kpi", await kpi_of(info.context, self.kpi_id))

    @strawberry.field(description="Who took it on; null while nobody has.")
    def acknowledged_by(self: BreachRow, info: Info) -> _Member | None:
        return _member(info, self.acknowledged_by_id)

    @strawberry.field(description="Who ended it by hand; null unless somebody did.")
    def restored_by(self: BreachRow, info: Info) -> _Member | None:
        return _member(info, self.restored_by_id)

    @strawberry.field(description="The lights-on initiative that mends it; null if none is named.")
    async def initiative(
        self: BreachRow, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        if self.initiative_id is None:
            return None
        loader = info.context.loader("initiatives of breaches", _initiatives)
        return cast("Initiative | None", await loader.load(self.initiative_id))

    @strawberry.field(description="What has happened to it, the oldest first.")
    async def events(
        self: BreachRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> BreachEventConnection:
        return await children_of(
            info.context,
            _EVENTS,
            parent="breach_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )


@strawberry.type(description="A page of breaches.")
class BreachConnection(Connection[Breach]):
    """Connection of breaches."""


BREACH_LISTING = Listing(
    BREACHES,
    BreachConnection,
    ids={
        "id": "Breach",
        "kpi_id": "Kpi",
        "initiative_id": "Initiative",
        "acknowledged_by_id": "Member",
    },
    default=(OrderBy("opened_at", descending=True),),
)


def escalation_levels(rows: tuple[EscalationLevelRow, ...]) -> list[EscalationLevel]:
    """A path as the type that shows it."""
    return as_types(EscalationLevel, rows)


def _initiatives(context: Context) -> DataLoader[UUID, object]:
    async def load(ids: list[UUID]) -> list[object]:
        fetch = fetch_of("Initiative")
        return [None] * len(ids) if fetch is None else await fetch(context, ids)

    return DataLoader(load_fn=load)


async def _breaches(context: Context, ids: list[UUID]) -> list[BreachRow | None]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, BREACHES, ids)
    await context.view()
    return [found.get(breach_id) for breach_id in ids]


fetched_by("Breach", _breaches)
