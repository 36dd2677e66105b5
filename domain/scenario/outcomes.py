"""Who wins and who loses by a scenario against its base, and by what."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

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
from domain.scenario.result import Lack, PlannedInitiative, PlanResult

_MOST_NAMED = 10
_OWN = (ForceEffect, DatesEffect, DurationEffect, DemandEffect, CostOfDelayEffect)
_DUST = 1e-6


class Fate(StrEnum):
    """What becomes of an initiative in a scenario, against its base."""

    FUNDED = "funded"
    UNFUNDED = "unfunded"
    EARLIER = "earlier"
    LATER = "later"
    ENTERED = "entered"
    LEFT = "left"


class WhyKind(StrEnum):
    """Why something has become of an initiative."""

    OWN_EFFECT = "own_effect"
    CAPACITY_EFFECT = "capacity_effect"
    SHARE_EFFECT = "share_effect"
    SCORING_EFFECT = "scoring_effect"
    CAPACITY_FREED = "capacity_freed"
    CAPACITY_TAKEN = "capacity_taken"
    PREREQUISITE = "prerequisite"
    RIVAL = "rival"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One reason: the effect (its index), the initiatives, and the resource that it is about."""

    kind: WhyKind
    effect: int | None = None
    initiatives: tuple[UUID, ...] = ()
    resource: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What has become of an initiative; ``days`` is later finish less earlier one, None where there are no two."""

    id: UUID
    fate: Fate
    days: int | None
    before: PlannedInitiative | None
    after: PlannedInitiative | None
    why: tuple[Why, ...]


def outcomes(base: PlanResult, result: PlanResult, effects: Sequence[Effect]) -> tuple[Outcome, ...]:
    """All that are funded or not, or finish at another time: those that gain, then those that lose.

    Within each, by value, the greatest first.
    """
    found = []
    for initiative_id in sorted(base.by_id.keys() | result.by_id.keys()):
        before, after = base.by_id.get(initiative_id), result.by_id.get(initiative_id)
        fate, days = _fate(before, after)
        if fate is not None:
            why = _why(fate, before, after, base, result, effects)
            found.append(Outcome(id=initiative_id, fate=fate, days=days, before=before, after=after, why=why))
    order = list(Fate)
    return tuple(sorted(found, key=lambda item: (order.index(item.fate), -_worth(item), item.id)))


def _worth(item: Outcome) -> float:
    shown = item.after or item.before
    return 0.0 if shown is None or shown.value is None else shown.value


def _fate(
    before: PlannedInitiative | None, after: PlannedInitiative | None
) -> tuple[Fate | None, int | None]:
    if before is None:
        return Fate.ENTERED, None
    if after is None:
        return Fate.LEFT, None
    if after.funded != before.funded:
        return (Fate.FUNDED if after.funded else Fate.UNFUNDED), None
    if after.finishes_on == before.finishes_on:
        return None, None
    if after.finishes_on is None:
        return Fate.LATER, None
    if before.finishes_on is None:
        return Fate.EARLIER, None
    days = (after.finishes_on - before.finishes_on).days
    return (Fate.EARLIER if days < 0 else Fate.LATER), days


def _why(
    fate: Fate,
    before: PlannedInitiative | None,
    after: PlannedInitiative | None,
    base: PlanResult,
    result: PlanResult,
    effects: Sequence[Effect],
) -> tuple[Why, ...]:
    if before is None or after is None:
        return ()
    found = [
        Why(kind=WhyKind.OWN_EFFECT, effect=index)
        for index, effect in enumerate(effects)
        if isinstance(effect, _OWN) and effect.initiative_id == after.id
    ]
    if fate is Fate.FUNDED:
        found += _room(before, base, result, effects, gained=True)
        given = _became(before.prerequisites, base, result, funded=True)
    elif fate is Fate.UNFUNDED:
        found += _room(after, base, result, effects, gained=False)
        given = _became(after.prerequisites, base, result, funded=False)
        rivals = _became(after.rivals, base, result, funded=True)
        if rivals:
            found.append(Why(kind=WhyKind.RIVAL, initiatives=rivals))
    else:
        given = ()
        found += _capacity_effects([k for k, _ in after.needs], after, result, effects)
    if given:
        found.append(Why(kind=WhyKind.PREREQUISITE, initiatives=given))
    found += [
        Why(kind=WhyKind.SCORING_EFFECT, effect=index)
        for index, effect in enumerate(effects)
        if isinstance(effect, ScoringEffect | KeyResultWeightEffect) and before.value != after.value
    ]
    # nothing of its own: others were put before it, or behind it
    return tuple(found) or (Why(kind=WhyKind.ORDER),)


def _room(
    short: PlannedInitiative,
    base: PlanResult,
    result: PlanResult,
    effects: Sequence[Effect],
    *,
    gained: bool,
) -> list[Why]:
    """What has made room for an initiative, or taken it: ``short`` is how it was where it did not fit."""
    whose = result if not gained else base
    lacks = short.lacks or tuple(
        Lack(resource=k, category_id=None, needed=weeks, left=0.0) for k, weeks in short.needs
    )
    resources = list(dict.fromkeys(lack.resource for lack in lacks))
    found = _capacity_effects(resources, short, whose, effects)
    for k in resources:
        # who had it before and has it no longer, or the other way round
        others = _users(whose, k, base if gained else result, result if gained else base)
        if others:
            kind = WhyKind.CAPACITY_FREED if gained else WhyKind.CAPACITY_TAKEN
            found.append(Why(kind=kind, initiatives=others, resource=k))
    return found


def _users(named: PlanResult, k: int, having: PlanResult, lacking: PlanResult) -> tuple[UUID, ...]:
    """Initiatives that are funded in the one and not in the other, and need a resource; the greatest need first."""
    use = named.resources[k]
    found = []
    for item in having.funded:
        other = lacking.by_id.get(item.id)
        if other is not None and other.funded:
            continue
        weeks = sum(
            amount
            for at, amount in item.needs
            if (having.resources[at].team_id, having.resources[at].skill) == (use.team_id, use.skill)
        )
        if weeks > _DUST:
            found.append((-weeks, item.id))
    return tuple(initiative_id for _, initiative_id in sorted(found)[:_MOST_NAMED])


def _capacity_effects(
    resources: Sequence[int], item: PlannedInitiative, whose: PlanResult, effects: Sequence[Effect]
) -> list[Why]:
    """Effects on the capacity of the resources, or on how it is split: on the initiative's own category first."""
    found: list[Why] = []
    shares: list[Why] = []
    own: list[Why] = []
    for index, effect in enumerate(effects):
        for k in resources:
            use = whose.resources[k]
            if isinstance(effect, TeamCapacityEffect | HireEffect | LeaverEffect):
                if effect.team_id == use.team_id and use.skill in ("", effect.skill):
                    found.append(Why(kind=WhyKind.CAPACITY_EFFECT, effect=index, resource=k))
                    break
            elif isinstance(effect, ShareEffect) and effect.team_id in (None, use.team_id):
                why = Why(kind=WhyKind.SHARE_EFFECT, effect=index, resource=k)
                (own if effect.category_id == item.category_id else shares).append(why)
                break
    return [*found, *(own or shares)]


def _became(ids: Sequence[UUID], base: PlanResult, result: PlanResult, *, funded: bool) -> tuple[UUID, ...]:
    """Those that are funded now and were not, or the other way round."""
    found = []
    for initiative_id in ids:
        before, after = base.by_id.get(initiative_id), result.by_id.get(initiative_id)
        if before is not None and after is not None and before.funded != after.funded == funded:
            found.append(initiative_id)
    return tuple(found[:_MOST_NAMED])
