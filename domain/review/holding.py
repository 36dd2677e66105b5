"""Use cases about reviews that were held, and what was decided in them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.actor import Actor
from domain.commands.review import (
    MOST_DECISIONS,
    ReviewCreate,
    ReviewDecisionAdd,
    ReviewDecisionItem,
    ReviewUpdate,
)
from domain.db import Database, transaction
from domain.entities import change, create, in_use, lock, refer_to, repeated
from domain.errors import Conflict, InvalidInput, NotFound
from domain.idempotency import claim
from domain.models import Cycle, Review, ReviewSchedule, metadata
from domain.references import by_id, unusable
from domain.review.calendar import is_occurrence, to_settle
from domain.review.kinds import ReviewKind
from domain.review.rows import ReviewDecisionRow, ReviewRow
from domain.review.schedule import check_subject
from domain.rows import as_row

_REVIEWS = metadata.tables["review"]
_PARTICIPANTS = metadata.tables["review_participant"]
_DECISIONS = metadata.tables["review_decision"]
_SUBJECTS = {
    "objective_id": "objective",
    "key_result_id": "key_result",
    "kpi_id": "kpi",
    "initiative_id": "initiative",
}
_PARTS = {"participant_ids", "decisions"}


class HeldReview(NamedTuple):
    """A review with the decisions that were recorded with it, in their order."""

    review: ReviewRow
    decisions: tuple[ReviewDecisionRow, ...]


async def create_review(
    database: Database, actor: Actor, command: ReviewCreate, *, today: date
) -> HeldReview:
    """Record a review that was held, with who took part and what was decided.

    Of the calendar it settles a day: that which is given, else the latest that was due by then, else the next.

    Raises
    ------
    InvalidInput, NotFound
        When it lies in the future; when kind and subject don't fit each other or the calendar; when the day is
        not one of the calendar or is settled already; when what it refers to is archived or not there; when a
        decision has no subject or several.
    Conflict
        When the id is taken, or somebody has recorded the same review meanwhile.
    """
    held_on = command.held_on or today
    if held_on > today:
        raise InvalidInput(f"A review is recorded when it was held; today is {today}.", path=("heldOn",))
    async with transaction(database, actor) as session:
        values = await _values(session, actor, command, held_on)
        first = await _recorded_before(session, actor, command, values)
        if first is not None:
            return HeldReview(
                as_row(ReviewRow, first), tuple((await decisions_of(session, actor, [first.id]))[first.id])
            )
        if command.schedule_id is not None:
            values["due_on"] = await _day_to_settle(session, actor, command, held_on)
        await check_subject(session, actor, values["kind"], values["team_id"], values["portfolio_id"])
        if command.cycle_id is not None:
            await in_use(session, actor, Cycle, command.cycle_id, path=("cycleId",))
            if command.kind is not ReviewKind.READINESS:
                raise InvalidInput(
                    "Only a readiness review is before a cycle; leave it out.", path=("cycleId",)
                )
        review = await create(
            session, actor, Review, {**values, "recorded_by_id": actor.member_id}, entity_id=command.id
        )
        await _add_participants(session, actor, review.id, command.participant_ids)
        decisions = await _decide(session, actor, review.id, command.decisions)
        return HeldReview(as_row(ReviewRow, review), tuple(decisions))


async def update_review(database: Database, actor: Actor, command: ReviewUpdate) -> ReviewRow:
    """Change the notes of a review, or who took part.

    Raises
    ------
    NotFound, InvalidInput, Conflict
        When there is no such review or participant, one is archived, or the version moved on.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        wanted: list[UUID] | None = changes.pop("participant_ids", None)
        await lock(session, actor, Review, command.id, expected_version=command.expected_version)
        replaced = False
        if wanted is not None:
            present = set((await participants_of(session, actor.organisation_id, [command.id]))[command.id])
            replaced = set(wanted) != present
            await session.execute(
                sa.delete(_PARTICIPANTS).where(
                    _PARTICIPANTS.c.organisation_id == actor.organisation_id,
                    _PARTICIPANTS.c.review_id == command.id,
                    _PARTICIPANTS.c.member_id.not_in(wanted),
                )
            )
            await _add_participants(session, actor, command.id, [key for key in wanted if key not in present])
        review = await change(session, actor, Review, command.id, changes, touched=replaced)
        return as_row(ReviewRow, review)


