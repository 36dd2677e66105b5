"""What a slip, and a stop, of one initiative means for the others."""

import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Info
from api.contribution.types import ContributionConnection, ContributionEntry
from api.dependency_map.nodes import MappedMoment, finish_moment, start_moment
from api.dependency_map.pages import page_from
from api.nodes import as_type
from api.pagination import After, Before, Connection, First, Last, Page, page_of
from api.scalars import BigInt, CurrencyCode, Money
from api.team.types import Team
from domain.dependency_map.mapping import Integers
from domain.dependency_map.slipping import Slip
from domain.dependency_map.stopping import FreedDemand as FreedRow
from domain.dependency_map.stopping import Stop

if TYPE_CHECKING:
    from api.initiative.types import Initiative

LazyInitiative = Annotated["Initiative", strawberry.lazy("api.initiative.types")]


@strawberry.type(description="A page of initiatives around another one, the nearest first.")
class SurroundingInitiativeConnection(Connection[LazyInitiative]):
    """Connection of initiatives that are connected with one by dependencies."""


class Slipped(NamedTuple):
    """An entry of a slip."""

    slip: Slip
    at: int

    @property
    def today(self) -> date:
        """The day that weeks count from."""
        return self.slip.mapped.request.today


@strawberry.type(description="What a slip does to one initiative.")
class SlippedInitiative:
    """Shows ``Slipped``."""

    @strawberry.field(description="The initiative.")
    def initiative(self: Slipped) -> LazyInitiative:
        return cast("Initiative", self.slip.mapped.row(int(self.slip.impact.items[self.at])))

    @strawberry.field(description="By how many weeks its earliest start moves.")
    def start_moves_weeks(self: Slipped) -> float:
        return float(self.slip.impact.start_moves[self.at])

    @strawberry.field(description="By how many weeks its earliest finish moves.")
    def finish_moves_weeks(self: Slipped) -> float:
        return float(self.slip.impact.finish_moves[self.at])

    @strawberry.field(description="Weeks of the slip that slack on the way to it takes up.")
    def absorbed_weeks(self: Slipped) -> float:
        return float(self.slip.impact.absorbed[self.at])

    @strawberry.field(description="Its new earliest start.")
    def new_start(self: Slipped) -> MappedMoment | None:
        return start_moment(self.today, float(self.slip.impact.new_start[self.at]))

    @strawberry.field(description="Its new earliest finish.")
    def new_finish(self: Slipped) -> MappedMoment | None:
        return finish_moment(self.today, float(self.slip.impact.new_finish[self.at]))

    @strawberry.field(
        description="Whether the dates are lower bounds only, because a duration on the way is missing."
    )
    def at_least(self: Slipped) -> bool:
        return bool(self.slip.impact.at_least[self.at])

    @strawberry.field(
        description="What the later finish costs, by its cost of delay, in the currency of that; null when the cost of"
        " delay is not known, which is not nothing."
    )
    def delay_cost(self: Slipped) -> Money | None:
        minor, currency = float(self.slip.impact.delay_cost[self.at]), self.slip.currency(self.at)
        if currency is None or math.isnan(minor):
            return None
        return Money(amount_minor=BigInt(round(minor)), currency=CurrencyCode(currency))

    @strawberry.field(
        description="By how many weeks it now misses its deadline, which it could have kept without the slip; null"
        " when the slip makes no such difference."
    )
    def misses_deadline_by_weeks(self: Slipped) -> float | None:
        return self.slip.newly_late(self.at)


@strawberry.type(
    description="A page of what a slip moves: what slips itself, then what waits for it by new start."
)
class SlippedInitiativeConnection(Connection[SlippedInitiative]):
    """Connection of entries of a slip."""


