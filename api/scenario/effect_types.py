"""What effects are in the schema: the change that each makes."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry

from api.context import Info
from api.cost_of_delay.types import RateEstimate
from api.enums import UrgencyProfile
from api.estimates import Estimate, EstimateRow
from api.initiative.shown import initiatives_of
from api.nodes import as_type
from api.scalars import BigInt, CurrencyCode, Money
from api.scenario.enums import AllocationMode
from domain.scenario import commands

if TYPE_CHECKING:
    from api.category.types import AllocationCategory
    from api.initiative.types import Initiative
    from api.key_result.types import KeyResult
    from api.scoring.types import Criterion, ScoringModelVersion
    from api.team.types import Team

_TEAM_GONE = "The team; null when it is gone for good."
_INITIATIVE_GONE = "The initiative; null when it is gone for good."


@strawberry.type
class _OfTeam:
    """Fields of changes that concern a team."""

    effect: strawberry.Private[Any]

    @strawberry.field(description=_TEAM_GONE)
    def team(self, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        return cast("Team | None", info.context.directory.teams.get(self.effect.team_id))


@strawberry.type
class _OfInitiative:
    """Fields of changes that concern an initiative."""

    effect: strawberry.Private[Any]

    @strawberry.field(description=_INITIATIVE_GONE)
    async def initiative(
        self, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        found = await initiatives_of(info.context, [self.effect.initiative_id])
        return found[0]


@strawberry.type(description="Another share of an allocation category, another mode, or both.")
class ScenarioShare(_OfTeam):
    """Shows ``ShareEffect``; without a team it is of all teams."""

    @strawberry.field(description="The category; null when it is gone for good.")
    def category(
        self, info: Info
    ) -> Annotated["AllocationCategory", strawberry.lazy("api.category.types")] | None:
        found = info.context.directory.categories.get(self.effect.category_id)
        return cast("AllocationCategory | None", found)

    @strawberry.field(description="The only team in which it holds; null for all teams.")
    def team(self, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        return cast("Team | None", info.context.directory.teams.get(self.effect.team_id))

    @strawberry.field(description="Part of the capacity, 0 to 1; null when it stays.")
    def share(self) -> float | None:
        return cast("float | None", self.effect.share)

    @strawberry.field(description="How strictly it is kept; null when that stays.")
    def mode(self) -> AllocationMode | None:
        return cast("AllocationMode | None", self.effect.mode)


@strawberry.type(description="Another capacity of a team, or of one of its skills.")
class ScenarioTeamCapacity(_OfTeam):
    """Shows ``TeamCapacityEffect``."""

    skill: str = strawberry.field(description="The skill; empty for the team as a whole.")
    person_weeks_per_week: float = strawberry.field(
        description="Person-weeks in a week of five working days."
    )
    relative: bool = strawberry.field(description="Whether that is added to what is there.")
    starts_on: date | None = strawberry.field(
        description="The first day; null for the first that is planned."
    )
    ends_on: date | None = strawberry.field(description="The last day; null for the last of the cycle.")


@strawberry.type
class _People(_OfTeam):
    """Fields of changes that are about people."""

    skill: str = strawberry.field(description="The skill that they have; empty for none in particular.")
    on: date = strawberry.field(description="The first day with them, or without them.")
    count: int = strawberry.field(description="How many.")
    fte: float = strawberry.field(description="Part of a full-time job of each, 0 to 1.")
    focus_share: float = strawberry.field(description="Part of their time that planned work gets, 0 to 1.")


@strawberry.type(description="People who join a team.")
class ScenarioHire(_People):
    """Shows ``HireEffect``."""

    ramp_weeks: float = strawberry.field(
        description="Weeks in which they get from nothing to all they can do."
    )


@strawberry.type(description="People who leave a team.")
class ScenarioLeaver(_People):
    """Shows ``LeaverEffect``."""


@strawberry.type(description="The weight of a criterion.")
class ScenarioCriterionWeight:
    """Shows ``CriterionWeight``."""

    criterion_id: strawberry.Private[UUID]
    weight: float = strawberry.field(description="From 0 to 1,000.")

    @strawberry.field(description="The criterion; null when it is gone for good.")
    def criterion(self, info: Info) -> Annotated["Criterion", strawberry.lazy("api.scoring.types")] | None:
        return cast("Criterion | None", info.context.directory.criteria.get(self.criterion_id))


@strawberry.type(description="What initiatives are valued by.")
class ScenarioScoring:
    """Shows ``ScoringEffect``."""

    effect: strawberry.Private[commands.ScoringEffect]

    @strawberry.field(description="Weights that differ, at most 100; empty when another version is used.")
    def weights(self) -> list[ScenarioCriterionWeight]:
        return [
            ScenarioCriterionWeight(criterion_id=item.criterion_id, weight=item.weight)
            for item in self.effect.weights
        ]

    @strawberry.field(description="The version of a model; null when only weights differ.")
    def model_version(
        self, info: Info
    ) -> Annotated["ScoringModelVersion", strawberry.lazy("api.scoring.types")] | None:
        if self.effect.model_version_id is None:
            return None
        found = info.context.directory.model_versions.get(self.effect.model_version_id)
        return None if found is None else cast("ScoringModelVersion", found.version)


@strawberry.type(description="Whether an initiative is funded, whatever it is worth.")
class ScenarioForce(_OfInitiative):
    """Shows ``ForceEffect``."""

    funded: bool = strawberry.field(description="True forces it in, false forces it out.")


@strawberry.type(description="Other dates of an initiative.")
class ScenarioDates(_OfInitiative):
    """Shows ``DatesEffect``."""

    changes_earliest_start: bool = strawberry.field(description="Whether the earliest start is another one.")
    earliest_start: date | None = strawberry.field(
        description="The first day on which it may begin; null when it stays, or is taken away."
    )
    changes_deadline: bool = strawberry.field(description="Whether the deadline is another one.")
    deadline: date | None = strawberry.field(
        description="The last day on which finishing is on time; null when it stays, or is taken away."
    )


@strawberry.type(description="Another duration of an initiative.")
class ScenarioDuration(_OfInitiative):
    """Shows ``DurationEffect``."""

    @strawberry.field(description="The whole duration, in weeks.")
    def weeks(self) -> Estimate:
        return _estimate(self.effect)


@strawberry.type(description="Another demand of an initiative for a team.")
class ScenarioDemand(_OfInitiative, _OfTeam):
    """Shows ``DemandEffect``."""

    skill: str = strawberry.field(description="The skill; empty for the team as a whole.")

    @strawberry.field(description="As a whole, in person-weeks; 0 for none.")
    def person_weeks(self) -> Estimate:
        return _estimate(self.effect)


@strawberry.type(description="Another cost of delay of an initiative.")
class ScenarioCostOfDelay(_OfInitiative):
    """Shows ``CostOfDelayEffect``."""

    profile: UrgencyProfile = strawberry.field(description="How the cost depends on the finish date.")
    deadline: date | None = strawberry.field(
        description="FIXED_DATE: the last day on which finishing is on time."
    )
    ramp_weeks: float | None = strawberry.field(
        description="INTANGIBLE and FIXED_DATE: weeks in which the rate grows to its full height."
    )
    life_weeks: float | None = strawberry.field(
        description="Profiles with a life: how many weeks earnings last."
    )
    peak_week: float | None = strawberry.field(
        description="Profiles with a life: the week in which earnings peak."
    )

    @strawberry.field(description="The full rate, in money per week.")
    def rate(self) -> RateEstimate:
        low, likely, high = (
            self._money(getattr(self.effect, f"rate_minor_per_week_{point}"))
            for point in ("low", "likely", "high")
        )
        return RateEstimate(low=low, likely=cast("Money", likely), high=high)

    @strawberry.field(description="FIXED_DATE: what missing the deadline costs at once; null for nothing.")
    def step(self) -> Money | None:
        return self._money(self.effect.step_minor)

    def _money(self, minor: float | None) -> Money | None:
        if minor is None:
            return None
        return Money(amount_minor=BigInt(round(minor)), currency=CurrencyCode(self.effect.currency))


@strawberry.type(description="Another weight of a key result.")
class ScenarioKeyResultWeight:
    """Shows ``KeyResultWeightEffect``."""

    key_result_id: strawberry.Private[UUID]
    weight: float = strawberry.field(description="From 0 to 1,000.")

    @strawberry.field(description="The key result; null when it is gone for good.")
    def key_result(
        self, info: Info
    ) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")] | None:
        return cast("KeyResult | None", info.context.directory.key_results.get(self.key_result_id))


ScenarioChange = Annotated[
    ScenarioShare
    | ScenarioTeamCapacity
    | ScenarioHire
    | ScenarioLeaver
    | ScenarioScoring
    | ScenarioForce
    | ScenarioDates
    | ScenarioDuration
    | ScenarioDemand
    | ScenarioCostOfDelay
    | ScenarioKeyResultWeight,
    strawberry.union("ScenarioChange", description="What an effect changes."),
]


def change_of(effect: commands.Effect) -> Any:
    """The change that an effect makes, as the schema shows it."""
    match effect:
        case commands.ShareEffect():
            return ScenarioShare(effect=effect)
        case commands.TeamCapacityEffect():
            return ScenarioTeamCapacity(
                effect=effect,
                **_fields(effect, "skill", "person_weeks_per_week", "relative", "starts_on", "ends_on"),
            )
        case commands.HireEffect():
            people = _fields(effect, "skill", "on", "count", "fte", "focus_share", "ramp_weeks")
            return ScenarioHire(effect=effect, **people)
        case commands.LeaverEffect():
            people = _fields(effect, "skill", "on", "count", "fte", "focus_share")
            return ScenarioLeaver(effect=effect, **people)
        case commands.ScoringEffect():
            return ScenarioScoring(effect=effect)
        case commands.ForceEffect():
            return ScenarioForce(effect=effect, funded=effect.funded)
        case commands.DatesEffect():
            given = effect.model_fields_set
            return ScenarioDates(
                effect=effect,
                changes_earliest_start="earliest_start" in given,
                changes_deadline="deadline" in given,
                **_fields(effect, "earliest_start", "deadline"),
            )
        case commands.DurationEffect():
            return ScenarioDuration(effect=effect)
        case commands.DemandEffect():
            return ScenarioDemand(effect=effect, skill=effect.skill)
        case commands.CostOfDelayEffect():
            parameters = _fields(effect, "profile", "deadline", "ramp_weeks", "life_weeks", "peak_week")
            return ScenarioCostOfDelay(effect=effect, **parameters)
        case commands.KeyResultWeightEffect():
            return ScenarioKeyResultWeight(key_result_id=effect.key_result_id, weight=effect.weight)


def _fields(effect: commands.Effect, *names: str) -> dict[str, Any]:
    return {name: getattr(effect, name) for name in names}


def _estimate(effect: Any) -> Estimate:
    return as_type(Estimate, EstimateRow(effect.low, effect.likely, effect.high))
