"""How likely the plan of a scenario holds, in the schema."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.context import Info
from api.nodes import as_types
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from api.scenario.plan_parts import named_initiative
from domain.scenario.result import FinishRange, Outlook, TeamRisk

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.team.types import Team


@strawberry.type(description="A team under uncertain estimates.")
class ScenarioTeamRisk:
    """Shows ``TeamRisk``."""

    probability: float = strawberry.field(
        description="Share of the samples in which the team needs more than its capacity, 0 to 1."
    )
    expected_overrun: float = strawberry.field(
        description="Mean over all samples of what it needs beyond its capacity, in person-weeks."
    )

    @strawberry.field(description="The team; null when it is gone for good.")
    def team(self: TeamRisk, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        return cast("Team | None", info.context.directory.teams.get(self.team_id))


@strawberry.type(description="When an initiative finishes under uncertain estimates.")
class ScenarioFinishRange:
    """Shows ``FinishRange``."""

    p50: date | None = strawberry.field(
        description="Half of the samples finish it by then; null: after the cycle."
    )
    p80: date | None = strawberry.field(
        description="Four fifths of the samples finish it by then; null: after the cycle."
    )

    @strawberry.field(description="The initiative as it is now; null when it is gone for good.")
    async def initiative(
        self: FinishRange, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        return await named_initiative(info, self.id)


@strawberry.type(description="A page of teams under uncertain estimates.")
class ScenarioTeamRiskConnection(Connection[ScenarioTeamRisk]):
    """Connection of risks."""


@strawberry.type(description="A page of finishes under uncertain estimates.")
class ScenarioFinishRangeConnection(Connection[ScenarioFinishRange]):
    """Connection of finishes."""


@strawberry.type(
    description="How likely a plan holds when durations and efforts turn out within their estimates, low to high:"
    " seeded samples of triangular distributions."
)
class ScenarioOutlook:
    """Shows ``Outlook``."""

    samples: int = strawberry.field(description="How many samples were drawn.")
    seed: int = strawberry.field(description="What they were drawn by.")
    probability: float = strawberry.field(
        description="Share of the samples in which all that is scheduled finishes in the cycle and by its deadlines, 0"
        " to 1."
    )
    standard_error: float = strawberry.field(description="Standard error of that share.")

    @strawberry.field(description="Teams, the greatest expected overrun first.")
    def teams(
        self: Outlook,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioTeamRiskConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        indices, window = slice_of(length=len(self.teams), page=page, scope=f"risks {len(self.teams)}")
        nodes = as_types(ScenarioTeamRisk, [self.teams[index] for index in indices])
        return ScenarioTeamRiskConnection.of(window, nodes=nodes, total=len(self.teams))

    @strawberry.field(description="Initiatives that are scheduled, by their ids.")
    def finishes(
        self: Outlook,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioFinishRangeConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        length = len(self.finishes)
        indices, window = slice_of(length=length, page=page, scope=f"finishes {length}")
        nodes = as_types(ScenarioFinishRange, [self.finishes[index] for index in indices])
        return ScenarioFinishRangeConnection.of(window, nodes=nodes, total=length)
