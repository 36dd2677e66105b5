"""The types of solves and of their progress."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import sqlalchemy as sa
import strawberry
from sqlalchemy.dialects import postgresql
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.listing import Listing
from api.member.types import Member
from api.nodes import Node, as_type, fetch_of, fetched_by, shows
from api.pagination import Connection
from api.scenario.enums import RunPhase, RunState
from domain.db import reading
from domain.queries.listing import OrderBy
from domain.scenario.rows import SCENARIO_RUNS, ScenarioRunRow
from domain.scenario.runs import FollowedRun, runs_with_progress
from domain.scenario.vocabulary import RunState as State

if TYPE_CHECKING:
    from api.scenario.types import Scenario


@strawberry.type(
    description="How far a solve is. In the phases of selection, `incumbent` and `bound` are value in the unit of what"
    " the scenario values by, and more is better; in those of the schedule they are cost of delay in minor units of"
    " the organisation's currency, and less is better."
)
class ScenarioRunProgress:
    """Shows ``FollowedRun``."""

    @strawberry.field(description="The solve.")
    def run(self: FollowedRun) -> Annotated["ScenarioRun", strawberry.lazy("api.scenario.run_types")]:
        return as_type(ScenarioRun, self.run)

    @strawberry.field(description="Where the solve is; after a final state nothing comes any more.")
    def state(self: FollowedRun) -> RunState:
        return self.run.state

    @strawberry.field(description="Counts what was told about the solve; some are left out to spare readers.")
    def sequence(self: FollowedRun) -> int:
        return self.progress.sequence

    @strawberry.field(description="What it is at.")
    def phase(self: FollowedRun) -> RunPhase:
        return self.progress.phase

    @strawberry.field(description="What the solver calls its step, for a person to read; may be empty.")
    def step(self: FollowedRun) -> str:
        return self.progress.step

    @strawberry.field(description="Share of the phase's budget that is spent, 0 to 1.")
    def done(self: FollowedRun) -> float:
        return self.progress.done

    @strawberry.field(description="Value or cost of the best plan so far; null while there is none.")
    def incumbent(self: FollowedRun) -> float | None:
        return self.progress.incumbent

    @strawberry.field(
        description="What no plan can surpass (a value) or undercut (a cost); null while nothing is proven."
    )
    def bound(self: FollowedRun) -> float | None:
        return self.progress.bound

    @strawberry.field(
        description="|bound − incumbent| as a share of the greater one, 0 to 1; null while one of them is missing."
    )
    def gap(self: FollowedRun) -> float | None:
        return self.progress.gap

    @strawberry.field(description="When this was told.")
    def updated_at(self: FollowedRun) -> datetime:
        return self.progress.updated_at


@strawberry.type(
    description="One solve of a scenario: what to fund, when it runs, and how likely that holds."
)
@shows(ScenarioRunRow)
class ScenarioRun(Node):
    """Shows ``ScenarioRunRow``."""

    number: int = strawberry.field(description="1 for the first solve of its scenario, and so on.")
    state: RunState = strawberry.field(description="Where it is.")
    input_fingerprint: str = strawberry.field(description="Digest of the base with the effects applied.")
    budget_seconds: float = strawberry.field(
        description="How much work may go into it, in seconds of one processor of the year 2026: what counts is steps"
        " and not time, so that the same input gives the same result anywhere."
    )
    seed: int = strawberry.field(description="What random samples are drawn by.")
    robustness_samples: int = strawberry.field(description="How many samples of the estimates are drawn.")
    engine_version: str = strawberry.field(description="Version of the engine.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When a worker began; null while it waits.")
    finished_at: datetime | None = strawberry.field(description="When it was over; null before.")
    cancel_requested_at: datetime | None = strawberry.field(
        description="When somebody has ended it; null when nobody has."
    )
    failure: str | None = strawberry.field(description="Why it failed; null otherwise.")

    @strawberry.field(description="Whose solve it is.")
    async def scenario(
        self: ScenarioRunRow, info: Info
    ) -> Annotated["Scenario", strawberry.lazy("api.scenario.types")]:
        fetch = fetch_of("Scenario")
        assert fetch is not None  # noqa: S101 - registered with the type
        found: list[Scenario] = await fetch(info.context, [self.scenario_id])
        return found[0]

    @strawberry.field(description="Who asked for it.")
    def requested_by(self: ScenarioRunRow, info: Info) -> Member:
        return as_type(Member, info.context.directory.members[self.requested_by_id])

    @strawberry.field(description="How far it is.")
    async def progress(self: ScenarioRunRow, info: Info) -> ScenarioRunProgress:
        found = await info.context.loader("scenario run progress", _progress).load(self.id)
        assert found is not None  # noqa: S101 - a run has it from the beginning
        return as_type(ScenarioRunProgress, found)


@strawberry.type(description="A page of solves, the latest first.")
class ScenarioRunConnection(Connection[ScenarioRun]):
    """Connection of runs."""


RUN_LISTING = Listing(
    SCENARIO_RUNS, ScenarioRunConnection, ids={}, default=(OrderBy("number", descending=True),)
)


async def latest_run(context: Context, scenario_id: UUID, *, succeeded: bool) -> ScenarioRunRow | None:
    """The latest solve of a scenario, read together with those of the others of the request."""
    return await context.loader(("latest runs", succeeded), _latest(succeeded)).load(scenario_id)


def _latest(succeeded: bool) -> Callable[[Context], DataLoader[UUID, ScenarioRunRow | None]]:
    def make(context: Context) -> DataLoader[UUID, ScenarioRunRow | None]:
        async def load(ids: list[UUID]) -> list[ScenarioRunRow | None]:
            organisation_id = context.actor.organisation_id
            table = SCENARIO_RUNS.table
            query = (
                SCENARIO_RUNS.select(organisation_id)
                .where(table.c.scenario_id == sa.any_(sa.cast(ids, sa.ARRAY(sa.Uuid))))
                .ext(postgresql.distinct_on(table.c.scenario_id))
                .order_by(table.c.scenario_id, table.c.number.desc())
            )
            if succeeded:
                query = query.where(table.c.state == State.SUCCEEDED)
            async with reading(context.database, organisation_id) as connection:
                rows = [ScenarioRunRow._make(row) for row in await connection.execute(query)]
            found = {row.scenario_id: row for row in rows}
            return [found.get(scenario_id) for scenario_id in ids]

        return DataLoader(load_fn=load)

    return make


def _progress(context: Context) -> DataLoader[UUID, FollowedRun | None]:
    async def load(ids: list[UUID]) -> list[FollowedRun | None]:
        async with reading(context.database, context.actor.organisation_id) as connection:
            found = await runs_with_progress(connection, context.actor, ids)
        return [found.get(run_id) for run_id in ids]

    return DataLoader(load_fn=load)


async def _runs(context: Context, ids: list[UUID]) -> list[ScenarioRunRow | None]:
    async with reading(context.database, context.actor.organisation_id) as connection:
        found = await runs_with_progress(connection, context.actor, ids)
    await context.view()
    return [found[run_id].run if run_id in found else None for run_id in ids]


fetched_by("ScenarioRun", _runs)
