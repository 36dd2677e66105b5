"""The nodes and edges of a dependency map."""

import math
from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import numpy as np
import strawberry

from api.dependency.types import Dependency
from api.nodes import as_type
from api.pagination import Connection
from api.scalars import BigInt
from domain.dependency_map import MappedPortfolio, count_through
from domain.dependency_map.calendar import finish_day, start_day

if TYPE_CHECKING:
    from api.initiative.types import Initiative

Transitive = Annotated[
    bool, strawberry.argument(description="Count also what is connected through others, not only directly.")
]


@strawberry.type(
    description="A moment: weeks from the day that the map counts from, and the day in which it lies."
)
class MappedMoment:
    """A date in both forms."""

    day: date | None = strawberry.field(
        name="date", description="The day; null when it lies beyond the year 9999."
    )
    weeks: float = strawberry.field(
        description="Weeks from the start of `asOf`; finishing in week 1 is 7 days later."
    )


def start_moment(today: date, weeks: float) -> MappedMoment | None:
    """The moment of a start; None for NaN."""
    return None if math.isnan(weeks) else MappedMoment(day=start_day(today, weeks), weeks=weeks)


def finish_moment(today: date, weeks: float) -> MappedMoment | None:
    """The moment of a finish; None for NaN."""
    return None if math.isnan(weeks) else MappedMoment(day=finish_day(today, weeks), weeks=weeks)


class MappedNode(NamedTuple):
    """A node of a map."""

    mapped: MappedPortfolio
    at: int

    def moment(self, name: str) -> MappedMoment | None:
        """One of the node's dates; None for what is closed."""
        if self.mapped.closed[self.at]:
            return None
        make = start_moment if name.endswith("start") else finish_moment
        return make(self.mapped.request.today, float(getattr(self.mapped.dates, name)[self.at]))


@strawberry.type(
    description="An initiative on a dependency map. What is completed or stopped is shown without dates and slack."
)
class MappedInitiative:
    """Shows ``MappedNode``."""

    @strawberry.field(description="The initiative.")
    def initiative(self: MappedNode) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")]:
        return cast("Initiative", self.mapped.row(self.at))

    @strawberry.field(
        description="Number of hard dependencies on the longest path that leads to it; 0 without any."
    )
    def layer(self: MappedNode) -> int:
        return int(self.mapped.layer[self.at])

    @strawberry.field(
        description="Number, from 1, of the part of the map in which it is: parts are not connected by any dependency,"
        " hard or soft; 1 is the largest."
    )
    def component(self: MappedNode) -> int:
        return int(self.mapped.component[self.at])

    @strawberry.field(
        description="When it can begin at the earliest: by its own earliest start and its hard dependencies, as if"
        " capacity were no matter."
    )
    def earliest_start(self: MappedNode) -> MappedMoment | None:
        return self.moment("earliest_start")

    @strawberry.field(description="When it can be finished at the earliest.")
    def earliest_finish(self: MappedNode) -> MappedMoment | None:
        return self.moment("earliest_finish")

    @strawberry.field(description="When it has to begin for the finish of the whole map to hold.")
    def latest_start(self: MappedNode) -> MappedMoment | None:
        return self.moment("latest_start")

    @strawberry.field(description="When it has to be finished for the finish of the whole map to hold.")
    def latest_finish(self: MappedNode) -> MappedMoment | None:
        return self.moment("latest_finish")

    @strawberry.field(
        description="Whether its earliest dates are lower bounds only: its duration, or that of something it waits for,"
        " is not known and counts as 0 weeks."
    )
    def at_least(self: MappedNode) -> bool:
        return bool(self.mapped.dates.at_least[self.at])

    @strawberry.field(
        description="By how many weeks it can be late without moving the finish of the whole map."
    )
    def total_slack_weeks(self: MappedNode) -> float | None:
        return None if self.mapped.closed[self.at] else float(self.mapped.dates.total_slack[self.at])

    @strawberry.field(
        description="By how many weeks it can be late without moving any other initiative from its earliest dates."
    )
    def free_slack_weeks(self: MappedNode) -> float | None:
        return None if self.mapped.closed[self.at] else float(self.mapped.dates.free_slack[self.at])

    @strawberry.field(
        description="Weeks from its earliest finish to its deadline; negative when the deadline can't be met. Null"
        " without a deadline."
    )
    def deadline_slack_weeks(self: MappedNode) -> float | None:
        slack = float(self.mapped.deadline[self.at] - self.mapped.dates.earliest_finish[self.at])
        return None if math.isnan(slack) or self.mapped.closed[self.at] else slack

    @strawberry.field(
        description="Whether it has no total slack: being late moves the finish of the whole map."
    )
    def critical(self: MappedNode) -> bool:
        return bool(self.mapped.critical[self.at])

    @strawberry.field(
        description="How many open initiatives of the map it waits for, over hard dependencies."
    )
    async def blocked_by_count(self: MappedNode, transitive: Transitive = False) -> int:
        if transitive:
            return int((await count_through(self.mapped)).before[self.at])
        return len(np.unique(self.mapped.plan.predecessors.neighbours(self.at)))

    @strawberry.field(description="How many open initiatives of the map wait for it, over hard dependencies.")
    async def unlocks_count(self: MappedNode, transitive: Transitive = False) -> int:
        if transitive:
            return int((await count_through(self.mapped)).after[self.at])
        return len(np.unique(self.mapped.plan.successors.neighbours(self.at)))

    @strawberry.field(
        description="How much of a bottleneck it is: the number of pairs of initiatives of which one has to come before"
        " it and the other after it, directly or not; transitive blockedByCount · unlocksCount."
    )
    async def bottleneck_pairs(self: MappedNode) -> BigInt:
        return BigInt(int((await count_through(self.mapped)).through[self.at]))


