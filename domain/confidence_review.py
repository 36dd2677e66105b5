"""Use case about confidence reviews, such as the one in the middle of a cycle; entries are only ever added."""

from datetime import UTC, datetime

import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.objective_closing import ConfidenceReviewCreate
from domain.db import Database, transaction
from domain.entities import change, refer_to
from domain.errors import InvalidInput, NotFound
from domain.models import ConfidenceReview, Cycle, Objective, metadata
from domain.objective_closing import refuse_closed
from domain.rows import columns
from domain.rows_okr import ConfidenceReviewRow

_REVIEWS = metadata.tables["confidence_review"]


async def create_confidence_review(
    database: Database, actor: Actor, command: ConfidenceReviewCreate, *, now: datetime
) -> ConfidenceReviewRow:
    """Keep how sure a review was that an objective will be reached; the latest one stands on the objective.

    Raises
    ------
    ObjectiveClosed
        When the objective is closed.
    NotFound, InvalidInput
        When there is no such objective, or it is archived; when the day has not come, or lies outside the
        objective's cycle.
    """
    day = now.astimezone(UTC).date() if command.reviewed_on is None else command.reviewed_on
    async with transaction(database, actor) as session:
        locked = (
            sa.select(Objective)
            .where(
                sa.inspect(Objective).local_table.c.organisation_id == actor.organisation_id,
                sa.inspect(Objective).local_table.c.id == command.objective_id,
            )
            .with_for_update()
        )
        objective = (await session.execute(locked)).scalar_one_or_none()
        if objective is None:
            raise NotFound("There is no objective with this id.", path=("objectiveId",))
        refuse_closed(objective, path=("objectiveId",))
        if objective.archived_at is not None:
            raise InvalidInput(
                "This objective is archived; take it back into use first.", path=("objectiveId",)
            )
        cycle = await refer_to(session, actor, Cycle, objective.cycle_id, path=("objectiveId",))
        if day > now.astimezone(UTC).date():
            raise InvalidInput(
                f"{day} has not come yet; give the day of the review when it is over.", path=("reviewedOn",)
            )
        if not cycle.starts_on <= day <= cycle.ends_on:
            raise InvalidInput(
                f"A confidence review is of a day within the objective's cycle {cycle.name}: {cycle.starts_on} to"
                f" {cycle.ends_on}, not {day}.",
                path=("reviewedOn",),
            )
        written = (
            sa.insert(_REVIEWS)
            .values(
                organisation_id=actor.organisation_id,
                objective_id=objective.id,
                confidence=command.confidence,
                note=command.note,
                reviewed_on=day,
                recorded_by_id=actor.member_id,
            )
            .returning(*columns(ConfidenceReview, ConfidenceReviewRow))
        )
        row = ConfidenceReviewRow._make((await session.execute(written)).one())
        if objective.reviewed_on is None or day >= objective.reviewed_on:
            standing = {"reviewed_on": day, "reviewed_confidence": command.confidence}
            await change(session, actor, Objective, objective.id, standing)
        return row
