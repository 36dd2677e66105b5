"""Publishing a version of a portfolio's allocation policy."""

import math
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.allocation.errors import SharesNotWhole
from domain.allocation.policy import Policy
from domain.allocation.reading import policies_with
from domain.commands.allocation import AllocationEntry, AllocationPolicyPublish
from domain.db import Database, transaction
from domain.entities import in_use
from domain.errors import Conflict, InvalidInput
from domain.estimates import Path
from domain.idempotency import claim
from domain.models import Portfolio, metadata
from domain.references import by_id, unusable

TOLERANCE = 0.001
"""By how much shares may miss 100 %: a tenth of a point, which rounded thirds do."""

_VERSIONS = metadata.tables["allocation_policy_version"]
_SHARES = metadata.tables["allocation_policy_share"]


async def publish_policy(database: Database, actor: Actor, command: AllocationPolicyPublish) -> Policy:
    """Publish the next version of a portfolio's policy.

    From its day on it replaces all versions that were published before, those planned for a later day, too.
    Repeated under the same idempotency key, it returns the version that was published first.

    Raises
    ------
    SharesNotWhole
        When the shares of the policy, or of a team, don't add up to 100 %.
    InvalidInput
        When a category or a team occurs twice; when the portfolio, a category or a team is archived.
    NotFound, Conflict
        When there is no such portfolio, category or team; when ``expected_number`` is not that of the newest
        version, or the idempotency key was used for something else.
    """
    async with transaction(database, actor, reason=command.reason) as session:
        claimed = await claim(
            session, actor, operation="allocationPolicyPublish", key=command.idempotency_key, command=command
        )
        if not claimed.repeated:
            await publish_in(session, actor, command, version_id=claimed.entity_id)
        found = await policies_with(session, actor.organisation_id, [claimed.entity_id])
        return found[claimed.entity_id]


async def publish_in(
    session: AsyncSession, actor: Actor, command: AllocationPolicyPublish, *, version_id: UUID
) -> None:
    """Publish a version within a transaction; ``publish_policy`` says what can go wrong."""
    portfolio = await in_use(
        session, actor, Portfolio, command.portfolio_id, path=("portfolioId",), alone=True
    )
    query = sa.select(sa.func.coalesce(sa.func.max(_VERSIONS.c.number), 0)).where(
        _VERSIONS.c.organisation_id == actor.organisation_id, _VERSIONS.c.portfolio_id == portfolio.id
    )
    newest: int = (await session.execute(query)).scalar_one()
    if command.expected_number not in (None, newest):
        raise Conflict(
            f"The newest version of this policy is number {newest}, not {command.expected_number}: somebody"
            " published one meanwhile. Read it again and decide anew.",
            expected_version=command.expected_number,
            actual_version=newest,
            path=("expectedNumber",),
        )
    groups: list[tuple[UUID | None, Sequence[AllocationEntry], Path]] = [(None, command.shares, ("shares",))]
    groups += [
        (override.team_id, override.shares, ("overrides", position, "shares"))
        for position, override in enumerate(command.overrides)
    ]
    categories = await by_id(
        session,
        actor,
        "allocation_category",
        (entry.category_id for _, entries, _ in groups for entry in entries),
    )
    teams = await by_id(session, actor, "team", (override.team_id for override in command.overrides))
    _refuse_faulty_teams(command, teams)
    for team_id, entries, path in groups:
        _refuse_faulty_categories(entries, categories, path)
        whose = "The shares" if team_id is None else f"The shares of “{teams[team_id].name}”"
        _refuse_not_whole(entries, whose=whose, team_id=team_id, path=path)
    tenant = {"organisation_id": actor.organisation_id}
    await session.execute(
        sa.insert(_VERSIONS).values(
            **tenant,
            id=version_id,
            portfolio_id=portfolio.id,
            number=newest + 1,
            effective_from=command.effective_from,
            reason=command.reason,
            published_by_id=actor.member_id,
        )
    )
    placed = [(team_id, entry) for team_id, group, _ in groups for entry in group]
    rows = [
        {**tenant, "policy_version_id": version_id, "position": position, "team_id": team_id}
        | entry.model_dump()
        for position, (team_id, entry) in enumerate(placed)
    ]
    await session.execute(sa.insert(_SHARES), rows)


def _refuse_faulty_teams(command: AllocationPolicyPublish, teams: Mapping[UUID, Any]) -> None:
    first: dict[UUID, int] = {}
    for position, override in enumerate(command.overrides):
        path = ("overrides", position, "teamId")
        fault = unusable(teams.get(override.team_id), noun="team", path=path)
        if fault is not None:
            raise fault
        if first.setdefault(override.team_id, position) != position:
            raise InvalidInput(
                f"“{teams[override.team_id].name}” occurs twice; give a team's shares once.", path=path
            )


def _refuse_faulty_categories(
    entries: Sequence[AllocationEntry], categories: Mapping[UUID, Any], path: Path
) -> None:
    first: dict[UUID, int] = {}
    for position, entry in enumerate(entries):
        place = (*path, position, "categoryId")
        fault = unusable(categories.get(entry.category_id), noun="allocation category", path=place)
        if fault is not None:
            raise fault
        if first.setdefault(entry.category_id, position) != position:
            raise InvalidInput(
                f"“{categories[entry.category_id].name}” occurs twice; give its share once.", path=place
            )


def _refuse_not_whole(
    entries: Sequence[AllocationEntry], *, whose: str, team_id: UUID | None, path: Path
) -> None:
    total = math.fsum(entry.share for entry in entries)
    if abs(total - 1) <= TOLERANCE:
        return
    missing = "take away" if total > 1 else "give away"
    raise SharesNotWhole(
        f"{whose} add up to {100 * total:.4g} %; {missing} {100 * abs(total - 1):.4g} points, so that they are"
        " 100 %. A category that gets nothing may have the share 0.",
        total=total,
        team_id=team_id,
        path=path,
    )
