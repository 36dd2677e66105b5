"""What an approved scenario writes: its effects as a policy version, people, capacity, a model version, estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.allocation.publishing import publish_in as publish_policy_in
from domain.allocation.reading import effective_policy
from domain.commands.allocation import AllocationEntry, AllocationPolicyPublish, TeamAllocation
from domain.commands.cost_of_delay import CostOfDelaySet
from domain.commands.initiative import InitiativeTransition
from domain.commands.scoring import ScoringModelPublish, WeighedCriterion
from domain.entities import change, create, upsert
from domain.enums import InitiativeState
from domain.errors import InvalidInput
from domain.models import (
    CostOfDelay,
    Initiative,
    KeyResult,
    Portfolio,
    ScoringModelCriterion,
    ScoringModelVersion,
    TeamDemand,
    TeamPerson,
    metadata,
)
from domain.planning.input import PlanningInput
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
from domain.scenario.rows import ScenarioRow
from domain.scenario.stating import capacity_stated, state_capacity
from domain.scoring_model import publish_in as publish_model_in
from domain.transition import decide_in
from prioritisation.allocation_limits import AllocationMode

E = TypeVar("E")

_DEMANDS = metadata.tables["team_demand"]


@dataclass(slots=True, kw_only=True)
class Writing:
    """An approval that is being written; ``applied`` lists what was."""

    session: AsyncSession
    actor: Actor
    scenario: ScenarioRow
    note: str
    base: PlanningInput
    posed: PlanningInput
    applied: list[dict[str, Any]] = field(default_factory=list)

    def wrote(self, type_name: str, entity_id: UUID) -> None:
        """Note what was written, each once."""
        entry = {"type": type_name, "id": str(entity_id)}
        if entry not in self.applied:
            self.applied.append(entry)


async def apply_to_portfolio(writing: Writing, effects: Sequence[Effect]) -> None:
    """Write the effects of a scenario, all or nothing.

    Raises
    ------
    DomainError
        What the use cases for each of them raise, and ``InvalidInput`` for what can't be written.
    """
    await _shares(writing, _of(effects, ShareEffect))
    await _capacity(writing, effects)
    for scoring in _of(effects, ScoringEffect):
        await _scoring(writing, scoring)
    for effect in effects:
        match effect:
            case DatesEffect() | DurationEffect():
                await _initiative(writing, effect)
            case DemandEffect():
                await _demand(writing, effect)
            case CostOfDelayEffect():
                await _cost_of_delay(writing, effect)
            case KeyResultWeightEffect():
                await change(
                    writing.session, writing.actor, KeyResult, effect.key_result_id, {"weight": effect.weight}
                )
                writing.wrote("KeyResult", effect.key_result_id)
            case ForceEffect(funded=False):
                await _give_up(writing, effect.initiative_id)
            case _:
                pass


def _of(effects: Sequence[Effect], kind: type[E]) -> list[E]:
    return [effect for effect in effects if isinstance(effect, kind)]


async def decide(writing: Writing, initiative_id: UUID, to_state: InitiativeState) -> None:
    """Move an initiative to another state, as a decision with the approval's note."""
    decision_id = uuid4()
    command = InitiativeTransition(id=initiative_id, to_state=to_state, reason=writing.note)
    await decide_in(writing.session, writing.actor, command, decision_id=decision_id)
    writing.wrote("Decision", decision_id)


async def _give_up(writing: Writing, initiative_id: UUID) -> None:
    """What is forced out is stopped if it is in flight, and no longer approved."""
    state = writing.base.states[writing.base.position_of[initiative_id]]
    if state is InitiativeState.ACTIVE:
        await decide(writing, initiative_id, InitiativeState.STOPPED)
    elif state is InitiativeState.APPROVED:
        await decide(writing, initiative_id, InitiativeState.EVALUATED)


