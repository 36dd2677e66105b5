"""Use cases about scoring models: a name, and versions that never change once they are published.

The newest version is the current one. A portfolio's default model is a field of the portfolio.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.scoring import (
    ScoringModelCreate,
    ScoringModelPublish,
    ScoringModelUpdate,
    WeighedCriterion,
)
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock
from domain.enums import REQUIRED_ROLES, CriterionDirection, CriterionRole, ScoringMethod
from domain.errors import Conflict, InvalidInput
from domain.idempotency import claim
from domain.models import ScoringModel, ScoringModelCriterion, ScoringModelVersion, metadata
from domain.references import by_id, unusable
from domain.rows import ScoringModelCriterionRow, ScoringModelRow, ScoringModelVersionRow, as_row, columns

_PORTFOLIOS = metadata.tables["portfolio"]
_VERSIONS = metadata.tables["scoring_model_version"]
_WEIGHED = metadata.tables["scoring_model_criterion"]

DIVISORS = frozenset({CriterionRole.JOB_SIZE, CriterionRole.EFFORT})
"""The roles by which a formula divides."""

_SUMMANDS = {
    ScoringMethod.WEIGHTED: REQUIRED_ROLES[ScoringMethod.WEIGHTED],
    ScoringMethod.WSJF: REQUIRED_ROLES[ScoringMethod.WSJF] - DIVISORS,
    ScoringMethod.ICE_MEAN: REQUIRED_ROLES[ScoringMethod.ICE_MEAN],
}
"""The roles that a formula adds up, which are the ones whose weights mean something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A version of a scoring model with its criteria, in their order."""

    version: ScoringModelVersionRow
    criteria: tuple[ScoringModelCriterionRow, ...]


async def create_scoring_model(
    database: Database, actor: Actor, command: ScoringModelCreate
) -> ScoringModelRow:
    """Create a scoring model; it scores nothing before its first version.

    Raises
    ------
    Conflict
        When the name or the id is taken.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"})
        model = await create(session, actor, ScoringModel, values, entity_id=command.id)
        return as_row(ScoringModelRow, model)


async def update_scoring_model(
    database: Database, actor: Actor, command: ScoringModelUpdate
) -> ScoringModelRow:
    """Change a scoring model's name or description.

    Raises
    ------
    NotFound, Conflict
        When there is no such model, its version moved on, or the name is taken.
    """
    async with transaction(database, actor) as session:
        model = await change(
            session,
            actor,
            ScoringModel,
            command.id,
            command.changes(),
            expected_version=command.expected_version,
        )
        return as_row(ScoringModelRow, model)


async def archive_scoring_model(database: Database, actor: Actor, command: ArchiveCommand) -> ScoringModelRow:
    """Archive a scoring model, or take it back into use; its versions stay.

    Raises
    ------
    Conflict
        When a portfolio in use is ranked by it unless told otherwise; when its version moved on.
    NotFound
        When there is no such model.
    """
    async with transaction(database, actor) as session:
        await lock(session, actor, ScoringModel, command.id, expected_version=command.expected_version)
        if command.archived:
            await _refuse_default(session, actor, command.id)
        model = await archive(session, actor, ScoringModel, command.id, archived=command.archived)
        return as_row(ScoringModelRow, model)


async def publish_scoring_model(database: Database, actor: Actor, command: ScoringModelPublish) -> Published:
    """Publish the next version of a scoring model, which becomes the current one.

    Repeated under the same idempotency key, it returns the version that was published first.

    Raises
    ------
    InvalidInput
        When the criteria don't fill exactly the roles of the method, or one of them occurs twice, is
        archived or does not fit its role; when all weights are 0 or one means nothing; when the model is
        archived.
    NotFound, Conflict
        When there is no such model or criterion; when ``expected_number`` is not that of the current
        version, or the idempotency key was used for something else.
    """
    async with transaction(database, actor) as session:
        claimed = await claim(
            session, actor, operation="scoringModelPublish", key=command.idempotency_key, command=command
        )
        if not claimed.repeated:
            await publish_in(session, actor, command, version_id=claimed.entity_id)
        return await _published(session, actor, claimed.entity_id)


async def _refuse_default(session: AsyncSession, actor: Actor, model_id: UUID) -> None:
    query = (
        sa.select(_PORTFOLIOS.c.name)
        .where(
            _PORTFOLIOS.c.organisation_id == actor.organisation_id,
            _PORTFOLIOS.c.default_scoring_model_id == model_id,
            _PORTFOLIOS.c.archived_at.is_(None),
        )
        .order_by(_PORTFOLIOS.c.name)
    )
    names = (await session.execute(query)).scalars().all()
    if names:
        raise Conflict(
            f"This is the default model of {' and '.join(f'“{name}”' for name in names)}; choose another"
            " default there first.",
            path=("id",),
        )


