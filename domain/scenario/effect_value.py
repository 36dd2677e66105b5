"""Effects on estimates and on value: what follows from them in the ranking follows at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from domain.commands.cost_of_delay import CostOfDelaySet
from domain.cost_of_delay import refuse_misfit
from domain.enums import CriterionSource, ScoringMethod
from domain.errors import InvalidInput
from domain.planning.input import LIKELY, Floats, PlanningInput, uuids
from domain.ranking.delay import mean_delay_cost
from domain.ranking.input import RankingInput
from domain.rows import CostOfDelayRow
from domain.scenario.commands import (
    CostOfDelayEffect,
    DemandEffect,
    DurationEffect,
    KeyResultWeightEffect,
    ScoringEffect,
)
from domain.scenario.errors import EffectRefused, Refusal
from domain.scenario.places import initiative_at, resources_of, set_at
from domain.snapshot.columns import day_number
from prioritisation.errors import PrioritisationError

_DELAY_FIGURES = ("deadline", "step_minor", "ramp_weeks", "life_weeks", "peak_week")
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_WEIGHT = 3
"""Row of ``figures`` that holds the weight of a key result."""


def score_otherwise(
    posed: PlanningInput, effect: ScoringEffect, index: int, rankings: Mapping[str, RankingInput]
) -> PlanningInput:
    """Value by other weights, or by another version of a model."""
    if effect.model_version_id is not None:
        other = rankings.get(effect.ranking_digest or "")
        if other is None or not np.array_equal(other.ids, posed.ids):
            raise EffectRefused(
                "What this model version says was not kept with the base: remove the effect and add it again.",
                reason=Refusal.MODEL_NOT_APPLICABLE,
                index=index,
            )
        return _revalued(posed, other, index)
    settings = posed.ranking.settings
    if settings.method not in {ScoringMethod.WEIGHTED, ScoringMethod.WSJF, ScoringMethod.ICE_MEAN}:
        raise EffectRefused(
            f"The method {settings.method.value} has no weights: choose a model version instead.",
            reason=Refusal.WEIGHTS_WITHOUT_MEANING,
            index=index,
        )
    wanted = {item.criterion_id: item.weight for item in effect.weights}
    known = {criterion.criterion_id for criterion in settings.criteria}
    if not wanted.keys() <= known:
        raise EffectRefused(
            "The model in use has no criterion with this id; weigh those that it has.",
            reason=Refusal.CRITERION_NOT_IN_MODEL,
            index=index,
        )
    criteria = tuple(
        replace(criterion, weight=wanted.get(criterion.criterion_id, criterion.weight))
        if criterion.criterion_id is not None
        else criterion
        for criterion in settings.criteria
    )
    if not any(criterion.weight > 0 for criterion in criteria):
        raise EffectRefused(
            "All weights would be 0: leave at least one criterion a weight.",
            reason=Refusal.NO_WEIGHT_LEFT,
            index=index,
        )
    changed = replace(settings, criteria=criteria, model_version_id=None)
    return _revalued(posed, replace(posed.ranking, settings=changed), index)


def _revalued(posed: PlanningInput, ranking: RankingInput, index: int) -> PlanningInput:
    found = replace(posed, ranking=ranking)
    try:
        _ = found.solved
    except PrioritisationError as error:
        raise EffectRefused(
            f"The portfolio can't be scored in this way: {error}.",
            reason=Refusal.MODEL_NOT_APPLICABLE,
            index=index,
        ) from error
    return found


def estimate_duration(posed: PlanningInput, effect: DurationEffect, index: int) -> PlanningInput:
    """Another duration; criteria that follow it change with it."""
    at = initiative_at(posed, effect.initiative_id, index)
    points = _points(effect.low, effect.likely, effect.high, index)
    changed = replace(posed, duration=set_at(posed.duration, (slice(None), at), points))
    return _followed(changed, at, {CriterionSource.DURATION_WEEKS, CriterionSource.COST_OF_DELAY})


def estimate_demand(posed: PlanningInput, effect: DemandEffect, index: int) -> PlanningInput:
    """Another demand for a team, in place of the one that is there."""
    at = initiative_at(posed, effect.initiative_id, index)
    points = _points(effect.low, effect.likely, effect.high, index)
    team, skill = resources_of(posed, effect.team_id, effect.skill, index)
    changed = posed
    resource = team if not effect.skill else skill
    if resource is None:
        raise EffectRefused(
            f"Nothing in the base demands the skill {effect.skill} of this team, so that nothing is known of its"
            " capacity. Demand the team instead.",
            reason=Refusal.TEAM_NOT_PLANNED,
            index=index,
        )
    entries = np.flatnonzero((posed.demand_of == at) & (posed.demand_resource == resource))
    if not points.any():
        kept = np.setdiff1d(np.arange(len(posed.demand_of)), entries)
        changed = replace(
            posed,
            demand_of=posed.demand_of[kept],
            demand_resource=posed.demand_resource[kept],
            demand=posed.demand[:, kept],
            spent=posed.spent[kept],
        )
    elif len(entries):
        changed = replace(posed, demand=set_at(posed.demand, (slice(None), int(entries[0])), points))
    else:
        of = np.append(posed.demand_of, at)
        which = np.append(posed.demand_resource, resource)
        order = np.lexsort((which, of))
        begun = posed.booked[at]
        changed = replace(
            posed,
            demand_of=of[order],
            demand_resource=which[order],
            demand=np.column_stack([posed.demand, points])[:, order],
            spent=np.append(posed.spent, 0.0 if begun else np.nan)[order],
        )
    return _followed(changed, at, {CriterionSource.EFFORT_PERSON_WEEKS})


def cost_delay(posed: PlanningInput, effect: CostOfDelayEffect, index: int) -> PlanningInput:
    """Another cost of delay, with all its parameters."""
    at = initiative_at(posed, effect.initiative_id, index)
    if effect.currency != posed.settings.currency:
        raise EffectRefused(
            f"The plan counts in {posed.settings.currency}; give the cost of delay in that currency.",
            reason=Refusal.CURRENCY_DIFFERS,
            index=index,
        )
    try:
        refuse_misfit(CostOfDelaySet(**effect.model_dump(exclude={"kind"})))
    except InvalidInput as error:
        raise EffectRefused(error.message, reason=Refusal.PROFILE_INCOMPLETE, index=index) from error
    rates = _points(
        effect.rate_minor_per_week_low,
        effect.rate_minor_per_week_likely,
        effect.rate_minor_per_week_high,
        index,
    )
    figures = [_figure(getattr(effect, name)) for name in _DELAY_FIGURES]
    profiles = list(posed.profiles)
    profiles[at] = effect.profile
    changed = replace(
        posed,
        profiles=tuple(profiles),
        delay=set_at(posed.delay, (slice(None), at), np.concatenate([rates, figures])),
    )
    return _followed(changed, at, {CriterionSource.COST_OF_DELAY})


def weigh_key_result(posed: PlanningInput, effect: KeyResultWeightEffect, index: int) -> PlanningInput:
    """Another weight of a key result, where that is what value is made of."""
    if posed.ranking.settings.method is not ScoringMethod.VALUE_BY_OUTCOME:
        raise EffectRefused(
            "Weights of key results count in the value by outcome only, and this scenario values otherwise.",
            reason=Refusal.WEIGHTS_WITHOUT_MEANING,
            index=index,
        )
    ranked = uuids(posed.ranking.key_results)
    if effect.key_result_id not in ranked:
        raise EffectRefused(
            "Nothing planned contributes to this key result, so that its weight changes nothing.",
            reason=Refusal.KEY_RESULT_NOT_PLANNED,
            index=index,
        )
    planned = uuids(posed.key_results)
    figures, ranking = posed.figures, posed.ranking
    if effect.key_result_id in planned:
        figures = set_at(figures, (_WEIGHT, planned.index(effect.key_result_id)), effect.weight)
    place = (_WEIGHT, ranked.index(effect.key_result_id))
    return replace(
        posed,
        figures=figures,
        ranking=replace(ranking, figures=set_at(ranking.figures, place, effect.weight)),
    )


def _followed(posed: PlanningInput, at: int, sources: set[CriterionSource]) -> PlanningInput:
    """The ranking with an initiative's values on the criteria that its own figures are."""
    values = posed.ranking.values
    for row, criterion in enumerate(posed.ranking.settings.criteria):
        if criterion.source in sources:
            value = _own_figure(posed, at, criterion.source)
            highest = np.inf if criterion.scale_max is None else criterion.scale_max
            values = set_at(values, (row, at), np.clip(value, criterion.scale_min, highest))
    if values is posed.ranking.values:
        return posed
    return replace(posed, ranking=replace(posed.ranking, values=values))


