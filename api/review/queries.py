"""Queries about the calendar and held reviews."""

from datetime import UTC, date, datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.filters import WHERE
from api.listing import IncludeArchived, connection_of
from api.nodes import as_types
from api.pagination import After, Before, First, Last, page_of, slice_of
from api.permissions import READ
from api.review.enums import DueState
from api.review.filters import ReviewDecisionWhere, ReviewScheduleWhere, ReviewWhere
from api.review.types import (
    DECISION_LISTING,
    REVIEW_LISTING,
    SCHEDULE_LISTING,
    ReviewCalendarConnection,
    ReviewCalendarEntry,
    ReviewConnection,
    ReviewDecisionConnection,
    ReviewScheduleConnection,
)
from domain.db import reading
from domain.review.calendar import calendar

On = Annotated[date | None, strawberry.argument(description="The day; today (UTC) if left out.")]


@strawberry.type
class ReviewQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="The reviews of the calendar with what is due and overdue on a day, the first due first. Of a past"
        " day by what had been held until then.",
        **READ,
    )
    async def review_calendar(
        self,
        info: Info,
        on: On = strawberry.UNSET,
        states: Annotated[
            list[DueState] | None,
            strawberry.argument(description="Only those that stand in one of these ways; all if left out."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ReviewCalendarConnection:
        await info.context.view()
        page = page_of(first=first, after=after, last=last, before=before)
        day = on or datetime.now(UTC).date()
        organisation_id = info.context.actor.organisation_id
        async with reading(info.context.database, organisation_id) as connection:
            entries = await calendar(connection, organisation_id, day=day)
        shown = [each for each in entries if not states or each.state in states]
        order = ",".join(f"{each.schedule.id}:{each.next_due_on}" for each in shown)
        indices, window = slice_of(length=len(shown), page=page, scope=f"calendar {day} {order}")
        nodes = as_types(ReviewCalendarEntry, (shown[index] for index in indices))
        return ReviewCalendarConnection.of(window, nodes=nodes, total=len(shown))

    @strawberry.field(description="The reviews of the calendar, by name.", **READ)
    async def review_schedules(
        self,
        info: Info,
        where: Annotated[ReviewScheduleWhere | None, WHERE] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ReviewScheduleConnection:
        await info.context.view()
        return await connection_of(
            info.context,
            SCHEDULE_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=None,
            archived=include_archived,
        )

    @strawberry.field(description="The reviews that were held, the latest first.", **READ)
    async def reviews(
        self,
        info: Info,
        where: Annotated[ReviewWhere | None, WHERE] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ReviewConnection:
        await info.context.view()
        return await connection_of(
            info.context,
            REVIEW_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=None,
            archived=False,
        )

    @strawberry.field(
        description="What was decided in reviews, the latest first: such as all that was ever decided about a KPI.",
        **READ,
    )
    async def review_decisions(
        self,
        info: Info,
        where: Annotated[ReviewDecisionWhere | None, WHERE] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ReviewDecisionConnection:
        await info.context.view()
        return await connection_of(
            info.context,
            DECISION_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=None,
            archived=False,
        )
