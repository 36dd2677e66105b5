"""The trail of KPIs and breaches, and what followers hear of measurements."""

from datetime import UTC, datetime

from api.context import Services
from api.ids import encode_id
from domain.commands.kpi import (
    BreachAcknowledge,
    CounterMetricLink,
    EscalationPathSet,
    EscalationStep,
    KpiObjectiveLink,
    MeasurementAdd,
)
from domain.db import Database, reading
from domain.enums import Role
from domain.kpi.breach import acknowledge_breach
from domain.kpi.escalation import set_escalation_path
from domain.kpi.linking import add_counter_metric, add_kpi_objective
from domain.kpi.measuring import add_measurement
from domain.kpi.queries import open_breaches_of
from tests.api.conftest import Ask
from tests.factories import a_kpi, a_portfolio, an_objective, an_organisation

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_every_part_shows_in_the_trail_and_a_measurement_among_the_changes(
    database: Database, services: Services, ask: Ask
) -> None:
    admin = await an_organisation(database)
    portfolio, objective = await a_portfolio(database, admin), await an_objective(database, admin)
    kpi, counter = [await a_kpi(database, admin, now=NOW) for _ in range(2)]
    steps = [EscalationStep(delay_hours=1, role=Role.BOARD, member_ids=[admin.member_id])]
    await set_escalation_path(database, admin, EscalationPathSet(kpi_id=kpi.id, levels=steps))
    await add_kpi_objective(database, admin, KpiObjectiveLink(kpi_id=kpi.id, objective_id=objective.id))
    await add_counter_metric(
        database, admin, CounterMetricLink(kpi_id=kpi.id, counter_kpi_id=counter.id, reason="Quality.")
    )
    view = await services.snapshots.fresh(admin.organisation_id, portfolio.id)
    await add_measurement(database, admin, MeasurementAdd(kpi_id=kpi.id, value=70, measured_at=NOW), now=NOW)
    async with reading(database, admin.organisation_id) as connection:
        breach = (await open_breaches_of(connection, admin.organisation_id))[kpi.id]
    await acknowledge_breach(database, admin, BreachAcknowledge(id=breach.id), now=NOW)
    trail = """query($id: ID!) { node(id: $id) { ... on Kpi { auditTrail { nodes { part
      key { field value } changes { field new } node { id } } } }
      ... on Breach { auditTrail { nodes { part operation changes { field new } } } } } }"""
    entries = (await ask(admin, trail, id=encode_id("Kpi", kpi.id)))["node"]["auditTrail"]["nodes"]
    assert [entry["part"] for entry in entries] == [
        "kpi_objective",
        "escalation_member",
        "escalation_level",
        "kpi",
    ]
    member = {"field": "memberId", "value": f'"{encode_id("Member", admin.member_id)}"'}
    assert entries[1]["key"] == [{"field": "level", "value": "1"}, member]
    assert {"field": "role", "new": '"BOARD"'} in entries[2]["changes"]
    assert {"field": "targetType", "new": '"STAY_ABOVE"'} in entries[3]["changes"]
    assert {entry["node"]["id"] for entry in entries} == {encode_id("Kpi", kpi.id)}
    counters = (await ask(admin, trail, id=encode_id("Kpi", counter.id)))["node"]["auditTrail"]["nodes"]
    assert [entry["part"] for entry in counters] == ["counter_metric", "kpi"]
    breaches = (await ask(admin, trail, id=encode_id("Breach", breach.id)))["node"]["auditTrail"]["nodes"]
    assert [(entry["part"], entry["operation"]) for entry in breaches] == [
        ("breach", "UPDATE"),
        ("breach", "INSERT"),
    ]
    since = """query($portfolio: ID!, $version: String!) { changesSince(portfolio: $portfolio, version: $version) {
      nodes { part typeName nodeId operation } } }"""
    changes = await ask(
        admin, since, portfolio=encode_id("Portfolio", portfolio.id), version=view.version.token
    )
    heard = [(node["part"], node["typeName"]) for node in changes["changesSince"]["nodes"]]
    assert heard == [("breach", "Breach"), ("kpi_state", "Kpi"), ("breach", "Breach")]
