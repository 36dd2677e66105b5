"""Scoring models: versions that never change, with complete and fitting criteria."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.portfolio import PortfolioUpdate
from domain.commands.scoring import ScoringModelPublish, ScoringModelUpdate, WeighedCriterion
from domain.criterion import archive_criterion
from domain.db import Database, transaction
from domain.enums import REQUIRED_ROLES, CriterionDirection, CriterionRole, MissingPolicy, Role, ScoringMethod
from domain.errors import Conflict, DomainError, InvalidInput, NotFound
from domain.portfolio import archive_portfolio, update_portfolio
from domain.rows import ScoringModelCriterionRow
from domain.scoring_model import (
    DIVISORS,
    Published,
    archive_scoring_model,
    publish_scoring_model,
    update_scoring_model,
)
from tests.factories import a_criterion, a_member, a_portfolio, a_scoring_model, an_organisation
from tests.trail import trail, written


def _entry(criterion_id: UUID, role: str = "weighted", weight: float = 1) -> WeighedCriterion:
    return WeighedCriterion(criterion_id=criterion_id, role=CriterionRole(role), weight=weight)


async def _publish(
    database: Database,
    actor: Actor,
    model_id: UUID,
    criteria: list[WeighedCriterion],
    *,
    method: ScoringMethod = ScoringMethod.WEIGHTED,
    **values: Any,
) -> Published:
    command = ScoringModelPublish(model_id=model_id, method=method, criteria=criteria, **values)
    return await publish_scoring_model(database, actor, command)


async def test_a_version_is_stored_as_published(database: Database) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    model = await a_scoring_model(database, admin)
    value, risk = await a_criterion(database, admin), await a_criterion(database, admin)
    published = await _publish(
        database,
        board,
        model.id,
        [_entry(value.id, weight=3), _entry(risk.id, weight=0)],
        missing_policy=MissingPolicy.RENORMALISE,
        note="Less weight on risk",
    )
    version = published.version
    assert (version.model_id, version.number, version.method, version.missing_policy, version.note) == (
        model.id,
        1,
        ScoringMethod.WEIGHTED,
        MissingPolicy.RENORMALISE,
        "Less weight on risk",
    )
    assert version.published_by_id == board.member_id
    assert published.criteria == (
        ScoringModelCriterionRow(version.id, value.id, CriterionRole.WEIGHTED, 3.0, 0),
        ScoringModelCriterionRow(version.id, risk.id, CriterionRole.WEIGHTED, 0.0, 1),
    )


@pytest.mark.parametrize("method", list(ScoringMethod))
async def test_every_method_takes_exactly_its_roles(database: Database, method: ScoringMethod) -> None:
    actor = await an_organisation(database)
    model = await a_scoring_model(database, actor)
    roles = [role for role in CriterionRole if role in REQUIRED_ROLES[method]]
    entries = []
    for role in roles:
        direction = CriterionDirection.COST if role in DIVISORS else CriterionDirection.BENEFIT
        criterion = await a_criterion(database, actor, direction=direction)
        entries.append(_entry(criterion.id, role.value))
    published = await _publish(database, actor, model.id, entries, method=method)
    assert [row.role for row in published.criteria] == roles
    before = await written(database, actor)
    for position, entry in enumerate(entries):
        rest = entries[:position] + entries[position + 1 :]
        with pytest.raises(InvalidInput, match=f"still needs a criterion for {entry.role.value}") as missing:
            await _publish(database, actor, model.id, rest, method=method)
        assert missing.value.path == ("criteria",)
    extra = await a_criterion(database, actor)
    foreign_role = next(role for role in CriterionRole if role not in REQUIRED_ROLES[method])
    with pytest.raises(InvalidInput) as needless:
        await _publish(
            database, actor, model.id, [*entries, _entry(extra.id, foreign_role.value)], method=method
        )
    place = ("criteria", len(entries), "role") if roles else ("criteria",)
    assert needless.value.path == place
    assert await written(database, actor) == before + 1


async def test_what_does_not_fit_is_named_and_writes_nothing(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    model = await a_scoring_model(database, ours)
    reach, impact, confidence, effort, spare = [
        (await a_criterion(database, ours, name=name)).id
        for name in ("Reach", "Impact", "Confidence", "Effort", "Spare")
    ]
    below = (await a_criterion(database, ours, name="Below", scale_min=-1)).id
    worse = (await a_criterion(database, ours, name="Worse", direction=CriterionDirection.COST)).id
    gone = (await a_criterion(database, ours)).id
    await archive_criterion(database, ours, ArchiveCommand(id=gone))
    foreign = (await a_criterion(database, theirs)).id
    rice = [_entry(reach, "reach"), _entry(impact, "impact"), _entry(confidence, "confidence")]
    cases: list[tuple[str, list[WeighedCriterion], type[DomainError], tuple[str | int, ...], str]] = [
        ("weighted", [], InvalidInput, ("criteria",), "still needs a criterion for weighted"),
        ("weighted", [_entry(uuid4())], NotFound, ("criteria", 0, "criterionId"), "no criterion with this"),
        ("weighted", [_entry(foreign)], NotFound, ("criteria", 0, "criterionId"), "no criterion with this"),
        ("weighted", [_entry(gone)], InvalidInput, ("criteria", 0, "criterionId"), "criterion is archived"),
        (
            "weighted",
            [_entry(reach), _entry(spare), _entry(reach)],
            InvalidInput,
            ("criteria", 2, "criterionId"),
            "“Reach” occurs twice",
        ),
        (
            "weighted",
            [_entry(reach, weight=0), _entry(spare, weight=0)],
            InvalidInput,
            ("criteria",),
            "All weights are 0",
        ),
        (
            "rice",
            [*rice, _entry(effort, "effort", weight=2)],
            InvalidInput,
            ("criteria", 3, "weight"),
            "“Effort” multiplies or divides in rice, where a weight means nothing",
        ),
        (
            "rice",
            [*rice, _entry(below, "effort")],
            InvalidInput,
            ("criteria", 3, "criterionId"),
            "The scale of “Below” goes below 0",
        ),
        (
            "rice",
            [*rice[:2], _entry(worse, "confidence"), _entry(effort, "effort")],
            InvalidInput,
            ("criteria", 2, "criterionId"),
            "More of “Worse” is worse, but as confidence it would raise the score",
        ),
        (
            "rice",
            [*rice, _entry(effort, "effort"), _entry(spare, "effort")],
            InvalidInput,
            ("criteria", 4, "role"),
            "The role effort is filled twice",
        ),
        (
            "rice",
            rice[:1],
            InvalidInput,
            ("criteria",),
            "The method rice still needs a criterion for impact, confidence and effort.",
        ),
        (
            "cd3",
            [_entry(reach)],
            InvalidInput,
            ("criteria",),
            "The method cd3 is computed from what is known of the initiatives and takes no criteria",
        ),
    ]
    before = await written(database, ours)
    for method, criteria, kind, path, message in cases:
        with pytest.raises(kind, match=message) as raised:
            await _publish(
                database, ours, model.id, criteria, method=ScoringMethod(method), idempotency_key="k"
            )
        assert raised.value.path == path
    assert await written(database, ours) == before


async def test_wsjf_and_ice_weigh_what_they_add_up(database: Database) -> None:
    actor = await an_organisation(database)
    model = await a_scoring_model(database, actor)
    ids = [(await a_criterion(database, actor)).id for _ in range(4)]
    wsjf = [
        _entry(ids[0], "business_value", 2),
        _entry(ids[1], "time_criticality", 0),
        _entry(ids[2], "risk_opportunity", 0.5),
        _entry(ids[3], "job_size"),
    ]
    ice = [_entry(ids[0], "impact", 3), _entry(ids[1], "confidence"), _entry(ids[2], "ease", 0)]
    await _publish(database, actor, model.id, wsjf, method=ScoringMethod.WSJF)
    await _publish(database, actor, model.id, ice, method=ScoringMethod.ICE_MEAN)
    with pytest.raises(InvalidInput, match="multiplies or divides in ice_product") as raised:
        await _publish(database, actor, model.id, ice, method=ScoringMethod.ICE_PRODUCT)
    assert raised.value.path == ("criteria", 0, "weight")
    with pytest.raises(InvalidInput, match="All weights are 0"):
        await _publish(
            database,
            actor,
            model.id,
            [entry.model_copy(update={"weight": 0.0}) for entry in ice],
            method=ScoringMethod.ICE_MEAN,
        )


async def test_concurrent_publishing_gives_consecutive_numbers(database: Database) -> None:
    actor = await an_organisation(database)
    model = await a_scoring_model(database, actor)
    criterion = await a_criterion(database, actor)
    results = await asyncio.gather(
        *(_publish(database, actor, model.id, [_entry(criterion.id)]) for _ in range(12))
    )
    assert sorted(result.version.number for result in results) == list(range(1, 13))


async def test_of_those_who_expect_the_same_current_version_one_publishes(database: Database) -> None:
    actor = await an_organisation(database)
    model = await a_scoring_model(database, actor)
    criteria = [_entry((await a_criterion(database, actor)).id)]
    outcomes = await asyncio.gather(
        *(_publish(database, actor, model.id, criteria, expected_number=0) for _ in range(5)),
        return_exceptions=True,
    )
    conflicts = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert len(conflicts) == 4
    assert {
        (conflict.path, conflict.expected_version, conflict.actual_version) for conflict in conflicts
    } == {(("expectedNumber",), 0, 1)}


async def test_a_repeat_under_the_same_key_publishes_once(database: Database) -> None:
    actor = await an_organisation(database)
    model = await a_scoring_model(database, actor)
    criteria = [_entry((await a_criterion(database, actor)).id)]
    results = await asyncio.gather(
        *(_publish(database, actor, model.id, criteria, idempotency_key="k") for _ in range(4))
    )
    assert len({result.version.id for result in results}) == 1
    assert len(await trail(database, actor, "scoring_model_version")) == 1
    with pytest.raises(Conflict, match="This idempotency key was used for another request"):
        await _publish(database, actor, model.id, criteria, idempotency_key="k", note="Other")


async def test_versions_never_change(database: Database) -> None:
    actor = await an_organisation(database)
    model = await a_scoring_model(database, actor)
    await _publish(database, actor, model.id, [_entry((await a_criterion(database, actor)).id)])
    for statement in (
        "UPDATE scoring_model_version SET note = 'x'",
        "UPDATE scoring_model_criterion SET weight = 2",
        "DELETE FROM scoring_model_criterion",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with transaction(database, actor) as session:
                await session.execute(sa.text(statement))


async def test_a_default_model_is_not_archived(database: Database) -> None:
    actor = await an_organisation(database)
    model = await a_scoring_model(database, actor)
    portfolio = await a_portfolio(database, actor, name="Growth")
    await update_portfolio(
        database, actor, PortfolioUpdate(id=portfolio.id, default_scoring_model_id=model.id)
    )
    before = await written(database, actor)
    with pytest.raises(Conflict, match="This is the default model of “Growth”") as raised:
        await archive_scoring_model(database, actor, ArchiveCommand(id=model.id))
    assert raised.value.path == ("id",)
    assert await written(database, actor) == before
    await archive_portfolio(database, actor, ArchiveCommand(id=portfolio.id))
    archived = await archive_scoring_model(database, actor, ArchiveCommand(id=model.id))
    assert archived.archived_at is not None
    with pytest.raises(InvalidInput, match="This scoring model is archived") as refused:
        await _publish(database, actor, model.id, [], method=ScoringMethod.CD3)
    assert refused.value.path == ("modelId",)


async def test_names_are_unique_and_change(database: Database) -> None:
    actor = await an_organisation(database)
    model, other = [await a_scoring_model(database, actor) for _ in range(2)]
    changed = await update_scoring_model(
        database, actor, ScoringModelUpdate(id=model.id, name="Board", expected_version=1)
    )
    assert (changed.name, changed.version) == ("Board", 2)
    with pytest.raises(Conflict, match="A scoring model with this name exists already") as raised:
        await update_scoring_model(database, actor, ScoringModelUpdate(id=other.id, name="BOARD"))
    assert raised.value.path == ("name",)