def _own_figure(posed: PlanningInput, at: int, source: CriterionSource) -> float:
    if source is CriterionSource.DURATION_WEEKS:
        return float(posed.duration[LIKELY, at])
    if source is CriterionSource.EFFORT_PERSON_WEEKS:
        return float(posed.demand[LIKELY, posed.demand_of == at].sum())
    cost = _cost_of(posed, at)
    found = mean_delay_cost(
        [cost],
        earliest=posed.duration[LIKELY, at : at + 1],
        currency=posed.settings.currency,
        today=posed.settings.today,
    )
    return float(found[0])


def _cost_of(posed: PlanningInput, at: int) -> CostOfDelayRow | None:
    profile = posed.profiles[at]
    if profile is None:
        return None
    figures = [None if np.isnan(value) else value for value in posed.delay[:, at].tolist()]
    low, likely, high, deadline, step, ramp, life, peak = figures
    return CostOfDelayRow(
        initiative_id=posed.initiative_ids[at],
        profile=profile,
        currency=posed.settings.currency,
        rate_minor_per_week_low=low,
        rate_minor_per_week_likely=np.nan if likely is None else likely,
        rate_minor_per_week_high=high,
        deadline=None if deadline is None else date.fromordinal(_EPOCH_ORDINAL + int(deadline)),
        step_minor=step,
        ramp_weeks=ramp,
        life_weeks=life,
        peak_week=peak,
        version=1,
        updated_at=datetime.min.replace(tzinfo=UTC),
    )


def _points(low: float | None, likely: float, high: float | None, index: int) -> Floats:
    """Low, likely and high; who states one point is sure."""
    points = np.array([likely if low is None else low, likely, likely if high is None else high])
    if not points[0] <= points[1] <= points[2]:
        raise EffectRefused(
            "Low, likely and high must not fall in this order; correct the estimate.",
            reason=Refusal.ESTIMATES_IN_DISORDER,
            index=index,
        )
    return points


def _figure(value: Any) -> float:
    if isinstance(value, date):
        return day_number(value)
    return np.nan if value is None else float(value)
