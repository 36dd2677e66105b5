"""The effects of a scenario as pure functions from one input of a plan to another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from domain.planning.input import MODES, PlanningInput
from domain.ranking.input import RankingInput
from domain.scenario import effect_capacity, effect_value
from domain.scenario.commands import (
    CostOfDelayEffect,
    DatesEffect,
    DemandEffect,
    DurationEffect,
    Effect,
    ForceEffect,
    HireEffect,
    KeyResultWeightEffect,
    LeaverEffect,
    ScoringEffect,
    ShareEffect,
    TeamCapacityEffect,
)
from domain.scenario.errors import EffectRefused, Refusal
from domain.scenario.places import initiative_at, named, set_at, team_at
from domain.snapshot.columns import day_number
from prioritisation.allocation_limits import TOLERANCE, AllocationMode

_WHOLE = 1.0


@dataclass(slots=True)
class _Given:
    """What earlier effects have said, by position, with the index of the effect."""

    shares: dict[int, int]
    forced_in: dict[int, int]
    forced_out: dict[int, int]
    dated: dict[int, int]


def apply_effects(
    base: PlanningInput, effects: Sequence[Effect], *, rankings: Mapping[str, RankingInput] | None = None
) -> PlanningInput:
    """The base with the effects applied in their order; the base itself stays as it is.

    Parameters
    ----------
    rankings
        By digest, what the rankings by other model versions are computed from.

    Raises
    ------
    EffectRefused
        Naming the effect that can't be applied, and why.
    """
    posed = base
    given = _Given({}, {}, {}, {})
    for index, effect in enumerate(effects):
        posed = _apply(posed, effect, index, given, rankings or {})
    _refuse_full_shares(posed, given)
    _refuse_dates_in_disorder(posed, given)
    return posed


def _apply(
    posed: PlanningInput, effect: Effect, index: int, given: _Given, rankings: Mapping[str, RankingInput]
) -> PlanningInput:
    match effect:
        case ShareEffect():
            return _share(posed, effect, index, given)
        case ForceEffect():
            return _force(posed, effect, index, given)
        case DatesEffect():
            return _dates(posed, effect, index, given)
        case ScoringEffect():
            return effect_value.score_otherwise(posed, effect, index, rankings)
        case _:
            return _ALONE[type(effect)](posed, effect, index)


_ALONE: Mapping[type[Any], Callable[[PlanningInput, Any, int], PlanningInput]] = {
    TeamCapacityEffect: effect_capacity.change_capacity,
    HireEffect: effect_capacity.hire,
    LeaverEffect: effect_capacity.let_go,
    DurationEffect: effect_value.estimate_duration,
    DemandEffect: effect_value.estimate_demand,
    CostOfDelayEffect: effect_value.cost_delay,
    KeyResultWeightEffect: effect_value.weigh_key_result,
}


def _share(posed: PlanningInput, effect: ShareEffect, index: int, given: _Given) -> PlanningInput:
    if effect.category_id not in posed.category_ids:
        raise EffectRefused(
            "The base has no category with this id; choose one that is in use.",
            reason=Refusal.CATEGORY_GONE,
            index=index,
        )
    b = posed.category_ids.index(effect.category_id)
    every = range(len(posed.team_ids))
    teams = every if effect.team_id is None else [team_at(posed, effect.team_id, index)]
    share, mode = posed.share.copy(), posed.mode.copy()
    for m in teams:
        if effect.share is not None:
            share[b, m] = effect.share
        elif np.isnan(share[b, m]):
            raise EffectRefused(
                f"The base states no share of {posed.names.categories[b]} in {posed.names.teams[m]}: give one"
                " with the mode.",
                reason=Refusal.SHARE_UNKNOWN,
                index=index,
            )
        if effect.mode is not None:
            mode[b, m] = MODES.index(effect.mode)
        elif mode[b, m] < 0:
            mode[b, m] = MODES.index(AllocationMode.RING_FENCED)
        given.shares[m] = index
    return replace(posed, share=share, mode=mode)


def _refuse_full_shares(posed: PlanningInput, given: _Given) -> None:
    """Shares of a team add up to the whole at most, once all effects are applied."""
    for m, index in sorted(given.shares.items()):
        total = float(np.nansum(posed.share[:, m]))
        if total > _WHOLE + TOLERANCE:
            parts = ", ".join(
                f"{name} {part:.4g}"
                for name, part in zip(posed.names.categories, posed.share[:, m] * 100, strict=True)
                if not np.isnan(part)
            )
            raise EffectRefused(
                f"The shares of {posed.names.teams[m]} add up to {total * 100:.4g} % ({parts}): lower another"
                " one as well.",
                reason=Refusal.SHARES_OVER_WHOLE,
                index=index,
            )


def _force(posed: PlanningInput, effect: ForceEffect, index: int, given: _Given) -> PlanningInput:
    at = initiative_at(posed, effect.initiative_id, index)
    opposite = given.forced_out if effect.funded else given.forced_in
    if at in opposite:
        raise EffectRefused(
            f"{named(posed, at)} is forced in and forced out (effect {opposite[at]}): remove one of the two.",
            reason=Refusal.FORCED_IN_AND_OUT,
            index=index,
        )
    if effect.funded:
        given.forced_in[at] = index
        return replace(
            posed,
            mandatory=set_at(posed.mandatory, at, True),
            excluded=set_at(posed.excluded, at, False),
        )
    if posed.mandatory[at]:
        raise EffectRefused(
            f"{named(posed, at)} is mandatory and can't be forced out: it has to be done.",
            reason=Refusal.MANDATORY_AND_FORCED_OUT,
            index=index,
        )
    given.forced_out[at] = index
    return replace(
        posed, excluded=set_at(posed.excluded, at, True), committed=set_at(posed.committed, at, False)
    )


def _dates(posed: PlanningInput, effect: DatesEffect, index: int, given: _Given) -> PlanningInput:
    at = initiative_at(posed, effect.initiative_id, index)
    start, deadline = posed.earliest_start, posed.deadline
    if "earliest_start" in effect.model_fields_set:
        start = set_at(start, at, day_number(effect.earliest_start))
    if "deadline" in effect.model_fields_set:
        deadline = set_at(deadline, at, day_number(effect.deadline))
    given.dated[at] = index
    return replace(posed, earliest_start=start, deadline=deadline)


def _refuse_dates_in_disorder(posed: PlanningInput, given: _Given) -> None:
    for at, index in sorted(given.dated.items()):
        if posed.deadline[at] < posed.earliest_start[at]:
            raise EffectRefused(
                f"The deadline of {named(posed, at)} is before its earliest start: change one of them.",
                reason=Refusal.DATES_IN_DISORDER,
                index=index,
            )
