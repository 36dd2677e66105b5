"""Inputs of the mutations about scenarios."""

from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.ranking.request import RankingBy
from api.scenario.effect_inputs import ScenarioEffectInput
from api.scenario.enums import Approving, ScenarioVisibility
from domain.scenario.commands import MOST_EFFECTS, MOST_SAMPLES

_SCENARIO = "The scenario."
_NAME = "What it is called; 1 to 200 characters."
_DESCRIPTION = "What it is about, at most 200,000 characters."
_VISIBILITY = "Who sees it."


@strawberry.input(description="A new scenario on the portfolio's plan as it is now.")
class ScenarioCreateInput:
    """Becomes ``ScenarioCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    portfolio_id: strawberry.ID = strawberry.field(description="The portfolio; one in use.")
    cycle_id: strawberry.ID = strawberry.field(description="The cycle to plan; in use, and not over.")
    name: str = strawberry.field(description=_NAME)
    description: str | None = strawberry.field(default=strawberry.UNSET, description=_DESCRIPTION)
    visibility: ScenarioVisibility = strawberry.field(
        default=ScenarioVisibility.PRIVATE, description=_VISIBILITY
    )
    by: RankingBy | None = strawberry.field(
        default=strawberry.UNSET,
        description="What to value by; left out it is the portfolio's default model, or CD3 when it has none.",
    )
    effects: list[ScenarioEffectInput] | None = strawberry.field(
        default=strawberry.UNSET, description=f"Its effects, at most {MOST_EFFECTS}."
    )


@strawberry.input(description="Changes to a scenario; what is left out stays as it is.")
class ScenarioUpdateInput:
    """Becomes ``ScenarioUpdate``."""

    id: strawberry.ID = strawberry.field(description=_SCENARIO)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    name: strawberry.Maybe[str] = strawberry.field(description=_NAME)
    description: strawberry.Maybe[str] = strawberry.field(description=_DESCRIPTION)
    owner_id: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="Whose it becomes; a member in use."
    )


@strawberry.input(description="Who is to see a scenario.")
class ScenarioShareInput:
    """Becomes ``ScenarioUpdate``."""

    id: strawberry.ID = strawberry.field(description=_SCENARIO)
    visibility: ScenarioVisibility = strawberry.field(
        default=ScenarioVisibility.SHARED, description="Only its owner can make it private again."
    )
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)


@strawberry.input(description="A scenario to copy.")
class ScenarioCopyInput:
    """Becomes ``ScenarioCopy``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    scenario_id: strawberry.ID = strawberry.field(description="The scenario; one that the viewer sees.")
    name: str = strawberry.field(description="What the copy is called; 1 to 200 characters.")


@strawberry.input(description="All effects of a scenario, in place of those that it has.")
class ScenarioEffectsReplaceInput:
    """Becomes ``EffectsReplace``."""

    scenario_id: strawberry.ID = strawberry.field(description=_SCENARIO)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    effects: list[ScenarioEffectInput] = strawberry.field(
        description=f"In the order in which they are applied; at most {MOST_EFFECTS}."
    )


@strawberry.input(description="One more effect of a scenario.")
class ScenarioEffectAddInput:
    """Becomes ``EffectAdd``."""

    scenario_id: strawberry.ID = strawberry.field(description=_SCENARIO)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    effect: ScenarioEffectInput = strawberry.field(description="What it changes.")
    position: int | None = strawberry.field(
        default=strawberry.UNSET, description="Its place, counted from 0; left out, after all others."
    )


@strawberry.input(description="An effect of a scenario that is to be gone.")
class ScenarioEffectRemoveInput:
    """Becomes ``EffectRemove``."""

    scenario_id: strawberry.ID = strawberry.field(description=_SCENARIO)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    position: int = strawberry.field(
        description="Its place, counted from 0; give `expectedVersion` to be sure that it is this one."
    )


@strawberry.input(description="A scenario that is to start from things as they are now.")
class ScenarioRebaseInput:
    """Becomes ``ScenarioRebase``."""

    scenario_id: strawberry.ID = strawberry.field(description=_SCENARIO)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    apply: bool = strawberry.field(default=False, description="False only says what it means; true does it.")
    drop_refused: bool = strawberry.field(
        default=False,
        description="Whether effects that can't be applied to the new base are left out; otherwise nothing is done when"
        " there is one.",
    )


@strawberry.input(description="A solve of a scenario.")
class ScenarioSolveInput:
    """Becomes ``ScenarioSolve``."""

    scenario_id: strawberry.ID = strawberry.field(description="The scenario; one that the viewer sees.")
    budget_seconds: float = strawberry.field(
        default=5.0,
        description="How much work may go into it: 0.5 to 120, or what the organisation allows. Steps count and not"
        " time, so that the same input and budget give the same result.",
    )
    seed: int = strawberry.field(default=0, description="What random samples are drawn by; 0 or greater.")
    robustness_samples: int = strawberry.field(
        default=1_000,
        description="How many samples of the estimates are drawn to say how likely the plan holds; 0 to"
        f" {MOST_SAMPLES:,}.",
    )


@strawberry.input(description="A solve that is to end.")
class ScenarioRunCancelInput:
    """Becomes ``ScenarioRunCancel``."""

    run_id: strawberry.ID = strawberry.field(description="The solve.")


@strawberry.input(description="A scenario that the board goes by.")
class ScenarioApproveInput:
    """Becomes ``ScenarioApprove``."""

    scenario_id: strawberry.ID = strawberry.field(description="The scenario; solved, and not outdated.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    note: str = strawberry.field(
        description="Why; 1 to 4,000 characters. It becomes the reason of all that is written."
    )
    approving: Approving = strawberry.field(
        default=Approving.NONE, description="Which of the funded initiatives are approved as well."
    )
    initiative_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET,
        description="NAMED: funded initiatives that are EVALUATED, each once, at most 5,000.",
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="1 to 200 characters of the client's choice: repeating the mutation under the same key changes"
        " nothing more.",
    )


@strawberry.input(description="A scenario that the board does not go by.")
class ScenarioRejectInput:
    """Becomes ``ScenarioReject``."""

    scenario_id: strawberry.ID = strawberry.field(description=_SCENARIO)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    note: str = strawberry.field(description="Why; 1 to 4,000 characters.")


@strawberry.input(description="What solves of the organisation may take.")
class ScenarioSettingUpdateInput:
    """Becomes ``ScenarioSettingUpdate``."""

    most_budget_seconds: float = strawberry.field(
        description="The largest budget of a solve, in seconds: 0.5 to 600; 120 unless it was changed."
    )
