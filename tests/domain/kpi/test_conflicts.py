"""Conflicts between what pulls one metric, and the links by which it is known."""

from typing import Any
from uuid import uuid4

import pytest

from domain.actor import Actor
from domain.commands.kpi import CounterMetricLink, KpiKeyResultLink, KpiObjectiveLink
from domain.db import Database, reading
from domain.enums import KeyResultDirection, KpiTargetType
from domain.errors import InvalidInput, NotFound
from domain.kpi.conflicts import ConflictBasis, MetricConflict, metric_conflicts
from domain.kpi.linking import (
    MOST_LINKS,
    add_counter_metric,
    add_kpi_key_result,
    add_kpi_objective,
    remove_counter_metric,
    remove_kpi_key_result,
    remove_kpi_objective,
)
from domain.kpi.queries import kpis_at, links_of
from domain.snapshot import SnapshotStore
from tests.domain.kpi.moments import NOW
from tests.factories import a_key_result, a_kpi, a_team, an_objective, an_organisation
from tests.trail import written

UP = {"direction": KeyResultDirection.INCREASE, "start_value": 10, "target_value": 20}
DOWN = {"direction": KeyResultDirection.DECREASE, "start_value": 20, "target_value": 10}


async def _conflicts(database: Database, actor: Actor) -> list[MetricConflict]:
    view = await SnapshotStore(database).fresh(actor.organisation_id)
    async with reading(database, actor.organisation_id) as connection:
        kpis = await kpis_at(connection, actor.organisation_id, now=NOW)
        links = await links_of(connection, actor.organisation_id)
    return metric_conflicts(kpis, view.directory.key_results.values(), view.directory.objectives, links)


async def test_a_kpi_and_a_key_result_of_one_name_and_unit_are_at_odds(database: Database) -> None:
    actor = await an_organisation(database)
    team = await a_team(database, actor)
    objective = await an_objective(database, actor, team_id=team.id)
    kpi = await a_kpi(database, actor, now=NOW, team_id=team.id, name="Contacts per  Case", unit="calls")
    key_results: dict[str, Any] = {
        name: await a_key_result(database, actor, objective_id=objective.id, title=name, unit=unit, **pull)
        for name, unit, pull in (
            ("contacts per case", "Calls", DOWN),
            ("Contacts per case ", "days", DOWN),
            ("Contacts in all", "calls", DOWN),
        )
    }
    elsewhere = await an_objective(database, actor)
    await a_key_result(
        database, actor, objective_id=elsewhere.id, title="contacts per case", unit="calls", **DOWN
    )
    (found,) = await _conflicts(database, actor)
    assert (found.kpi_id, found.key_result_ids, found.basis) == (
        kpi.id,
        (key_results["contacts per case"].id,),
        ConflictBasis.NAME,
    )
    assert found.explanation == (
        "“Contacts per  Case” is to stay above 90, while “contacts per case” is to decrease to 10."
    )


async def test_declared_pairs_are_at_odds_until_they_are_taken_back(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(
        database, actor, now=NOW, target_type=KpiTargetType.STAY_BELOW, target_high=5, red_high=9
    )
    up, down = await a_key_result(database, actor, **UP), await a_key_result(database, actor, **DOWN)
    for key_result in (up, down):
        link = KpiKeyResultLink(kpi_id=kpi.id, key_result_id=key_result.id)
        await add_kpi_key_result(database, actor, link)
        await add_kpi_key_result(database, actor, link)
    found = await _conflicts(database, actor)
    assert [(one.kpi_id, set(one.key_result_ids), one.basis) for one in found] == [
        (kpi.id, {up.id}, ConflictBasis.DECLARED),
        (None, {up.id, down.id}, ConflictBasis.DECLARED),
    ]
    await remove_kpi_key_result(database, actor, KpiKeyResultLink(kpi_id=kpi.id, key_result_id=up.id))
    assert await _conflicts(database, actor) == []
    with pytest.raises(NotFound, match="not linked"):
        await remove_kpi_key_result(database, actor, KpiKeyResultLink(kpi_id=kpi.id, key_result_id=up.id))


async def test_a_range_is_left_only_beyond_red(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(
        database,
        actor,
        now=NOW,
        target_type=KpiTargetType.STAY_WITHIN,
        target_low=12,
        red_low=8,
        target_high=16,
        red_high=19,
    )
    up, down = await a_key_result(database, actor, **UP), await a_key_result(database, actor, **DOWN)
    for key_result in (up, down):
        await add_kpi_key_result(
            database, actor, KpiKeyResultLink(kpi_id=kpi.id, key_result_id=key_result.id)
        )
    found = await _conflicts(database, actor)
    assert [one.key_result_ids for one in found if one.kpi_id == kpi.id] == [(up.id,)]


async def test_objectives_and_counter_metrics_are_linked_once(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    quantity, quality = [await a_kpi(database, actor, now=NOW) for _ in range(2)]
    foreign = await a_kpi(database, stranger, now=NOW)
    objective, key_result = await an_objective(database, actor), await a_key_result(database, actor)
    link = KpiObjectiveLink(kpi_id=quantity.id, objective_id=objective.id)
    pair = CounterMetricLink(kpi_id=quantity.id, counter_kpi_id=quality.id, reason="Speed is not all.")
    beside = CounterMetricLink(key_result_id=key_result.id, counter_kpi_id=quality.id)
    for _ in range(2):
        await add_kpi_objective(database, actor, link)
        await add_counter_metric(database, actor, pair)
        await add_counter_metric(database, actor, beside)
    async with reading(database, actor.organisation_id) as connection:
        links = await links_of(connection, actor.organisation_id)
    assert links.objectives == {quantity.id: {objective.id}}
    assert links.counters == {quantity.id: {quality.id}}
    assert links.counters_of_key_result == {key_result.id: {quality.id}}
    before = await written(database, actor)
    for wrong, error, path in (
        (pair.model_copy(update={"counter_kpi_id": quantity.id}), InvalidInput, "counterKpiId"),
        (pair.model_copy(update={"key_result_id": key_result.id}), InvalidInput, "kpiId"),
        (pair.model_copy(update={"kpi_id": None}), InvalidInput, "kpiId"),
        (pair.model_copy(update={"kpi_id": foreign.id}), NotFound, "kpiId"),
        (pair.model_copy(update={"counter_kpi_id": uuid4()}), NotFound, "counterKpiId"),
    ):
        with pytest.raises(error) as refused:
            await add_counter_metric(database, actor, wrong)
        assert refused.value.path == (path,)
    assert await written(database, actor) == before
    await remove_counter_metric(database, actor, pair)
    await remove_kpi_objective(database, actor, link)
    with pytest.raises(NotFound, match="not linked"):
        await remove_counter_metric(database, actor, pair)
    with pytest.raises(NotFound, match="not linked"):
        await remove_kpi_objective(database, actor, link)


async def test_a_kpi_stands_behind_so_many_objectives_at_most(database: Database) -> None:
    actor = await an_organisation(database)
    kpi, first = await a_kpi(database, actor, now=NOW), await an_objective(database, actor)
    others = [
        await an_objective(database, actor, cycle_id=first.cycle_id, team_id=first.team_id)
        for _ in range(MOST_LINKS)
    ]
    for objective in others:
        await add_kpi_objective(database, actor, KpiObjectiveLink(kpi_id=kpi.id, objective_id=objective.id))
    with pytest.raises(InvalidInput, match="There are 20 of these already"):
        await add_kpi_objective(database, actor, KpiObjectiveLink(kpi_id=kpi.id, objective_id=first.id))
