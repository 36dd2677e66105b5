"""Inputs of effects: exactly one of them, and how they become the domain's."""

import dataclasses
from datetime import date
from typing import Any

import strawberry
from pydantic.alias_generators import to_camel

from api.cost_of_delay.inputs import COMPOSITES as COST_COMPOSITES
from api.cost_of_delay.inputs import RateEstimateInput, weekly_rates
from api.enums import UrgencyProfile
from api.estimates import EstimateInput
from api.inputs import Composites, plain_values
from api.scalars import MoneyInput
from api.scenario.enums import AllocationMode
from domain.scenario.commands import MOST_WEIGHTS

IDS = {
    "category_id": "AllocationCategory",
    "team_id": "Team",
    "initiative_id": "Initiative",
    "criterion_id": "Criterion",
    "model_version_id": "ScoringModelVersion",
    "key_result_id": "KeyResult",
}
_POINTS = {"low": "low", "likely": "likely", "high": "high"}
COMPOSITES: Composites = {**COST_COMPOSITES, "weeks": _POINTS, "person_weeks": _POINTS}

_TEAM = "The team; something in the base demands work of it."
_INITIATIVE = "The initiative; one that the base plans."
_SKILL = "The skill of the team, at most 100 characters; left out it is the team as a whole."


@strawberry.input(description="Another share of an allocation category, another mode, or both.")
class ScenarioCategoryShareInput:
    """Becomes ``ShareEffect``."""

    category_id: strawberry.ID = strawberry.field(description="The category.")
    team_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Only in this team; left out, in all teams."
    )
    share: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="Part of the capacity, 0 to 1; the shares of a team add up to 1 at most.",
    )
    mode: AllocationMode | None = strawberry.field(
        default=strawberry.UNSET,
        description="How strictly it is kept; left out it stays, and is RING_FENCED where there was none.",
    )


@strawberry.input(description="Another capacity of a team, or of one of its skills.")
class ScenarioTeamCapacityInput:
    """Becomes ``TeamCapacityEffect``."""

    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    skill: str | None = strawberry.field(default=strawberry.UNSET, description=_SKILL)
    person_weeks_per_week: float = strawberry.field(
        description="Person-weeks in a week of five working days; with `relative` added to what is there, taken away"
        " where negative."
    )
    relative: bool = strawberry.field(
        default=False, description="Add to what is there, instead of replacing it."
    )
    starts_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="The first day; left out, the first that is planned."
    )
    ends_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="The last day; left out, the last of the cycle."
    )


@strawberry.input(description="People who join a team. Holidays and leave of theirs are not known.")
class ScenarioHireInput:
    """Becomes ``HireEffect``."""

    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    skill: str | None = strawberry.field(
        default=strawberry.UNSET, description="A skill that they bring, besides adding to the team."
    )
    on: date = strawberry.field(description="Their first day.")
    count: int = strawberry.field(default=1, description="How many, 1 to 1,000.")
    fte: float = strawberry.field(
        default=1.0, description="Part of a full-time job of each, above 0, at most 1."
    )
    focus_share: float = strawberry.field(
        default=1.0, description="Part of their time that planned work gets, above 0, at most 1."
    )
    ramp_weeks: float = strawberry.field(
        default=0.0, description="Weeks in which they get from nothing to all they can do, evenly; 0 to 104."
    )


@strawberry.input(description="People who leave a team.")
class ScenarioLeaverInput:
    """Becomes ``LeaverEffect``."""

    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    skill: str | None = strawberry.field(
        default=strawberry.UNSET, description="A skill that leaves with them."
    )
    on: date = strawberry.field(description="The first day without them.")
    count: int = strawberry.field(default=1, description="How many, 1 to 1,000.")
    fte: float = strawberry.field(
        default=1.0, description="Part of a full-time job of each, above 0, at most 1."
    )
    focus_share: float = strawberry.field(
        default=1.0, description="Part of their time that planned work got, above 0, at most 1."
    )


@strawberry.input(description="The weight of a criterion.")
class ScenarioCriterionWeightInput:
    """Becomes ``CriterionWeight``."""

    criterion_id: strawberry.ID = strawberry.field(description="The criterion; one of the model in use.")
    weight: float = strawberry.field(description="From 0 to 1,000.")


@strawberry.input(
    description="What initiatives are valued by: other weights of the model in use, or a version of a model."
)
class ScenarioScoringInput:
    """Becomes ``ScoringEffect``."""

    weights: list[ScenarioCriterionWeightInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Weights, each criterion once, at most {MOST_WEIGHTS}; the others keep theirs. Not for methods"
        " that multiply.",
    )
    model_version_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="A version of any model. What it says is kept now, so that the base must still be how things are.",
    )


