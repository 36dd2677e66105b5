"""Use cases about dismissals of findings: with a reason, until a day or until the facts change."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.finding import FindingDismissalAdd, FindingDismissalRemove
from domain.db import Database, reading, transaction
from domain.errors import InvalidInput, NotFound
from domain.findings.finding import Finding
from domain.findings.listing import findings_on, holding, live_dismissals
from domain.findings.rows import FindingDismissalRow
from domain.models import FindingDismissal, metadata
from domain.rows import columns
from domain.snapshot import Directory

_DISMISSALS = metadata.tables["finding_dismissal"]
_COLUMNS = columns(FindingDismissal, FindingDismissalRow)


async def add_finding_dismissal(
    database: Database, actor: Actor, command: FindingDismissalAdd, *, directory: Directory, today: date
) -> FindingDismissalRow:
    """Dismiss a finding as it is today, in place of what was said about it before.

    Raises
    ------
    NotFound
        When there is no such finding today.
    InvalidInput
        When the last day has passed.
    """
    if command.until_on is not None and command.until_on < today:
        raise InvalidInput(f"{command.until_on} has passed; today is {today}.", path=("untilOn",))
    async with reading(database, actor.organisation_id) as connection:
        listed = await findings_on(connection, actor.organisation_id, directory, day=today)
    found = next((each.finding for each in listed if each.finding.key == command.finding_key), None)
    if found is None:
        raise NotFound("There is no such finding today; read the findings again.", path=("findingKey",))
    async with transaction(database, actor, reason=command.reason) as session:
        lock = sa.func.hashtextextended(f"finding:{actor.organisation_id}:{found.key}", 0)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
        present = (await live_dismissals(session, actor.organisation_id)).get(found.key)
        if present is not None:
            told = (present.reason, present.until_on, present.dismissed_by_id)
            holds = holding(found, present, day=today) is not None
            if holds and told == (command.reason, command.until_on, actor.member_id):
                return present
            await _withdraw(session, actor, present)
        return await _insert(session, actor, command, found)


async def remove_finding_dismissal(
    database: Database, actor: Actor, command: FindingDismissalRemove
) -> FindingDismissalRow:
    """Withdraw a dismissal, so that the finding is shown again; one that is withdrawn already stays as it is.

    Raises
    ------
    NotFound
        When there is no such dismissal.
    """
    async with transaction(database, actor) as session:
        query = (
            sa.select(*_COLUMNS)
            .where(_DISMISSALS.c.organisation_id == actor.organisation_id, _DISMISSALS.c.id == command.id)
            .with_for_update()
        )
        row = (await session.execute(query)).one_or_none()
        if row is None:
            raise NotFound("There is no dismissal with this id.", path=("id",))
        present = FindingDismissalRow._make(row)
        return present if present.withdrawn_at is not None else await _withdraw(session, actor, present)


async def _withdraw(session: AsyncSession, actor: Actor, present: FindingDismissalRow) -> FindingDismissalRow:
    withdrawn = (
        sa.update(_DISMISSALS)
        .where(_DISMISSALS.c.organisation_id == actor.organisation_id, _DISMISSALS.c.id == present.id)
        .values(withdrawn_at=sa.func.clock_timestamp(), withdrawn_by_id=actor.member_id)
        .returning(*_COLUMNS)
    )
    return FindingDismissalRow._make((await session.execute(withdrawn)).one())


async def _insert(
    session: AsyncSession, actor: Actor, command: FindingDismissalAdd, found: Finding
) -> FindingDismissalRow:
    inserted = (
        sa.insert(_DISMISSALS)
        .values(
            organisation_id=actor.organisation_id,
            code=found.code.value,
            key=found.key,
            facts=found.facts,
            reason=command.reason,
            until_on=command.until_on,
            dismissed_by_id=actor.member_id,
            created_at=sa.func.clock_timestamp(),
        )
        .returning(*_COLUMNS)
    )
    return FindingDismissalRow._make((await session.execute(inserted)).one())
