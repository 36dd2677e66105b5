"""Use cases about criteria.

Key, direction, source and scale are fixed, so that a score keeps its meaning; the wording may change.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.scoring import Anchor, CriterionCreate, CriterionUpdate
from domain.db import Database, transaction
from domain.entities import archive, change, create, lock, repeated
from domain.errors import Conflict, InvalidInput
from domain.models import Criterion, metadata
from domain.rows import CriterionRow, as_row

_MODELS = metadata.tables["scoring_model"]
_VERSIONS = metadata.tables["scoring_model_version"]
_WEIGHED = metadata.tables["scoring_model_criterion"]


async def create_criterion(database: Database, actor: Actor, command: CriterionCreate) -> CriterionRow:
    """Create a criterion with a scale that stays.

    Raises
    ------
    InvalidInput
        When the scale is empty, or an anchor lies outside it or is given twice.
    Conflict
        When the key or the id is taken.
    """
    if not command.scale_min < command.scale_max:
        raise InvalidInput(
            f"The scale must begin below its end: {command.scale_min:g} is not less than"
            f" {command.scale_max:g}.",
            path=("scaleMax",),
        )
    anchors = _checked(command.anchors, scale_min=command.scale_min, scale_max=command.scale_max)
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"}) | {"anchors": anchors}
        first = await repeated(session, actor, Criterion, values, entity_id=command.id)
        if first is not None:
            return as_row(CriterionRow, first)
        return as_row(CriterionRow, await create(session, actor, Criterion, values, entity_id=command.id))


async def update_criterion(database: Database, actor: Actor, command: CriterionUpdate) -> CriterionRow:
    """Change how a criterion is worded: name, description, anchors.

    Raises
    ------
    InvalidInput
        When an anchor lies outside the scale or is given twice.
    NotFound, Conflict
        When there is no such criterion, or its version moved on.
    """
    async with transaction(database, actor) as session:
        criterion = await lock(
            session, actor, Criterion, command.id, expected_version=command.expected_version
        )
        changes = command.changes()
        if "anchors" in changes:
            changes["anchors"] = _checked(
                command.anchors, scale_min=criterion.scale_min, scale_max=criterion.scale_max
            )
        return as_row(CriterionRow, await change(session, actor, Criterion, command.id, changes))


async def archive_criterion(database: Database, actor: Actor, command: ArchiveCommand) -> CriterionRow:
    """Archive a criterion, or take it back into use; scores on it stay.

    Raises
    ------
    Conflict
        When a scoring model in use weighs it, whose scores would then be missing for good; when its
        version moved on.
    NotFound
        When there is no such criterion.
    """
    async with transaction(database, actor) as session:
        await lock(session, actor, Criterion, command.id, expected_version=command.expected_version)
        if command.archived:
            await _refuse_weighed(session, actor, command)
        criterion = await archive(session, actor, Criterion, command.id, archived=command.archived)
        return as_row(CriterionRow, criterion)


def _checked(anchors: Sequence[Anchor], *, scale_min: float, scale_max: float) -> list[dict[str, Any]]:
    """The anchors as they are stored: by value."""
    first: dict[float, int] = {}
    for position, anchor in enumerate(anchors):
        if not scale_min <= anchor.value <= scale_max:
            raise InvalidInput(
                f"The anchor at {anchor.value:g} lies outside the scale from {scale_min:g} to {scale_max:g}.",
                path=("anchors", position, "value"),
            )
        if first.setdefault(anchor.value, position) != position:
            raise InvalidInput(
                f"There are two anchors at {anchor.value:g}; combine them into one.",
                path=("anchors", position, "value"),
            )
    return [anchor.model_dump() for anchor in sorted(anchors, key=lambda anchor: anchor.value)]


async def _refuse_weighed(session: AsyncSession, actor: Actor, command: ArchiveCommand) -> None:
    newest = (
        sa.select(_VERSIONS.c.id)
        .where(_VERSIONS.c.organisation_id == _MODELS.c.organisation_id, _VERSIONS.c.model_id == _MODELS.c.id)
        .order_by(_VERSIONS.c.number.desc())
        .limit(1)
        .correlate(_MODELS)
        .scalar_subquery()
    )
    query = (
        sa.select(_MODELS.c.name)
        .select_from(_MODELS)
        .join(
            _WEIGHED,
            sa.and_(
                _WEIGHED.c.organisation_id == _MODELS.c.organisation_id,
                _WEIGHED.c.model_version_id == newest,
            ),
        )
        .where(
            _MODELS.c.organisation_id == actor.organisation_id,
            _MODELS.c.archived_at.is_(None),
            _WEIGHED.c.criterion_id == command.id,
        )
        .order_by(_MODELS.c.name)
    )
    names = (await session.execute(query)).scalars().all()
    if names:
        raise Conflict(
            f"The newest version of {' and of '.join(f'“{name}”' for name in names)} weighs this criterion;"
            " publish a version without it, or archive the model, first.",
            path=("id",),
        )
