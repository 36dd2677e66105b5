"""``stepchange map``: a portfolio's dependency map as a picture, a table or JSON."""

import math
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.choices import AsJson, OrganisationSlug, PortfolioName, day, portfolio_named
from api.commands.console import progress, say, show_json, show_table
from api.commands.session import as_administrator
from api.settings import load_settings
from domain.actor import Actor
from domain.db import Database
from domain.dependency_map import MappedPortfolio, MapRequest, map_portfolio
from domain.dependency_map.calendar import finish_day, start_day
from domain.dependency_map.pictures import MOST_DRAWN, MapGrouping, picture
from domain.dependency_map.violations import explanation, violations
from domain.enums import OPEN_STATES, InitiativeState
from domain.snapshot import SnapshotStore, View
from prioritisation.diagrams import to_dot, to_mermaid, to_svg

_NAMED = 2
"""How many neighbours a row of the table names."""


class MapFormat(StrEnum):
    """How a map is written."""

    TABLE = "table"
    SVG = "svg"
    DOT = "dot"
    MERMAID = "mermaid"


_WRITERS = {MapFormat.SVG: to_svg, MapFormat.DOT: to_dot, MapFormat.MERMAID: to_mermaid}


def map_command(
    portfolio: PortfolioName = None,
    form: Annotated[
        MapFormat,
        typer.Option(
            "--format", help=f"A table, or a picture of at most {MOST_DRAWN} initiatives in one of these."
        ),
    ] = MapFormat.TABLE,
    output: Annotated[
        Path | None, typer.Option(help="File to write the picture to; standard output if left out.")
    ] = None,
    group_by: Annotated[
        MapGrouping, typer.Option(help="What the colours of a picture stand for.")
    ] = MapGrouping.TEAM,
    linked_only: Annotated[
        bool, typer.Option("--linked-only", help="Leave out of a picture what has no dependency.")
    ] = False,
    include_completed: Annotated[
        bool, typer.Option("--include-completed", help="Map what is completed as well.")
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option(help="Day on which work begins at the earliest, YYYY-MM-DD; today if left out."),
    ] = None,
    organisation: OrganisationSlug = None,
    as_json: AsJson = False,
) -> None:
    """Map what waits for what: dates, slack, the critical path, and dates that can't hold."""
    write = _WRITERS.get(form)
    if as_json and write is not None:
        raise typer.BadParameter("Give --json or a --format, not both.")
    if output is not None and write is None:
        raise typer.BadParameter("Only pictures go to a file: choose a --format.", param_hint="--output")
    states = OPEN_STATES | {InitiativeState.COMPLETED} if include_completed else OPEN_STATES
    request = MapRequest(today=day(as_of), states=states)

    async def work(database: Database, actor: Actor) -> tuple[View, MappedPortfolio]:
        store = SnapshotStore(database)
        portfolio_id = portfolio_named(await store.fresh(actor.organisation_id), portfolio)
        view = await store.fresh(actor.organisation_id, portfolio_id)
        return view, await map_portfolio(view, portfolio_id, request)

    view, mapped = as_administrator(load_settings(organisation=organisation), work)
    if write is not None:
        drawn = picture(mapped, view.directory, grouping=group_by, linked_only=linked_only)
        _deliver(write(drawn), output)
    elif as_json:
        show_json(_described(mapped))
    else:
        _tabulate(_described(mapped))


