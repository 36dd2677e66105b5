"""Who wins and who loses by a scenario, in the schema."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.context import Info
from api.nodes import as_type
from api.pagination import Connection
from api.scenario.effect_types import ScenarioChange, change_of
from api.scenario.enums import Fate, WhyKind
from api.scenario.plan_parts import ScenarioPlannedInitiative, Shown, named_initiative, named_initiatives
from domain.scenario.outcomes import Outcome, Why
from domain.scenario.reading import SolvedScenario

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.team.types import Team


@strawberry.type(description="One reason for what becomes of an initiative.")
class ScenarioWhy:
    """A reason with the scenario that it is of."""

    why: strawberry.Private[Why]
    solved: strawberry.Private[SolvedScenario]

    @strawberry.field(description="What it is.")
    def kind(self) -> WhyKind:
        return self.why.kind

    @strawberry.field(description="Which of the scenario's effects, counted from 0; null for none.")
    def effect_index(self) -> int | None:
        return self.why.effect

    @strawberry.field(description="What that effect changes; null for none.")
    def change(self) -> ScenarioChange | None:
        if self.why.effect is None:
            return None
        return cast("ScenarioChange", change_of(self.solved.effects[self.why.effect]))

    @strawberry.field(
        description="The initiatives that have freed or taken the capacity, or that it depends on; at most 10."
    )
    async def initiatives(
        self, info: Info
    ) -> list[Annotated["Initiative", strawberry.lazy("api.initiative.types")]]:
        return await named_initiatives(info, self.why.initiatives)

    @strawberry.field(description="The team whose capacity it is about; null for none.")
    def team(self, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        if self.why.resource is None:
            return None
        team_id = self.solved.result.resources[self.why.resource].team_id
        return cast("Team | None", info.context.directory.teams.get(team_id))


@strawberry.type(description="What becomes of an initiative in a scenario, against its base, and why.")
class ScenarioOutcome:
    """An outcome with the scenario that it is of."""

    outcome: strawberry.Private[Outcome]
    solved: strawberry.Private[SolvedScenario]

    @strawberry.field(description="The initiative as it is now; null when it is gone for good.")
    async def initiative(
        self, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        return await named_initiative(info, self.outcome.id)

    @strawberry.field(description="What becomes of it.")
    def fate(self) -> Fate:
        return self.outcome.fate

    @strawberry.field(
        description="Calendar days by which it finishes later, negative for earlier; null unless it finishes in both."
    )
    def days(self) -> int | None:
        return self.outcome.days

    @strawberry.field(description="It in the plan of the base; null when that does not have it.")
    def before(self) -> ScenarioPlannedInitiative | None:
        before = self.outcome.before
        base = self.solved.base
        if before is None or base is None:
            return None
        return as_type(ScenarioPlannedInitiative, Shown(base, before))

    @strawberry.field(description="It in the plan of the scenario; null when that does not have it.")
    def after(self) -> ScenarioPlannedInitiative | None:
        after = self.outcome.after
        return None if after is None else as_type(ScenarioPlannedInitiative, Shown(self.solved.result, after))

    @strawberry.field(description="Why, at most one reason for each effect and each team.")
    def why(self) -> list[ScenarioWhy]:
        return [ScenarioWhy(why=why, solved=self.solved) for why in self.outcome.why]


@strawberry.type(description="A page of what becomes of initiatives.")
class ScenarioOutcomeConnection(Connection[ScenarioOutcome]):
    """Connection of outcomes."""
