"""Scenarios are made, changed, shared and copied on a base that stays as it was."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from domain.commands.base import ArchiveCommand
from domain.commands.initiative import InitiativeUpdate
from domain.db import Database, reading
from domain.enums import Role
from domain.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from domain.initiative import update_initiative
from domain.portfolio import archive_portfolio
from domain.scenario.bases import read_base
from domain.scenario.commands import (
    EffectAdd,
    EffectRemove,
    EffectsReplace,
    ForceEffect,
    HireEffect,
    ScenarioCopy,
    ScenarioUpdate,
)
from domain.scenario.effect_records import effects_of
from domain.scenario.errors import EffectRefused, Refusal
from domain.scenario.records import (
    add_effect,
    archive_scenario,
    copy_scenario,
    remove_effect,
    replace_effects,
    update_scenario,
)
from domain.scenario.rows import ScenarioEffectRow, ScenarioRow
from domain.scenario.vocabulary import EffectKind, ScenarioState, ScenarioVisibility
from domain.snapshot import SnapshotStore
from tests.factories import a_member, an_organisation
from tests.scenarios import FIRST, a_planned_portfolio, a_scenario


async def _effects(database: Database, row: ScenarioRow, organisation_id: UUID) -> list[ScenarioEffectRow]:
    async with reading(database, organisation_id) as connection:
        return await effects_of(connection, organisation_id, row.id)


async def test_scenarios_of_one_moment_share_a_base_that_stays_as_it_was(database: Database) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    first = await a_scenario(database, actor, planned)
    second = await a_scenario(database, actor, planned, name="Another")
    assert (first.state, first.visibility) == (ScenarioState.DRAFT, ScenarioVisibility.PRIVATE)
    assert first.base_digest == second.base_digest
    alpha = planned.initiatives["Alpha"]
    longer = InitiativeUpdate.parse({"id": alpha, "duration_weeks_likely": 9})
    await update_initiative(database, actor, longer)
    third = await a_scenario(database, actor, planned, name="Later")
    assert third.base_digest != first.base_digest
    base = await read_base(database, actor.organisation_id, first.base_digest)
    assert base.duration[1, base.position_of[alpha]] == 4
    async with reading(database, actor.organisation_id) as connection:
        count = await connection.execute(sa.text("SELECT count(*) FROM scenario_base"))
        assert count.scalar_one() == 2


async def test_creation_is_idempotent_and_needs_a_place_in_use(database: Database) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    key = uuid4()
    first = await a_scenario(database, actor, planned, id=key)
    assert await a_scenario(database, actor, planned, id=key) == first
    with pytest.raises(Conflict):
        await a_scenario(database, actor, planned, id=key, name="Else")
    with pytest.raises(NotFound):
        await a_scenario(database, actor, planned, portfolio_id=uuid4())
    with pytest.raises(NotFound):
        await a_scenario(database, actor, planned, cycle_id=uuid4())
    with pytest.raises(InvalidInput, match="Value by one thing"):
        await a_scenario(database, actor, planned, model_id=uuid4(), method="cd3")
    await archive_portfolio(database, actor, ArchiveCommand(id=planned.portfolio_id))
    with pytest.raises(InvalidInput, match="archived"):
        await a_scenario(database, actor, planned)


async def test_effects_keep_their_ids_and_order_and_are_checked_against_the_base(database: Database) -> None:
    actor = await an_organisation(database)
    snapshots = SnapshotStore(database)
    planned = await a_planned_portfolio(database, actor)
    force = {"kind": "force", "initiative_id": planned.initiatives["Zeta"], "funded": True}
    row = await a_scenario(database, actor, planned, effects=[force])
    (kept,) = await _effects(database, row, actor.organisation_id)
    hire = HireEffect(team_id=planned.teams["web"], on=FIRST, count=2)
    row = await add_effect(database, snapshots, actor, EffectAdd(scenario_id=row.id, effect=hire, position=0))
    assert row.version == 2
    effects = await _effects(database, row, actor.organisation_id)
    assert [(effect.position, effect.kind) for effect in effects] == [
        (0, EffectKind.HIRE),
        (1, EffectKind.FORCE),
    ]
    assert effects[1].id == kept.id
    out = ForceEffect(initiative_id=planned.initiatives["Zeta"], funded=False)
    with pytest.raises(EffectRefused) as refused:
        await add_effect(database, snapshots, actor, EffectAdd(scenario_id=row.id, effect=out))
    assert (refused.value.reason, refused.value.index) == (Refusal.FORCED_IN_AND_OUT, 2)
    with pytest.raises(Conflict):
        await remove_effect(database, actor, EffectRemove(scenario_id=row.id, position=1, expected_version=1))
    row = await remove_effect(database, actor, EffectRemove(scenario_id=row.id, position=0))
    assert [effect.id for effect in await _effects(database, row, actor.organisation_id)] == [kept.id]
    with pytest.raises(NotFound):
        await remove_effect(database, actor, EffectRemove(scenario_id=row.id, position=1))
    row = await replace_effects(
        database, snapshots, actor, EffectsReplace(scenario_id=row.id, effects=[hire] * 200)
    )
    with pytest.raises(InvalidInput, match="at most"):
        await add_effect(database, snapshots, actor, EffectAdd(scenario_id=row.id, effect=hire))
    assert len(await _effects(database, row, actor.organisation_id)) == 200


async def test_a_private_scenario_is_its_owners_alone_and_a_shared_one_can_be_copied(
    database: Database,
) -> None:
    admin = await an_organisation(database)
    planned = await a_planned_portfolio(database, admin)
    owner = await a_member(database, admin, role=Role.PLANNER)
    other = await a_member(database, admin, role=Role.PLANNER)
    force = {"kind": "force", "initiative_id": planned.initiatives["Zeta"], "funded": True}
    row = await a_scenario(database, owner, planned, effects=[force])
    copy = ScenarioCopy(scenario_id=row.id, name="Mine")
    for hidden in (other, admin):
        with pytest.raises(NotFound):
            await copy_scenario(database, hidden, copy)
        with pytest.raises(NotFound):
            await update_scenario(database, hidden, ScenarioUpdate.parse({"id": row.id, "name": "Ours"}))
    await update_scenario(database, owner, ScenarioUpdate.parse({"id": row.id, "visibility": "shared"}))
    with pytest.raises(PermissionDenied, match="copy it"):
        await update_scenario(database, other, ScenarioUpdate.parse({"id": row.id, "name": "Ours"}))
    copied = await copy_scenario(database, other, copy)
    assert (copied.owner_id, copied.visibility, copied.base_digest) == (
        other.member_id,
        ScenarioVisibility.PRIVATE,
        row.base_digest,
    )
    own = await _effects(database, copied, admin.organisation_id)
    original = await _effects(database, row, admin.organisation_id)
    assert [effect.content for effect in own] == [effect.content for effect in original]
    assert own[0].id != original[0].id
    with pytest.raises(PermissionDenied, match="owner"):
        await update_scenario(database, admin, ScenarioUpdate.parse({"id": row.id, "visibility": "private"}))
    given = await update_scenario(
        database, owner, ScenarioUpdate.parse({"id": row.id, "owner_id": other.member_id})
    )
    assert given.owner_id == other.member_id
    archived = await archive_scenario(database, other, ArchiveCommand(id=row.id))
    assert archived.archived_at is not None
    stranger = await an_organisation(database)
    with pytest.raises(NotFound):
        await copy_scenario(database, stranger, copy)
