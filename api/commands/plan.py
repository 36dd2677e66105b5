"""``stepchange plan``: what a portfolio can fund in a cycle, and when it runs, in the terminal."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import numpy as np
import typer

from api.commands.choices import AsJson, OrganisationSlug, PortfolioName, day, portfolio_named
from api.commands.console import progress, say, show_json, show_table
from api.commands.rank import model_named
from api.commands.session import as_administrator
from api.selection.solving import value_unit
from api.selection.usage import resources_by_name
from api.settings import load_settings
from domain.actor import Actor
from domain.db import Database
from domain.enums import ScoringMethod
from domain.errors import NotFound
from domain.jobs.solver import SolverPool
from domain.money import minor_per_major
from domain.periods import PeriodLength
from domain.planning.asking import InFlight, PlanRequest, posed_plan
from domain.planning.drawing import gantt_of
from domain.planning.keeping import PlanStore
from domain.planning.placing import ScheduledPlan, scheduled_plan
from domain.planning.reasons import Explanation
from domain.planning.selecting import SelectedPlan, selected_plan
from domain.ranking import RankingRequest
from domain.rows import CycleRow
from domain.snapshot import SnapshotStore, View

_SECONDS = 120.0
"""How long a plan may take; nobody else waits."""


def plan_command(
    cycle: Annotated[
        str | None,
        typer.Option(
            help="Name of the cycle; left out the shortest that is not half over, or the next one to begin."
        ),
    ] = None,
    portfolio: PortfolioName = None,
    model: Annotated[
        str | None, typer.Option(help="Name of a scoring model; left out the portfolio's default, or CD3.")
    ] = None,
    method: Annotated[ScoringMethod | None, typer.Option(help="A method instead of a model.")] = None,
    in_flight: Annotated[
        InFlight, typer.Option(help="Whether work in flight goes on, or competes with all other work.")
    ] = InFlight.KEPT,
    schedule: Annotated[
        Path | None,
        typer.Option(help="Schedule what the optimum funds, and write a Gantt chart (SVG) to this file."),
    ] = None,
    period: Annotated[PeriodLength | None, typer.Option(help="What the schedule is divided into.")] = None,
    top: Annotated[int, typer.Option(min=1, max=100_000, help="How many initiatives to show.")] = 40,
    as_of: Annotated[
        str | None, typer.Option(help="Day on which the plan is made, YYYY-MM-DD; today if left out.")
    ] = None,
    organisation: OrganisationSlug = None,
    as_json: AsJson = False,
) -> None:
    """Show what fits into a cycle: the cut line and the optimum side by side, and why not more."""
    if model is not None and method is not None:
        raise typer.BadParameter("Give --model or --method, not both.")
    today = day(as_of)

    async def work(database: Database, actor: Actor) -> tuple[SelectedPlan, ScheduledPlan | None]:
        store = SnapshotStore(database)
        view = await store.fresh(actor.organisation_id)
        portfolio_id = portfolio_named(view, portfolio)
        view = await store.fresh(actor.organisation_id, portfolio_id)
        request = PlanRequest(
            cycle_id=_cycle_named(view, cycle, today),
            ranking=RankingRequest(
                model_id=None if model is None else model_named(view, model), method=method, today=today
            ),
            length=period,
            in_flight=in_flight,
        )
        posed = await posed_plan(database, view, portfolio_id, request)
        solver = SolverPool()
        shared: dict[str, Any] = {
            "plans": PlanStore(seconds=_SECONDS),
            "solver": solver,
            "organisation_id": actor.organisation_id,
        }
        try:
            selected = await selected_plan(posed, **shared)
            if schedule is None:
                return selected, None
            return selected, await scheduled_plan(posed, selected.optimum.chosen, **shared)
        finally:
            await solver.close()

    selected, scheduled = as_administrator(load_settings(organisation=organisation), work)
    if scheduled is not None and schedule is not None:
        schedule.write_text(gantt_of(scheduled), encoding="utf-8")
        progress(f"Wrote the Gantt chart to {schedule}.")
    if as_json:
        show_json(_as_json(selected, scheduled))
        return
    _show(selected, top)
    if scheduled is not None:
        _show_schedule(scheduled)


def _cycle_named(view: View, name: str | None, today: date) -> UUID:
    """The cycle in use with this name; without one the next to begin, or one that is not half over yet."""
    rows = [row for row in view.directory.cycles.values() if row.archived_at is None]
    names = ", ".join(sorted(repr(row.name) for row in rows)) or "none"
    if name is not None:
        for row in rows:
            if row.name.casefold() == name.casefold():
                return row.id
        raise NotFound(f"There is no cycle {name!r}; the organisation has: {names}.")

    def wish(row: CycleRow) -> tuple[bool, date, int]:
        days = (row.ends_on - row.starts_on).days
        half_over = (today - row.starts_on).days > days / 2
        return half_over, max(row.starts_on, today), days

    ahead = sorted((row for row in rows if row.ends_on >= today), key=wish)
    if not ahead:
        raise NotFound(f"Every cycle is over; the organisation has: {names}.")
    return ahead[0].id


def _show(plan: SelectedPlan, top: int) -> None:
    posed = plan.posed
    settings = posed.settings
    policy = "no policy" if settings.policy_number is None else f"policy version {settings.policy_number}"
    progress(
        f"{posed.names.portfolio}, {posed.names.cycle} ({settings.day} to {settings.ends_on}), {policy};"
        f" values in {value_unit(posed)}"
    )
    show_table(
        ("rank", "initiative", "category", "value", "person-weeks", "cut line", "optimum", "why not"),
        [_row(plan, int(at)) for at in posed.order[:top]],
        nothing="There is nothing to plan: the portfolio has no open initiatives.",
    )
    say()
    show_table(
        ("team", "capacity", "elsewhere", "in flight", "cut line", "optimum", "used by optimum"),
        [_team(plan, resource) for resource in resources_by_name(posed)],
        nothing="No open initiative demands a team.",
    )
    say()
    gap = "proven to be the best" if plan.gap == 0 else f"at most {100 * plan.gap:.2f} % from the best"
    say(
        f"Cut line {plan.cut_line.value:,.4g}, optimum {plan.optimum.value:,.4g}"
        f" ({gap}; what is in flight not counted)"
    )


def _row(plan: SelectedPlan, at: int) -> tuple[str, ...]:
    posed, made = plan.posed, plan.made
    category = int(posed.category[at])
    flying = bool(made.standing.committed[at])
    mark = {True: "in flight" if flying else "yes", False: ""}
    rank = int(posed.solved.ordered.rank[at])
    weeks = made.effort.weeks[at, posed.team_resource].sum()
    why = plan.why(plan.optimum, at)
    return (
        str(rank) if rank else "–",
        posed.names.initiatives[at],
        posed.names.categories[category] if category >= 0 else "",
        "unknown" if np.isnan(posed.value[at]) else f"{posed.value[at]:,.4g}",
        "unknown" if made.effort.unknown[at] else f"{weeks:,.4g}",
        mark[bool(plan.cut_line.chosen[at])],
        mark[bool(plan.optimum.chosen[at])],
        "" if why is None else _why(plan, why),
    )


def _why(plan: SelectedPlan, why: Explanation) -> str:
    names = plan.posed.names
    words = [reason.value.replace("_", " ") for reason in why.reasons]
    short = [
        f"{names.teams[plan.posed.resource_team[each.resource]]}"
        + (f"/{plan.posed.skills[each.resource]}" if plan.posed.skills[each.resource] else "")
        + (
            f" for {names.categories[each.category]}"
            if each.category is not None and each.category >= 0
            else ""
        )
        + f" {each.short:.3g} short"
        for each in why.shortages
    ]
    needs = [f"needs {names.initiatives[at]}" for at in why.prerequisites[:2]]
    rivals = [f"instead: {names.initiatives[at]}" for at in why.rivals[:2]]
    return "; ".join([*words, *short, *needs, *rivals])


def _team(plan: SelectedPlan, resource: int) -> tuple[str, ...]:
    posed, room = plan.posed, plan.made.room
    stated = float(posed.capacity[:, resource].sum())
    committed = float(room.committed[:, resource].sum())
    funded = float(plan.optimum.used[:, resource].sum())
    taken = float(room.elsewhere[resource]) + committed + funded
    skill = posed.skills[resource]
    return (
        posed.names.teams[posed.resource_team[resource]] + (f"/{skill}" if skill else ""),
        "unknown" if np.isnan(stated) else f"{stated:,.1f}",
        f"{room.elsewhere[resource]:,.1f}",
        f"{committed:,.1f}",
        f"{plan.cut_line.used[:, resource].sum():,.1f}",
        f"{funded:,.1f}",
        f"{100 * taken / stated:.0f} %" if stated > 0 else "",
    )


def _show_schedule(plan: ScheduledPlan) -> None:
    posed = plan.posed
    rows = []
    for place in sorted(range(len(plan.start)), key=lambda at: (plan.start[at] < 0, plan.start[at], at)):
        start, finish = int(plan.start[place]), int(plan.finish[place])
        at = int(plan.made.positions[place])
        last = posed.periods[finish].ends_on if 0 <= finish < len(posed.periods) else None
        rows.append(
            (
                posed.names.initiatives[at],
                str(posed.periods[start].starts_on) if start >= 0 else "does not run",
                "" if start < 0 else str(last or "after the cycle"),
                "critical" if place in plan.chain else "",
                plan.why[place].cause.value.replace("_", " ").lower(),
            )
        )
    for gap, flags in plan.made.gaps.items():
        rows += [
            (posed.names.initiatives[at], "can't be placed", "", "", gap.value.replace("_", " "))
            for at in np.flatnonzero(flags).tolist()
        ]
    say()
    show_table(("initiative", "starts", "finishes", "", "because"), rows, nothing="Nothing is funded.")
    gap_text = "unproven" if plan.gap is None else f"at most {100 * plan.gap:.1f} % of it could be saved"
    unit = posed.settings.currency if plan.made.delay.in_money else "value times weeks"
    per_unit = minor_per_major(posed.settings.currency) if plan.made.delay.in_money else 1
    cost = plan.cost / per_unit
    say()
    say(f"Cost of delay {cost:,.0f} {unit} ({gap_text})")


def _as_json(plan: SelectedPlan, scheduled: ScheduledPlan | None) -> dict[str, Any]:
    posed = plan.posed
    items = []
    for at in posed.order.tolist():
        why = plan.why(plan.optimum, at)
        value = float(posed.value[at])
        items.append(
            {
                "id": str(posed.initiative_ids[at]),
                "title": posed.names.initiatives[at],
                "rank": int(posed.solved.ordered.rank[at]) or None,
                "value": None if np.isnan(value) else value,
                "inFlight": bool(plan.made.standing.committed[at]),
                "aboveCutLine": bool(plan.cut_line.chosen[at]),
                "funded": bool(plan.optimum.chosen[at]),
                "reasons": [] if why is None else [reason.value for reason in why.reasons],
            }
        )
    found: dict[str, Any] = {
        "portfolio": posed.names.portfolio,
        "cycle": posed.names.cycle,
        "startsOn": posed.settings.day,
        "endsOn": posed.settings.ends_on,
        "policyVersion": posed.settings.policy_number,
        "valueUnit": value_unit(posed),
        "fingerprint": plan.fingerprint,
        "cutLine": plan.cut_line.value,
        "optimum": plan.optimum.value,
        "bound": plan.bound,
        "gap": plan.gap,
        "initiatives": items,
    }
    if scheduled is not None:
        found["schedule"] = {
            "cost": scheduled.cost,
            "bound": scheduled.bound,
            "gap": scheduled.gap,
            "initiatives": [
                {
                    "id": str(posed.initiative_ids[at]),
                    "start": int(scheduled.start[place]),
                    "finish": int(scheduled.finish[place]),
                }
                for place, at in enumerate(scheduled.made.positions.tolist())
            ],
        }
    return found