async def add_review_decision(
    database: Database, actor: Actor, command: ReviewDecisionAdd
) -> ReviewDecisionRow:
    """Record a further decision of a review.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such review or subject; when the decision has no subject or several.
    Conflict
        When the idempotency key stands for another decision.
    """
    async with transaction(database, actor) as session:
        claimed = await claim(
            session, actor, operation="reviewDecisionAdd", key=command.idempotency_key, command=command
        )
        if claimed.repeated:
            query = sa.select(*columns_of_decision()).where(
                _DECISIONS.c.organisation_id == actor.organisation_id, _DECISIONS.c.id == claimed.entity_id
            )
            return ReviewDecisionRow._make((await session.execute(query)).one())
        await refer_to(session, actor, Review, command.review_id, path=("reviewId",), alone=True)
        present = sa.select(sa.func.count()).where(
            _DECISIONS.c.organisation_id == actor.organisation_id,
            _DECISIONS.c.review_id == command.review_id,
        )
        if (await session.execute(present)).scalar_one() >= MOST_DECISIONS:
            raise InvalidInput(
                f"A review has at most {MOST_DECISIONS} decisions; record another review.", path=("reviewId",)
            )
        (row,) = await _decide(session, actor, command.review_id, [command], ids=[claimed.entity_id], path=())
        return row


async def decisions_of(
    session: AsyncSession | AsyncConnection, actor: Actor, review_ids: Sequence[UUID]
) -> dict[UUID, list[ReviewDecisionRow]]:
    """The decisions of reviews, in the order in which they were recorded."""
    query = (
        sa.select(*columns_of_decision())
        .where(
            _DECISIONS.c.organisation_id == actor.organisation_id,
            _DECISIONS.c.review_id == sa.any_(sa.literal(list(review_ids), sa.ARRAY(sa.Uuid))),
        )
        .order_by(_DECISIONS.c.review_id, _DECISIONS.c.id)
    )
    found: dict[UUID, list[ReviewDecisionRow]] = {review_id: [] for review_id in review_ids}
    for row in map(ReviewDecisionRow._make, await session.execute(query)):
        found[row.review_id].append(row)
    return found


