"""Commands about scenarios, and the effects that they make of; effects are stored in this form.

An effect is stored as JSON with its kind and ``SCHEMA_VERSION``; a later form reads the earlier ones.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, model_validator

from domain.commands.base import (
    Command,
    Currency,
    Figure,
    Name,
    PersonWeeks,
    Reason,
    Text,
    UpdateCommand,
    Weeks,
    Weight,
)
from domain.commands.cost_of_delay import Amount, WeeksOrNone
from domain.commands.demand import Skill
from domain.enums import ScoringMethod, UrgencyProfile
from domain.scenario.vocabulary import EffectKind, ScenarioVisibility
from prioritisation.allocation_limits import AllocationMode

SCHEMA_VERSION = 1
MOST_EFFECTS = 200
MOST_COMPARED = 10
MOST_WEIGHTS = 100
LEAST_BUDGET_SECONDS = 0.5
MOST_BUDGET_SECONDS = 120.0
"""What a solve may take unless the organisation says otherwise."""

GREATEST_BUDGET_SECONDS = 600.0
MOST_SAMPLES = 10_000

Part = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
FullTime = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Heads = Annotated[int, Field(ge=1, le=1_000)]
Focus = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
RampWeeks = Annotated[float, Field(ge=0, le=104, allow_inf_nan=False)]


class ShareEffect(Command):
    """Another share of a category, or another mode; of all teams, or of one."""

    kind: Literal[EffectKind.SHARE] = EffectKind.SHARE
    category_id: UUID
    team_id: UUID | None = None
    share: Part | None = None
    mode: AllocationMode | None = None

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return self.share is None and self.mode is None


class TeamCapacityEffect(Command):
    """Another capacity of a team, or of one of its skills, from a day to a day, in person-weeks per week.

    ``relative`` adds to what is there, and takes away where it is negative.
    """

    kind: Literal[EffectKind.TEAM_CAPACITY] = EffectKind.TEAM_CAPACITY
    team_id: UUID
    skill: Skill = ""
    person_weeks_per_week: Figure
    relative: bool = False
    starts_on: date | None = None
    ends_on: date | None = None


class _People(Command):
    """People of a team who come or go, the first day on which they do, and how much of a week they give."""

    team_id: UUID
    skill: Skill = ""
    on: date
    count: Heads = 1
    fte: FullTime = 1.0
    focus_share: Focus = 1.0


class HireEffect(_People):
    """People who join a team; over ``ramp_weeks`` they get from nothing to all that they can do."""

    kind: Literal[EffectKind.HIRE] = EffectKind.HIRE
    ramp_weeks: RampWeeks = 0.0


class LeaverEffect(_People):
    """People who leave a team; ``on`` is the first day without them."""

    kind: Literal[EffectKind.LEAVER] = EffectKind.LEAVER


class CriterionWeight(Command):
    """The weight of a criterion."""

    criterion_id: UUID
    weight: Weight


class ScoringEffect(Command):
    """Other weights of the model in use, or another version of a model.

    ``ranking_digest`` names what the ranking by that version is computed from, kept when the effect was added.
    """

    kind: Literal[EffectKind.SCORING] = EffectKind.SCORING
    weights: Annotated[list[CriterionWeight], Field(max_length=MOST_WEIGHTS)] = Field(default_factory=list)
    model_version_id: UUID | None = None
    ranking_digest: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.weights) == (self.model_version_id is not None):
            raise ValueError("give either weights or a model version")
        if len({item.criterion_id for item in self.weights}) < len(self.weights):
            raise ValueError("give each criterion one weight")
        return self


class ForceEffect(Command):
    """An initiative that is to be done whatever it is worth, or is not to be done."""

    kind: Literal[EffectKind.FORCE] = EffectKind.FORCE
    initiative_id: UUID
    funded: bool


class DatesEffect(Command):
    """Other dates of an initiative; what is absent stays, null takes the date away."""

    kind: Literal[EffectKind.DATES] = EffectKind.DATES
    initiative_id: UUID
    earliest_start: date | None = None
    deadline: date | None = None

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not self.model_fields_set & {"earliest_start", "deadline"}


class DurationEffect(Command):
    """Another duration of an initiative, in weeks; low and high are the likely one where left out."""

    kind: Literal[EffectKind.DURATION] = EffectKind.DURATION
    initiative_id: UUID
    low: Weeks | None = None
    likely: Weeks
    high: Weeks | None = None


class DemandEffect(Command):
    """Another demand of an initiative for a team, in person-weeks as a whole; 0 for none."""

    kind: Literal[EffectKind.DEMAND] = EffectKind.DEMAND
    initiative_id: UUID
    team_id: UUID
    skill: Skill = ""
    low: PersonWeeks | None = None
    likely: PersonWeeks
    high: PersonWeeks | None = None


class CostOfDelayEffect(Command):
    """Another cost of delay of an initiative; parameters as in ``CostOfDelaySet``."""

    kind: Literal[EffectKind.COST_OF_DELAY] = EffectKind.COST_OF_DELAY
    initiative_id: UUID
    profile: UrgencyProfile
    currency: Currency
    rate_minor_per_week_low: Amount | None = None
    rate_minor_per_week_likely: Amount
    rate_minor_per_week_high: Amount | None = None
    deadline: date | None = None
    step_minor: Amount | None = None
    ramp_weeks: WeeksOrNone | None = None
    life_weeks: Weeks | None = None
    peak_week: WeeksOrNone | None = None


class KeyResultWeightEffect(Command):
    """Another weight of a key result, where value is by outcome."""

    kind: Literal[EffectKind.KEY_RESULT_WEIGHT] = EffectKind.KEY_RESULT_WEIGHT
    key_result_id: UUID
    weight: Weight


Effect = (
    ShareEffect
    | TeamCapacityEffect
    | HireEffect
    | LeaverEffect
    | ScoringEffect
    | ForceEffect
    | DatesEffect
    | DurationEffect
    | DemandEffect
    | CostOfDelayEffect
    | KeyResultWeightEffect
)
AnyEffect = Annotated[Effect, Field(discriminator="kind")]
_EFFECT: TypeAdapter[Effect] = TypeAdapter(AnyEffect)


def stored_effect(effect: Effect) -> dict[str, Any]:
    """An effect as JSON: what was left out stays out."""
    return {**effect.model_dump(mode="json", exclude_unset=True), "kind": effect.kind.value}


def thawed_effect(content: dict[str, Any]) -> Effect:
    """The effect that a row holds."""
    return _EFFECT.validate_python(content)


def _each_once(states: list[UUID]) -> list[UUID]:
    if len(set(states)) < len(states):
        raise ValueError("name each one once")
    return states


class ScenarioCreate(Command):
    """A new scenario on the portfolio as it is now; at most one of model, model version and method."""

    id: UUID | None = None
    portfolio_id: UUID
    cycle_id: UUID
    name: Name
    description: Text = ""
    visibility: ScenarioVisibility = ScenarioVisibility.PRIVATE
    model_id: UUID | None = None
    model_version_id: UUID | None = None
    method: ScoringMethod | None = None
    effects: Annotated[list[AnyEffect], Field(max_length=MOST_EFFECTS)] = Field(default_factory=list)


class ScenarioUpdate(UpdateCommand):
    """Changes to a scenario; its owner can pass it on."""

    name: Name = Field(default="")
    description: Text = Field(default="")
    visibility: ScenarioVisibility = Field(default=ScenarioVisibility.PRIVATE)
    owner_id: UUID = Field(default=UUID(int=0))


class EffectsReplace(Command):
    """All effects of a scenario, in place of those that it has."""

    scenario_id: UUID
    expected_version: int | None = None
    effects: Annotated[list[AnyEffect], Field(max_length=MOST_EFFECTS)]


class EffectAdd(Command):
    """One more effect, at a place from 0 or at the end."""

    scenario_id: UUID
    expected_version: int | None = None
    effect: AnyEffect
    position: Annotated[int, Field(ge=0, le=MOST_EFFECTS)] | None = None


class EffectRemove(Command):
    """An effect that is to be gone, by its place from 0."""

    scenario_id: UUID
    expected_version: int | None = None
    position: Annotated[int, Field(ge=0, lt=MOST_EFFECTS)]


class ScenarioCopy(Command):
    """A scenario under another name, on the same base; the copy is its maker's, and private."""

    id: UUID | None = None
    scenario_id: UUID
    name: Name


