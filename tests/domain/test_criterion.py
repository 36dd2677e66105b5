"""Criteria: a fixed scale, and wording that may change."""

from typing import Any
from uuid import uuid4

import pytest

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.scoring import (
    Anchor,
    CriterionCreate,
    CriterionUpdate,
    ScoringModelPublish,
    WeighedCriterion,
)
from domain.criterion import archive_criterion, create_criterion, update_criterion
from domain.db import Database
from domain.enums import CriterionDirection, CriterionSource, ScoringMethod
from domain.errors import Conflict, InvalidInput, NotFound
from domain.rows import CriterionRow, ScoringModelRow
from domain.scoring_model import archive_scoring_model, publish_scoring_model
from tests.factories import a_criterion, a_scoring_model, an_organisation
from tests.trail import trail, written


def _anchors(*pairs: tuple[float, str]) -> list[Anchor]:
    return [Anchor(value=value, description=description) for value, description in pairs]


async def test_a_criterion_is_stored_with_its_anchors_by_value(database: Database) -> None:
    actor = await an_organisation(database)
    row = await create_criterion(
        database,
        actor,
        CriterionCreate(
            key="risk",
            name="Risk",
            description="What can go wrong",
            direction=CriterionDirection.COST,
            scale_min=-1,
            scale_max=5,
            anchors=_anchors((5, " Severe "), (-1, "None"), (2, "Some")),
        ),
    )
    assert row == CriterionRow(
        id=row.id,
        key="risk",
        name="Risk",
        description="What can go wrong",
        direction=CriterionDirection.COST,
        source=CriterionSource.SCORE,
        scale_min=-1.0,
        scale_max=5.0,
        anchors=[
            {"value": -1.0, "description": "None"},
            {"value": 2.0, "description": "Some"},
            {"value": 5.0, "description": "Severe"},
        ],
        version=1,
        created_at=row.created_at,
        updated_at=row.updated_at,
        archived_at=None,
    )


async def test_repeating_a_creation_with_the_same_id_returns_the_first(database: Database) -> None:
    actor = await an_organisation(database)
    command = CriterionCreate(
        id=uuid4(), key="fit", name="Fit", scale_min=0, scale_max=1, anchors=_anchors((1, "Full"))
    )
    first = await create_criterion(database, actor, command)
    assert await create_criterion(database, actor, command) == first


@pytest.mark.parametrize(
    ("values", "path", "message"),
    [
        (
            {"scale_min": 3, "scale_max": 3},
            ("scaleMax",),
            "The scale must begin below its end: 3 is not less than 3.",
        ),
        (
            {"anchors": _anchors((0, "None"), (10.5, "Beyond"))},
            ("anchors", 1, "value"),
            "The anchor at 10.5 lies outside the scale from 0 to 10.",
        ),
        (
            {"anchors": _anchors((4, "Some"), (4.0, "Much"))},
            ("anchors", 1, "value"),
            "There are two anchors at 4; combine them into one.",
        ),
    ],
)
async def test_scales_and_anchors_that_don_t_fit_are_refused_and_write_nothing(
    database: Database, values: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    actor = await an_organisation(database)
    criterion = await a_criterion(database, actor)
    before = await written(database, actor)
    with pytest.raises(InvalidInput) as raised:
        await a_criterion(database, actor, **values)
    assert (raised.value.path, raised.value.message) == (path, message)
    if "anchors" in values:
        with pytest.raises(InvalidInput) as updated:
            await update_criterion(database, actor, CriterionUpdate(id=criterion.id, **values))
        assert (updated.value.path, updated.value.message) == (path, message)
    assert await written(database, actor) == before


async def test_only_the_wording_changes(database: Database) -> None:
    actor = await an_organisation(database)
    criterion = await a_criterion(database, actor, anchors=_anchors((0, "None")))
    changed = await update_criterion(
        database, actor, CriterionUpdate(id=criterion.id, name="Reach", anchors=_anchors((10, "All")))
    )
    assert (changed.name, changed.anchors, changed.version) == (
        "Reach",
        [{"value": 10.0, "description": "All"}],
        2,
    )
    assert await update_criterion(database, actor, CriterionUpdate(id=criterion.id, name="Reach")) == changed
    for name in ("key", "direction", "source", "scaleMin", "scaleMax"):
        with pytest.raises(InvalidInput, match="Extra inputs are not permitted") as raised:
            CriterionUpdate.parse({"id": criterion.id, name: 1})
        assert raised.value.path == (name,)


async def test_keys_are_unique_and_plain(database: Database) -> None:
    actor = await an_organisation(database)
    await a_criterion(database, actor, key="reach")
    with pytest.raises(Conflict, match="A criterion with this key exists already") as raised:
        await a_criterion(database, actor, key="reach")
    assert raised.value.path == ("key",)
    for key in ("Reach", "1st", "a-b", "", "x" * 61):
        with pytest.raises(InvalidInput) as refused:
            CriterionCreate.parse({"key": key, "name": "x", "scaleMin": 0, "scaleMax": 1})
        assert refused.value.path == ("key",)


async def _weighing(database: Database, actor: Actor, *criteria: CriterionRow) -> ScoringModelRow:
    model = await a_scoring_model(database, actor, name="Board 2026")
    await _publish(database, actor, model, *criteria)
    return model


async def _publish(database: Database, actor: Actor, model: ScoringModelRow, *criteria: CriterionRow) -> None:
    entries = [WeighedCriterion(criterion_id=criterion.id) for criterion in criteria]
    await publish_scoring_model(
        database,
        actor,
        ScoringModelPublish(model_id=model.id, method=ScoringMethod.WEIGHTED, criteria=entries),
    )


async def test_what_a_current_version_weighs_is_not_archived(database: Database) -> None:
    actor = await an_organisation(database)
    kept, dropped = [await a_criterion(database, actor) for _ in range(2)]
    model = await _weighing(database, actor, kept, dropped)
    before = await written(database, actor)
    with pytest.raises(Conflict, match="The newest version of “Board 2026” weighs this") as raised:
        await archive_criterion(database, actor, ArchiveCommand(id=dropped.id))
    assert raised.value.path == ("id",)
    assert await written(database, actor) == before
    await _publish(database, actor, model, kept)
    archived = await archive_criterion(database, actor, ArchiveCommand(id=dropped.id))
    assert archived.archived_at is not None
    restored = await archive_criterion(database, actor, ArchiveCommand(id=dropped.id, archived=False))
    assert (restored.archived_at, restored.version) == (None, 3)


async def test_an_archived_model_holds_no_criterion(database: Database) -> None:
    actor = await an_organisation(database)
    criterion = await a_criterion(database, actor)
    model = await _weighing(database, actor, criterion)
    await archive_scoring_model(database, actor, ArchiveCommand(id=model.id))
    assert (await archive_criterion(database, actor, ArchiveCommand(id=criterion.id))).archived_at


async def test_a_stale_or_foreign_criterion_is_refused(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    criterion, foreign = await a_criterion(database, ours), await a_criterion(database, theirs)
    with pytest.raises(Conflict) as stale:
        await archive_criterion(database, ours, ArchiveCommand(id=criterion.id, expected_version=2))
    assert (stale.value.expected_version, stale.value.actual_version) == (2, 1)
    with pytest.raises(NotFound):
        await update_criterion(database, ours, CriterionUpdate(id=foreign.id, name="Taken"))
    assert [entry[0] for entry in await trail(database, theirs, "criterion")] == ["insert"]