async def participants_of(
    session: AsyncSession | AsyncConnection, organisation_id: UUID, review_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """The members who took part in reviews."""
    query = (
        sa.select(_PARTICIPANTS.c.review_id, _PARTICIPANTS.c.member_id)
        .where(
            _PARTICIPANTS.c.organisation_id == organisation_id,
            _PARTICIPANTS.c.review_id == sa.any_(sa.literal(list(review_ids), sa.ARRAY(sa.Uuid))),
        )
        .order_by(_PARTICIPANTS.c.member_id)
    )
    found: dict[UUID, list[UUID]] = {review_id: [] for review_id in review_ids}
    for review_id, member_id in await session.execute(query):
        found[review_id].append(member_id)
    return found


def columns_of_decision() -> list[sa.Column[Any]]:
    """The columns of a decision's row."""
    return [_DECISIONS.c[name] for name in ReviewDecisionRow._fields]


async def _values(
    session: AsyncSession, actor: Actor, command: ReviewCreate, held_on: date
) -> dict[str, Any]:
    values = command.model_dump(exclude={"id", "due_on", *_PARTS}) | {"held_on": held_on}
    if command.schedule_id is None:
        if command.due_on is not None:
            raise InvalidInput("Only a review of the calendar settles a day of it.", path=("dueOn",))
    else:
        # alone: two reviews must not settle the same day
        schedule = await in_use(
            session, actor, ReviewSchedule, command.schedule_id, path=("scheduleId",), alone=True
        )
        for name, field in (("kind", "kind"), ("team_id", "teamId"), ("portfolio_id", "portfolioId")):
            stated = getattr(schedule, name)
            if values[name] not in (None, stated):
                raise InvalidInput("The calendar says otherwise; leave it out.", path=(field,))
            values[name] = stated
    return values


async def _recorded_before(
    session: AsyncSession, actor: Actor, command: ReviewCreate, values: dict[str, Any]
) -> Review | None:
    first = await repeated(session, actor, Review, values, entity_id=command.id)
    if first is None:
        return None
    participants = (await participants_of(session, actor.organisation_id, [first.id]))[first.id]
    decisions = (await decisions_of(session, actor, [first.id]))[first.id]
    told = [tuple(item.model_dump().values()) for item in command.decisions]
    # what was added later comes after what was recorded with it
    stored = [tuple(getattr(row, name) for name in ReviewDecisionItem.model_fields) for row in decisions]
    if set(participants) != set(command.participant_ids) or stored[: len(told)] != told:
        raise Conflict(
            "A review with this id exists already and differs; choose another id or update it.",
            actual_version=first.version,
            path=("id",),
        )
    return first


async def _day_to_settle(session: AsyncSession, actor: Actor, command: ReviewCreate, held_on: date) -> date:
    key = (actor.organisation_id, command.schedule_id)
    schedule = await session.get_one(ReviewSchedule, key)
    settled: date | None = (
        await session.execute(
            sa.select(sa.func.max(_REVIEWS.c.due_on)).where(
                _REVIEWS.c.organisation_id == actor.organisation_id,
                _REVIEWS.c.schedule_id == command.schedule_id,
            )
        )
    ).scalar_one()
    first, cadence = schedule.first_due_on, schedule.cadence
    if command.due_on is None:
        day = to_settle(first, cadence, settled=settled, held_on=held_on)
        if day is None:
            raise InvalidInput("This review is never due again.", path=("scheduleId",))
        return day
    if not is_occurrence(first, cadence, command.due_on):
        raise InvalidInput(
            f"{command.due_on} is not a day of this review: it is due {cadence.value.replace('_', '-')} from"
            f" {first} on. Leave dueOn out to settle the latest day that is due.",
            path=("dueOn",),
        )
    if settled is not None and command.due_on <= settled:
        raise InvalidInput(
            f"{command.due_on} is settled already, by the review for {settled}.", path=("dueOn",)
        )
    return command.due_on


async def _add_participants(
    session: AsyncSession, actor: Actor, review_id: UUID, member_ids: Sequence[UUID]
) -> None:
    if not member_ids:
        return
    found = await by_id(session, actor, "member", member_ids)
    for position, member_id in enumerate(member_ids):
        problem = unusable(found.get(member_id), noun="member", path=("participantIds", position))
        if problem is not None:
            raise problem
    rows = [
        {"organisation_id": actor.organisation_id, "review_id": review_id, "member_id": key}
        for key in sorted(member_ids)
    ]
    await session.execute(sa.insert(_PARTICIPANTS).values(rows))


async def _decide(
    session: AsyncSession,
    actor: Actor,
    review_id: UUID,
    items: Sequence[ReviewDecisionItem],
    *,
    ids: Sequence[UUID] | None = None,
    path: tuple[str, ...] | None = None,
) -> list[ReviewDecisionRow]:
    if not items:
        return []
    known: dict[str, Mapping[UUID, Any]] = {}
    for field, table in _SUBJECTS.items():
        wanted = [key for item in items if (key := getattr(item, field)) is not None]
        known[field] = await by_id(session, actor, table, wanted) if wanted else {}
    for position, item in enumerate(items):
        place: tuple[str | int, ...] = ("decisions", position) if path is None else path
        given = [field for field in (*_SUBJECTS, "topic") if getattr(item, field) is not None]
        if len(given) != 1:
            raise InvalidInput(
                "A decision is about one objective, key result, KPI or initiative, or about a topic in words:"
                " give exactly one of them.",
                path=(*place, _camel(given[1]) if given else "topic"),
            )
        if given[0] != "topic" and getattr(item, given[0]) not in known[given[0]]:
            raise NotFound(
                f"There is no {_SUBJECTS[given[0]].replace('_', ' ')} with this id.",
                path=(*place, _camel(given[0])),
            )
    fields = list(ReviewDecisionItem.model_fields)
    rows = [
        {
            "organisation_id": actor.organisation_id,
            "review_id": review_id,
            "recorded_by_id": actor.member_id,
            **{name: getattr(item, name) for name in fields},
            **({} if ids is None else {"id": ids[position]}),
        }
        for position, item in enumerate(items)
    ]
    inserted = []
    # one by one: their ids tell the order in which they were taken
    for row in rows:
        statement = sa.insert(_DECISIONS).values(row).returning(*columns_of_decision())
        inserted.append(ReviewDecisionRow._make((await session.execute(statement)).one()))
    return inserted


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
