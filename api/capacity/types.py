"""The capacity of a team, and what it is computed from besides people and leave."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import numpy as np
import strawberry

from api.capacity.enums import CapacitySource, PeriodLength, Weekday
from api.context import Info
from api.descriptions import UPDATED_AT
from api.initiative.loading import initiative_of
from api.listing import Listing
from api.nodes import as_types
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from domain.capacity.commitment import Commitment, Load
from domain.capacity.table import CapacityTable
from domain.models import StatedCapacity as StatedCapacityModel
from domain.models import TeamFocus as TeamFocusModel
from domain.queries.listing import OrderBy, Source
from domain.rows_capacity import CapacitySettingRow, StatedCapacityRow, TeamFocusRow

if TYPE_CHECKING:
    from api.cycle.types import Cycle
    from api.initiative.types import Initiative
    from api.team.types import Team

_UNKNOWN = "null where it is unknown"


@strawberry.type(
    description="The share of a team's time that planned work gets; the rest goes into everyday matters."
)
class TeamFocus:
    """Shows ``TeamFocusRow``."""

    share: float = strawberry.field(description="Above 0 and at most 1.")
    updated_at: datetime = strawberry.field(description=UPDATED_AT)

    @strawberry.field(
        description="The cycle that it holds in; null: wherever nothing is said for a cycle. Of several cycles around"
        " a day the shortest counts."
    )
    def cycle(
        self: TeamFocusRow, info: Info
    ) -> Annotated["Cycle", strawberry.lazy("api.cycle.types")] | None:
        if self.cycle_id is None:
            return None
        return cast("Cycle", info.context.directory.cycles[self.cycle_id])


@strawberry.type(description="What has been said about a team's focus.")
class TeamFocusConnection(Connection[TeamFocus]):
    """Connection of focus shares."""


@strawberry.type(
    description="A stated figure, which stands instead of the computed capacity: net, spread evenly over the working"
    " days that it covers, less the leave that all of the team have."
)
class StatedCapacity:
    """Shows ``StatedCapacityRow``."""

    person_weeks: float = strawberry.field(description="Person-weeks in all, at least 0.")
    note: str = strawberry.field(description="Where the figure comes from; may be empty.")
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    starts_on: date | None = strawberry.field(description="First day; null where it is about a cycle.")
    ends_on: date | None = strawberry.field(description="Last day; null where it is about a cycle.")

    @strawberry.field(description="The skill that it is about; null: the team as a whole.")
    def skill(self: StatedCapacityRow) -> str | None:
        return self.skill or None

    @strawberry.field(description="The cycle that it is about; null where days are given.")
    def cycle(
        self: StatedCapacityRow, info: Info
    ) -> Annotated["Cycle", strawberry.lazy("api.cycle.types")] | None:
        if self.cycle_id is None:
            return None
        return cast("Cycle", info.context.directory.cycles[self.cycle_id])


@strawberry.type(description="A team's stated figures.")
class StatedCapacityConnection(Connection[StatedCapacity]):
    """Connection of stated figures."""


FOCUS_LISTING = Listing(
    Source(TeamFocusModel, TeamFocusRow), TeamFocusConnection, ids={}, default=(OrderBy("created_at"),)
)
STATED_LISTING = Listing(
    Source(StatedCapacityModel, StatedCapacityRow),
    StatedCapacityConnection,
    ids={},
    default=(OrderBy("created_at"),),
)


@strawberry.type(
    description="When the organisation works, and when drift from the planned split is worth an alert."
)
class CapacitySettings:
    """Shows ``CapacitySettingRow``."""

    hours_per_day: float = strawberry.field(
        description="Hours of a working day, by which booked hours become person-weeks; 8 unless set."
    )
    drift_tolerance: float = strawberry.field(
        description="By how much the actual share of step-change work may stay below the planned one, as a share of"
        " all booked time, 0 to 1; 0.05 (5 points) unless set."
    )
    drift_periods: int = strawberry.field(
        description="After how many booked weeks in a row below that an alert is opened; 3 unless set."
    )
    version: int = strawberry.field(
        description="Counts the changes, 0 before the first; for `expectedVersion`."
    )

    @strawberry.field(
        description="The days on which the organisation works, at most 7; Monday to Friday unless set. Five working"
        " days make a person-week, whatever the week is like."
    )
    def working_weekdays(self: CapacitySettingRow) -> list[Weekday]:
        return [Weekday(day) for day in self.working_weekdays]


@dataclass(frozen=True, slots=True)
class TeamCapacityView:
    """A team's column of a capacity table."""

    table: CapacityTable
    load: Load
    commitments: tuple[Commitment, ...]
    team_id: UUID
    column: int