def _deliver(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{output} can't be written: {error.strerror}.") from error
    progress(f"Wrote {output}.")


def _described(mapped: MappedPortfolio) -> dict[str, Any]:
    dates, path = mapped.dates, mapped.critical_path.tolist()
    return {
        "portfolio": mapped.columns.portfolio.name,
        "asOf": mapped.request.today.isoformat(),
        "fingerprint": mapped.fingerprint,
        "layers": int(mapped.layer.max()) + 1 if len(mapped) else 0,
        "components": len(mapped.component_sizes),
        "finish": finish_day(mapped.request.today, dates.finish) if path else None,
        "finishWeeks": dates.finish if path else None,
        "missingDurations": int(dates.unknown.sum()),
        "criticalPath": [mapped.row(node).title for node in path],
        "crossTeamDependencies": int(mapped.teams.edges.sum()),
        "crossCategoryDependencies": int(mapped.categories.edges.sum()),
        "initiatives": [_initiative(mapped, node) for node in mapped.order.tolist()],
        "dependencies": [_dependency(mapped, edge) for edge in mapped.edge_order.tolist()],
        "violations": [
            {
                "kind": one.kind.value,
                "initiative": mapped.row(one.node).title,
                "weeks": one.weeks,
                "due": one.due,
                "explanation": explanation(mapped, one),
            }
            for one in violations(mapped).items
        ],
    }


def _initiative(mapped: MappedPortfolio, node: int) -> dict[str, Any]:
    row, dates, today = mapped.row(node), mapped.dates, mapped.request.today
    closed = bool(mapped.closed[node])

    def neighbours(rows: Any) -> list[str]:
        return [mapped.row(other).title for other in dict.fromkeys(rows.neighbours(node).tolist())]

    return {
        "id": str(row.id),
        "externalId": row.external_id,
        "title": row.title,
        "state": row.state.value,
        "layer": int(mapped.layer[node]),
        "component": int(mapped.component[node]),
        "earliestStart": None if closed else start_day(today, float(dates.earliest_start[node])),
        "earliestFinish": None if closed else finish_day(today, float(dates.earliest_finish[node])),
        "latestFinish": None if closed else finish_day(today, float(dates.latest_finish[node])),
        "totalSlackWeeks": None if closed else float(dates.total_slack[node]),
        "atLeast": bool(dates.at_least[node]),
        "critical": bool(mapped.critical[node]),
        "blockedBy": neighbours(mapped.plan.predecessors),
        "unlocks": neighbours(mapped.plan.successors),
    }


def _dependency(mapped: MappedPortfolio, edge: int) -> dict[str, Any]:
    row, slack = mapped.dependency(edge), float(mapped.slack.total[edge])
    return {
        "predecessor": mapped.row(int(mapped.chart.predecessor[edge])).title,
        "successor": mapped.row(int(mapped.chart.successor[edge])).title,
        "kind": row.kind.value,
        "hard": row.hard,
        "lagWeeks": row.lag_weeks,
        "slackWeeks": None if math.isnan(slack) else slack,
        "critical": bool(mapped.critical_edges[edge]),
    }


def _tabulate(found: dict[str, Any]) -> None:
    progress(
        f"{found['portfolio']} from {found['asOf']}: initiatives {len(found['initiatives'])}, layers"
        f" {found['layers']}, parts {found['components']}, dependencies {len(found['dependencies'])}, of them between"
        f" teams {found['crossTeamDependencies']}"
    )
    show_table(
        ("layer", "initiative", "start", "finish", "slack", "blocked by", "unlocks"),
        [_row(item) for item in found["initiatives"]],
        nothing="There is nothing to map: the portfolio has no open initiatives.",
    )
    if found["criticalPath"]:
        least = "at least " if found["missingDurations"] else ""
        say()
        say(
            f"Done on {found['finish'] or 'a day beyond the calendar'}, after {least}{found['finishWeeks']:.4g} weeks:"
        )
        say(f"  {' → '.join(found['criticalPath'])}")
    if found["missingDurations"]:
        say()
        say(f"{found['missingDurations']} without a duration count as nothing; dates marked ≥ rest on that.")
    if found["violations"]:
        say()
        say("Can't hold:")
        for one in found["violations"]:
            say(f"  {one['initiative']}: {one['explanation']}")


def _row(item: dict[str, Any]) -> tuple[str, ...]:
    slack = item["totalSlackWeeks"]
    least = "≥ " if item["atLeast"] else ""
    return (
        str(item["layer"]),
        item["title"],
        "–" if item["earliestStart"] is None else f"{least}{item['earliestStart']}",
        "–" if item["earliestFinish"] is None else f"{least}{item['earliestFinish']}",
        "–" if slack is None else "critical" if item["critical"] else f"{slack:.4g} w",
        _some(item["blockedBy"]),
        _some(item["unlocks"]),
    )


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return "; ".join(names[:_NAMED]) + (f"; and {more} more" if more > 0 else "")
