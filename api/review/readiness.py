"""The page of a readiness review."""

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import strawberry

from api.context import Info
from api.cycle.types import Cycle
from api.nodes import as_type, as_types
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from api.review.enums import Readiness, ReadinessReason
from api.review.operations import ReviewedKpi, one_of
from api.team.types import Team
from domain.history.kpi import KpiState as PastKpi
from domain.review.readiness import TeamReadiness as Judged
from domain.rows import CycleRow


class ReadinessPage(NamedTuple):
    """What a readiness review shows."""

    cycle: CycleRow
    on: date
    at: datetime
    teams: tuple[Judged, ...]
    past: dict[UUID, PastKpi] | None


class JudgedTeam(NamedTuple):
    """A team of a readiness review."""

    judged: Judged
    page: ReadinessPage


class Counted(NamedTuple):
    """How many teams have a verdict."""

    verdict: Readiness
    teams: int


@strawberry.type(description="How many teams of a review have a verdict.")
class ReadinessCount:
    """Shows ``Counted``."""

    verdict: Readiness = strawberry.field(description="The verdict.")
    teams: int = strawberry.field(name="count", description="How many teams.")


@strawberry.type(description="Why a team can carry as much.")
class ReadinessReasonCount:
    """Shows ``ReasonedCount``."""

    reason: ReadinessReason = strawberry.field(description="The reason.")
    kpi_count: int = strawberry.field(description="How many KPIs are behind it.")
    text: str = strawberry.field(description="The same in words, for a person to read.")


@strawberry.type(description="Whether a team's operation is healthy enough to carry strategic investment.")
class TeamReadiness:
    """Shows ``JudgedTeam``."""

    @strawberry.field(description="The team.")
    def team(self: JudgedTeam, info: Info) -> Team:
        return as_type(Team, info.context.directory.teams[self.judged.team_id])

    @strawberry.field(
        description="A red KPI asks for remediation first. Unknown without KPIs, or when more than half are stale or"
        " unknown. Caution with one that is amber, getting worse or unmeasured, or whose breach is not over. Else"
        " ready."
    )
    def verdict(self: JudgedTeam) -> Readiness:
        return self.judged.verdict

    @strawberry.field(description="Why: 1 to 6 reasons, what weighs most first.")
    def reasons(self: JudgedTeam) -> list[ReadinessReasonCount]:
        return as_types(ReadinessReasonCount, self.judged.reasons)

    @strawberry.field(description="How many KPIs it has in use.")
    def kpi_count(self: JudgedTeam) -> int:
        return len(self.judged.kpis)

    @strawberry.field(description="Its KPIs, the worst first; at most the first 20.")
    def kpis(self: JudgedTeam) -> list[ReviewedKpi]:
        past = self.page.past
        return as_types(
            ReviewedKpi,
            (one_of(each, past) for each in self.judged.kpis[:MOST_KPIS]),
        )


@strawberry.type(description="A page of the teams of a readiness review, those that need remediation first.")
class TeamReadinessConnection(Connection[TeamReadiness]):
    """Connection of judged teams."""


@strawberry.type(
    description="The KPI dashboard with which planning a cycle begins: which teams are healthy enough to carry"
    " strategic investment, and which need remediation first."
)
class ReadinessReview:
    """Shows ``ReadinessPage``."""

    on: date = strawberry.field(description="The day that it shows.")
    at: datetime = strawberry.field(
        description="The moment that it shows: the end of a past day in UTC, or now."
    )

    @strawberry.field(description="The cycle that is to be planned.")
    def cycle(self: ReadinessPage) -> Cycle:
        return as_type(Cycle, self.cycle)

    @strawberry.field(description="How many teams have each verdict, the least ready first; all 4.")
    def verdict_counts(self: ReadinessPage) -> list[ReadinessCount]:
        counts = Counter(each.verdict for each in self.teams)
        return as_types(ReadinessCount, (Counted(verdict, counts[verdict]) for verdict in Readiness))

    @strawberry.field(description="The teams: those that need remediation first, then by name.")
    def teams(
        self: ReadinessPage,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> TeamReadinessConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        order = ",".join(f"{each.team_id}:{each.verdict}" for each in self.teams)
        indices, window = slice_of(length=len(self.teams), page=page, scope=f"readiness {self.on} {order}")
        nodes = as_types(TeamReadiness, (JudgedTeam(self.teams[at], self) for at in indices))
        return TeamReadinessConnection.of(window, nodes=nodes, total=len(self.teams))


MOST_KPIS = 20