@dataclass(frozen=True, slots=True)
class CapacityPeriodView:
    """A period of a team's column."""

    of: TeamCapacityView
    index: int

    def number(self, values: Any) -> float | None:
        """The period's value in a table of periods and teams; None where it is unknown."""
        value = float(values[self.index, self.of.column])
        return None if np.isnan(value) else value


@strawberry.type(description="Person-weeks of those who have a skill; they count in the team's figure, too.")
class SkillCapacity:
    """A skill in a period."""

    skill: str = strawberry.field(description="The skill, as demands name it.")
    net_person_weeks: float | None = strawberry.field(
        description=f"Person-weeks for planned work in the period; {_UNKNOWN}."
    )


@strawberry.type(description="A team's capacity in one period; person-weeks of five working days.")
class CapacityPeriod:
    """Shows ``CapacityPeriodView``."""

    @strawberry.field(description="First day of the period.")
    def starts_on(self: CapacityPeriodView) -> date:
        return self.of.table.periods[self.index].starts_on

    @strawberry.field(description="Last day of the period.")
    def ends_on(self: CapacityPeriodView) -> date:
        return self.of.table.periods[self.index].ends_on

    @strawberry.field(description="Where `netPersonWeeks` comes from.")
    def source(self: CapacityPeriodView) -> CapacitySource:
        return self.of.table.source_of(self.index, self.of.column)

    @strawberry.field(
        description="Person-weeks of everybody in the team, Σ fte × ramp × working days / 5, leave aside; null unless"
        " the source is COMPUTED."
    )
    def gross_person_weeks(self: CapacityPeriodView) -> float | None:
        return self.number(self.of.table.gross)

    @strawberry.field(description="Person-weeks of leave; null unless the source is COMPUTED.")
    def leave_person_weeks(self: CapacityPeriodView) -> float | None:
        return self.number(self.of.table.leave)

    @strawberry.field(
        description="The share of the present time that planned work gets, 0 to 1; the mean over the period where it"
        " changes within. Null unless the source is COMPUTED, and where nobody is present."
    )
    def focus_share(self: CapacityPeriodView) -> float | None:
        return self.number(self.of.table.focus)

    @strawberry.field(
        description="Person-weeks for planned work: (gross − leave) × focus share, or what was stated instead;"
        f" {_UNKNOWN}, which is not 0."
    )
    def net_person_weeks(self: CapacityPeriodView) -> float | None:
        return self.number(self.of.table.net)

    @strawberry.field(
        description="Person-weeks that active and paused initiatives of all portfolios still take: likely demand −"
        " booked, spread evenly from today over duration × (demand − booked) / demand (to the end of the cycle if"
        " nobody has estimated the duration). Null for periods that are over."
    )
    def committed_person_weeks(self: CapacityPeriodView) -> float | None:
        return self.number(self.of.load.committed)

    @strawberry.field(
        description="Person-weeks from today on that are not committed: net − committed; of the period that is running"
        " its remaining working days count. Negative where too much is committed; null for periods that are over"
        " and where the capacity is unknown."
    )
    def free_person_weeks(self: CapacityPeriodView) -> float | None:
        return self.number(self.of.load.free)

    @strawberry.field(
        description="By skill, for those that people have or figures name; at most some dozens."
    )
    def by_skill(self: CapacityPeriodView) -> list[SkillCapacity]:
        table = self.of.table
        shown = []
        for column, (team_id, skill) in enumerate(table.skills):
            if team_id == self.of.team_id:
                value = float(table.skill_net[self.index, column])
                shown.append(SkillCapacity(skill=skill, net_person_weeks=None if np.isnan(value) else value))
        return shown


