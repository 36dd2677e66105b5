"""The types ``Scenario`` and ``ScenarioEffect``."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.audit.fields import AuditedNode
from api.context import Context, Info
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.ids import GlobalId
from api.listing import Listing, children_of
from api.member.types import Member
from api.node_queries import rows_of
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from api.scenario.effect_types import ScenarioChange, change_of
from api.scenario.enums import EffectKind, ScenarioState, ScenarioVisibility
from api.scenario.errors import MOST_SHOWN, ScenarioBaseMove
from api.scenario.result_fields import ScenarioResultField
from api.scenario.run_types import RUN_LISTING, ScenarioRun, ScenarioRunConnection, latest_run
from domain.db import reading
from domain.queries.listing import OrderBy
from domain.scenario.access import visible_scenarios
from domain.scenario.bases import Origin, read_base, same_day_now
from domain.scenario.commands import MOST_EFFECTS, thawed_effect
from domain.scenario.effect_records import effects_of_many
from domain.scenario.errors import Moved
from domain.scenario.moving import moved
from domain.scenario.rows import SCENARIOS, ScenarioEffectRow, ScenarioRow

if TYPE_CHECKING:
    from api.cycle.types import Cycle
    from api.portfolio.types import Portfolio

MOVED_COST = 30


@strawberry.type(description="One change that a scenario makes to its base. It never changes.")
class ScenarioEffect:
    """Shows ``ScenarioEffectRow``."""

    position: int = strawberry.field(
        description="Its place, counted from 0: effects are applied in this order."
    )
    kind: EffectKind = strawberry.field(description="What it changes.")

    @strawberry.field(description="The change.")
    def change(self: ScenarioEffectRow) -> ScenarioChange:
        return cast("ScenarioChange", change_of(thawed_effect(self.content)))


@strawberry.type(description="Something that the approval of a scenario has written.")
class ScenarioWriting:
    """A node, as far as it is still there."""

    type_name: str = strawberry.field(description="Its type, as `__typename` has it.")
    node: Node | None = strawberry.field(description="What it is now; null when it is gone.")


@strawberry.type(description="A page of what the approval of a scenario has written.")
class ScenarioWritingConnection(Connection[ScenarioWriting]):
    """Connection of what was written."""


@strawberry.type(description="Whether the base of a scenario is still how things are.")
class ScenarioBaseState:
    """Shows what has moved."""

    all_moves: strawberry.Private[Sequence[Moved]]

    @strawberry.field(
        description="Whether anything has changed that the scenario's result depends on. That days go by is no change:"
        " things are seen from the day of the base."
    )
    def has_moved_on(self) -> bool:
        return bool(self.all_moves)

    @strawberry.field(description="How much has moved.")
    def move_count(self) -> int:
        return len(self.all_moves)

    @strawberry.field(description="What has moved, at most the first 100.")
    def moves(self) -> list[ScenarioBaseMove]:
        return as_types(ScenarioBaseMove, self.all_moves[:MOST_SHOWN])


@strawberry.type(
    description="A named what-if: a portfolio's plan in a cycle as it was when the base was taken, with some effects."
    " Nothing of it changes the portfolio until a board approves it."
)
@shows(ScenarioRow)
class Scenario(Node, ScenarioResultField, AuditedNode):
    """Shows ``ScenarioRow``."""

    name: str = strawberry.field(description="What it is called; 1 to 200 characters.")
    description: str = strawberry.field(description="What it is about; may be empty.")
    visibility: ScenarioVisibility = strawberry.field(description="Who sees it.")
    state: ScenarioState = strawberry.field(description="Whether it is decided.")
    base_taken_at: datetime = strawberry.field(description="When its base was taken.")
    decided_at: datetime | None = strawberry.field(
        description="When it was approved or rejected; null while it is a draft."
    )
    decision_note: str | None = strawberry.field(
        description="Why it was approved or rejected; null while it is a draft."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(description="The portfolio whose plan it changes.")
    def portfolio(
        self: ScenarioRow, info: Info
    ) -> Annotated["Portfolio", strawberry.lazy("api.portfolio.types")]:
        return cast("Portfolio", info.context.directory.portfolios[self.portfolio_id])

    @strawberry.field(description="The cycle that is planned.")
    def cycle(self: ScenarioRow, info: Info) -> Annotated["Cycle", strawberry.lazy("api.cycle.types")]:
        return cast("Cycle", info.context.directory.cycles[self.cycle_id])

    @strawberry.field(description="Whose it is: who may change it, besides administrators.")
    def owner(self: ScenarioRow, info: Info) -> Member:
        return as_type(Member, info.context.directory.members[self.owner_id])

    @strawberry.field(description="Who approved or rejected it; null while it is a draft.")
    def decided_by(self: ScenarioRow, info: Info) -> Member | None:
        if self.decided_by_id is None:
            return None
        return as_type(Member, info.context.directory.members[self.decided_by_id])

    @strawberry.field(
        description="Digest of the base: scenarios with the same one start from the same figures."
    )
    def base_fingerprint(self: ScenarioRow) -> str:
        return self.base_digest

    @strawberry.field(
        description=f"Its effects in the order in which they are applied; at most {MOST_EFFECTS}."
    )
    async def effects(self: ScenarioRow, info: Info) -> list[ScenarioEffect]:
        rows = await info.context.loader("scenario effects", _effects).load(self.id)
        await info.context.view(self.portfolio_id)
        return as_types(ScenarioEffect, rows)

    @strawberry.field(
        description="What its approval has written: policy version, people, model version, initiatives, decisions, and"
        " teams whose capacity was stated, each once; empty before."
    )
    async def written(
        self: ScenarioRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioWritingConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        indices, window = slice_of(length=len(self.applied), page=page, scope=f"{self.id}:written")
        keys = [
            GlobalId(entry["type"], UUID(entry["id"])) for entry in (self.applied[index] for index in indices)
        ]
        nodes = [
            ScenarioWriting(type_name=key.type_name, node=node)
            for key, node in zip(keys, await rows_of(info.context, keys), strict=True)
        ]
        return ScenarioWritingConnection.of(window, nodes=nodes, total=len(self.applied))

    @strawberry.field(
        description="Whether the base is still how things are, and what has moved.",
        metadata={"cost": MOVED_COST},
    )
    async def base_state(self: ScenarioRow, info: Info) -> ScenarioBaseState:
        return ScenarioBaseState(all_moves=await moves_of(info.context, self))

    @strawberry.field(
        description="Whether anything has changed that the result depends on; `baseState` says what.",
        metadata={"cost": MOVED_COST},
    )
    async def base_has_moved_on(self: ScenarioRow, info: Info) -> bool:
        return bool(await moves_of(info.context, self))

    @strawberry.field(description="Its solves, the latest first.")
    async def runs(
        self: ScenarioRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioRunConnection:
        return await children_of(
            info.context,
            RUN_LISTING,
            parent="scenario_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )

    @strawberry.field(description="Its latest solve, in whatever state; null when there is none.")
    async def latest_run(self: ScenarioRow, info: Info) -> ScenarioRun | None:
        found = await latest_run(info.context, self.id, succeeded=False)
        return None if found is None else as_type(ScenarioRun, found)


@strawberry.type(description="A page of scenarios.")
class ScenarioConnection(Connection[Scenario]):
    """Connection of scenarios."""


SCENARIO_LISTING = Listing(
    SCENARIOS,
    ScenarioConnection,
    ids={"id": "Scenario", "cycle_id": "Cycle", "owner_id": "Member"},
    default=(OrderBy("created_at", descending=True),),
)


async def moves_of(context: Context, row: ScenarioRow) -> Sequence[Moved]:
    """What has moved since a scenario's base; asked once in a request."""
    known: dict[UUID, Sequence[Moved]] = context.loader("scenario moves", lambda _: {})
    if row.id not in known:
        base = await read_base(context.database, context.actor.organisation_id, row.base_digest)
        now = await same_day_now(
            context.database,
            context.services.snapshots,
            context.actor.organisation_id,
            Origin.of(row),
            base,
        )
        known[row.id] = moved(base, now.posed)
    return known[row.id]


