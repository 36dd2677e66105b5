"""``scenarioRunProgress``: following a solve as it goes."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from api.context import Info
from api.inputs import decoded
from api.nodes import as_type
from api.permissions import READ
from api.scenario.run_types import ScenarioRunProgress
from domain.scenario.runs import follow_run


@strawberry.type
class ScenarioSubscriptions:
    """Merged into ``Subscription``."""

    @strawberry.subscription(
        description="How far a solve is: as it is now at once, then whenever that has changed, a few times a second at"
        " most. It ends after the final state. What comes is what is stored, so that it goes on over a lost connection"
        " and with any server.",
        **READ,
    )
    async def scenario_run_progress(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The solve.")]
    ) -> AsyncGenerator[ScenarioRunProgress, None]:
        run_id = decoded("ScenarioRun", id, "id")
        await info.context.view()
        events = follow_run(
            info.context.database, info.context.services.changes.signals, info.context.actor, run_id
        )
        async for event in events:
            yield as_type(ScenarioRunProgress, event)
