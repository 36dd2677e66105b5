"""Capacity of an approved scenario as stated figures, period by period, where it differs from the base."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.errors import InvalidInput
from domain.models import metadata
from domain.planning.input import PlanningInput

_STATED = metadata.tables["stated_capacity"]
_DUST = 1e-9


async def capacity_stated(session: AsyncSession, actor: Actor, team_id: UUID, base: PlanningInput) -> bool:
    """Whether a team's capacity in what is planned is stated at least in part, and not counted by people."""
    query = sa.select(sa.func.count()).where(
        _STATED.c.organisation_id == actor.organisation_id,
        _STATED.c.team_id == team_id,
        sa.or_(
            _STATED.c.cycle_id == base.settings.cycle_id,
            sa.and_(
                _STATED.c.starts_on <= base.periods[-1].ends_on,
                _STATED.c.ends_on >= base.periods[0].starts_on,
            ),
        ),
    )
    return bool((await session.execute(query)).scalar_one())


async def state_capacity(
    session: AsyncSession,
    actor: Actor,
    team_id: UUID,
    base: PlanningInput,
    posed: PlanningInput,
    *,
    note: str,
) -> None:
    """State what a team, and its skills, can do in each period in which the scenario changes it.

    Raises
    ------
    InvalidInput
        When figures are stated already for days that begin or end within one of these periods.
    """
    m = base.team_ids.index(team_id)
    for k in np.flatnonzero(base.resource_team == m).tolist():
        before, after = base.capacity[:, k], posed.capacity[:, k]
        same = np.isclose(before, after, rtol=0, atol=_DUST, equal_nan=True)
        rows = [
            {
                "organisation_id": actor.organisation_id,
                "team_id": team_id,
                "skill": base.skills[k],
                "cycle_id": None,
                "starts_on": base.periods[t].starts_on,
                "ends_on": base.periods[t].ends_on,
                "person_weeks": round(float(after[t]), 9),
                "note": note[:2_000],
            }
            for t in np.flatnonzero(~same).tolist()
        ]
        if rows:
            await _make_way(session, actor, team_id, base.skills[k], rows)
            await session.execute(sa.insert(_STATED), rows)


async def _make_way(
    session: AsyncSession, actor: Actor, team_id: UUID, skill: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Take back figures for days within the new ones; those that reach beyond are somebody's to look at."""
    place = (
        _STATED.c.organisation_id == actor.organisation_id,
        _STATED.c.team_id == team_id,
        _STATED.c.skill == skill,
        _STATED.c.starts_on.is_not(None),
    )
    for row in rows:
        first, last = row["starts_on"], row["ends_on"]
        within = (_STATED.c.starts_on >= first, _STATED.c.ends_on <= last)
        await session.execute(sa.delete(_STATED).where(*place, *within))
        across = sa.select(_STATED.c.starts_on, _STATED.c.ends_on).where(
            *place, _STATED.c.starts_on <= last, _STATED.c.ends_on >= first
        )
        found = (await session.execute(across)).first()
        if found is not None:
            raise InvalidInput(
                f"The team's capacity from {found.starts_on} to {found.ends_on} is stated in one figure, and the"
                f" scenario changes a part of these days ({first} to {last}): state it by week first."
            )