async def publish_in(
    session: AsyncSession, actor: Actor, command: ScoringModelPublish, *, version_id: UUID
) -> None:
    """Publish a version within a transaction; ``publish_scoring_model`` says what can go wrong."""
    model = await in_use(session, actor, ScoringModel, command.model_id, path=("modelId",), alone=True)
    query = sa.select(sa.func.coalesce(sa.func.max(_VERSIONS.c.number), 0)).where(
        _VERSIONS.c.organisation_id == actor.organisation_id, _VERSIONS.c.model_id == model.id
    )
    current: int = (await session.execute(query)).scalar_one()
    if command.expected_number not in (None, current):
        raise Conflict(
            f"The current version of this model is number {current}, not {command.expected_number}: somebody"
            " published one meanwhile. Read it again and decide anew.",
            expected_version=command.expected_number,
            actual_version=current,
            path=("expectedNumber",),
        )
    criteria = await by_id(session, actor, "criterion", (entry.criterion_id for entry in command.criteria))
    _refuse_repeated(command.criteria, criteria)
    _refuse_unfilled_roles(command)
    for position, entry in enumerate(command.criteria):
        _refuse_misfit(command.method, entry, criteria[entry.criterion_id], position=position)
    _refuse_weightless(command)
    tenant = {"organisation_id": actor.organisation_id}
    await session.execute(
        sa.insert(_VERSIONS).values(
            **tenant,
            id=version_id,
            model_id=model.id,
            number=current + 1,
            method=command.method,
            missing_policy=command.missing_policy,
            note=command.note,
            published_by_id=actor.member_id,
        )
    )
    if command.criteria:
        rows = [
            {**tenant, "model_version_id": version_id, "position": position, **entry.model_dump()}
            for position, entry in enumerate(command.criteria)
        ]
        await session.execute(sa.insert(_WEIGHED).values(rows))


def _refuse_repeated(entries: Sequence[WeighedCriterion], criteria: Mapping[UUID, Any]) -> None:
    first: dict[UUID, int] = {}
    for position, entry in enumerate(entries):
        path = ("criteria", position, "criterionId")
        criterion = criteria.get(entry.criterion_id)
        fault = unusable(criterion, noun="criterion", path=path)
        if fault is not None:
            raise fault
        if first.setdefault(entry.criterion_id, position) != position:
            raise InvalidInput(
                f"“{criteria[entry.criterion_id].name}” occurs twice; a criterion has one place in a model.",
                path=path,
            )


def _refuse_unfilled_roles(command: ScoringModelPublish) -> None:
    method, required = command.method, REQUIRED_ROLES[command.method]
    if not required and command.criteria:
        raise InvalidInput(
            f"The method {method.value} is computed from what is known of the initiatives and takes no"
            " criteria; leave them out.",
            path=("criteria",),
        )
    filled: set[CriterionRole] = set()
    for position, entry in enumerate(command.criteria):
        path = ("criteria", position, "role")
        if entry.role not in required:
            raise InvalidInput(
                f"The method {method.value} has no role {entry.role.value}; it has {_listed(required)}.",
                path=path,
            )
        if entry.role in filled and entry.role is not CriterionRole.WEIGHTED:
            raise InvalidInput(f"The role {entry.role.value} is filled twice; leave one out.", path=path)
        filled.add(entry.role)
    missing = required - filled
    if missing:
        raise InvalidInput(
            f"The method {method.value} still needs a criterion for {_listed(missing)}.", path=("criteria",)
        )


def _listed(roles: frozenset[CriterionRole]) -> str:
    names = [role.value for role in CriterionRole if role in roles]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _refuse_misfit(method: ScoringMethod, entry: WeighedCriterion, criterion: Any, *, position: int) -> None:
    path = ("criteria", position)
    if entry.role not in _SUMMANDS.get(method, frozenset()) and entry.weight != 1:
        raise InvalidInput(
            f"“{criterion.name}” multiplies or divides in {method.value}, where a weight means nothing;"
            " leave the weight at 1.",
            path=(*path, "weight"),
        )
    if method is ScoringMethod.WEIGHTED:
        return
    if criterion.scale_min < 0:
        raise InvalidInput(
            f"The scale of “{criterion.name}” goes below 0, which {method.value} cannot take; choose a"
            " criterion whose scale begins at 0 or above.",
            path=(*path, "criterionId"),
        )
    if criterion.direction is CriterionDirection.COST and entry.role not in DIVISORS:
        raise InvalidInput(
            f"More of “{criterion.name}” is worse, but as {entry.role.value} it would raise the score;"
            " choose a criterion of which more is better.",
            path=(*path, "criterionId"),
        )


def _refuse_weightless(command: ScoringModelPublish) -> None:
    summands = _SUMMANDS.get(command.method, frozenset())
    weights = [entry.weight for entry in command.criteria if entry.role in summands]
    if weights and not any(weights):
        raise InvalidInput("All weights are 0; give at least one criterion a weight.", path=("criteria",))


async def _published(session: AsyncSession, actor: Actor, version_id: UUID) -> Published:
    versions = sa.select(*columns(ScoringModelVersion, ScoringModelVersionRow)).where(
        _VERSIONS.c.organisation_id == actor.organisation_id, _VERSIONS.c.id == version_id
    )
    criteria = (
        sa.select(*columns(ScoringModelCriterion, ScoringModelCriterionRow))
        .where(_WEIGHED.c.organisation_id == actor.organisation_id, _WEIGHED.c.model_version_id == version_id)
        .order_by(_WEIGHED.c.position)
    )
    return Published(
        version=ScoringModelVersionRow._make((await session.execute(versions)).one()),
        criteria=tuple(map(ScoringModelCriterionRow._make, await session.execute(criteria))),
    )
