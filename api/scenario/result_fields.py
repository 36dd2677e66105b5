"""``Scenario.result``."""

import strawberry

from api.context import Context, Info
from api.nodes import as_type
from api.scenario.result_types import ScenarioResult
from api.scenario.run_types import latest_run
from domain.scenario.reading import solved_scenario
from domain.scenario.rows import ScenarioRow


@strawberry.type
class ScenarioResultField:
    """Field of ``Scenario``."""

    @strawberry.field(
        description="What the latest solve that succeeded has led to; null when none has. `isOutdated` says whether the"
        " effects or the base are others by now."
    )
    async def result(self: ScenarioRow, info: Info) -> ScenarioResult | None:
        return await result_of_scenario(info.context, self)


async def result_of_scenario(context: Context, row: ScenarioRow) -> ScenarioResult | None:
    """A scenario's result, from a view that knows its portfolio."""
    run = await latest_run(context, row.id, succeeded=True)
    if run is None:
        return None
    await context.view(row.portfolio_id)
    solved = await solved_scenario(context.database, context.actor.organisation_id, row, run)
    return as_type(ScenarioResult, solved)
