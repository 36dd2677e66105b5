"""Loading the demo: all of it or nothing, once, and what can be seen in it."""

import asyncio
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.db import Database, reading
from domain.demo import DEMO_SLUG, load_demo
from domain.demo.loading import alone, unfinished_slug
from domain.embedded import EmbeddedServer
from domain.enums import BreachEnding, KpiLevel, KpiStatus, Role
from domain.errors import Conflict
from domain.kpi.queries import kpis_at, links_of
from domain.kpi.rows import BreachRow
from domain.models import Breach
from domain.organisation import administrator, organisation_by_slug
from domain.rows import columns

COUNTED = {
    "member": 11,
    "team": 6,
    "cycle": 4,
    "team_person": 25,
    "leave": 11,
    "team_focus": 6,
    "stated_capacity": 2,
    "allocation_policy_version": 3,
    "booking": 797,
    "drift_alert": 4,
    "allocation_category": 4,
    "objective": 9,
    "key_result": 20,
    "kpi": 13,
    "measurement": 446,
    "breach": 5,
    "check_in": 33,
    "confidence_review": 3,
    "benefit": 3,
    "benefit_plan": 9,
    "benefit_realisation": 3,
    "kpi_objective": 7,
    "review_schedule": 4,
    "review": 2,
    "review_participant": 8,
    "review_decision": 5,
    "finding_dismissal": 1,
    "criterion": 7,
    "scoring_model": 6,
    "scoring_model_version": 6,
    "portfolio": 1,
    "initiative": 40,
    "team_demand": 85,
    "contribution": 31,
    "cost_of_delay": 38,
    "dependency": 20,
    "score": 684,
    "decision": 72,
}


async def _rows(database: Database, actor: Actor, query: str) -> list[Any]:
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query))]


async def _counts(database: Database, actor: Actor) -> dict[str, int]:
    query = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in COUNTED)
    return dict(await _rows(database, actor, query))


async def _loaded(database: Database) -> Actor:
    actor = await load_demo(database)
    assert actor is not None
    return actor


async def test_everything_is_loaded_and_a_second_load_changes_nothing(database: Database) -> None:
    actor = await _loaded(database)
    assert await _counts(database, actor) == COUNTED
    audited = await _rows(database, actor, "SELECT count(*) FROM audit_entry")
    assert await load_demo(database) is None
    assert await _rows(database, actor, "SELECT count(*) FROM audit_entry") == audited
    found = await organisation_by_slug(database, DEMO_SLUG)
    assert found is not None
    assert (found.id, found.name, found.currency) == (actor.organisation_id, "Larkmere Energy", "GBP")
    assert await organisation_by_slug(database, unfinished_slug()) is None
    assert await administrator(database, found.id) == actor


async def test_every_role_profile_method_and_state_occurs(database: Database) -> None:
    actor = await _loaded(database)
    assert dict(await _rows(database, actor, "SELECT role, count(*) FROM member GROUP BY role")) == {
        Role.ADMIN: 1,
        Role.BOARD: 2,
        Role.PLANNER: 1,
        Role.CONTRIBUTOR: 6,
        Role.VIEWER: 1,
    }
    assert dict(
        await _rows(database, actor, "SELECT profile, count(*) FROM cost_of_delay GROUP BY profile")
    ) == {
        "linear": 27,
        "fixed_date": 4,
        "short_life_peak_affected": 1,
        "long_life_peak_affected": 1,
        "long_life_peak_not_affected": 1,
        "intangible": 4,
    }
    assert await _rows(database, actor, "SELECT method FROM scoring_model_version ORDER BY method") == [
        ("cd3",),
        ("ice_mean",),
        ("rice",),
        ("value_by_outcome",),
        ("weighted",),
        ("wsjf",),
    ]
    assert dict(await _rows(database, actor, "SELECT state, count(*) FROM initiative GROUP BY state")) == {
        "proposed": 5,
        "evaluated": 12,
        "approved": 12,
        "active": 6,
        "paused": 2,
        "completed": 1,
        "stopped": 2,
    }


