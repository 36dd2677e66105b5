"""``stepchange rank --compare``: the same portfolio ranked in several ways."""

import math
from typing import Any

from api.commands.console import say, show_table
from domain.ranking import RankedPortfolio
from domain.ranking.agreement import ComparedRankings


def agreement(compared: ComparedRankings, *, top: int) -> dict[str, Any]:
    """How far rankings agree, and the initiatives whose rank depends most on the choice."""
    names = [_name(ranking) for ranking in compared.rankings]
    count = len(names)
    rows = compared.rankings[0].columns.rows
    positions = compared.rankings[0].scored.positions
    table = compared.table

    def pair(one: int, other: int) -> dict[str, Any]:
        tau = float(table.tau_b[one, other])
        return {
            "first": names[one],
            "second": names[other],
            "tauB": None if math.isnan(tau) else tau,
            "compared": int(table.compared[one, other]),
        }

    return {
        "rankings": names,
        "agreements": [pair(one, other) for one in range(count) for other in range(one + 1, count)],
        "initiatives": [
            {
                "title": rows[int(positions[index])].title,
                "highest": int(table.highest[index]) or None,
                "lowest": int(table.lowest[index]) or None,
                "ranks": [compared.rank(number, int(index)) for number in range(count)],
            }
            for index in compared.by_spread[:top]
        ],
    }


def show_agreement(found: dict[str, Any]) -> None:
    """Print a comparison."""
    for each in found["agreements"]:
        tau = "nothing to agree on" if each["tauB"] is None else f"Kendall's tau-b {each['tauB']:.2f}"
        say(f"{each['first']} and {each['second']}: {tau} over {each['compared']} initiatives")
    show_table(
        ("initiative", "best", "worst", *found["rankings"]),
        [
            (
                row["title"],
                _rank(row["highest"]),
                _rank(row["lowest"]),
                *(_rank(rank) for rank in row["ranks"]),
            )
            for row in found["initiatives"]
        ],
        nothing="There is nothing to rank: the portfolio has no open initiatives.",
    )


def _name(ranking: RankedPortfolio) -> str:
    return ranking.scored.method.value if ranking.model is None else ranking.model.model.name


def _rank(rank: int | None) -> str:
    return "–" if rank is None else str(rank)
