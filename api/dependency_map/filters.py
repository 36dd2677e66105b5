"""How the nodes and edges of a dependency map are filtered."""

import numpy as np
import strawberry

from api.enums import DependencyKind
from api.filters import (
    BooleanFilter,
    EnumFilter,
    FloatFilter,
    IntFilter,
    all_of,
    any_of,
    none_of,
    on,
)
from domain.dependency_map import MappedPortfolio
from domain.dependency_map.filtering import Columns
from domain.snapshot.columns import KINDS

_KINDS = np.array([kind.value for kind in KINDS])


@strawberry.input(description="Which initiatives of the map to return; everything that is given must hold.")
class MappedInitiativeWhere:
    """Filter of nodes; the fields are those of ``node_columns``."""

    and_: list["MappedInitiativeWhere"] | None = all_of()
    or_: list["MappedInitiativeWhere"] | None = any_of()
    not_: "MappedInitiativeWhere | None" = none_of()
    critical: BooleanFilter | None = on("Whether it can't be late without moving the finish of the whole.")
    linked: BooleanFilter | None = on("Whether it has a dependency on the map, hard or soft.")
    layer: IntFilter | None = on("Its layer, from 0.")
    component: IntFilter | None = on("The number of its component, from 1.")
    total_slack_weeks: FloatFilter | None = on("Its total slack in weeks; null for what is closed.")


@strawberry.input(description="Which dependencies of the map to return; everything that is given must hold.")
class MappedDependencyWhere:
    """Filter of edges; the fields are those of ``edge_columns``."""

    and_: list["MappedDependencyWhere"] | None = all_of()
    or_: list["MappedDependencyWhere"] | None = any_of()
    not_: "MappedDependencyWhere | None" = none_of()
    hard: BooleanFilter | None = on("Whether it must be honoured.")
    kind: EnumFilter[DependencyKind] | None = on("How the two depend on each other.")
    critical: BooleanFilter | None = on("Whether its lag can't grow without moving the finish of the whole.")
    pending: BooleanFilter | None = on("Whether neither end is completed or stopped.")
    crosses_team: BooleanFilter | None = on("Whether it leads from one team to another.")
    crosses_category: BooleanFilter | None = on("Whether it leads from one allocation category to another.")
    slack_weeks: FloatFilter | None = on("Its total slack in weeks; null where it does not constrain.")
    lag_weeks: FloatFilter | None = on("Its lag in weeks.")


def node_columns(mapped: MappedPortfolio) -> Columns:
    """What nodes are filtered by, in their order."""
    linked = np.zeros(len(mapped), dtype=np.bool_)
    linked[mapped.chart.predecessor] = linked[mapped.chart.successor] = True
    return {
        "critical": mapped.critical,
        "linked": linked,
        "layer": mapped.layer,
        "component": mapped.component,
        "total_slack_weeks": np.where(mapped.closed, np.nan, mapped.dates.total_slack),
    }


def edge_columns(mapped: MappedPortfolio) -> Columns:
    """What edges are filtered by, in their order."""
    return {
        "hard": mapped.chart.hard,
        "kind": _KINDS[mapped.columns.edges.kind[mapped.entries]],
        "critical": mapped.critical_edges,
        "pending": mapped.pending,
        "crosses_team": mapped.teams.edges,
        "crosses_category": mapped.categories.edges,
        "slack_weeks": mapped.slack.total,
        "lag_weeks": mapped.chart.lag_weeks,
    }
