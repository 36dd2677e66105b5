"""The types of past states."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Info
from api.enums import Ambition, KeyResultDirection
from api.key_result.enums import OkrStatus
from api.kpi.enums import Cadence, KpiLevel, KpiStatus, KpiTargetType
from api.nodes import as_types, fetch_of
from domain.history.kpi import KpiState as PastKpi
from domain.history.objective import ObjectiveState as PastObjective
from domain.key_result_status import key_result_status
from domain.progress import key_result_progress
from domain.rows import KeyResultRow

if TYPE_CHECKING:
    from api.breach.types import Breach
    from api.cycle.types import Cycle
    from api.key_result.types import KeyResult, KeyResultProgress
    from api.objective.types import Objective
    from api.team.types import Team


@strawberry.type(description="It did not exist yet at the end of that day.")
class NotThereYet:
    """The answer for a time before something was created."""

    created_at: datetime = strawberry.field(description="When it was created.")


class PastKeyResult(NamedTuple):
    """A key result within the past state of its objective."""

    row: KeyResultRow
    past: PastObjective
    day: date


@strawberry.type(description="A key result at the end of a past day, by what was stored then.")
class KeyResultState:
    """Shows ``PastKeyResult``."""

    @strawberry.field(description="The key result as it is now.")
    def key_result(
        self: PastKeyResult, info: Info
    ) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")]:
        return cast("KeyResult", info.context.directory.key_results[self.row.id])

    @strawberry.field(description="Its title then.")
    def title(self: PastKeyResult) -> str:
        return self.row.title

    @strawberry.field(description="Its unit then.")
    def unit(self: PastKeyResult) -> str:
        return self.row.unit

    @strawberry.field(description="Which way its value had to move then.")
    def direction(self: PastKeyResult) -> KeyResultDirection:
        return self.row.direction

    @strawberry.field(description="Its start value then, in its unit; null if nobody knew.")
    def start_value(self: PastKeyResult) -> float | None:
        return self.row.start_value

    @strawberry.field(description="Its target then, in its unit; null if nobody knew.")
    def target_value(self: PastKeyResult) -> float | None:
        return self.row.target_value

    @strawberry.field(description="Where it was then, in its unit; null if nobody knew.")
    def current_value(self: PastKeyResult) -> float | None:
        return self.row.current_value

    @strawberry.field(description="Its weight then, 0 to 1,000.")
    def weight(self: PastKeyResult) -> float:
        return self.row.weight

    @strawberry.field(description="When it was due by what was agreed then.")
    def due_on(self: PastKeyResult) -> date:
        return self.row.due_on

    @strawberry.field(description="The confidence that had been stated last, 0 to 10; null if nobody had.")
    def confidence(self: PastKeyResult) -> int | None:
        return self.row.confidence

    @strawberry.field(description="The time that the latest check-in was of; null if there had been none.")
    def checked_in_at(self: PastKeyResult) -> datetime | None:
        return self.row.checked_in_at

    @strawberry.field(
        description="How far it had come: (current − start) / (target − start); null while a value was unknown."
    )
    def progress(
        self: PastKeyResult,
    ) -> Annotated["KeyResultProgress", strawberry.lazy("api.key_result.types")] | None:
        return cast("KeyResultProgress | None", key_result_progress(self.row))

    @strawberry.field(description="How it stood on that day.")
    def status(self: PastKeyResult) -> OkrStatus:
        return key_result_status(self.row, cycle=self.past.cycle, day=self.day)


class PastOn(NamedTuple):
    """The past state of an objective, and the day that was asked about."""

    past: PastObjective
    day: date


@strawberry.type(description="An objective at the end of a past day, by what was stored then.")
class ObjectiveState:
    """Shows ``PastOn``."""

    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        """Whether a member of the union is this."""
        return isinstance(value, PastOn)

    @strawberry.field(description="The moment that it shows: the end of the day in UTC, or now for today.")
    def at(self: PastOn) -> datetime:
        return self.past.at

    @strawberry.field(description="Its title then.")
    def title(self: PastOn) -> str:
        return self.past.row.title

    @strawberry.field(description="Its description then.")
    def description(self: PastOn) -> str:
        return self.past.row.description

    @strawberry.field(description="What grade it aimed at then.")
    def ambition(self: PastOn) -> Ambition:
        return self.past.row.ambition

    @strawberry.field(description="Its weight then, above 0 and at most 1,000.")
    def weight(self: PastOn) -> float:
        return self.past.row.weight

    @strawberry.field(description="Its version then.")
    def version(self: PastOn) -> int:
        return self.past.row.version

    @strawberry.field(description="When it had been closed; null if it was open.")
    def closed_at(self: PastOn) -> datetime | None:
        return self.past.row.closed_at

    @strawberry.field(description="When it had been archived; null if it was in use.")
    def archived_at(self: PastOn) -> datetime | None:
        return self.past.row.archived_at

    @strawberry.field(
        description="The confidence of its last review until then, 0 to 10; null if there was none."
    )
    def reviewed_confidence(self: PastOn) -> int | None:
        return self.past.row.reviewed_confidence

    @strawberry.field(description="The team that owned it then, as it is now.")
    def team(self: PastOn, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")]:
        return cast("Team", info.context.directory.teams[self.past.row.team_id])

    @strawberry.field(
        description="The teams that contributed to it then, by name, as they are now; at most 100."
    )
    def contributing_teams(
        self: PastOn, info: Info
    ) -> list[Annotated["Team", strawberry.lazy("api.team.types")]]:
        teams = [info.context.directory.teams[key] for key in self.past.contributing_team_ids]
        return cast("list[Team]", sorted(teams, key=lambda team: (team.name.lower(), team.id)))

    @strawberry.field(description="The cycle that it was set for then, with its dates of then.")
    def cycle(self: PastOn) -> Annotated["Cycle", strawberry.lazy("api.cycle.types")]:
        return cast("Cycle", self.past.cycle)

    @strawberry.field(description="The objective that it served then, as it is now; null at the top.")
    def parent(
        self: PastOn, info: Info
    ) -> Annotated["Objective", strawberry.lazy("api.objective.types")] | None:
        key = self.past.row.parent_id
        return None if key is None else cast("Objective", info.context.directory.objectives[key])

    @strawberry.field(
        description="Mean of its key results' clamped progress by weight, 0 to 1; null when nothing was measured."
    )
    def progress(self: PastOn) -> float | None:
        return self.past.standing.progress

    @strawberry.field(
        description="What progress was to be expected on that day, 0 to 1; null when nothing was measured."
    )
    def expected(self: PastOn) -> float | None:
        return self.past.standing.expected

    @strawberry.field(
        description="Mean of its key results' confidence by weight, 0 to 10; null where nobody had stated one."
    )
    def confidence(self: PastOn) -> float | None:
        return self.past.standing.confidence

    @strawberry.field(description="How it stood on that day.")
    def status(self: PastOn) -> OkrStatus:
        return self.past.standing.status

    @strawberry.field(description="The key results that it had in use then, the oldest first; all of them.")
    def key_results(self: PastOn) -> list[KeyResultState]:
        rows = [row for row in self.past.key_results if row.archived_at is None]
        return as_types(KeyResultState, (PastKeyResult(row, self.past, self.day) for row in rows))


@strawberry.type(
    description="A KPI at the end of a past day: its standard then, and what was known of its series then. Measurements"
    " and corrections that were recorded later are not in it."
)
class KpiState:
    """Shows ``domain.history.kpi.KpiState``."""

    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        """Whether a member of the union is this."""
        return isinstance(value, PastKpi)

    at: datetime = strawberry.field(
        description="The moment that it shows: the end of the day in UTC, or now for today."
    )
    value: float | None = strawberry.field(
        description="The newest value that was known, in its unit; null before the first one."
    )
    measured_at: datetime | None = strawberry.field(description="When that had been measured.")
    level: KpiLevel | None = strawberry.field(
        description="What the value meant by the standard of then; null before the first one."
    )
    status: KpiStatus = strawberry.field(description="How the process was, as far as was known.")

    @strawberry.field(description="Its name then.")
    def name(self: PastKpi) -> str:
        return self.row.name

    @strawberry.field(description="The process that it watched then; may be empty.")
    def process(self: PastKpi) -> str:
        return self.row.process

    @strawberry.field(description="Its unit then.")
    def unit(self: PastKpi) -> str:
        return self.row.unit

    @strawberry.field(description="What its value was to do then.")
    def target_type(self: PastKpi) -> KpiTargetType:
        return self.row.target_type

    @strawberry.field(description="Its standard from below then, in its unit; null where there was none.")
    def target_low(self: PastKpi) -> float | None:
        return self.row.target_low

    @strawberry.field(description="Below it the value was amber, in its unit; null where there was none.")
    def amber_low(self: PastKpi) -> float | None:
        return self.row.amber_low

    @strawberry.field(description="Below it the value was red, in its unit; null where there was none.")
    def red_low(self: PastKpi) -> float | None:
        return self.row.red_low

    @strawberry.field(description="Its standard from above then, in its unit; null where there was none.")
    def target_high(self: PastKpi) -> float | None:
        return self.row.target_high

    @strawberry.field(description="Above it the value was amber, in its unit; null where there was none.")
    def amber_high(self: PastKpi) -> float | None:
        return self.row.amber_high

    @strawberry.field(description="Above it the value was red, in its unit; null where there was none.")
    def red_high(self: PastKpi) -> float | None:
        return self.row.red_high

    @strawberry.field(description="How often it was to be measured then.")
    def cadence(self: PastKpi) -> Cadence:
        return self.row.cadence

    @strawberry.field(description="Its version then.")
    def version(self: PastKpi) -> int:
        return self.row.version

    @strawberry.field(description="When it had been archived; null if it was in use.")
    def archived_at(self: PastKpi) -> datetime | None:
        return self.row.archived_at

    @strawberry.field(description="The team whose process it watched then, as it is now.")
    def team(self: PastKpi, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")]:
        return cast("Team", info.context.directory.teams[self.row.team_id])

    @strawberry.field(
        description="The objectives that it stood behind then, by title, as they are now; at most 20."
    )
    def objectives(
        self: PastKpi, info: Info
    ) -> list[Annotated["Objective", strawberry.lazy("api.objective.types")]]:
        rows = [info.context.directory.objectives[key] for key in self.objective_ids]
        return cast("list[Objective]", sorted(rows, key=lambda row: (row.title.lower(), row.id)))

    @strawberry.field(description="The breach that was open then, as it is now; null for none.")
    async def breach(
        self: PastKpi, info: Info
    ) -> Annotated["Breach", strawberry.lazy("api.breach.types")] | None:
        fetch = fetch_of("Breach")
        if not self.breach_ids or fetch is None:
            return None
        (row,) = await fetch(info.context, [self.breach_ids[0]])
        return cast("Breach | None", row)


ObjectiveAsOf = Annotated[
    ObjectiveState | NotThereYet,
    strawberry.union(
        "ObjectiveAsOf", description="An objective at the end of a past day, or that it was not there yet."
    ),
]
KpiAsOf = Annotated[
    KpiState | NotThereYet,
    strawberry.union("KpiAsOf", description="A KPI at the end of a past day, or that it was not there yet."),
]
