"""Use cases about what initiatives demand of teams; the last write wins."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.demand import DemandEntry, TeamDemandRemove, TeamDemandSet, TeamDemandsReplace
from domain.db import Database, transaction
from domain.entities import in_use, upsert
from domain.errors import InvalidInput, NotFound
from domain.estimates import Path, refuse_disorder
from domain.models import Initiative, TeamDemand, metadata
from domain.references import by_id, unusable
from domain.rows import TeamDemandRow, columns

_DEMANDS = metadata.tables["team_demand"]
_KEY = ("organisation_id", "initiative_id", "team_id", "skill")


async def set_team_demand(database: Database, actor: Actor, command: TeamDemandSet) -> TeamDemandRow:
    """Say what an initiative demands of a team (and skill), in place of what was said before.

    Raises
    ------
    InvalidInput, NotFound
        When the estimate is out of order; when the initiative or the team is archived or not there.
    """
    async with transaction(database, actor) as session:
        initiative = await in_use(
            session, actor, Initiative, command.initiative_id, path=("initiativeId",), alone=True
        )
        before = await _demands(session, actor, initiative.id)
        await _refuse_faulty(session, actor, [command], paths=[()], before=before)
        await _write(session, actor, initiative, [command])
        after = await _demands(session, actor, initiative.id)
        return after[command.team_id, command.skill]


async def remove_team_demand(database: Database, actor: Actor, command: TeamDemandRemove) -> TeamDemandRow:
    """Remove a demand, and return it as it was.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such initiative or demand; when the initiative is archived.
    """
    async with transaction(database, actor) as session:
        initiative = await in_use(
            session, actor, Initiative, command.initiative_id, path=("initiativeId",), alone=True
        )
        removed = await _remove(session, actor, initiative.id, [(command.team_id, command.skill)])
        if not removed:
            skill = f" with the skill {command.skill}" if command.skill else ""
            raise NotFound(f"The initiative demands nothing of this team{skill}.", path=("teamId",))
        return removed[0]


async def replace_team_demands(
    database: Database, actor: Actor, command: TeamDemandsReplace
) -> list[TeamDemandRow]:
    """Say all that an initiative demands; what is not in the list is removed. Returned in the list's order.

    Raises
    ------
    InvalidInput, NotFound
        When two entries are of the same team and skill, or an estimate is out of order; when the initiative
        or a team that it did not demand before is archived or not there.
    """
    async with transaction(database, actor) as session:
        initiative = await in_use(
            session, actor, Initiative, command.initiative_id, path=("initiativeId",), alone=True
        )
        before = await _demands(session, actor, initiative.id)
        paths: list[Path] = [("demands", position) for position in range(len(command.demands))]
        await _refuse_faulty(session, actor, command.demands, paths=paths, before=before)
        wanted = [(entry.team_id, entry.skill) for entry in command.demands]
        await _remove(session, actor, initiative.id, [key for key in before if key not in set(wanted)])
        await _write(session, actor, initiative, command.demands)
        after = await _demands(session, actor, initiative.id)
        return [after[key] for key in wanted]


async def _demands(
    session: AsyncSession, actor: Actor, initiative_id: UUID
) -> dict[tuple[UUID, str], TeamDemandRow]:
    query = sa.select(*columns(TeamDemand, TeamDemandRow)).where(
        _DEMANDS.c.organisation_id == actor.organisation_id, _DEMANDS.c.initiative_id == initiative_id
    )
    rows = [TeamDemandRow._make(row) for row in await session.execute(query)]
    return {(row.team_id, row.skill): row for row in rows}


async def _refuse_faulty(
    session: AsyncSession,
    actor: Actor,
    entries: Sequence[DemandEntry],
    *,
    paths: Sequence[Path],
    before: dict[tuple[UUID, str], TeamDemandRow],
) -> None:
    known = {team_id for team_id, _ in before}
    teams = await by_id(session, actor, "team", {entry.team_id for entry in entries} - known)
    seen: dict[tuple[UUID, str], int] = {}
    for position, (entry, path) in enumerate(zip(entries, paths, strict=True)):
        first = seen.setdefault((entry.team_id, entry.skill), position)
        if first != position:
            raise InvalidInput(
                f"Entries {first} and {position} are of the same team and skill; combine them into one.",
                path=path,
            )
        refuse_disorder(
            entry.person_weeks_low,
            entry.person_weeks_likely,
            entry.person_weeks_high,
            field="personWeeks",
            path=path,
        )
        if entry.team_id not in known:
            fault = unusable(teams.get(entry.team_id), noun="team", path=(*path, "teamId"))
            if fault is not None:
                raise fault


async def _write(
    session: AsyncSession, actor: Actor, initiative: Initiative, entries: Sequence[DemandEntry]
) -> None:
    if not entries:
        return
    fields = set(DemandEntry.model_fields)
    rows = [
        {
            "organisation_id": actor.organisation_id,
            "portfolio_id": initiative.portfolio_id,
            "initiative_id": initiative.id,
            **entry.model_dump(include=fields),
        }
        for entry in entries
    ]
    await session.execute(upsert(TeamDemand, rows, key=_KEY))


async def _remove(
    session: AsyncSession, actor: Actor, initiative_id: UUID, keys: Sequence[tuple[UUID, str]]
) -> list[TeamDemandRow]:
    if not keys:
        return []
    statement = (
        sa.delete(_DEMANDS)
        .where(
            _DEMANDS.c.organisation_id == actor.organisation_id,
            _DEMANDS.c.initiative_id == initiative_id,
            sa.tuple_(_DEMANDS.c.team_id, _DEMANDS.c.skill).in_(keys),
        )
        .returning(*columns(TeamDemand, TeamDemandRow))
    )
    return [TeamDemandRow._make(row) for row in await session.execute(statement)]
