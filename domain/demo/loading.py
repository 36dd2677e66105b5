"""Loads the demo through the use cases, as the people who would have used them.

The organisation bears another slug until everything is there, and every entity has an id that follows from
its key. So nobody sees half a demo, and a start after a failed one goes on where that one stopped.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.organisation import MemberCreate, OrganisationCreate
from domain.db import Database, reading, transaction
from domain.demo.capacity import ABSENCES, CYCLE_FOCUS, FOCUS, SPLITS, STATED, WORKERS, spent
from domain.demo.content import Person
from domain.demo.decisions import DECISIONS
from domain.demo.dependencies import DEPENDENCIES
from domain.demo.initiatives import INITIATIVES
from domain.demo.kpis import GAUGES
from domain.demo.objectives import KEY_RESULTS, OBJECTIVES
from domain.demo.organisation import CATEGORIES, CURRENCY, CYCLES, NAME, PEOPLE, TEAMS
from domain.demo.reviews import CALENDAR, EXCUSES, MEETINGS
from domain.demo.rhythm import CHECK_INS, ENDS, GAINS, REVIEWS
from domain.demo.scenarios import TRIED
from domain.demo.scores import RATERS, opinions
from domain.demo.scoring import CRITERIA, MODELS
from domain.errors import DatabaseUnavailable
from domain.models import metadata
from domain.organisation import administrator, create_member, create_organisation, organisation_by_slug

DEMO_SLUG = "demo"

_LOCK = "stepchange demo"
_PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the demo is being loaded: the database, and the people who act, by key."""

    database: Database
    organisation_id: UUID
    actors: Mapping[str, Actor]

    @property
    def administrator(self) -> Actor:
        """Who sets the organisation up."""
        return self.actors[PEOPLE[0].key]

    def identity(self, noun: str, key: str) -> UUID:
        """The id of an entity; the same each time."""
        return uuid5(self.organisation_id, f"{noun}:{key}")

    async def present(self, table: str, column: str = "id") -> set[Any]:
        """The values of a column so far: what a start that failed has loaded already."""
        query = sa.select(metadata.tables[table].c[column])
        async with reading(self.database, self.organisation_id) as connection:
            return set((await connection.execute(query)).scalars())


def unfinished_slug() -> str:
    """The slug until everything is loaded; another one for other content, which could not go on from it."""
    content = repr(
        (
            PEOPLE,
            TEAMS,
            CYCLES,
            CATEGORIES,
            OBJECTIVES,
            KEY_RESULTS,
            CRITERIA,
            MODELS,
            INITIATIVES,
            DEPENDENCIES,
            DECISIONS,
            CHECK_INS,
            REVIEWS,
            ENDS,
            GAINS,
            GAUGES,
            [list(opinions(rater)) for rater in RATERS],
            (WORKERS, ABSENCES, FOCUS, CYCLE_FOCUS, STATED, SPLITS),
            list(spent({work.key: work.category for work in INITIATIVES})),
            TRIED,
            (CALENDAR, MEETINGS, EXCUSES),
        )
    )
    return f"{DEMO_SLUG}-unfinished-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


@asynccontextmanager
async def alone(database: Database) -> AsyncIterator[None]:
    """Keep other processes on the same database from loading the demo at the same time.

    Raises
    ------
    DatabaseUnavailable
        When another one has not finished after two minutes.
    """
    key = sa.func.hashtextextended(_LOCK, 0)
    async with database.engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        deadline = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while not (await connection.execute(sa.select(sa.func.pg_try_advisory_lock(key)))).scalar_one():
            if asyncio.get_running_loop().time() > deadline:
                raise DatabaseUnavailable("Another process is loading the demo and does not finish.")
            await asyncio.sleep(_PAUSE_SECONDS)
        try:
            yield
        finally:
            await connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))


async def open_stage(database: Database) -> Stage:
    """The organisation with its members, made now or by a start that failed."""
    slug = unfinished_slug()
    found = await organisation_by_slug(database, slug)
    if found is None:
        first = PEOPLE[0]
        admin = await create_organisation(
            database,
            OrganisationCreate(
                slug=slug,
                name=NAME,
                currency=CURRENCY,
                admin_email=_email(first),
                admin_name=first.name,
            ),
        )
    else:
        admin = await administrator(database, found.id)
    actors = {PEOPLE[0].key: admin}
    for person in PEOPLE[1:]:
        member = await create_member(
            database,
            admin,
            MemberCreate(
                id=uuid5(admin.organisation_id, f"member:{person.key}"),
                email=_email(person),
                name=person.name,
                role=person.role,
            ),
        )
        actors[person.key] = Actor(
            organisation_id=admin.organisation_id, member_id=member.id, role=person.role
        )
    return Stage(database=database, organisation_id=admin.organisation_id, actors=actors)


async def raise_curtain(stage: Stage) -> None:
    """Give the organisation its slug, by which it is found."""
    table = metadata.tables["organisation"]
    async with transaction(stage.database, stage.administrator) as session:
        await session.execute(
            sa.update(table).where(table.c.id == stage.organisation_id).values(slug=DEMO_SLUG)
        )


def _email(person: Person) -> str:
    return f"{person.name.lower().replace(' ', '.')}@larkmere.example"
