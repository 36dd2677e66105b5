"""Pictures of a schedule: a Gantt chart, and the load of teams over time."""

import numpy as np

from domain.planning.placing import ScheduledPlan
from prioritisation.gantt import Bar, Gantt, gantt_svg
from prioritisation.gantt_load import LoadPicture, LoadRow, load_svg
from prioritisation.schedule_explanation import Cause

_WORDS = {
    Cause.BEGINNING: "starts at once",
    Cause.FIXED: "in flight",
    Cause.EARLIEST: "not to start earlier",
    Cause.PREDECESSOR: "waits for what it needs",
    Cause.RESOURCE: "waits for a team",
    Cause.SEQUENCE: "could start earlier",
    Cause.TOO_LATE: "no time left before its deadline or the end of the cycle",
    Cause.PREDECESSOR_UNDONE: "waits for what is not done",
    Cause.NO_ROOM: "no team has room for it",
}


def gantt_of(plan: ScheduledPlan) -> str:
    """The schedule as an SVG document: what runs, by start, then what is not scheduled."""
    posed = plan.posed
    critical = set(plan.chain)
    ends = np.array([(period.ends_on.toordinal()) for period in posed.periods])
    order = sorted(
        range(len(plan.start)),
        key=lambda place: (
            plan.start[place] < 0,
            int(plan.start[place]),
            int(plan.finish[place]),
            int(plan.made.positions[place]),
        ),
    )
    bars = []
    for place in order:
        position = int(plan.made.positions[place])
        category = int(posed.category[position])
        due = posed.deadline[position]
        within = not np.isnan(due) and int(due) + _EPOCH <= ends[-1]
        bars.append(
            Bar(
                label=posed.names.initiatives[position],
                start=int(plan.start[place]),
                finish=int(plan.finish[place]),
                group=posed.names.categories[category] if category >= 0 else None,
                deadline=int(np.searchsorted(ends, int(due) + _EPOCH)) if within else None,
                fixed=bool(plan.made.problem.fixed_start[place] >= 0),
                critical=place in critical,
                remark=_WORDS[plan.why[place].cause],
            )
        )
    row_of = {place: row for row, place in enumerate(order)}
    links = [
        (row_of[before], row_of[after])
        for before, after in zip(
            plan.made.problem.before.tolist(), plan.made.problem.after.tolist(), strict=True
        )
    ]
    return gantt_svg(
        Gantt(
            title=f"{posed.names.portfolio}, {posed.names.cycle}",
            periods=_labels(plan),
            bars=bars,
            links=links,
        )
    )


def load_of(plan: ScheduledPlan) -> str:
    """The load of teams, and of their skills, as an SVG document."""
    posed, room = plan.posed, plan.made.room
    load = plan.load
    rows = [
        LoadRow(
            label=posed.names.teams[posed.resource_team[resource]]
            + (f", {posed.skills[resource]}" if posed.skills[resource] else ""),
            load=load[:, resource],
            capacity=room.stated[:, resource],
        )
        for resource in range(len(posed.skills))
    ]
    title = f"{posed.names.portfolio}, {posed.names.cycle}: load of teams"
    return load_svg(LoadPicture(title=title, periods=_labels(plan), rows=rows))


_EPOCH = 719_163
"""The ordinal of 1970-01-01."""


def _labels(plan: ScheduledPlan) -> list[str]:
    return [str(period.starts_on) for period in plan.posed.periods]
