"""The type ``Dependency``."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.enums import DependencyKind
from api.nodes import Node, fetch_of, fetched_by, shows
from api.pagination import Connection
from domain.db import reading
from domain.queries.listing import by_ids
from domain.queries.sources import DEPENDENCIES
from domain.rows import DependencyRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative

_Initiative = Annotated["Initiative", strawberry.lazy("api.initiative.types")]


@strawberry.type(description="That one initiative depends on another of the same portfolio.")
@shows(DependencyRow)
class Dependency(Node):
    """Shows ``DependencyRow``."""

    kind: DependencyKind = strawberry.field(description="How the two depend on each other.")
    hard: bool = strawberry.field(
        description="Whether it must be honoured; soft ones are wishes, and relations only inform."
    )
    lag_weeks: float = strawberry.field(
        description="Weeks to wait in between; negative when they may overlap. -520 to 520."
    )
    note: str = strawberry.field(description="Why; may be empty.")
    version: int = strawberry.field(description="Counts the changes; for `expectedVersion`.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")

    @strawberry.field(description="What comes first.")
    def predecessor(self: DependencyRow, info: Info) -> _Initiative:
        return cast("Initiative", info.context.initiative(self.predecessor_id))

    @strawberry.field(description="What comes after it.")
    def successor(self: DependencyRow, info: Info) -> _Initiative:
        return cast("Initiative", info.context.initiative(self.successor_id))


@strawberry.type(description="A page of dependencies.")
class DependencyConnection(Connection[Dependency]):
    """Connection of dependencies."""


async def _dependencies(context: Context, ids: list[UUID]) -> list[DependencyRow | None]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, DEPENDENCIES, ids)
    fetch_initiatives = fetch_of("Initiative")
    if fetch_initiatives is not None:
        # brings the portfolios into the view in which their ends are found
        await fetch_initiatives(context, [row.predecessor_id for row in found.values()])
    return [found.get(dependency_id) for dependency_id in ids]


fetched_by("Dependency", _dependencies)
