"""The type ``DependencyMap``."""

from datetime import date
from typing import Annotated

import numpy as np
import strawberry

from api.dependency_map.drawing import DependencyMapPictures
from api.dependency_map.filters import (
    MappedDependencyWhere,
    MappedInitiativeWhere,
    edge_columns,
    node_columns,
)
from api.dependency_map.nodes import (
    CriticalPathConnection,
    MappedDependencyConnection,
    MappedEdge,
    MappedInitiativeConnection,
    MappedMoment,
    MappedNode,
    finish_moment,
)
from api.dependency_map.pages import page_from
from api.dependency_map.parts import (
    CategoryCrossingConnection,
    DateViolationConnection,
    DependencyMapComponent,
    DependencyMapComponentConnection,
    TeamCrossingConnection,
    Violated,
)
from api.filters import WHERE, to_filter
from api.pagination import After, Before, First, Last, page_of
from domain.dependency_map import MappedPortfolio, count_through
from domain.dependency_map.filtering import mask
from domain.dependency_map.violations import find_violations


@strawberry.type(
    description="A portfolio's initiatives and what they wait for: layers, dates, slack, bottlenecks. Dates follow from"
    " durations, earliest starts and hard dependencies (the critical path method), as if capacity were no matter;"
    " what is not completed yet begins on `asOf` at the earliest and takes its whole likely duration. Soft"
    " dependencies are shown and constrain nothing."
)
class DependencyMap(DependencyMapPictures):
    """Shows ``MappedPortfolio``."""

    @strawberry.field(description="The day that weeks count from.")
    def as_of(self: MappedPortfolio) -> date:
        return self.request.today

    @strawberry.field(
        description="Digest of everything that the map depends on: equal digests mean equal maps."
    )
    def fingerprint(self: MappedPortfolio) -> str:
        return self.fingerprint

    @strawberry.field(
        description="Its initiatives by layer, then by earliest start: none comes before what it hard-depends on."
    )
    def nodes(
        self: MappedPortfolio,
        where: Annotated[MappedInitiativeWhere | None, WHERE] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> MappedInitiativeConnection:
        wanted = to_filter(where, ids={})
        kept = mask(wanted, node_columns(self), size=len(self))
        return page_from(
            MappedInitiativeConnection,
            self.order[kept[self.order]],
            lambda at: MappedNode(self, int(at)),
            scope=f"nodes:{self.fingerprint}:{wanted!r}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(
        description="Dependencies between them, in the order of the predecessors: those that can constrain, hard and"
        " soft."
    )
    def edges(
        self: MappedPortfolio,
        where: Annotated[MappedDependencyWhere | None, WHERE] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> MappedDependencyConnection:
        wanted = to_filter(where, ids={})
        kept = mask(wanted, edge_columns(self), size=len(self.entries))
        return page_from(
            MappedDependencyConnection,
            self.edge_order[kept[self.edge_order]],
            lambda at: MappedEdge(self, int(at)),
            scope=f"edges:{self.fingerprint}:{wanted!r}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(description="How many layers there are; 0 for an empty map.")
    def layer_count(self: MappedPortfolio) -> int:
        return int(self.layer.max()) + 1 if len(self) else 0

    @strawberry.field(
        description="When everything is done at the earliest; null when nothing is left that takes time."
    )
    def finish(self: MappedPortfolio) -> MappedMoment | None:
        finish = self.dates.finish
        return finish_moment(self.request.today, finish) if finish > 0 else None

    @strawberry.field(
        description="Whether the finish, and with it all slack, rests on lower bounds, because durations are missing."
    )
    def at_least(self: MappedPortfolio) -> bool:
        return bool(self.dates.unknown.any())

    @strawberry.field(description="How many open initiatives have no duration; they count as 0 weeks.")
    def missing_duration_count(self: MappedPortfolio) -> int:
        return int(self.dates.unknown.sum())

    @strawberry.field(description="A chain of initiatives that determines the finish of the whole.")
    def critical_path(
        self: MappedPortfolio,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> CriticalPathConnection:
        path = self.critical_path
        missing = int(self.dates.unknown.sum())
        return page_from(
            CriticalPathConnection,
            path,
            lambda at: MappedNode(self, int(at)),
            scope=f"critical:{self.fingerprint}",
            page=page_of(first=first, after=after, last=last, before=before),
            weeks=self.dates.finish - float(self.dates.earliest_start[path[0]]) if len(path) else 0.0,
            at_least=missing > 0,
            missing_duration_count=missing,
        )

    @strawberry.field(description="Its parts that no dependency connects, the largest first.")
    def components(
        self: MappedPortfolio,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DependencyMapComponentConnection:
        count = len(self.component_sizes)
        links = np.bincount(self.component[self.chart.predecessor] - 1, minlength=count)
        return page_from(
            DependencyMapComponentConnection,
            range(count),
            lambda at: DependencyMapComponent(
                number=at + 1,
                initiative_count=int(self.component_sizes[at]),
                dependency_count=int(links[at]),
            ),
            scope=f"components:{self.fingerprint}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(
        description="Dates, and states, that dependencies forbid: deadlines that can't be met, work that has begun too"
        " early, work that waits for what is stopped."
    )
    async def violations(
        self: MappedPortfolio,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DateViolationConnection:
        found = await find_violations(self)
        return page_from(
            DateViolationConnection,
            found.items,
            lambda violation: Violated(self, violation),
            scope=f"violations:{self.fingerprint}:{found.fingerprint}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(
        description="Initiatives by how much of the map goes through them, the most first; only those that stand"
        " between others.",
        metadata={"cost": 50},
    )
    async def bottlenecks(
        self: MappedPortfolio,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> MappedInitiativeConnection:
        counted = await count_through(self)
        return page_from(
            MappedInitiativeConnection,
            counted.ranking[counted.through[counted.ranking] > 0],
            lambda at: MappedNode(self, int(at)),
            scope=f"bottlenecks:{self.fingerprint}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(description="How many dependencies, hard and soft, lead from one team to another.")
    def cross_team_edge_count(self: MappedPortfolio) -> int:
        return int(self.teams.edges.sum())

    @strawberry.field(
        description="How many dependencies, hard and soft, lead from one allocation category to another."
    )
    def cross_category_edge_count(self: MappedPortfolio) -> int:
        return int(self.categories.edges.sum())

    @strawberry.field(description="Which team waits for which, and how often.")
    def team_crossings(
        self: MappedPortfolio,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> TeamCrossingConnection:
        return page_from(
            TeamCrossingConnection,
            self.teams.pairs,
            lambda pair: pair,
            scope=f"teams:{self.fingerprint}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(description="Which allocation category waits for which, and how often.")
    def category_crossings(
        self: MappedPortfolio,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> CategoryCrossingConnection:
        return page_from(
            CategoryCrossingConnection,
            self.categories.pairs,
            lambda pair: pair,
            scope=f"categories:{self.fingerprint}",
            page=page_of(first=first, after=after, last=last, before=before),
        )
