"""Entities for tests, made through the use cases, with defaults that say nothing special."""

import itertools
from datetime import date, datetime
from typing import Any

from domain.actor import Actor
from domain.commands.cycle import CycleCreate
from domain.commands.initiative import InitiativeCreate
from domain.commands.kpi import KpiCreate
from domain.commands.objective import KeyResultCreate, ObjectiveCreate
from domain.commands.organisation import MemberCreate, OrganisationCreate
from domain.commands.portfolio import AllocationCategoryCreate, PortfolioCreate
from domain.commands.scoring import CriterionCreate, ScoringModelCreate
from domain.commands.team import TeamCreate
from domain.criterion import create_criterion
from domain.cycle import create_cycle
from domain.db import Database
from domain.enums import Ambition, Cadence, CycleLevel, KeyResultDirection, KpiTargetType, Role, WorkKind
from domain.initiative import create_initiative
from domain.key_result import create_key_result
from domain.kpi.definition import create_kpi
from domain.kpi.rows import KpiRow
from domain.objective import create_objective
from domain.organisation import create_member, create_organisation
from domain.portfolio import create_allocation_category, create_portfolio
from domain.rows import (
    AllocationCategoryRow,
    CriterionRow,
    CycleRow,
    InitiativeRow,
    KeyResultRow,
    ObjectiveRow,
    PortfolioRow,
    ScoringModelRow,
    TeamRow,
)
from domain.scoring_model import create_scoring_model
from domain.team import create_team

_number = itertools.count(1)


async def an_organisation(database: Database, *, slug: str | None = None) -> Actor:
    """A tenant; returns its administrator."""
    slug = slug or f"org-{next(_number)}"
    return await create_organisation(
        database,
        OrganisationCreate(
            slug=slug, name=slug.title(), admin_email=f"admin@{slug}.example", admin_name="Ada Admin"
        ),
    )


async def a_member(database: Database, admin: Actor, *, role: Role) -> Actor:
    """A member with a role; returned as the actor."""
    email = f"{role.value}-{next(_number)}@stepchange.example"
    member = await create_member(
        database, admin, MemberCreate(email=email, name=role.value.title(), role=role)
    )
    return Actor(organisation_id=admin.organisation_id, member_id=member.id, role=role)


async def a_team(database: Database, actor: Actor, *, name: str | None = None) -> TeamRow:
    """A team."""
    return await create_team(database, actor, TeamCreate(name=name or f"Team {next(_number)}"))


async def a_cycle(database: Database, actor: Actor, **values: Any) -> CycleRow:
    """A cycle; the year 2026 unless the values say otherwise."""
    defaults = {
        "name": f"Cycle {next(_number)}",
        "level": CycleLevel.STRATEGIC,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
    }
    return await create_cycle(database, actor, CycleCreate(**{**defaults, **values}))


async def a_category(
    database: Database, actor: Actor, *, kind: WorkKind = WorkKind.STEP_CHANGE
) -> AllocationCategoryRow:
    """An allocation category."""
    command = AllocationCategoryCreate(name=f"Category {next(_number)}", kind=kind)
    return await create_allocation_category(database, actor, command)


async def a_portfolio(database: Database, actor: Actor, *, name: str | None = None) -> PortfolioRow:
    """A portfolio."""
    return await create_portfolio(database, actor, PortfolioCreate(name=name or f"Portfolio {next(_number)}"))


async def an_objective(database: Database, actor: Actor, **values: Any) -> ObjectiveRow:
    """An objective; in a cycle and of a team of its own unless the values name them."""
    defaults: dict[str, Any] = {"title": f"Objective {next(_number)}", "ambition": Ambition.ASPIRATIONAL}
    if "cycle_id" not in values:
        defaults["cycle_id"] = (await a_cycle(database, actor)).id
    if "team_id" not in values:
        defaults["team_id"] = (await a_team(database, actor)).id
    return await create_objective(database, actor, ObjectiveCreate(**{**defaults, **values}))


async def a_key_result(database: Database, actor: Actor, **values: Any) -> KeyResultRow:
    """A key result from 0 to 100; of an objective of its own unless the values name one."""
    defaults: dict[str, Any] = {
        "title": f"Key result {next(_number)}",
        "direction": KeyResultDirection.INCREASE,
        "start_value": 0,
        "target_value": 100,
        "due_on": date(2026, 12, 31),
    }
    if "objective_id" not in values:
        defaults["objective_id"] = (await an_objective(database, actor)).id
    return await create_key_result(database, actor, KeyResultCreate(**{**defaults, **values}))


async def an_initiative(database: Database, actor: Actor, **values: Any) -> InitiativeRow:
    """An initiative; in a portfolio of its own unless the values name one."""
    defaults: dict[str, Any] = {"title": f"Initiative {next(_number)}"}
    if "portfolio_id" not in values:
        defaults["portfolio_id"] = (await a_portfolio(database, actor)).id
    return await create_initiative(database, actor, InitiativeCreate(**{**defaults, **values}))


async def a_criterion(database: Database, actor: Actor, **values: Any) -> CriterionRow:
    """A criterion that people score from 0 to 10; more is better."""
    number = next(_number)
    defaults = {"key": f"criterion_{number}", "name": f"Criterion {number}", "scale_min": 0, "scale_max": 10}
    return await create_criterion(database, actor, CriterionCreate(**{**defaults, **values}))


async def a_scoring_model(database: Database, actor: Actor, *, name: str | None = None) -> ScoringModelRow:
    """A scoring model without a version."""
    command = ScoringModelCreate(name=name or f"Scoring model {next(_number)}")
    return await create_scoring_model(database, actor, command)


async def a_kpi(database: Database, actor: Actor, *, now: datetime, **values: Any) -> KpiRow:
    """A weekly KPI that is to stay above 90, amber below 90 and red below 80; of a team of its own unless the
    values name one."""
    defaults: dict[str, Any] = {
        "name": f"KPI {next(_number)}",
        "target_type": KpiTargetType.STAY_ABOVE,
        "cadence": Cadence.WEEKLY,
    }
    if "target_type" not in values:
        defaults |= {"target_low": 90, "red_low": 80}
    if "team_id" not in values:
        defaults["team_id"] = (await a_team(database, actor)).id
    return await create_kpi(database, actor, KpiCreate(**{**defaults, **values}), now=now)
