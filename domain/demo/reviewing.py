"""Loads the calendar of reviews, those that were held with their decisions, and dismissed findings."""

from contextlib import suppress
from datetime import UTC, datetime

from domain.commands.finding import FindingDismissalAdd
from domain.commands.review import ReviewCreate, ReviewDecisionItem, ReviewScheduleCreate
from domain.demo.loading import Stage
from domain.demo.organisation import PORTFOLIO
from domain.demo.reviews import CALENDAR, EXCUSES, MEETINGS, Ruling
from domain.errors import NotFound
from domain.findings.dismissal import add_finding_dismissal
from domain.review.holding import create_review
from domain.review.schedule import create_review_schedule
from domain.snapshot import SnapshotStore

_FIELDS = {
    "KPI": ("kpi_id", "kpi"),
    "initiative": ("initiative_id", "initiative"),
    "key result": ("key_result_id", "key result"),
}


async def load_reviews(stage: Stage) -> None:
    """The calendar by the planner, the reviews by those who led them."""
    for review in CALENDAR:
        await create_review_schedule(
            stage.database,
            stage.actors["bowen"],
            ReviewScheduleCreate(
                id=stage.identity("review schedule", review.key),
                name=review.name,
                kind=review.kind,
                team_id=None if review.team is None else stage.identity("team", review.team),
                portfolio_id=stage.identity("portfolio", PORTFOLIO) if review.of_portfolio else None,
                owner_id=stage.actors[review.owner].member_id,
                cadence=review.cadence,
                first_due_on=review.first,
            ),
        )
    kinds = {review.key: review.kind for review in CALENDAR}
    held = await stage.present("review")
    for meeting in MEETINGS:
        review_id = stage.identity("review", meeting.key)
        if review_id not in held:
            command = ReviewCreate(
                id=review_id,
                schedule_id=stage.identity("review schedule", meeting.schedule),
                kind=kinds[meeting.schedule],
                held_on=meeting.day,
                notes=meeting.notes,
                participant_ids=[stage.actors[each].member_id for each in meeting.participants],
                decisions=[_decision(stage, ruling) for ruling in meeting.rulings],
            )
            await create_review(stage.database, stage.actors[meeting.by], command, today=meeting.day)


async def load_dismissals(stage: Stage) -> None:
    """Findings that the planner has dismissed, as far as they are found on the day of the load."""
    directory = (await SnapshotStore(stage.database).fresh(stage.organisation_id)).directory
    for excuse in EXCUSES:
        command = FindingDismissalAdd(
            finding_key=f"{excuse.code.value}:{stage.identity('kpi', excuse.kpi)}", reason=excuse.reason
        )
        with suppress(NotFound):
            await add_finding_dismissal(
                stage.database,
                stage.actors[excuse.by],
                command,
                directory=directory,
                today=datetime.now(UTC).date(),
            )


def _decision(stage: Stage, ruling: Ruling) -> ReviewDecisionItem:
    told = {"decision": ruling.decision, "reason": ruling.reason}
    if ruling.about == "topic":
        return ReviewDecisionItem.parse({"topic": ruling.key, **told})
    field, noun = _FIELDS[ruling.about]
    return ReviewDecisionItem.parse({field: stage.identity(noun, ruling.key), **told})
