"""``operationsReview``, ``changeReview`` and ``readinessReview``: a page for each kind of review."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.history.fields import end_of
from api.inputs import decoded
from api.nodes import as_type
from api.permissions import READ
from api.review.change import ChangePage, ChangeReview
from api.review.operations import OperationsPage, OperationsReview
from api.review.readiness import ReadinessPage, ReadinessReview
from api.review.subject import ReviewSubjectInput, SubjectArgument, covered_by
from domain.db import reading
from domain.errors import NotFound
from domain.history.objective import directory_at
from domain.review.change import Past, covered, objectives_on, standing_objectives
from domain.review.operations import Operations, operations_at, operations_now
from domain.review.readiness import readiness

On = Annotated[
    date | None,
    strawberry.argument(
        description="The day, not after today (UTC): a past one is rebuilt as it was at its end; today if left out."
    ),
]


@strawberry.type
class ReviewPageQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="What an operations review of lights-on work looks at. Of its own: step-change work has"
        " `changeReview`.",
        metadata={"cost": 10},
        **READ,
    )
    async def operations_review(
        self, info: Info, subject: SubjectArgument = strawberry.UNSET, on: On = strawberry.UNSET
    ) -> OperationsReview:
        day, moment, past = _when(on or None)
        about = await covered_by(info.context, subject or None)
        operations = None
        if past:
            operations = await _operations(info.context, about.coverage.team_ids, moment, past=True)
        return as_type(OperationsReview, OperationsPage(about, day, moment, operations))

    @strawberry.field(
        description="What a change review of step-change work looks at. Of its own: lights-on work has"
        " `operationsReview`.",
        metadata={"cost": 10},
        **READ,
    )
    async def change_review(
        self, info: Info, subject: SubjectArgument = strawberry.UNSET, on: On = strawberry.UNSET
    ) -> ChangeReview:
        day, moment, past = _when(on or None)
        about = await covered_by(info.context, subject or None)
        directory = info.context.directory
        found = objectives_on(directory, day)
        if past:
            organisation_id = info.context.actor.organisation_id
            async with reading(info.context.database, organisation_id) as connection:
                then = await directory_at(connection, organisation_id, directory, at=moment)
            found = standing_objectives(Past(*then), day)
        shown = tuple(covered(found, about.coverage))
        return as_type(ChangeReview, ChangePage(about, day, moment, shown))

    @strawberry.field(
        description="The KPI dashboard before a cycle is planned: which teams are healthy enough to carry strategic"
        " investment, and which need remediation first, with reasons.",
        metadata={"cost": 10},
        **READ,
    )
    async def readiness_review(
        self,
        info: Info,
        cycle_id: Annotated[
            strawberry.ID, strawberry.argument(description="The cycle that is to be planned.")
        ],
        team_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this team; all in use if left out.")
        ] = strawberry.UNSET,
        on: On = strawberry.UNSET,
    ) -> ReadinessReview:
        day, moment, past = _when(on or None)
        directory = (await info.context.view()).directory
        cycle = directory.cycles.get(decoded("Cycle", cycle_id, "cycleId"))
        if cycle is None:
            raise NotFound("There is no cycle with this id.", path=("cycleId",))
        subject = ReviewSubjectInput(team_id=team_id) if team_id else None
        about = await covered_by(info.context, subject)
        chosen = about.scope.team_id
        teams = [
            row
            for row in directory.teams.values()
            if (row.archived_at is None if chosen is None else row.id == chosen)
        ]
        teams.sort(key=lambda row: (row.name.lower(), row.id))
        operations = await _operations(info.context, about.coverage.team_ids, moment, past=past)
        judged = readiness([row.id for row in teams], operations.kpis)
        page = ReadinessPage(cycle, day, moment, tuple(judged), operations.past)
        return as_type(ReadinessReview, page)


def _when(on: date | None) -> tuple[date, datetime, bool]:
    """The day, the moment that it stands for, and whether it lies in the past."""
    today = datetime.now(UTC).date()
    day = on or today
    return day, end_of(day, argument="on"), day < today


async def _operations(
    context: Context, team_ids: frozenset[UUID] | None, moment: datetime, *, past: bool
) -> Operations:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        if past:
            return await operations_at(connection, organisation_id, at=moment, team_ids=team_ids)
        return await operations_now(connection, organisation_id, now=moment, team_ids=team_ids)
