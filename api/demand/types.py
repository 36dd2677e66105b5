"""The type ``TeamDemand``."""

import math
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Info
from api.estimates import Estimate, EstimateRow
from api.nodes import as_type
from api.pagination import Connection
from api.team.types import Team
from domain.rows import InitiativeRow
from domain.snapshot import Demands

if TYPE_CHECKING:
    from api.initiative.types import Initiative


class DemandEntry(NamedTuple):
    """One entry of a portfolio's demands."""

    initiative: InitiativeRow
    demands: Demands
    entry: int


@strawberry.type(description="What an initiative needs of a team.")
class TeamDemand:
    """Shows ``DemandEntry``."""

    initiative: Annotated["Initiative", strawberry.lazy("api.initiative.types")] = strawberry.field(
        description="Who needs it."
    )

    @strawberry.field(description="Of whom.")
    def team(self: DemandEntry, info: Info) -> Team:
        return as_type(Team, info.context.directory.teams[self.demands.team[self.entry]])

    @strawberry.field(description="The skill that is needed; null when anybody of the team can do it.")
    def skill(self: DemandEntry) -> str | None:
        return self.demands.skill[self.entry] or None

    @strawberry.field(description="How much, in person-weeks.")
    def person_weeks(self: DemandEntry) -> Estimate:
        low, likely, high = (
            float(figures[self.entry])
            for figures in (self.demands.low, self.demands.likely, self.demands.high)
        )
        return cast(Estimate, EstimateRow(_known(low), likely, _known(high)))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


@strawberry.type(description="A page of team demands, by team.")
class TeamDemandConnection(Connection[TeamDemand]):
    """Connection of team demands."""

    total_person_weeks: float | None = strawberry.field(
        description="Sum of the likely demands over all teams, in person-weeks; null without any demand."
    )