async def test_what_a_board_would_discuss_is_there(database: Database) -> None:
    actor = await _loaded(database)
    unscored = (
        "SELECT external_id FROM initiative i WHERE NOT EXISTS"
        " (SELECT 1 FROM score s WHERE s.initiative_id = i.id) ORDER BY external_id"
    )
    assert await _rows(database, actor, unscored) == [("LE-30",), ("LE-40",)]
    unknown = "SELECT external_id FROM initiative WHERE duration_weeks_likely IS NULL"
    assert await _rows(database, actor, unknown) == [("LE-16",)]
    mandatory = (
        "SELECT external_id, deadline::text FROM initiative WHERE mandatory ORDER BY deadline, external_id"
    )
    assert await _rows(database, actor, mandatory) == [
        ("LE-20", "2026-12-18"),
        ("LE-36", "2027-01-01"),
        ("LE-02", "2027-03-31"),
        ("LE-03", "2027-05-28"),
    ]
    stopped = (
        "SELECT i.external_id, d.reason, m.name FROM decision d JOIN initiative i ON i.id = d.initiative_id"
        " JOIN member m ON m.id = d.decided_by_id WHERE d.to_state = 'stopped' ORDER BY i.external_id"
    )
    assert await _rows(database, actor, stopped) == [
        (
            "LE-17",
            "Four in a hundred customers use a tablet, and the website serves them.",
            "Tom Ashworth",
        ),
        (
            "LE-18",
            "It moves none of our key results, and costs a third of a million.",
            "Tom Ashworth",
        ),
    ]
    eaten = (
        "SELECT t.name, a.week::text, round(100 * a.planned_share)::int, round(100 * a.actual_share)::int"
        " FROM drift_alert a LEFT JOIN team t ON t.id = a.team_id ORDER BY t.name NULLS FIRST"
    )
    assert await _rows(database, actor, eaten) == [
        (None, "2026-11-09", 18, 11),
        ("Billing", "2026-11-09", 20, 10),
        ("Customer Care", "2026-11-09", 20, 6),
        ("Risk & Compliance", "2026-11-09", 20, 12),
    ]
    favourite = (
        "SELECT m.name, s.value FROM score s JOIN initiative i ON i.id = s.initiative_id"
        " JOIN criterion c ON c.id = s.criterion_id JOIN member m ON m.id = s.rater_id"
        " WHERE i.external_id = 'LE-11' AND c.key = 'customer_value' ORDER BY m.name"
    )
    assert await _rows(database, actor, favourite) == [
        ("Helen Marsh", 10),
        ("Idris Bowen", 4),
        ("Tom Ashworth", 3),
    ]


async def test_the_longest_way_through_hard_dependencies_is_half_hourly_settlement(
    database: Database,
) -> None:
    actor = await _loaded(database)
    edges = await _rows(
        database,
        actor,
        "SELECT p.external_id, s.external_id FROM dependency d"
        " JOIN initiative p ON p.id = d.predecessor_id JOIN initiative s ON s.id = d.successor_id"
        " WHERE d.hard AND d.kind = 'finish_to_start'",
    )
    weeks = dict(await _rows(database, actor, "SELECT external_id, duration_weeks_likely FROM initiative"))
    after: dict[str, list[str]] = {}
    for before, following in edges:
        after.setdefault(before, []).append(following)

    def longest(start: str) -> tuple[float, list[str]]:
        ways = [longest(following) for following in after.get(start, [])]
        length, way = max(ways, default=(0.0, []))
        return (weeks[start] or 0.0) + length, [start, *way]

    assert max(longest(start) for start in weeks) == (28.0, ["LE-01", "LE-02", "LE-03", "LE-04"])
    assert Counter(before for before, _ in edges)["LE-01"] == 4


async def test_key_results_come_in_pairs_and_one_is_met_already(database: Database) -> None:
    actor = await _loaded(database)
    per_objective = (
        "SELECT count(*) FROM key_result k JOIN objective o ON o.id = k.objective_id WHERE closed_at IS NULL"
        " AND o.carried_over_from_id IS NULL AND o.parent_id IS NOT NULL GROUP BY objective_id ORDER BY 1"
    )
    assert await _rows(database, actor, per_objective) == [(2,), (3,), (4,), (4,)]
    met = (
        "SELECT k.title FROM key_result k JOIN objective o ON o.id = k.objective_id WHERE closed_at IS NULL"
        " AND (current_value - start_value) / (target_value - start_value) >= 1"
    )
    assert await _rows(database, actor, met) == [("Complaints about bills",)]
    in_vain = (
        "SELECT i.external_id FROM initiative i WHERE i.state = 'active'"
        " AND EXISTS (SELECT 1 FROM contribution c WHERE c.initiative_id = i.id)"
        " AND NOT EXISTS (SELECT 1 FROM contribution c JOIN key_result k ON k.id = c.key_result_id"
        "  WHERE c.initiative_id = i.id AND k.title <> 'Complaints about bills')"
    )
    assert await _rows(database, actor, in_vain) == [("LE-35",)]


@pytest.mark.parametrize("table", ["key_result", "cost_of_delay", "score", "decision", "breach_event"])
async def test_a_failed_load_shows_nothing_and_the_next_one_finishes_it(
    database: Database, server: EmbeddedServer, database_name: str, table: str
) -> None:
    with server.connect(database_name) as superuser:
        superuser.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE unique_violation USING MESSAGE = 'no'; END $$"
        )
        superuser.execute(
            f"CREATE TRIGGER fail AFTER INSERT ON {table} FOR EACH STATEMENT"
            f" WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION fail()"
        )
        with pytest.raises(Conflict):
            await load_demo(database)
        assert await organisation_by_slug(database, DEMO_SLUG) is None
        superuser.execute(f"DROP TRIGGER fail ON {table}")
    actor = await _loaded(database)
    assert await _counts(database, actor) == COUNTED


