"""Entities for tests, made through the use cases, with defaults that say nothing special."""

import itertools

from domain.actor import Actor
from domain.commands.organisation import MemberCreate, OrganisationCreate
from domain.commands.team import TeamCreate
from domain.db import Database
from domain.enums import Role
from domain.organisation import create_member, create_organisation
from domain.rows import TeamRow
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