class MappedEdge(NamedTuple):
    """An edge of a map."""

    mapped: MappedPortfolio
    at: int


@strawberry.type(
    description="A dependency on a dependency map: one that can constrain, hard or soft; relations are not on it."
)
class MappedDependency:
    """Shows ``MappedEdge``."""

    @strawberry.field(description="The dependency.")
    def dependency(self: MappedEdge) -> Dependency:
        return as_type(Dependency, self.mapped.dependency(self.at))

    @strawberry.field(description="What comes first, on the map.")
    def predecessor(self: MappedEdge) -> MappedInitiative:
        return as_type(MappedInitiative, MappedNode(self.mapped, int(self.mapped.chart.predecessor[self.at])))

    @strawberry.field(description="What comes after it, on the map.")
    def successor(self: MappedEdge) -> MappedInitiative:
        return as_type(MappedInitiative, MappedNode(self.mapped, int(self.mapped.chart.successor[self.at])))

    @strawberry.field(
        description="Whether neither end is completed or stopped. A dependency that is not pending constrains nothing"
        " any more."
    )
    def pending(self: MappedEdge) -> bool:
        return bool(self.mapped.pending[self.at])

    @strawberry.field(
        description="By how many weeks the lag can grow without moving the finish of the whole map; null for what"
        " constrains nothing: soft dependencies and those that are not pending."
    )
    def slack_weeks(self: MappedEdge) -> float | None:
        slack = float(self.mapped.slack.total[self.at])
        return None if math.isnan(slack) else slack

    @strawberry.field(
        description="By how many weeks the dependency is more than kept when everything is as early as possible;"
        " negative for soft ones that this breaks. Null when it is not pending."
    )
    def gap_weeks(self: MappedEdge) -> float | None:
        return float(self.mapped.slack.free[self.at]) if self.mapped.pending[self.at] else None

    @strawberry.field(description="Whether it has no slack: a longer lag moves the finish of the whole map.")
    def critical(self: MappedEdge) -> bool:
        return bool(self.mapped.critical_edges[self.at])

    @strawberry.field(
        description="Whether it leads from one team to another; what has no team crosses nothing."
    )
    def crosses_team(self: MappedEdge) -> bool:
        return bool(self.mapped.teams.edges[self.at])

    @strawberry.field(
        description="Whether it leads from one allocation category to another; what has none crosses nothing."
    )
    def crosses_category(self: MappedEdge) -> bool:
        return bool(self.mapped.categories.edges[self.at])


@strawberry.type(description="A page of initiatives on a map; its cursors are bound to this very map.")
class MappedInitiativeConnection(Connection[MappedInitiative]):
    """Connection of nodes."""


@strawberry.type(description="A page of dependencies on a map; its cursors are bound to this very map.")
class MappedDependencyConnection(Connection[MappedDependency]):
    """Connection of edges."""


@strawberry.type(
    description="A page of a critical path: a chain of initiatives, first to last, each of which determines when the"
    " next one starts, up to the finish of the whole map. Empty while no duration is known."
)
class CriticalPathConnection(Connection[MappedInitiative]):
    """Connection of the nodes of a critical path."""

    weeks: float = strawberry.field(
        description="Its length in weeks: from the start of the first to the finish of the last."
    )
    at_least: bool = strawberry.field(
        description="Whether the length is a lower bound only, because durations on the map are missing; with them"
        " another chain might be the critical one."
    )
    missing_duration_count: int = strawberry.field(
        description="How many open initiatives of the map have no duration; they count as 0 weeks."
    )
