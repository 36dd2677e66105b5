"""Who sees a scenario, and who may change it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from domain.actor import Actor
from domain.entities import lock
from domain.enums import Role
from domain.errors import NotFound, PermissionDenied
from domain.models import Scenario
from domain.queries.filters import AnyOf, Comparison, Filter, Operator
from domain.scenario.errors import AlreadyDecided
from domain.scenario.rows import SCENARIOS, ScenarioRow
from domain.scenario.vocabulary import ScenarioState, ScenarioVisibility

_ABSENT = "There is no scenario with this id."


def visible_to(actor: Actor) -> Filter:
    """Scenarios that are shared, or the actor's own."""
    return AnyOf(
        (
            Comparison("visibility", Operator.EQ, ScenarioVisibility.SHARED),
            Comparison("owner_id", Operator.EQ, actor.member_id),
        )
    )


def is_visible(row: ScenarioRow | Scenario, actor: Actor) -> bool:
    """Whether a scenario is shared, or the actor's own."""
    return row.visibility is ScenarioVisibility.SHARED or row.owner_id == actor.member_id


async def scenario_to_change(
    session: AsyncSession,
    actor: Actor,
    scenario_id: UUID,
    *,
    expected_version: int | None = None,
    path: tuple[str | int, ...] = ("scenarioId",),
) -> Scenario:
    """The scenario, kept from others' changes until the transaction ends, if the actor may change it.

    Raises
    ------
    NotFound
        When there is none that the actor sees.
    PermissionDenied
        When it is another's: its owner and administrators may change it, others may copy it.
    Conflict
        When its version moved on, or it is decided.
    """
    scenario = await scenario_to_decide(
        session, actor, scenario_id, expected_version=expected_version, path=path
    )
    if scenario.owner_id != actor.member_id and not actor.role.includes(Role.ADMIN):
        raise PermissionDenied(
            "Only its owner and administrators may change this scenario; copy it to try something else.",
            required=Role.ADMIN.value,
            path=path,
        )
    return scenario


async def scenario_to_decide(
    session: AsyncSession,
    actor: Actor,
    scenario_id: UUID,
    *,
    expected_version: int | None = None,
    path: tuple[str | int, ...] = ("scenarioId",),
) -> Scenario:
    """As ``scenario_to_change``, for whoever sees it."""
    await visible_scenario(session, actor, scenario_id, path=path)
    scenario = await lock(session, actor, Scenario, scenario_id, expected_version=expected_version)
    if not is_visible(scenario, actor):
        raise NotFound(_ABSENT, path=path)
    if scenario.state is not ScenarioState.DRAFT:
        raise AlreadyDecided(
            f"This scenario was {scenario.state.value} already and can't be changed any more; copy it to go on.",
            path=path,
        )
    return scenario


async def visible_scenario(
    session: AsyncSession | AsyncConnection,
    actor: Actor,
    scenario_id: UUID,
    *,
    path: tuple[str | int, ...] = ("scenarioId",),
) -> ScenarioRow:
    """The scenario as it is, if the actor sees it.

    Raises
    ------
    NotFound
        When there is none that the actor sees.
    """
    query = SCENARIOS.select(actor.organisation_id, archived=True, where=visible_to(actor)).where(
        col(Scenario.id) == scenario_id
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(_ABSENT, path=path)
    return ScenarioRow._make(row)


async def visible_scenarios(
    connection: AsyncConnection, actor: Actor, scenario_ids: list[UUID]
) -> dict[UUID, ScenarioRow]:
    """Those that the actor sees, by id, in one statement."""
    query = SCENARIOS.select(actor.organisation_id, archived=True, where=visible_to(actor)).where(
        col(Scenario.id) == sa.any_(sa.cast(scenario_ids, sa.ARRAY(sa.Uuid)))
    )
    rows = [ScenarioRow._make(row) for row in await connection.execute(query)]
    return {row.id: row for row in rows}
