"""The type ``Objective``."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Optional, cast
from uuid import UUID

import strawberry

from api.audit.fields import AuditedNode
from api.context import Context, Info
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.enums import Ambition
from api.filters import WHERE
from api.key_result.types import KeyResult, KeyResultConnection
from api.listing import ORDER_BY, IncludeArchived, Listing, children_of
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.objective.filters import ObjectiveOrder, ObjectiveWhere
from api.objective.loaders import contributing_team_ids
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from domain.commands.objective import MOST_CONTRIBUTING_TEAMS
from domain.progress import objective_progress
from domain.queries.listing import OrderBy
from domain.queries.sources import OBJECTIVES
from domain.rows import ObjectiveRow

if TYPE_CHECKING:
    from api.cycle.types import Cycle
    from api.team.types import Team


@strawberry.type(description="A qualitative, directional aim of a team in a cycle. It rates no person.")
@shows(ObjectiveRow)
class Objective(Node, AuditedNode):
    """Shows ``ObjectiveRow``."""

    title: str = strawberry.field(description="What is to be reached, in a sentence.")
    description: str = strawberry.field(description="More about it; may be empty.")
    ambition: Ambition = strawberry.field(description="What grade it aims at.")
    weight: float = strawberry.field(
        description="How much it counts in the value by outcome: above 0, at most 1,000."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(description="The cycle that it is set for.")
    def cycle(self: ObjectiveRow, info: Info) -> Annotated["Cycle", strawberry.lazy("api.cycle.types")]:
        return cast("Cycle", info.context.directory.cycles[self.cycle_id])

    @strawberry.field(description="The team that owns it.")
    def team(self: ObjectiveRow, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")]:
        return cast("Team", info.context.directory.teams[self.team_id])

    @strawberry.field(
        description=f"The teams that contribute to it besides its owner, by name; at most"
        f" {MOST_CONTRIBUTING_TEAMS}."
    )
    async def contributing_teams(
        self: ObjectiveRow, info: Info
    ) -> list[Annotated["Team", strawberry.lazy("api.team.types")]]:
        ids = await contributing_team_ids(info.context, self.id)
        teams = [info.context.directory.teams[team_id] for team_id in ids]
        return cast("list[Team]", sorted(teams, key=lambda team: (team.name.lower(), team.id)))

    @strawberry.field(description="The objective that it serves; null at the top.")
    def parent(self: ObjectiveRow, info: Info) -> Optional["Objective"]:
        if self.parent_id is None:
            return None
        return as_type(Objective, info.context.directory.objectives[self.parent_id])

    @strawberry.field(description="The objectives that serve it, the oldest first unless ordered otherwise.")
    async def children(
        self: ObjectiveRow,
        info: Info,
        where: Annotated[ObjectiveWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[ObjectiveOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> "ObjectiveConnection":
        return await children_of(
            info.context,
            OBJECTIVE_LISTING,
            parent="parent_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )

    @strawberry.field(description="The evidence that it is being reached, the oldest first.")
    def key_results(
        self: ObjectiveRow,
        info: Info,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> KeyResultConnection:
        rows = [
            row
            for row in info.context.directory.key_results_of.get(self.id, ())
            if include_archived or row.archived_at is None
        ]
        indices, window = slice_of(
            length=len(rows),
            page=page_of(first=first, after=after, last=last, before=before),
            scope=f"key results of {self.id}, archived {include_archived}",
        )
        nodes = as_types(KeyResult, (rows[index] for index in indices))
        return KeyResultConnection.of(window, nodes=nodes, total=len(rows))

    @strawberry.field(
        description="Mean of its key results' progress, clamped to 0 to 1, by weight; archived ones don't"
        " count. Null when there is none: nothing measured is not the same as nothing reached."
    )
    def progress(self: ObjectiveRow, info: Info) -> float | None:
        return objective_progress(info.context.directory.key_results_of.get(self.id, ()))


@strawberry.type(description="A page of objectives.")
class ObjectiveConnection(Connection[Objective]):
    """Connection of objectives."""


OBJECTIVE_LISTING = Listing(
    OBJECTIVES,
    ObjectiveConnection,
    ids={"id": "Objective", "cycle_id": "Cycle", "team_id": "Team", "parent_id": "Objective"},
    default=(OrderBy("created_at"),),
)


async def _objectives(context: Context, ids: list[UUID]) -> list[ObjectiveRow | None]:
    directory = (await context.view()).directory
    return [directory.objectives.get(objective_id) for objective_id in ids]


fetched_by("Objective", _objectives)
