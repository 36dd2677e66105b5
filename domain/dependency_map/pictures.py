"""Which part of a map is drawn, and how it is labelled."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

import numpy as np

from domain.dependency_map.mapping import Integers, MappedPortfolio
from domain.enums import OPEN_STATES
from domain.errors import InvalidInput, NotFound
from domain.rows import InitiativeRow
from domain.snapshot import Directory
from prioritisation.adjacency import reachable
from prioritisation.dependencies import DependencyType
from prioritisation.diagrams import Diagram, Edge, Node

MOST_DRAWN = 500


class MapGrouping(StrEnum):
    """What the colours of a picture stand for."""

    TEAM = "team"
    CATEGORY = "category"
    NONE = "none"


def picture(
    mapped: MappedPortfolio,
    directory: Directory,
    *,
    grouping: MapGrouping = MapGrouping.TEAM,
    component: int | None = None,
    around: UUID | None = None,
    linked_only: bool = False,
) -> Diagram:
    """What is to be drawn of a map: all of it, or what meets every condition that is given.

    Parameters
    ----------
    component
        Number of a component.
    around
        An initiative: only it, what it waits for and what waits for it, directly or not, are drawn.
    linked_only
        Leave out what has no dependency.

    Raises
    ------
    InvalidInput
        When more than 500 initiatives would be drawn.
    NotFound
        When there is no such component, or the initiative is not on the map.
    """
    nodes = _chosen(mapped, component, around, linked_only=linked_only)
    if len(nodes) > MOST_DRAWN:
        raise InvalidInput(
            f"A picture shows at most {MOST_DRAWN} initiatives, and these are {len(nodes)}: choose a component, the"
            " surroundings of one initiative, or fewer states."
        )
    rows = [mapped.row(node) for node in nodes.tolist()]
    groups = _groups(rows, directory, grouping)
    box = np.full(len(mapped), -1, dtype=np.int64)
    box[nodes] = np.arange(len(nodes))
    tails, heads = box[mapped.chart.predecessor], box[mapped.chart.successor]
    drawn = mapped.edge_order[((tails >= 0) & (heads >= 0))[mapped.edge_order]]
    return Diagram(
        f"Dependencies of {mapped.columns.portfolio.name}, {mapped.request.today.isoformat()}",
        [
            Node(_label(row), group, emphasised=critical)
            for row, group, critical in zip(rows, groups, mapped.critical[nodes].tolist(), strict=True)
        ],
        [
            Edge(
                int(tails[edge]),
                int(heads[edge]),
                DependencyType(int(mapped.chart.type[edge])),
                float(mapped.chart.lag_weeks[edge]),
                hard=bool(mapped.chart.hard[edge]),
                emphasised=bool(mapped.critical_edges[edge]),
            )
            for edge in drawn.tolist()
        ],
    )


def _label(row: InitiativeRow) -> str:
    return row.title if row.state in OPEN_STATES else f"{row.title} ({row.state.value})"


def _chosen(
    mapped: MappedPortfolio, component: int | None, around: UUID | None, *, linked_only: bool
) -> Integers:
    chosen = np.ones(len(mapped), dtype=np.bool_)
    if component is not None:
        if not 1 <= component <= len(mapped.component_sizes):
            count = len(mapped.component_sizes)
            raise NotFound(
                f"There is no component {component}; the map has {count}, counted from 1.",
                path=("component",),
            )
        chosen &= mapped.component == component
    if around is not None:
        position = mapped.columns.find(around)
        node = -1 if position is None else int(mapped.node_of[position])
        if node < 0:
            raise NotFound("The map has no initiative with this id.", path=("around",))
        near = np.zeros(len(mapped), dtype=np.bool_)
        near[node] = True
        for rows in (mapped.chart.predecessors, mapped.chart.successors):
            near[reachable(rows, [node])] = True
        chosen &= near
    if linked_only:
        linked = np.zeros(len(mapped), dtype=np.bool_)
        linked[mapped.chart.predecessor] = linked[mapped.chart.successor] = True
        chosen &= linked
    return mapped.order[chosen[mapped.order]]


def _groups(rows: Sequence[InitiativeRow], directory: Directory, grouping: MapGrouping) -> list[str | None]:
    match grouping:
        case MapGrouping.TEAM:
            return [None if row.team_id is None else directory.teams[row.team_id].name for row in rows]
        case MapGrouping.CATEGORY:
            named = directory.categories
            return [None if row.category_id is None else named[row.category_id].name for row in rows]
        case MapGrouping.NONE:
            return [None] * len(rows)
