"""The types of stop candidates: what speaks for stopping, and what it would mean."""

import math
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Info
from api.dependency_map.impacts import StopImpact
from api.nodes import as_type, as_types
from api.pagination import Connection
from api.ranking.ranked import Ranked
from api.ranking.types import RankedInitiative
from api.scalars import BigInt, CurrencyCode, Money
from api.stop_candidate.enums import OutcomeFate, StopReason
from domain.dependency_map import MapRequest
from domain.dependency_map.stopping import stop
from domain.rows import InitiativeRow
from domain.stop_candidates import CutLine, SettledOutcome, StopCandidates
from domain.stop_candidates import StopCandidate as Candidate

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.key_result.types import KeyResult

MOST_BLOCKERS = 100
IMPACT_COST = 50


@strawberry.type(description="A key result that an initiative contributes to, and why that no longer counts.")
class SettledKeyResult:
    """Shows ``SettledOutcome``."""

    fate: OutcomeFate = strawberry.field(description="Why there is nothing left to contribute.")

    @strawberry.field(description="The key result.")
    def key_result(
        self: SettledOutcome,
    ) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")]:
        return cast("KeyResult", self.key_result)


class _Line(NamedTuple):
    """Better work that waits, and the candidates that it was found for."""

    found: StopCandidates
    line: CutLine


@strawberry.type(description="Better work that waits for the same people.")
class BetterWaiting:
    """Shows ``_Line``."""

    @strawberry.field(description="The best of it, in the ranking that candidates are judged by.")
    def waiting(self: _Line) -> RankedInitiative:
        return as_type(RankedInitiative, Ranked(self.found.ranking, self.line.waiting))

    @strawberry.field(
        description="What it is worth per person-week: score · size with what it inherits, divided by its effort; with"
        " CD3 money per week, in major units, for each person-week."
    )
    def value_per_effort(self: _Line) -> float:
        return self.line.value_per_effort


class _Candidate(NamedTuple):
    """A candidate among those of its portfolio."""

    found: StopCandidates
    candidate: Candidate

    @property
    def row(self) -> InitiativeRow:
        """The initiative."""
        ranking = self.found.ranking
        return ranking.columns.rows[int(ranking.scored.positions[self.candidate.index])]


@strawberry.type(
    description="Work in flight, active or paused, that a board should look at: its case has gone."
)
class StopCandidate:
    """Shows ``_Candidate``."""

    @strawberry.field(description="The initiative.")
    def initiative(self: _Candidate) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")]:
        return cast("Initiative", self.row)

    @strawberry.field(description="Its place, score and terms in the ranking that candidates are judged by.")
    def ranked(self: _Candidate) -> RankedInitiative:
        return as_type(RankedInitiative, Ranked(self.found.ranking, self.candidate.index))

    @strawberry.field(description="What speaks for stopping it: at least one thing, each at most once.")
    def reasons(self: _Candidate) -> list[StopReason]:
        return list(self.candidate.reasons)

    @strawberry.field(
        description="What it is worth per person-week that remains: score · size with what it inherits from those that"
        " wait for it, divided by `remainingEffort`. Null when its value or effort is unknown, and when nothing"
        " remains."
    )
    def value_per_effort(self: _Candidate) -> float | None:
        value = float(self.found.value_per_effort[self.candidate.index])
        return value if math.isfinite(value) else None

    @strawberry.field(
        description="Person-weeks that remain: the sum of its likely demands less all that is booked on it, at least"
        " 0. Null when nobody has estimated it."
    )
    def remaining_effort(self: _Candidate) -> float | None:
        remaining = float(self.found.remaining[self.candidate.index])
        return None if math.isnan(remaining) else remaining

    @strawberry.field(
        description="Whether a plan of the cycle, in which it competes for capacity, leaves it out; false without a"
        " cycle."
    )
    def unfunded_in_cycle(self: _Candidate) -> bool:
        return self.candidate.unfunded

    @strawberry.field(
        description="The best work of the same category that could begin, demands one of the same teams and does not"
        " need this, with a cycle among what its plan funds; null unless it is worth more per remaining person-week."
        " Mandatory work is not judged by this."
    )
    def better_waiting(self: _Candidate) -> BetterWaiting | None:
        line = self.candidate.cut_line
        return None if line is None else as_type(BetterWaiting, _Line(self.found, line))

    @strawberry.field(
        description="All key results that it contributes to, at most 200, if nothing is left to contribute to any of"
        " them; else empty."
    )
    def settled_outcomes(self: _Candidate) -> list[SettledKeyResult]:
        return as_types(SettledKeyResult, self.candidate.settled)

    @strawberry.field(
        description="What is stopped or archived and holds it up over hard finish-to-start and finish-to-finish"
        " dependencies, directly or through open work, the nearest first; at most 100."
    )
    def blocked_by(
        self: _Candidate,
    ) -> list[Annotated["Initiative", strawberry.lazy("api.initiative.types")]]:
        rows = self.found.ranking.columns.rows
        return cast(
            "list[Initiative]", [rows[position] for position in self.candidate.blockers[:MOST_BLOCKERS]]
        )

    @strawberry.field(
        description="What stopping it frees and costs, and what depends on it.",
        metadata={"cost": IMPACT_COST},
    )
    async def impact(self: _Candidate, info: Info) -> StopImpact | None:
        row = self.row
        view = await info.context.view(row.portfolio_id)
        request = MapRequest(today=self.found.ranking.request.today)
        found = await stop(view, row.portfolio_id, row.id, request)
        return None if found is None else as_type(StopImpact, found)

    @strawberry.field(
        description="Its planned cost in money. How much of it has been spent is not recorded; what is spent is sunk"
        " and plays no part in any reason. Null when unknown."
    )
    def planned_cost(self: _Candidate) -> Money | None:
        row = self.row
        if row.cost_minor is None or row.cost_currency is None:
            return None
        return Money(amount_minor=BigInt(row.cost_minor), currency=CurrencyCode(row.cost_currency))


@strawberry.type(description="A page of stop candidates, the worst ranked first.")
class StopCandidateConnection(Connection[StopCandidate]):
    """Connection of stop candidates."""


def shown_candidate(found: StopCandidates, candidate: Candidate) -> StopCandidate:
    """The candidate as the schema shows it."""
    return as_type(StopCandidate, _Candidate(found, candidate))
