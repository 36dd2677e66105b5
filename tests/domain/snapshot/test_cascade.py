"""The cascade in the directory: after each change it is what a fresh read would make of it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

from domain.check_in import create_check_in
from domain.commands.base import ArchiveCommand
from domain.commands.check_in import CheckInCreate
from domain.commands.objective import ObjectiveUpdate
from domain.commands.objective_closing import CarriedContributions, ObjectiveCarryOver, ObjectiveClose
from domain.db import Database
from domain.key_result import archive_key_result
from domain.objective import archive_objective, update_objective
from domain.objective_carry_over import carry_over_objective
from domain.objective_closing import close_objective
from domain.objective_roll_up import rolled_up_progress
from domain.snapshot import SnapshotStore
from tests.factories import a_cycle, a_key_result, an_objective, an_organisation

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


async def test_the_followed_cascade_equals_one_that_is_read_anew(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor)
    later = await a_cycle(database, actor, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    top, other, child = [await an_objective(database, actor, cycle_id=cycle.id) for _ in range(3)]
    one, two = [await a_key_result(database, actor, objective_id=child.id) for _ in range(2)]
    store = SnapshotStore(database)
    await store.fresh(actor.organisation_id)

    async def moved(**values: object) -> None:
        command = ObjectiveUpdate.parse({"id": child.id, **values})
        await update_objective(database, actor, command)

    async def checked_in() -> None:
        said = CheckInCreate(key_result_id=one.id, value=40)
        await create_check_in(database, actor, said, now=NOW)

    async def carried() -> None:
        await close_objective(database, actor, ObjectiveClose(id=child.id), now=NOW)
        command = ObjectiveCarryOver(id=child.id, cycle_id=later.id, contributions=CarriedContributions.STAY)
        await carry_over_objective(database, actor, command)

    async def further() -> None:
        await an_objective(database, actor, cycle_id=cycle.id, parent_id=other.id)
        await a_key_result(database, actor, objective_id=other.id, current_value=90)

    steps: list[tuple[Callable[[], Awaitable[object]], float | None, float | None]] = [
        (lambda: moved(parent_id=top.id), 0.0, None),
        (checked_in, 0.2, None),
        (lambda: archive_key_result(database, actor, ArchiveCommand(id=two.id)), 0.4, None),
        (lambda: moved(parent_id=other.id), None, 0.4),
        (further, None, (0.4 + 0.9) / 2),
        # the successor takes the place of what it goes on from, and starts anew
        (carried, None, 0.9 / 2),
        (lambda: archive_objective(database, actor, ArchiveCommand(id=child.id)), None, 0.9 / 2),
    ]
    for number, (step, of_top, of_other) in enumerate(steps):
        await step()
        followed = (await store.fresh(actor.organisation_id)).directory
        anew = (await SnapshotStore(database).fresh(actor.organisation_id)).directory
        assert followed == anew, number
        assert [rolled_up_progress(followed, row.id) for row in (top, other)] == [of_top, of_other], number