@strawberry.type(
    description="What happens when an initiative starts, and so finishes, later than it could: on the map of all open"
    " initiatives of its portfolio, with every other one as early as its hard dependencies allow."
)
class SlipImpact:
    """Shows ``Slip``."""

    @strawberry.field(description="The day that weeks count from.")
    def as_of(self: Slip) -> date:
        return self.mapped.request.today

    @strawberry.field(description="By how many weeks the initiative slips.")
    def weeks(self: Slip) -> float:
        return self.weeks

    @strawberry.field(description="By how many weeks the finish of the whole map moves.")
    def finish_moves_weeks(self: Slip) -> float:
        return self.impact.finish_moves_by

    @strawberry.field(description="How many others move: those that finish later.")
    def moved_count(self: Slip) -> int:
        return int((self.impact.finish_moves[1:] > 0).sum())

    @strawberry.field(description="How many, itself included, miss a deadline that they could have kept.")
    def missed_deadline_count(self: Slip) -> int:
        return sum(self.newly_late(at) is not None for at in range(len(self.impact.items)))

    @strawberry.field(
        description="What slips itself and every initiative that waits for it over hard dependencies, also those that"
        " do not move because slack absorbs all of it."
    )
    def items(
        self: Slip,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> SlippedInitiativeConnection:
        slipping = self.mapped.row(int(self.impact.items[0])).id
        return page_from(
            SlippedInitiativeConnection,
            range(len(self.impact.items)),
            lambda at: Slipped(self, at),
            scope=f"slip:{slipping}:{self.weeks!r}:{self.mapped.fingerprint}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(
        description="What all of it costs, for the costs of delay that are known: one sum for each currency."
    )
    def total_delay_cost(self: Slip) -> list[Money]:
        return _moneys(self.totals)

    @strawberry.field(description="How many of those that move have no known cost of delay.")
    def unknown_delay_cost_count(self: Slip) -> int:
        return self.unknown_costs


@strawberry.type(description="Person-weeks of a team that nobody needs any more, by the likely demands.")
class FreedDemand:
    """Shows ``FreedRow``."""

    @strawberry.field(description="The team.")
    def team(self: FreedRow, info: Info) -> Team:
        return as_type(Team, info.context.directory.teams[self.team_id])

    @strawberry.field(description="Person-weeks of what stops.")
    def own_person_weeks(self: FreedRow) -> float:
        return self.own

    @strawberry.field(description="Person-weeks of what falls with it.")
    def falling_person_weeks(self: FreedRow) -> float:
        return self.falling

    @strawberry.field(description="Both together.")
    def person_weeks(self: FreedRow) -> float:
        return self.own + self.falling


@strawberry.type(description="A page of freed demands, the most person-weeks first.")
class FreedDemandConnection(Connection[FreedDemand]):
    """Connection of freed demands."""

    total_person_weeks: float = strawberry.field(description="Sum over all teams, in person-weeks.")


@strawberry.type(
    description="What happens when an initiative stops: what can't be done without it, what that frees and what is"
    " lost. Estimates count as a whole: what has been spent already is not known here and plays no part."
)
class StopImpact:
    """Shows ``Stop``."""

    @strawberry.field(
        description="Open initiatives that can't be done any more, because they wait for it over hard dependencies."
    )
    def falls(
        self: Stop,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> SurroundingInitiativeConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return _initiatives(self, "falls", self.falls, page)

    @strawberry.field(description="Other open initiatives that lose what a soft dependency wishes for.")
    def weakens(
        self: Stop,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> SurroundingInitiativeConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return _initiatives(self, "weakens", self.weakened, page)

    @strawberry.field(description="What it and all that falls with it would have needed of which team.")
    def freed_demands(
        self: Stop,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> FreedDemandConnection:
        return page_from(
            FreedDemandConnection,
            self.demands,
            lambda demand: demand,
            scope=f"freed:{_key(self)}",
            page=page_of(first=first, after=after, last=last, before=before),
            total_person_weeks=math.fsum(demand.own + demand.falling for demand in self.demands),
        )

    @strawberry.field(
        description="Costs in money of it and of all that falls with it, where known: one sum for each currency."
    )
    def freed_cost(self: Stop) -> list[Money]:
        return _moneys(self.cost_minor)

    @strawberry.field(
        description="Likely full rates of their costs of delay, money per week, where known: what a week without them"
        " costs, for good. One sum for each currency."
    )
    def lost_per_week(self: Stop) -> list[Money]:
        return _moneys(self.delay_minor_per_week)

    @strawberry.field(description="How many of them have no known cost of delay.")
    def unknown_cost_of_delay_count(self: Stop) -> int:
        return self.without_delay_cost

    @strawberry.field(
        description="Value by outcome that is lost: the sum of their contributions to remaining gaps of key results,"
        " weighted. Null when none of them contributes to a key result in use."
    )
    def lost_outcome_value(self: Stop) -> float | None:
        return self.outcome_value

    @strawberry.field(
        description="Contributions to key results that are lost: its own, then those of what falls."
    )
    def lost_contributions(
        self: Stop,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ContributionConnection:
        shares, rows = self.mapped.columns.shares, self.mapped.columns.rows
        lost = [
            ContributionEntry(rows[position], shares, entry)
            for position in self.mapped.positions[self.nodes].tolist()
            for entry in shares.of(position)
        ]
        return page_from(
            ContributionConnection,
            lost,
            lambda entry: entry,
            scope=f"lost:{_key(self)}",
            page=page_of(first=first, after=after, last=last, before=before),
        )


def _key(stop: Stop) -> str:
    return f"{stop.mapped.row(stop.node).id}:{stop.mapped.fingerprint}"


def _initiatives(stop: Stop, name: str, nodes: Integers, page: Page) -> SurroundingInitiativeConnection:
    return page_from(
        SurroundingInitiativeConnection,
        nodes,
        lambda node: stop.mapped.row(int(node)),
        scope=f"{name}:{_key(stop)}",
        page=page,
    )


def _moneys(sums: Mapping[str, float]) -> list[Money]:
    return [
        Money(amount_minor=BigInt(round(minor)), currency=CurrencyCode(currency))
        for currency, minor in sums.items()
    ]