async def _shares(writing: Writing, effects: Sequence[ShareEffect]) -> None:
    """Publish the next version of the policy, with the shares as they are after all effects."""
    if not effects:
        return
    session, actor, day = writing.session, writing.actor, writing.base.settings.day
    portfolio_id = writing.scenario.portfolio_id
    current = await effective_policy(session, actor.organisation_id, portfolio_id, day)
    shares = {} if current is None else {key: tuple(share) for key, share in current.shares.items()}
    of_team: dict[UUID, dict[UUID, Any]] = {}
    if current is not None:
        of_team = {
            team_id: {key: tuple(share) for key, share in split.items()}
            for team_id, split in current.of_team.items()
        }
    for effect in effects:
        if effect.team_id is None:
            for split in (shares, *of_team.values()):
                split[effect.category_id] = _share(effect, split)
        else:
            split = of_team.setdefault(effect.team_id, dict(shares))
            split[effect.category_id] = _share(effect, split)
    version_id = uuid4()
    command = AllocationPolicyPublish(
        portfolio_id=portfolio_id,
        effective_from=day,
        reason=writing.note,
        shares=_entries(shares),
        overrides=[
            TeamAllocation(team_id=team_id, shares=_entries(split)) for team_id, split in of_team.items()
        ],
    )
    await publish_policy_in(session, actor, command, version_id=version_id)
    writing.wrote("AllocationPolicyVersion", version_id)


def _share(effect: ShareEffect, split: Mapping[UUID, Any]) -> tuple[float, AllocationMode]:
    share, mode = split.get(effect.category_id, (0.0, AllocationMode.RING_FENCED))
    return (share if effect.share is None else effect.share, effect.mode or mode)


def _entries(split: Mapping[UUID, Any]) -> list[AllocationEntry]:
    return [AllocationEntry(category_id=key, share=share, mode=mode) for key, (share, mode) in split.items()]


async def _capacity(writing: Writing, effects: Sequence[Effect]) -> None:
    """People who join a team whose capacity is counted by people become people; all else becomes figures."""
    stating: dict[UUID, None] = {}
    hires: list[HireEffect] = []
    by_people: dict[UUID, bool] = {}
    for effect in effects:
        if not isinstance(effect, HireEffect | LeaverEffect | TeamCapacityEffect):
            continue
        counted = by_people.get(effect.team_id)
        if counted is None:
            only_hires = all(
                isinstance(other, HireEffect)
                for other in effects
                if isinstance(other, HireEffect | LeaverEffect | TeamCapacityEffect)
                and other.team_id == effect.team_id
            )
            counted = only_hires and not await capacity_stated(
                writing.session, writing.actor, effect.team_id, writing.base
            )
            by_people[effect.team_id] = counted
        if counted and isinstance(effect, HireEffect):
            hires.append(effect)
        else:
            stating[effect.team_id] = None
    for hire in hires:
        await _people(writing, hire)
    for team_id in stating:
        await state_capacity(
            writing.session, writing.actor, team_id, writing.base, writing.posed, note=writing.note
        )
        writing.wrote("Team", team_id)


async def _people(writing: Writing, effect: HireEffect) -> None:
    for number in range(1, effect.count + 1):
        of = f" {number} of {effect.count}" if effect.count > 1 else ""
        values = {
            "team_id": effect.team_id,
            "name": f"To be hired{of} ({writing.scenario.name})"[:200],
            "fte": effect.fte,
            "joins_on": effect.on,
            "ramp_up_weeks": effect.ramp_weeks,
            "skills": [effect.skill] if effect.skill else [],
        }
        person = await create(writing.session, writing.actor, TeamPerson, values)
        writing.wrote("TeamPerson", person.id)


