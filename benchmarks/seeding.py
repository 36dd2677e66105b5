"""A database with an invented portfolio, written past the triggers as the owner: nobody follows it yet."""

from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from benchmarks.portfolios import Ids, invented_records
from domain.actor import Actor
from domain.enums import Role


def seed(connection: psycopg.Connection, *, initiatives: int, criteria: int = 10) -> tuple[Actor, UUID]:
    """Write an organisation with one portfolio; returns its administrator and the portfolio's id."""
    ids = Ids(99)
    organisation_id, member_id, portfolio_id, cycle_id = ids(), ids(), ids(), ids()
    criterion_ids = [ids() for _ in range(criteria)]
    records = invented_records(initiatives=initiatives, criteria=criterion_ids, portfolio_id=portfolio_id)
    connection.execute("SET session_replication_role = replica")
    connection.execute(
        "INSERT INTO organisation (id, slug, name, currency) VALUES (%s, 'bench', 'Bench', 'EUR')",
        (organisation_id,),
    )

    def copy(table: str, rows: list[dict[str, Any]]) -> None:
        names = ["organisation_id", *rows[0]]
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
        )
        with connection.cursor() as cursor, cursor.copy(statement) as out:
            for row in rows:
                out.write_row((organisation_id, *row.values()))

    def named(rows: list[Any], **more: Any) -> list[dict[str, Any]]:
        return [{**row._asdict(), **more} for row in rows]

    teams = sorted({row.team_id for row in records.demands})
    key_results = sorted({row.key_result_id for row in records.contributions})
    objectives = [ids() for _ in range(20)]
    categories = sorted({row.category_id for row in records.initiatives if row.category_id is not None})
    people = sorted(
        {row.owner_id for row in records.initiatives} | {row.sponsor_id for row in records.initiatives},
        key=str,
    )
    copy(
        "member",
        [
            {
                "id": key,
                "email": f"m{number}@bench.example",
                "name": f"Member {number}",
                "role": Role.ADMIN.value,
            }
            for number, key in enumerate([member_id, *people])
        ],
    )
    copy("team", [{"id": key, "name": f"Team {number}"} for number, key in enumerate(teams)])
    copy(
        "allocation_category",
        [{"id": key, "name": f"Category {n}", "kind": "step_change"} for n, key in enumerate(categories)],
    )
    copy("portfolio", [{"id": portfolio_id, "name": "Portfolio"}])
    copy(
        "cycle",
        [
            {
                "id": cycle_id,
                "name": "Cycle",
                "level": "tactical",
                "starts_on": date(2026, 7, 1),
                "ends_on": date(2026, 12, 31),
            }
        ],
    )
    copy(
        "objective",
        [
            {
                "id": key,
                "cycle_id": cycle_id,
                "team_id": teams[number % len(teams)],
                "title": f"Objective {number}",
                "ambition": "committed",
            }
            for number, key in enumerate(objectives)
        ],
    )
    copy(
        "key_result",
        [
            {
                "id": key,
                "objective_id": objectives[number % len(objectives)],
                "title": f"Key result {number}",
                "unit": "%",
                "direction": "increase",
                "kind": "outcome",
                "start_value": 0,
                "target_value": 100,
                "current_value": number % 90,
                "due_on": date(2026, 12, 1),
            }
            for number, key in enumerate(key_results)
        ],
    )
    copy(
        "criterion",
        [
            {
                "id": key,
                "key": f"criterion_{number}",
                "name": f"Criterion {number}",
                "direction": "benefit",
                "scale_min": 0,
                "scale_max": 10,
            }
            for number, key in enumerate(criterion_ids)
        ],
    )
    copy("initiative", named(records.initiatives))
    copy("team_demand", named(records.demands, portfolio_id=portfolio_id))
    copy("contribution", named(records.contributions, portfolio_id=portfolio_id))
    copy("cost_of_delay", named(records.costs_of_delay, portfolio_id=portfolio_id))
    copy("dependency", named(records.dependencies, portfolio_id=portfolio_id))
    copy(
        "score",
        [
            {
                "portfolio_id": portfolio_id,
                "initiative_id": initiative_id,
                "criterion_id": criterion_id,
                "rater_id": member_id,
                "value": value,
            }
            for initiative_id, criterion_id, value in records.scores
        ],
    )
    connection.execute("SET session_replication_role = origin")
    connection.execute("ANALYZE")
    return Actor(organisation_id=organisation_id, member_id=member_id, role=Role.ADMIN), portfolio_id