async def scenarios_by_id(context: Context, ids: list[UUID]) -> dict[UUID, ScenarioRow]:
    """Scenarios that the viewer sees, in one statement; the view knows what they refer to."""
    async with reading(context.database, context.actor.organisation_id) as connection:
        found = await visible_scenarios(connection, context.actor, ids)
    await known(context, list(found.values()))
    return found


async def known(context: Context, rows: Sequence[ScenarioRow]) -> None:
    """See to it that the view knows what scenarios refer to, though somebody has just written it."""
    directory = (await context.view()).directory
    for row in rows:
        there = (
            row.portfolio_id in directory.portfolios
            and row.cycle_id in directory.cycles
            and row.owner_id in directory.members
            and (row.decided_by_id is None or row.decided_by_id in directory.members)
        )
        if not there:
            await context.renew()
            return


def _effects(context: Context) -> DataLoader[UUID, list[ScenarioEffectRow]]:
    async def load(ids: list[UUID]) -> list[list[ScenarioEffectRow]]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await effects_of_many(connection, organisation_id, ids)
        return [found[scenario_id] for scenario_id in ids]

    return DataLoader(load_fn=load)


async def _scenarios(context: Context, ids: list[UUID]) -> list[ScenarioRow | None]:
    found = await scenarios_by_id(context, ids)
    return [found.get(scenario_id) for scenario_id in ids]


fetched_by("Scenario", _scenarios)