async def _scoring(writing: Writing, effect: ScoringEffect) -> None:
    """Publish the weights as the model's next version, or make the version's model the portfolio's default."""
    session, actor = writing.session, writing.actor
    version_id = effect.model_version_id or writing.base.ranking.settings.model_version_id
    if version_id is None:
        raise InvalidInput("The scenario is valued by no model that weights could be published of.")
    version = await session.get_one(ScoringModelVersion, (actor.organisation_id, version_id))
    if effect.model_version_id is not None:
        newest = await session.execute(
            sa.select(sa.func.max(_column(ScoringModelVersion, "number"))).where(
                _column(ScoringModelVersion, "organisation_id") == actor.organisation_id,
                _column(ScoringModelVersion, "model_id") == version.model_id,
            )
        )
        if newest.scalar_one() != version.number:
            raise InvalidInput(
                "The scenario is valued by a version of a model that is not the newest: publish it anew, rebase and"
                " try again."
            )
        portfolio_id = writing.scenario.portfolio_id
        default = {"default_scoring_model_id": version.model_id}
        await change(session, actor, Portfolio, portfolio_id, default)
        writing.wrote("Portfolio", portfolio_id)
        return
    weights = {item.criterion_id: item.weight for item in effect.weights}
    rows = await session.execute(
        sa.select(ScoringModelCriterion)
        .where(
            _column(ScoringModelCriterion, "organisation_id") == actor.organisation_id,
            _column(ScoringModelCriterion, "model_version_id") == version_id,
        )
        .order_by(_column(ScoringModelCriterion, "position"))
    )
    published_id = uuid4()
    command = ScoringModelPublish(
        model_id=version.model_id,
        expected_number=version.number,
        method=version.method,
        missing_policy=version.missing_policy,
        note=writing.note[:2_000],
        criteria=[
            WeighedCriterion(
                criterion_id=row.criterion_id, role=row.role, weight=weights.get(row.criterion_id, row.weight)
            )
            for row in rows.scalars()
        ],
    )
    await publish_model_in(session, actor, command, version_id=published_id)
    writing.wrote("ScoringModelVersion", published_id)


def _column(model: type[Any], name: str) -> sa.Column[Any]:
    column: sa.Column[Any] = sa.inspect(model).local_table.c[name]
    return column


async def _initiative(writing: Writing, effect: DatesEffect | DurationEffect) -> None:
    changes: dict[str, Any]
    if isinstance(effect, DatesEffect):
        given = effect.model_fields_set & {"earliest_start", "deadline"}
        changes = {name: getattr(effect, name) for name in sorted(given)}
    else:
        changes = {f"duration_weeks_{name}": getattr(effect, name) for name in ("low", "likely", "high")}
    await change(writing.session, writing.actor, Initiative, effect.initiative_id, changes)
    writing.wrote("Initiative", effect.initiative_id)


async def _demand(writing: Writing, effect: DemandEffect) -> None:
    session, actor = writing.session, writing.actor
    key = {
        "organisation_id": actor.organisation_id,
        "initiative_id": effect.initiative_id,
        "team_id": effect.team_id,
        "skill": effect.skill,
    }
    if effect.likely == 0 and not effect.high:
        await session.execute(
            sa.delete(_DEMANDS).where(*(_DEMANDS.c[name] == value for name, value in key.items()))
        )
    else:
        figures = {f"person_weeks_{name}": getattr(effect, name) for name in ("low", "likely", "high")}
        row = {**key, "portfolio_id": writing.scenario.portfolio_id, **figures}
        await session.execute(upsert(TeamDemand, [row], key=tuple(key)))
    writing.wrote("Initiative", effect.initiative_id)


async def _cost_of_delay(writing: Writing, effect: CostOfDelayEffect) -> None:
    command = CostOfDelaySet(**effect.model_dump(exclude={"kind"}))
    row = {
        "organisation_id": writing.actor.organisation_id,
        "portfolio_id": writing.scenario.portfolio_id,
        **command.model_dump(exclude={"expected_version"}),
    }
    key = ("organisation_id", "initiative_id")
    await writing.session.execute(upsert(CostOfDelay, [row], key=key))
    writing.wrote("Initiative", effect.initiative_id)