class ScenarioRebase(Command):
    """A scenario that is to start from the portfolio as it is now; ``apply`` writes it.

    ``drop_refused`` leaves effects out that do not fit the new base.
    """

    scenario_id: UUID
    expected_version: int | None = None
    apply: bool = False
    drop_refused: bool = False


class ScenarioSolve(Command):
    """A solve of a scenario."""

    scenario_id: UUID
    budget_seconds: Annotated[float, Field(ge=LEAST_BUDGET_SECONDS, allow_inf_nan=False)] = 5.0
    seed: Annotated[int, Field(ge=0, le=2**53)] = 0
    robustness_samples: Annotated[int, Field(ge=0, le=MOST_SAMPLES)] = 1_000


class ScenarioSettingUpdate(Command):
    """What a solve of the organisation may take."""

    most_budget_seconds: Annotated[
        float, Field(ge=LEAST_BUDGET_SECONDS, le=GREATEST_BUDGET_SECONDS, allow_inf_nan=False)
    ]


class ScenarioRunCancel(Command):
    """A solve that is to end."""

    run_id: UUID


class Approving(StrEnum):
    """Which of the funded initiatives an approval approves."""

    ALL_FUNDED = "all_funded"
    NAMED = "named"
    NONE = "none"


class ScenarioApprove(Command):
    """A scenario that the board goes by, and which of its funded initiatives it approves."""

    scenario_id: UUID
    expected_version: int | None = None
    note: Reason
    run_id: UUID | None = None
    approving: Approving = Approving.NONE
    initiative_ids: Annotated[list[UUID], Field(max_length=5_000), AfterValidator(_each_once)] = Field(
        default_factory=list
    )
    idempotency_key: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None


class ScenarioReject(Command):
    """A scenario that the board does not go by."""

    scenario_id: UUID
    expected_version: int | None = None
    note: Reason
