"""Use cases about initiatives; their life cycle is in ``domain.transition``.

An initiative's own fields have a version for compare-and-swap. What belongs to it (demands, contributions,
cost of delay) does not count that version up: there the last write wins, except that the cost of delay has
a version of its own. All of these are refused while the initiative is archived.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.initiative import InitiativeCreate, InitiativeUpdate
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock, repeated
from domain.errors import InvalidInput
from domain.estimates import refuse_disorder
from domain.models import AllocationCategory, Initiative, Member, Portfolio, Team
from domain.models.base import Entity
from domain.precedence import Dependent, dependents
from domain.rows import InitiativeRow, as_row

_REFERENCES: dict[str, tuple[type[Entity], str]] = {
    "category_id": (AllocationCategory, "categoryId"),
    "team_id": (Team, "teamId"),
    "owner_id": (Member, "ownerId"),
    "sponsor_id": (Member, "sponsorId"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """An initiative taken out of use or back into it, and what waits for it by hard dependencies."""

    initiative: InitiativeRow
    dependents: tuple[Dependent, ...]


async def create_initiative(database: Database, actor: Actor, command: InitiativeCreate) -> InitiativeRow:
    """Create an initiative, which is proposed at first.

    Raises
    ------
    InvalidInput
        When estimates or dates are out of order, the cost has no currency, or something that it refers to
        is archived.
    NotFound, Conflict
        When something that it refers to is not there; when the external id or the id is taken.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"})
        first = await repeated(session, actor, Initiative, values, entity_id=command.id)
        if first is not None:
            return as_row(InitiativeRow, first)
        _refuse_contradictions(values)
        await in_use(session, actor, Portfolio, command.portfolio_id, path=("portfolioId",))
        await _refer(session, actor, values)
        initiative = await create(session, actor, Initiative, values, entity_id=command.id)
        return as_row(InitiativeRow, initiative)


async def update_initiative(database: Database, actor: Actor, command: InitiativeUpdate) -> InitiativeRow:
    """Change an initiative's own fields; its portfolio and its state stay.

    Raises
    ------
    InvalidInput
        When, together with what stays, estimates or dates are out of order or the cost has no currency;
        when something that it newly refers to is archived.
    NotFound, Conflict
        When there is no such initiative or something that it refers to; when its version moved on or the
        external id is taken.
    """
    async with transaction(database, actor) as session:
        initiative = await lock(
            session, actor, Initiative, command.id, expected_version=command.expected_version
        )
        changes = {
            name: value for name, value in command.changes().items() if getattr(initiative, name) != value
        }
        _refuse_contradictions({**initiative.model_dump(), **changes})
        await _refer(session, actor, changes)
        return as_row(InitiativeRow, await change(session, actor, Initiative, command.id, changes))


async def archive_initiative(database: Database, actor: Actor, command: ArchiveCommand) -> Archived:
    """Archive an initiative, or take it back into use.

    Its dependencies stay, so that it can come back as it was; the result says what waits for it, directly
    or not, so that whoever archives it can settle that with them.

    Raises
    ------
    NotFound, Conflict
        When there is no such initiative, or its version moved on.
    """
    async with transaction(database, actor) as session:
        initiative = await archive(
            session,
            actor,
            Initiative,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        waiting = await dependents(session, actor, command.id)
        return Archived(initiative=as_row(InitiativeRow, initiative), dependents=waiting)


def _refuse_contradictions(values: dict[str, Any]) -> None:
    refuse_disorder(
        values["duration_weeks_low"],
        values["duration_weeks_likely"],
        values["duration_weeks_high"],
        field="durationWeeks",
    )
    if (values["cost_minor"] is None) != (values["cost_currency"] is None):
        missing = "costMinor" if values["cost_minor"] is None else "costCurrency"
        raise InvalidInput(
            f"A cost is an amount in minor units with its currency; {missing} is missing.", path=(missing,)
        )
    start, deadline = values["earliest_start"], values["deadline"]
    if start is not None and deadline is not None and start > deadline:
        raise InvalidInput(
            f"The earliest start ({start}) must not be after the deadline ({deadline}).",
            path=("earliestStart",),
        )


async def _refer(session: AsyncSession, actor: Actor, values: dict[str, Any]) -> None:
    for name, (model, path) in _REFERENCES.items():
        entity_id: UUID | None = values.get(name)
        if entity_id is not None:
            await in_use(session, actor, model, entity_id, path=(path,))
