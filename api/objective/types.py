"""The type ``Objective``."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Optional, cast
from uuid import UUID

import strawberry

from api.audit.fields import AuditedNode
from api.confidence_review.types import (
    CONFIDENCE_REVIEW_LISTING,
    ConfidenceReviewConnection,
    know_reviewers,
)
from api.context import Context, Info
from api.coverage.fields import ObjectiveCovered
from api.dependency_map.day import today_unless
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.enums import Ambition, CycleLevel
from api.filters import WHERE
from api.history.fields import ObjectiveHistory
from api.key_result.day import OnDay
from api.key_result.enums import OkrStatus
from api.key_result.grading import Grading
from api.key_result.types import KeyResult, KeyResultConnection
from api.kpi.objective_fields import ObjectiveKpiFields
from api.listing import ORDER_BY, IncludeArchived, Listing, children_of
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.objective.filters import ObjectiveOrder, ObjectiveWhere
from api.objective.loaders import contributing_team_ids
from api.objective.roll_up import ObjectiveRollUp, shown
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from domain.commands.objective import MOST_CONTRIBUTING_TEAMS
from domain.key_result_status import objective_standing
from domain.objective_roll_up import roll_up
from domain.progress import objective_progress
from domain.queries.listing import OrderBy
from domain.queries.sources import OBJECTIVES
from domain.rows import ObjectiveRow
from domain.rows_okr import ConfidenceReviewRow

if TYPE_CHECKING:
    from api.cycle.types import Cycle
    from api.member.types import Member
    from api.team.types import Team


@strawberry.type(
    description="How an objective stands on a day: means by weight over its key results in use that have a progress."
)
class ObjectiveStanding:
    """Shows ``domain.key_result_status.ObjectiveStanding``."""

    progress: float | None = strawberry.field(
        description="Mean of the clamped progress, 0 to 1; null if nothing is measured."
    )
    expected: float | None = strawberry.field(
        description="Mean of the progress that was to be expected, 0 to 1; null if nothing is measured."
    )
    confidence: float | None = strawberry.field(
        description="Mean of the confidence that was stated last, 0 to 10, of those key results of which one was;"
        " null if none was."
    )
    status: OkrStatus = strawberry.field(
        description="By the rule of `OkrStatus` with these means: MET when all that are measured are, NOT_STARTED when"
        " none of them has been, OFF_TRACK when all that are not met are overdue."
    )


@strawberry.type(description="A qualitative, directional aim of a team in a cycle. It rates no person.")
@shows(ObjectiveRow)
class Objective(Node, ObjectiveCovered, ObjectiveHistory, AuditedNode, ObjectiveKpiFields):
    """Shows ``ObjectiveRow``."""

    title: str = strawberry.field(description="What is to be reached, in a sentence.")
    description: str = strawberry.field(description="More about it; may be empty.")
    ambition: Ambition = strawberry.field(description="What grade it aims at.")
    weight: float = strawberry.field(
        description="How much it counts in the value by outcome: above 0, at most 1,000."
    )
    reviewed_on: date | None = strawberry.field(
        description="The day of the latest confidence review; null if there was none."
    )
    reviewed_confidence: int | None = strawberry.field(
        description="How sure that review was that it will be reached, 0 to 10; null if there was none."
    )
    closed_at: datetime | None = strawberry.field(
        description="When it was closed and graded; null while it is open."
    )
    retrospective: str = strawberry.field(description="What was learnt, said at its closing; may be empty.")
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

    @strawberry.field(description="Its planning horizon, which is that of its cycle.")
    def level(self: ObjectiveRow, info: Info) -> CycleLevel:
        return info.context.directory.cycles[self.cycle_id].level

    @strawberry.field(
        description="Mean of its key results' progress, clamped to 0 to 1, by weight; archived ones and drafts don't"
        " count. Null when there is no other: nothing measured is not the same as nothing reached."
    )
    def progress(self: ObjectiveRow, info: Info) -> float | None:
        return objective_progress(info.context.directory.key_results_of.get(self.id, ()))

    @strawberry.field(
        description="Its progress along the cascade: of its key results and of the objectives below it."
    )
    def roll_up(self: ObjectiveRow, info: Info) -> ObjectiveRollUp:
        return shown(roll_up(info.context.directory, self.id))

    @strawberry.field(description="How it stands on a day, with the values that its key results have now.")
    def standing(self: ObjectiveRow, info: Info, on: OnDay = None) -> ObjectiveStanding:
        directory = info.context.directory
        found = objective_standing(
            directory.key_results_of.get(self.id, ()),
            cycle=directory.cycles[self.cycle_id],
            day=today_unless(on),
        )
        return as_type(ObjectiveStanding, found)

    @strawberry.field(description="How sure its reviews were, the latest day first.")
    async def confidence_reviews(
        self: ObjectiveRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ConfidenceReviewConnection:
        found = await children_of(
            info.context,
            CONFIDENCE_REVIEW_LISTING,
            parent="objective_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )
        await know_reviewers(info.context, cast("list[ConfidenceReviewRow]", found.nodes))
        return found

    @strawberry.field(description="Its grades since it was closed; null while it is open.")
    def grading(self: ObjectiveRow) -> Grading | None:
        return None if self.closed_at is None else as_type(Grading, self)

    @strawberry.field(description="Who closed it; null while it is open.")
    def closed_by(
        self: ObjectiveRow, info: Info
    ) -> Annotated["Member", strawberry.lazy("api.member.types")] | None:
        if self.closed_by_id is None:
            return None
        return cast("Member", info.context.directory.members[self.closed_by_id])

    @strawberry.field(
        description="The objective of an earlier cycle that it goes on from; null if it is new."
    )
    def carried_over_from(self: ObjectiveRow, info: Info) -> Optional["Objective"]:
        if self.carried_over_from_id is None:
            return None
        return as_type(Objective, info.context.directory.objectives[self.carried_over_from_id])

    @strawberry.field(description="The objective of a later cycle that it goes on as; null if it ends here.")
    def carried_over_to(self: ObjectiveRow, info: Info) -> Optional["Objective"]:
        successor_id = info.context.directory.successors.get(self.id)
        if successor_id is None:
            return None
        return as_type(Objective, info.context.directory.objectives[successor_id])


@strawberry.type(description="A page of objectives.")
class ObjectiveConnection(Connection[Objective]):
    """Connection of objectives."""


OBJECTIVE_LISTING = Listing(
    OBJECTIVES,
    ObjectiveConnection,
    ids={
        "id": "Objective",
        "cycle_id": "Cycle",
        "team_id": "Team",
        "parent_id": "Objective",
        "carried_over_from_id": "Objective",
    },
    default=(OrderBy("created_at"),),
)


async def _objectives(context: Context, ids: list[UUID]) -> list[ObjectiveRow | None]:
    directory = (await context.view()).directory
    return [directory.objectives.get(objective_id) for objective_id in ids]


fetched_by("Objective", _objectives)
