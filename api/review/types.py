"""The types of the calendar and of held reviews."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.audit.fields import AuditedNode
from api.context import Context, Info
from api.cycle.types import Cycle
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.ids import GlobalId
from api.listing import Listing
from api.member.types import Member
from api.node_queries import rows_of
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.pagination import Connection
from api.review.enums import DueState, ReviewCadence, ReviewKind
from api.team.types import Team
from domain.commands.review import MOST_DECISIONS, MOST_PARTICIPANTS
from domain.db import reading
from domain.queries.listing import OrderBy, by_ids
from domain.review.calendar import CalendarEntry
from domain.review.holding import decisions_of, participants_of
from domain.review.rows import (
    REVIEW_DECISIONS,
    REVIEW_SCHEDULES,
    REVIEWS,
    ReviewDecisionRow,
    ReviewRow,
    ReviewScheduleRow,
)

if TYPE_CHECKING:
    from api.portfolio.types import Portfolio


def _team(self: ReviewScheduleRow | ReviewRow, info: Info) -> Team | None:
    return None if self.team_id is None else as_type(Team, info.context.directory.teams[self.team_id])


def _portfolio(
    self: ReviewScheduleRow | ReviewRow, info: Info
) -> Annotated["Portfolio", strawberry.lazy("api.portfolio.types")] | None:
    if self.portfolio_id is None:
        return None
    return cast("Portfolio", info.context.directory.portfolios[self.portfolio_id])


@strawberry.type(description="A review of the calendar: it is held again and again.")
@shows(ReviewScheduleRow)
class ReviewSchedule(Node, AuditedNode):
    """Shows ``ReviewScheduleRow``."""

    name: str = strawberry.field(description="Unique in the organisation, whatever its case.")
    kind: ReviewKind = strawberry.field(description="What it looks at.")
    cadence: ReviewCadence = strawberry.field(description="How often it is due.")
    first_due_on: date = strawberry.field(description="The first day on which it is due.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)
    team = strawberry.field(
        resolver=_team, description="The team that it is about; null if it is about something else."
    )
    portfolio = strawberry.field(
        resolver=_portfolio,
        description="The portfolio that it is about; null for another subject. With neither team nor portfolio it is"
        " about the organisation.",
    )

    @strawberry.field(description="Who sees to it that it is held; null if nobody is named.")
    def owner(self: ReviewScheduleRow, info: Info) -> Member | None:
        return (
            None if self.owner_id is None else as_type(Member, info.context.directory.members[self.owner_id])
        )


@strawberry.type(description="A page of reviews of the calendar.")
class ReviewScheduleConnection(Connection[ReviewSchedule]):
    """Connection of schedules."""


@strawberry.type(description="How a review of the calendar stands on a day.")
class ReviewCalendarEntry:
    """Shows ``CalendarEntry``."""

    next_due_on: date = strawberry.field(
        description="The first day of it that no review has settled. A held review settles its day and all before."
    )
    state: DueState = strawberry.field(description="Overdue, due or upcoming.")
    missed_count: int = strawberry.field(
        description="How many of its days passed before the day that was asked about without being settled."
    )
    last_held_on: date | None = strawberry.field(description="When it was last held; null if never.")

    @strawberry.field(description="The review.")
    def schedule(self: CalendarEntry) -> ReviewSchedule:
        return as_type(ReviewSchedule, self.schedule)


@strawberry.type(description="A page of the calendar, the first due first.")
class ReviewCalendarConnection(Connection[ReviewCalendarEntry]):
    """Connection of calendar entries."""


@strawberry.type(description="What was decided in a review, about what, and why. It never changes.")
@shows(ReviewDecisionRow)
class ReviewDecision(Node, AuditedNode):
    """Shows ``ReviewDecisionRow``."""

    topic: str | None = strawberry.field(
        description="What it is about, in words; null when it is about `subject`."
    )
    decision: str = strawberry.field(description="What was decided; 1 to 4,000 characters.")
    reason: str = strawberry.field(description="Why; 1 to 4,000 characters.")
    created_at: datetime = strawberry.field(description="When it was recorded.")

    @strawberry.field(
        description="The objective, key result, KPI or initiative that it is about; null for a topic in words."
    )
    async def subject(self: ReviewDecisionRow, info: Info) -> Node | None:
        for type_name, key in (
            ("Objective", self.objective_id),
            ("KeyResult", self.key_result_id),
            ("Kpi", self.kpi_id),
            ("Initiative", self.initiative_id),
        ):
            if key is not None:
                loader = info.context.loader("review subjects", _subject_loader)
                return await loader.load(GlobalId(type_name, key))
        return None

    @strawberry.field(description="The review in which it was decided.")
    async def review(self: ReviewDecisionRow, info: Info) -> "Review":
        (row,) = await _reviews(info.context, [self.review_id])
        return as_type(Review, row)

    @strawberry.field(description="Who recorded it.")
    async def recorded_by(self: ReviewDecisionRow, info: Info) -> Member:
        return await _member(info.context, self.recorded_by_id)


@strawberry.type(description="A review that was held.")
@shows(ReviewRow)
class Review(Node, AuditedNode):
    """Shows ``ReviewRow``."""

    kind: ReviewKind = strawberry.field(description="What it looked at.")
    held_on: date = strawberry.field(description="The day on which it was held.")
    due_on: date | None = strawberry.field(
        description="The day of the calendar that it settles, with all days before; null if it is not of the calendar."
    )
    notes: str = strawberry.field(description="What was noted; may be empty.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    team = strawberry.field(
        resolver=_team, description="The team that it was about; null if it was about something else."
    )
    portfolio = strawberry.field(
        resolver=_portfolio,
        description="The portfolio that it was about; null for another subject. With neither team nor portfolio it was"
        " about the organisation.",
    )

    @strawberry.field(
        description="The review of the calendar that it was; null if it is not of the calendar."
    )
    async def schedule(self: ReviewRow, info: Info) -> ReviewSchedule | None:
        if self.schedule_id is None:
            return None
        loader = info.context.loader("review schedules", _schedule_loader)
        return as_type(ReviewSchedule, await loader.load(self.schedule_id))

    @strawberry.field(description="The cycle that a readiness review was before; null for none.")
    def cycle(self: ReviewRow, info: Info) -> Cycle | None:
        return None if self.cycle_id is None else as_type(Cycle, info.context.directory.cycles[self.cycle_id])

    @strawberry.field(description=f"Who took part, by name; at most {MOST_PARTICIPANTS}.")
    async def participants(self: ReviewRow, info: Info) -> list[Member]:
        ids = await info.context.loader("review participants", _participant_loader).load(self.id)
        members = [await _member(info.context, key) for key in ids]
        return sorted(members, key=lambda member: (member.name.lower(), str(member.id)))

    @strawberry.field(
        description=f"What was decided, in the order in which it was recorded; at most {MOST_DECISIONS}."
    )
    async def decisions(self: ReviewRow, info: Info) -> list[ReviewDecision]:
        rows = await info.context.loader("review decisions", _decision_loader).load(self.id)
        return as_types(ReviewDecision, rows)

    @strawberry.field(description="Who recorded it.")
    async def recorded_by(self: ReviewRow, info: Info) -> Member:
        return await _member(info.context, self.recorded_by_id)


@strawberry.type(description="A page of reviews that were held.")
class ReviewConnection(Connection[Review]):
    """Connection of reviews."""


@strawberry.type(description="A page of what was decided in reviews.")
class ReviewDecisionConnection(Connection[ReviewDecision]):
    """Connection of decisions."""


_SUBJECTS = {"team_id": "Team", "portfolio_id": "Portfolio"}
SCHEDULE_LISTING = Listing(
    REVIEW_SCHEDULES,
    ReviewScheduleConnection,
    ids={"id": "ReviewSchedule", "owner_id": "Member", **_SUBJECTS},
    default=(OrderBy("name"),),
)
REVIEW_LISTING = Listing(
    REVIEWS,
    ReviewConnection,
    ids={"id": "Review", "schedule_id": "ReviewSchedule", **_SUBJECTS},
    default=(OrderBy("held_on", descending=True),),
)
DECISION_LISTING = Listing(
    REVIEW_DECISIONS,
    ReviewDecisionConnection,
    ids={
        "review_id": "Review",
        "objective_id": "Objective",
        "key_result_id": "KeyResult",
        "kpi_id": "Kpi",
        "initiative_id": "Initiative",
    },
    default=(OrderBy("created_at", descending=True),),
)


async def _member(context: Context, member_id: UUID) -> Member:
    members = (await context.view()).directory.members
    if member_id not in members:
        members = (await context.renew()).directory.members
    return as_type(Member, members[member_id])


def _subject_loader(context: Context) -> DataLoader[GlobalId, Node | None]:
    async def load(keys: list[GlobalId]) -> list[Node | None]:
        return await rows_of(context, keys)

    return DataLoader(load_fn=load)


def _schedule_loader(context: Context) -> DataLoader[UUID, ReviewScheduleRow | None]:
    async def load(ids: list[UUID]) -> list[ReviewScheduleRow | None]:
        return await _schedules(context, ids)

    return DataLoader(load_fn=load)


def _participant_loader(context: Context) -> DataLoader[UUID, list[UUID]]:
    async def load(ids: list[UUID]) -> list[list[UUID]]:
        async with reading(context.database, context.actor.organisation_id) as connection:
            found = await participants_of(connection, context.actor.organisation_id, ids)
        return [found[review_id] for review_id in ids]

    return DataLoader(load_fn=load)


def _decision_loader(context: Context) -> DataLoader[UUID, list[ReviewDecisionRow]]:
    async def load(ids: list[UUID]) -> list[list[ReviewDecisionRow]]:
        async with reading(context.database, context.actor.organisation_id) as connection:
            found = await decisions_of(connection, context.actor, ids)
        return [found[review_id] for review_id in ids]

    return DataLoader(load_fn=load)


async def _schedules(context: Context, ids: list[UUID]) -> list[ReviewScheduleRow | None]:
    async with reading(context.database, context.actor.organisation_id) as connection:
        found = await by_ids(connection, context.actor.organisation_id, REVIEW_SCHEDULES, ids)
    return [found.get(schedule_id) for schedule_id in ids]


async def _reviews(context: Context, ids: list[UUID]) -> list[ReviewRow | None]:
    async with reading(context.database, context.actor.organisation_id) as connection:
        found = await by_ids(connection, context.actor.organisation_id, REVIEWS, ids)
    return [found.get(review_id) for review_id in ids]


async def _decisions(context: Context, ids: list[UUID]) -> list[ReviewDecisionRow | None]:
    async with reading(context.database, context.actor.organisation_id) as connection:
        found = await by_ids(connection, context.actor.organisation_id, REVIEW_DECISIONS, ids)
    return [found.get(decision_id) for decision_id in ids]


fetched_by("ReviewSchedule", _schedules)
fetched_by("Review", _reviews)
fetched_by("ReviewDecision", _decisions)
