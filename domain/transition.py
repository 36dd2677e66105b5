"""The life cycle of initiatives: every change of state is a decision with a reason."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.initiative import InitiativeTransition
from domain.db import Database, transaction
from domain.entities import change, find, lock
from domain.enums import TRANSITIONS, InitiativeState
from domain.errors import IllegalTransition, InvalidInput
from domain.idempotency import claim
from domain.models import Decision, Initiative, TeamDemand, metadata
from domain.precedence import Dependent, dependents
from domain.rows import DecisionRow, InitiativeRow, TeamDemandRow, as_row, columns

_DECISIONS = metadata.tables["decision"]
_DEMANDS = metadata.tables["team_demand"]


class FreedCapacity(NamedTuple):
    """Person-weeks of a team that a stopped initiative no longer demands (low and high null where unknown).

    It is the whole demand: what was worked already is not known here and not deducted.
    """

    team_id: UUID
    person_weeks_low: float | None
    person_weeks_likely: float
    person_weeks_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A decision with the initiative after it.

    For a stop also what it frees, by team, and who waits for the initiative by hard dependencies.
    """

    initiative: InitiativeRow
    decision: DecisionRow
    freed: tuple[FreedCapacity, ...] = ()
    dependents: tuple[Dependent, ...] = ()


async def transition_initiative(
    database: Database, actor: Actor, command: InitiativeTransition
) -> Transition:
    """Decide that an initiative goes over to another state.

    Repeated under the same idempotency key, it returns the first decision, with the initiative as it is now.

    Raises
    ------
    IllegalTransition
        When the life cycle does not lead there; with the states that it leads to.
    InvalidInput
        When the initiative is archived.
    NotFound, Conflict
        When there is no such initiative; when its version moved on, or the idempotency key was used for
        something else.
    """
    async with transaction(database, actor, reason=command.reason) as session:
        claimed = await claim(
            session, actor, operation="initiativeTransition", key=command.idempotency_key, command=command
        )
        if claimed.repeated:
            initiative = await find(session, actor, Initiative, command.id)
        else:
            initiative = await decide_in(session, actor, command, decision_id=claimed.entity_id)
        decided = await session.get_one(Decision, (actor.organisation_id, claimed.entity_id))
        decision = as_row(DecisionRow, decided)
        row = as_row(InitiativeRow, initiative)
        if decision.to_state is not InitiativeState.STOPPED:
            return Transition(initiative=row, decision=decision)
        return Transition(
            initiative=row,
            decision=decision,
            freed=await _freed(session, actor, command.id),
            dependents=await dependents(session, actor, command.id),
        )


async def decide_in(
    session: AsyncSession, actor: Actor, command: InitiativeTransition, *, decision_id: UUID
) -> Initiative:
    """Decide within a transaction; ``transition_initiative`` says what can go wrong."""
    initiative = await lock(session, actor, Initiative, command.id, expected_version=command.expected_version)
    if initiative.archived_at is not None:
        raise InvalidInput("This initiative is archived; take it back into use first.", path=("id",))
    before, after = initiative.state, command.to_state
    _refuse_illegal(before, after)
    await session.execute(
        sa.insert(_DECISIONS).values(
            organisation_id=actor.organisation_id,
            id=decision_id,
            portfolio_id=initiative.portfolio_id,
            initiative_id=initiative.id,
            from_state=before,
            to_state=after,
            reason=command.reason,
            decided_by_id=actor.member_id,
            # now() is when the transaction began, which may be before the decision that this one waited for
            created_at=sa.func.clock_timestamp(),
        )
    )
    return await change(session, actor, Initiative, command.id, {"state": after})


def _refuse_illegal(before: InitiativeState, after: InitiativeState) -> None:
    allowed = sorted(TRANSITIONS[before], key=list(InitiativeState).index)
    if after in allowed:
        return
    names = [state.value for state in allowed]
    onward = f"From there it can become {' or '.join(names)}." if names else "That is final."
    already = "already " if before is after else ""
    refused = "" if before is after else f" and cannot become {after.value}"
    raise IllegalTransition(
        f"The initiative is {already}{before.value}{refused}. {onward}",
        from_state=before.value,
        to_state=after.value,
        allowed=names,
        path=("toState",),
    )


async def _freed(session: AsyncSession, actor: Actor, initiative_id: UUID) -> tuple[FreedCapacity, ...]:
    query = (
        sa.select(*columns(TeamDemand, TeamDemandRow))
        .where(_DEMANDS.c.organisation_id == actor.organisation_id, _DEMANDS.c.initiative_id == initiative_id)
        .order_by(_DEMANDS.c.team_id, _DEMANDS.c.skill)
    )
    by_team: dict[UUID, list[TeamDemandRow]] = {}
    for row in await session.execute(query):
        demand = TeamDemandRow._make(row)
        by_team.setdefault(demand.team_id, []).append(demand)
    return tuple(
        FreedCapacity(
            team_id=team_id,
            person_weeks_low=_total(demand.person_weeks_low for demand in demands),
            person_weeks_likely=math.fsum(demand.person_weeks_likely for demand in demands),
            person_weeks_high=_total(demand.person_weeks_high for demand in demands),
        )
        for team_id, demands in by_team.items()
    )


def _total(figures: Iterable[float | None]) -> float | None:
    """The sum, unknown when one of the figures is."""
    total = 0.0
    for figure in figures:
        if figure is None:
            return None
        total += figure
    return total
