"""``scenarioComparison``: scenarios side by side."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry

from api.context import Info
from api.enums import described
from api.inputs import decoded
from api.nodes import as_type, as_types
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from api.permissions import READ
from api.scenario.plan_parts import (
    ScenarioKeyResult,
    ScenarioPlannedInitiative,
    ScenarioUtilisation,
    Shown,
    named_initiative,
)
from api.scenario.result_types import ScenarioPlan, ScenarioResult
from api.scenario.types import Scenario, known
from domain.scenario.commands import MOST_COMPARED
from domain.scenario.comparison import (
    Column,
    Comparison,
    InitiativeLine,
    KeyResultLine,
    ResourceLine,
    compare_scenarios,
)

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.key_result.types import KeyResult
    from api.team.types import Team


class Solvedness(StrEnum):
    """Whether a scenario in a comparison has a result."""

    SOLVED = "solved"
    OUTDATED = "outdated"
    UNSOLVED = "unsolved"


described(
    Solvedness,
    "Whether a scenario in a comparison has a result.",
    {
        "SOLVED": "It has, and it is that of its effects and its base.",
        "OUTDATED": "It has, and its effects or its base are others by now.",
        "UNSOLVED": "It has none.",
    },
    name="ScenarioSolvedness",
)

_IN_ORDER = "in the order of the columns; null where it is not in the plan, or nothing is solved"


@strawberry.type(description="A scenario in a comparison.")
class ScenarioComparisonColumn:
    """Shows ``Column``."""

    @strawberry.field(description="The scenario.")
    def scenario(self: Column) -> Scenario:
        return as_type(Scenario, self.scenario)

    @strawberry.field(description="Whether it has a result.")
    def status(self: Column) -> Solvedness:
        if self.solved is None:
            return Solvedness.UNSOLVED
        return Solvedness.OUTDATED if self.solved.outdated else Solvedness.SOLVED

    @strawberry.field(
        description="Its result, with winners and losers against its base; null when it has none."
    )
    def result(self: Column) -> ScenarioResult | None:
        return None if self.solved is None else as_type(ScenarioResult, self.solved)


@strawberry.type(description="An initiative in all plans of a comparison.")
class ScenarioComparisonInitiative:
    """A line with the comparison that it is of."""

    line: strawberry.Private[InitiativeLine]
    comparison: strawberry.Private[Comparison]

    @strawberry.field(description="The initiative as it is now; null when it is gone for good.")
    async def initiative(
        self, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        return await named_initiative(info, self.line.id)

    @strawberry.field(description="What it was called when the base was taken.")
    def title(self) -> str:
        return self.line.title

    @strawberry.field(description="It in the plan of the base; null when that does not have it.")
    def base(self) -> ScenarioPlannedInitiative | None:
        plan, cell = self.comparison.base, self.line.base
        if plan is None or cell is None:
            return None
        return as_type(ScenarioPlannedInitiative, Shown(plan, cell))

    @strawberry.field(description=f"It in the plans of the scenarios, {_IN_ORDER}.")
    def cells(self) -> list[ScenarioPlannedInitiative | None]:
        return as_types(
            cast("type[ScenarioPlannedInitiative | None]", ScenarioPlannedInitiative),
            _shown(self.comparison, self.line.cells),
        )


@strawberry.type(description="A key result in all plans of a comparison.")
class ScenarioComparisonKeyResult:
    """Shows ``KeyResultLine``."""

    title: str = strawberry.field(description="What it was called when the base was taken.")

    @strawberry.field(description="The key result as it is now; null when it is gone for good.")
    def key_result(
        self: KeyResultLine, info: Info
    ) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")] | None:
        return cast("KeyResult | None", info.context.directory.key_results.get(self.id))

    @strawberry.field(description="Where it is expected to end in the base; null when that does not have it.")
    def base(self: KeyResultLine) -> ScenarioKeyResult | None:
        return None if self.base is None else as_type(ScenarioKeyResult, self.base)

    @strawberry.field(description=f"Where it is expected to end in the scenarios, {_IN_ORDER}.")
    def cells(self: KeyResultLine) -> list[ScenarioKeyResult | None]:
        return as_types(cast("type[ScenarioKeyResult | None]", ScenarioKeyResult), self.cells)


@strawberry.type(description="A team, or one of its skills, in all plans of a comparison.")
class ScenarioComparisonUtilisation:
    """A line with the comparison that it is of."""

    line: strawberry.Private[ResourceLine]
    comparison: strawberry.Private[Comparison]

    @strawberry.field(description="The team; null when it is gone for good.")
    def team(self, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        return cast("Team | None", info.context.directory.teams.get(self.line.team_id))

    @strawberry.field(description="The skill; empty for the team as a whole.")
    def skill(self) -> str:
        return self.line.skill

    @strawberry.field(description="How much of it the base uses; null when that does not have it.")
    def base(self) -> ScenarioUtilisation | None:
        plan, cell = self.comparison.base, self.line.base
        return None if plan is None or cell is None else as_type(ScenarioUtilisation, Shown(plan, cell))

    @strawberry.field(description=f"How much of it the scenarios use, {_IN_ORDER}.")
    def cells(self) -> list[ScenarioUtilisation | None]:
        return as_types(
            cast("type[ScenarioUtilisation | None]", ScenarioUtilisation),
            _shown(self.comparison, self.line.cells),
        )


@strawberry.type(description="A page of initiatives in a comparison.")
class ScenarioComparisonInitiativeConnection(Connection[ScenarioComparisonInitiative]):
    """Connection of lines."""


@strawberry.type(description="A page of key results in a comparison.")
class ScenarioComparisonKeyResultConnection(Connection[ScenarioComparisonKeyResult]):
    """Connection of lines."""


@strawberry.type(description="A page of teams and skills in a comparison.")
class ScenarioComparisonUtilisationConnection(Connection[ScenarioComparisonUtilisation]):
    """Connection of lines."""


@strawberry.type(description="Scenarios of one portfolio and cycle side by side.")
class ScenarioComparison:
    """A comparison, and what its cursors are bound to."""

    comparison: strawberry.Private[Comparison]

    @strawberry.field(description="The scenarios in the order in which they were asked for; at most 10.")
    def columns(self) -> list[ScenarioComparisonColumn]:
        return as_types(ScenarioComparisonColumn, self.comparison.columns)

    @strawberry.field(
        description="The plan of the base: that of the first scenario that is solved; null when none is."
    )
    def base(self) -> ScenarioPlan | None:
        return None if self.comparison.base is None else as_type(ScenarioPlan, self.comparison.base)

    @strawberry.field(
        description="Whether the scenarios start from different figures: then differences may come from these."
    )
    def bases_differ(self) -> bool:
        return self.comparison.bases_differ

    @strawberry.field(description="Initiatives, the most valuable in the base first.")
    def initiatives(
        self,
        differing_only: Annotated[
            bool,
            strawberry.argument(
                description="Only those that are not the same in all plans: funded or not, or finished at another time."
            ),
        ] = True,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioComparisonInitiativeConnection:
        lines = self.comparison.differing if differing_only else self.comparison.initiatives
        page = page_of(first=first, after=after, last=last, before=before)
        scope = f"{self._scope()}:initiatives:{differing_only}"
        indices, window = slice_of(length=len(lines), page=page, scope=scope)
        nodes = [
            ScenarioComparisonInitiative(line=lines[index], comparison=self.comparison) for index in indices
        ]
        return ScenarioComparisonInitiativeConnection.of(window, nodes=nodes, total=len(lines))

    @strawberry.field(description="Key results, by title.")
    def key_results(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioComparisonKeyResultConnection:
        lines = self.comparison.key_results
        page = page_of(first=first, after=after, last=last, before=before)
        indices, window = slice_of(length=len(lines), page=page, scope=f"{self._scope()}:keyResults")
        nodes = as_types(ScenarioComparisonKeyResult, [lines[index] for index in indices])
        return ScenarioComparisonKeyResultConnection.of(window, nodes=nodes, total=len(lines))

    @strawberry.field(description="Teams and their skills, by the name of the team.")
    def utilisation(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScenarioComparisonUtilisationConnection:
        lines = self.comparison.resources
        page = page_of(first=first, after=after, last=last, before=before)
        indices, window = slice_of(length=len(lines), page=page, scope=f"{self._scope()}:utilisation")
        nodes = [
            ScenarioComparisonUtilisation(line=lines[index], comparison=self.comparison) for index in indices
        ]
        return ScenarioComparisonUtilisationConnection.of(window, nodes=nodes, total=len(lines))

    def _scope(self) -> str:
        runs = [
            "none" if column.solved is None else str(column.solved.run.id)
            for column in self.comparison.columns
        ]
        return f"comparison:{':'.join(runs)}"


def _shown(comparison: Comparison, cells: Any) -> list[Shown | None]:
    return [
        None if plan is None or cell is None else Shown(plan, cell)
        for plan, cell in zip(comparison.results, cells, strict=True)
    ]


@strawberry.type
class ScenarioQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="Scenarios of one portfolio and cycle side by side, with their base: what each funds, costs,"
        " reaches and uses, who wins and who loses. Those that are not solved, or outdated, are shown as such.",
        metadata={"cost": 100},
        **READ,
    )
    async def scenario_comparison(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID],
            strawberry.argument(
                description=f"1 to {MOST_COMPARED} scenarios that the viewer sees, each once."
            ),
        ],
    ) -> ScenarioComparison:
        keys = [decoded("Scenario", one, "ids", position) for position, one in enumerate(ids)]
        found = await compare_scenarios(info.context.database, info.context.actor, keys)
        rows = [column.scenario for column in found.columns]
        await info.context.view(*{row.portfolio_id for row in rows})
        await known(info.context, rows)
        return ScenarioComparison(comparison=found)