@strawberry.input(description="Whether an initiative is funded, whatever it is worth.")
class ScenarioForceInput:
    """Becomes ``ForceEffect``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    funded: bool = strawberry.field(
        description="True forces it in. False forces it out, and stops it if it is in flight."
    )


@strawberry.input(
    description="Other dates of an initiative; what is left out stays, null takes the date away."
)
class ScenarioDatesInput:
    """Becomes ``DatesEffect``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    earliest_start: strawberry.Maybe[date | None] = strawberry.field(
        description="The first day on which it may begin."
    )
    deadline: strawberry.Maybe[date | None] = strawberry.field(
        description="The last day on which finishing is on time."
    )


@strawberry.input(description="Another duration of an initiative.")
class ScenarioDurationInput:
    """Becomes ``DurationEffect``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    weeks: EstimateInput = strawberry.field(
        description="The whole duration in weeks: above 0, at most 5,200."
    )


@strawberry.input(
    description="Another demand of an initiative, in place of that for the same team and skill."
)
class ScenarioDemandInput:
    """Becomes ``DemandEffect``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    skill: str | None = strawberry.field(default=strawberry.UNSET, description=_SKILL)
    person_weeks: EstimateInput = strawberry.field(description="As a whole, in person-weeks; 0 for none.")


@strawberry.input(description="Another cost of delay of an initiative, with all its parameters.")
class ScenarioCostOfDelayInput:
    """Becomes ``CostOfDelayEffect``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    profile: UrgencyProfile = strawberry.field(description="How the cost depends on the finish date.")
    rate: RateEstimateInput = strawberry.field(description="The full rate, in the organisation's currency.")
    deadline: date | None = strawberry.field(
        default=strawberry.UNSET, description="FIXED_DATE: the last day on which finishing is on time."
    )
    step: MoneyInput | None = strawberry.field(
        default=strawberry.UNSET, description="FIXED_DATE: what missing the deadline costs at once."
    )
    ramp_weeks: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="INTANGIBLE and FIXED_DATE: weeks in which the rate grows to its full height.",
    )
    life_weeks: float | None = strawberry.field(
        default=strawberry.UNSET, description="Profiles with a life: how many weeks earnings last."
    )
    peak_week: float | None = strawberry.field(
        default=strawberry.UNSET, description="Profiles with a life: the week in which earnings peak."
    )


@strawberry.input(description="Another weight of a key result, where initiatives are valued by outcome.")
class ScenarioKeyResultWeightInput:
    """Becomes ``KeyResultWeightEffect``."""

    key_result_id: strawberry.ID = strawberry.field(
        description="The key result; something planned contributes to it."
    )
    weight: float = strawberry.field(description="From 0 to 1,000.")


@strawberry.input(one_of=True, description="What a scenario changes: exactly one of these.")
class ScenarioEffectInput:
    """Becomes an effect; the fields are the kinds."""

    share: strawberry.Maybe[ScenarioCategoryShareInput] = strawberry.field(description="Another share.")
    team_capacity: strawberry.Maybe[ScenarioTeamCapacityInput] = strawberry.field(
        description="Another capacity of a team."
    )
    hire: strawberry.Maybe[ScenarioHireInput] = strawberry.field(description="People who join.")
    leaver: strawberry.Maybe[ScenarioLeaverInput] = strawberry.field(description="People who leave.")
    scoring: strawberry.Maybe[ScenarioScoringInput] = strawberry.field(description="What to value by.")
    force: strawberry.Maybe[ScenarioForceInput] = strawberry.field(
        description="Whether an initiative is funded."
    )
    dates: strawberry.Maybe[ScenarioDatesInput] = strawberry.field(description="Other dates.")
    duration: strawberry.Maybe[ScenarioDurationInput] = strawberry.field(description="Another duration.")
    demand: strawberry.Maybe[ScenarioDemandInput] = strawberry.field(description="Another demand.")
    cost_of_delay: strawberry.Maybe[ScenarioCostOfDelayInput] = strawberry.field(
        description="Another cost of delay."
    )
    key_result_weight: strawberry.Maybe[ScenarioKeyResultWeightInput] = strawberry.field(
        description="Another weight of a key result."
    )


def effect_of(given: ScenarioEffectInput, *path: str | int) -> dict[str, Any]:
    """An effect in the domain's terms, with its kind.

    Raises
    ------
    NotFound, InvalidInput
        When an id is not one of its type; when a step is in another currency than its rate.
    """
    for field in dataclasses.fields(given):
        chosen = getattr(given, field.name)
        if isinstance(chosen, strawberry.Some):
            content = plain_values(
                chosen.value, ids=IDS, composites=COMPOSITES, path=(*path, to_camel(field.name))
            )
            if isinstance(chosen.value, ScenarioCostOfDelayInput):
                content |= weekly_rates(chosen.value.rate, chosen.value.step)
            return {**content, "kind": field.name}
    raise AssertionError("GraphQL has seen to it that exactly one is given")


def effects_of(given: list[ScenarioEffectInput]) -> list[dict[str, Any]]:
    """Effects in the domain's terms."""
    return [effect_of(item, "effects", index) for index, item in enumerate(given)]