@strawberry.type(description="What an initiative in flight takes of a team; person-weeks.")
class TeamCommitment:
    """Shows ``Commitment``."""

    @strawberry.field(description="The initiative, of whatever portfolio; active or paused.")
    async def initiative(
        self: Commitment, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        return cast("Initiative | None", await initiative_of(info.context, self.initiative_id))

    @strawberry.field(description="Person-weeks that it demands of the team in all, likely, over all skills.")
    def demand_person_weeks(self: Commitment) -> float:
        return self.demand

    @strawberry.field(description="Person-weeks that the team has booked on it.")
    def booked_person_weeks(self: Commitment) -> float:
        return self.booked

    @strawberry.field(
        description="Person-weeks that are left: demand − booked, 0 where more is booked than demanded."
    )
    def remaining_person_weeks(self: Commitment) -> float:
        return self.remaining


@strawberry.type(description="What a team is committed to, the most that is left first.")
class TeamCommitmentConnection(Connection[TeamCommitment]):
    """Connection of commitments."""


@strawberry.type(description="A team's capacity in a cycle; person-weeks of five working days.")
class TeamCapacity:
    """Shows ``TeamCapacityView``."""

    @strawberry.field(description="The team.")
    def team(self: TeamCapacityView, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")]:
        return cast("Team", info.context.directory.teams[self.team_id])

    @strawberry.field(description="The cycle.")
    def cycle(self: TeamCapacityView) -> Annotated["Cycle", strawberry.lazy("api.cycle.types")]:
        return cast("Cycle", self.table.cycle)

    @strawberry.field(description="What the days are counted by.")
    def period(self: TeamCapacityView) -> PeriodLength:
        return self.table.length

    @strawberry.field(
        description="Person-weeks for planned work in the whole cycle, the sum of its periods; null where one of them"
        " is unknown."
    )
    def net_person_weeks(self: TeamCapacityView) -> float | None:
        return _total(self.table.net[:, self.column])

    @strawberry.field(
        description="Person-weeks that work in flight still takes from today to the end of the cycle."
    )
    def committed_person_weeks(self: TeamCapacityView) -> float:
        return float(np.nansum(self.load.committed[:, self.column]))

    @strawberry.field(
        description="Person-weeks from today to the end of the cycle that are not committed; negative where too much"
        " is; null where the capacity of one of the periods to come is unknown."
    )
    def free_person_weeks(self: TeamCapacityView) -> float | None:
        coming = ~np.isnan(self.load.committed[:, self.column])
        return _total(self.load.free[coming, self.column])

    @strawberry.field(
        description="The initiatives in flight behind the committed figures, the most that is left first; what is left"
        " may fall after the cycle."
    )
    def commitments(
        self: TeamCapacityView,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> TeamCommitmentConnection:
        rows = sorted(self.commitments, key=lambda item: (-item.remaining, item.initiative_id))
        page = page_of(first=first, after=after, last=last, before=before)
        scope = f"commitments:{self.team_id}:{rows!r}"
        indices, window = slice_of(length=len(rows), page=page, scope=scope)
        nodes = as_types(TeamCommitment, (rows[index] for index in indices))
        return TeamCommitmentConnection.of(window, nodes=nodes, total=len(rows))

    @strawberry.field(description="Period by period; at most 520.")
    def periods(self: TeamCapacityView) -> list[CapacityPeriod]:
        return as_types(
            CapacityPeriod, (CapacityPeriodView(self, index) for index in range(len(self.table.periods)))
        )


def _total(values: Any) -> float | None:
    total = float(np.sum(values))
    return None if np.isnan(total) else total