async def test_of_two_loads_at_the_same_time_one_waits_for_the_other(database: Database) -> None:
    first, second = await asyncio.gather(load_demo(database), load_demo(database))
    assert sorted([first is None, second is None]) == [False, True]
    actor = first or second
    assert actor is not None
    assert await _counts(database, actor) == COUNTED


async def test_the_lock_is_free_again_after_a_failure(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with alone(database):
            raise ZeroDivisionError
    async with asyncio.timeout(5), alone(database):
        pass


async def test_what_an_operations_review_would_discuss_is_there(database: Database) -> None:
    actor = await _loaded(database)
    began = await _rows(database, actor, "SELECT date_trunc('minute', created_at) FROM organisation")
    async with reading(database, actor.organisation_id) as connection:
        kpis = await kpis_at(connection, actor.organisation_id, now=began[0][0])
        links = await links_of(connection, actor.organisation_id)
        breaches = [
            BreachRow._make(row)
            for row in await connection.execute(
                sa.select(*columns(Breach, BreachRow)).order_by(sa.text("restored_at"))
            )
        ]
    status = {kpi.name: kpi.status for kpi in kpis}
    assert Counter(status.values()) == {
        KpiStatus.HEALTHY: 9,
        KpiStatus.AMBER: 1,
        KpiStatus.RED: 1,
        KpiStatus.STALE: 1,
        KpiStatus.UNKNOWN: 1,
    }
    assert status["Calls answered within a minute"] is KpiStatus.RED
    assert status["Backups restored in a drill"] is KpiStatus.STALE
    assert status["Suppliers with a tested exit plan"] is KpiStatus.UNKNOWN
    names = {kpi.id: kpi.name for kpi in kpis}
    by_name = {names[breach.kpi_id]: breach for breach in breaches}
    assert len(by_name) == len(breaches) == 5
    recovered = by_name["Complaints open for more than eight weeks"]
    assert (recovered.ending, recovered.worst_level, recovered.escalation_level) == (
        BreachEnding.RECOVERED,
        KpiLevel.RED,
        1,
    )
    assert recovered.cause != ""
    red = by_name["Calls answered within a minute"]
    assert (red.restored_at, red.escalation_level, red.acknowledged_at) == (None, 2, None)
    open_ones = {names[breach.kpi_id] for breach in breaches if breach.restored_at is None}
    assert open_ones == {"Calls answered within a minute", "Time until the account page shows"}
    assert [names[kpi_id] for kpi_id in links.promoted] == ["Customers who would recommend us"]


async def test_what_a_change_review_would_discuss_is_there(database: Database) -> None:
    actor = await _loaded(database)
    closed = (
        "SELECT o.title, o.computed_grade::text, o.manual_grade, o.retrospective <> '', c.name, s.title = o.title,"
        " d.name FROM objective o JOIN cycle c ON c.id = o.cycle_id"
        " LEFT JOIN objective s ON s.carried_over_from_id = o.id LEFT JOIN cycle d ON d.id = s.cycle_id"
        " WHERE o.closed_at IS NOT NULL ORDER BY o.title"
    )
    assert await _rows(database, actor, closed) == [
        ("We come when we said we would", "1", None, True, "2026 H1", None, None),
        ("Whoever writes or calls gets an answer", "0.72", 0.6, True, "2026 H1", True, "2026 H2"),
    ]
    carried = (
        "SELECT n.title, n.start_value, n.target_value, o.current_value, o.computed_grade FROM key_result n"
        " JOIN key_result o ON o.id = n.carried_over_from_id"
    )
    assert await _rows(database, actor, carried) == [
        ("Letters and emails answered within three days", 52, 80, 52, 0.44)
    ]
    draft = "SELECT title FROM key_result WHERE start_value IS NULL AND target_value IS NULL"
    assert await _rows(database, actor, draft) == [("Customers who give up in the app and call",)]
    falling = (
        "SELECT title, confidence, previous_confidence FROM key_result WHERE confidence < previous_confidence"
        " AND confidence < 5 ORDER BY title"
    )
    assert await _rows(database, actor, falling) == [
        ("Bills corrected after issue", 4, 5),
        ("Letters and emails answered within three days", 2, 4),
    ]
    shared = "SELECT count(DISTINCT objective_id), count(*) FROM objective_contributor"
    assert (await _rows(database, actor, shared))[0][0] >= 6
    ambitions = "SELECT ambition, count(*) FROM objective GROUP BY ambition ORDER BY 1"
    assert dict(await _rows(database, actor, ambitions)) == {"aspirational": 5, "committed": 4}
    came = (
        "SELECT b.title, i.state, sum(r.amount) FROM benefit b JOIN initiative i ON i.id = b.initiative_id"
        " JOIN benefit_realisation r ON r.benefit_id = b.id GROUP BY 1, 2 ORDER BY 1"
    )
    assert await _rows(database, actor, came) == [
        ("Complaints that are settled in the portal", "active", -4),
        ("Shorter outages, and the fines that don't come", "completed", 5_850_000),
    ]
