"""What the demo shows of reviews and findings, whenever it is loaded."""

from datetime import UTC, date, datetime

from domain.db import Database, reading
from domain.demo import load_demo
from domain.findings.listing import findings_on
from domain.review.calendar import calendar
from domain.review.kinds import DueState
from domain.snapshot import SnapshotStore


async def test_a_calendar_with_something_overdue_and_findings_of_many_codes(database: Database) -> None:
    actor = await load_demo(database)
    assert actor is not None
    directory = (await SnapshotStore(database).fresh(actor.organisation_id)).directory
    async with reading(database, actor.organisation_id) as connection:
        entries = await calendar(connection, actor.organisation_id, day=date(2026, 11, 17))
        findings = await findings_on(
            connection, actor.organisation_id, directory, day=datetime.now(UTC).date()
        )
        then = await findings_on(connection, actor.organisation_id, directory, day=date(2026, 11, 22))
    assert [(entry.schedule.name, entry.state, entry.missed_count) for entry in entries] == [
        ("Ready for the next half-year?", DueState.OVERDUE, 1),
        ("Billing's own numbers", DueState.OVERDUE, 11),
        ("The board on change", DueState.UPCOMING, 0),
        ("Operations on Monday", DueState.UPCOMING, 0),
    ]
    assert len({each.finding.code for each in then}) >= 7
    # found by what KPIs are, which does not grow old
    assert sum(each.dismissal is not None for each in findings) == 1
