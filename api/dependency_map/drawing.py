"""``DependencyMap.svg``, ``.dot`` and ``.mermaid``."""

import asyncio
from collections.abc import Callable
from typing import Annotated, NamedTuple

import strawberry

from api.context import Info
from api.dependency_map.enums import MapGrouping
from api.inputs import decoded
from domain.dependency_map import MappedPortfolio
from domain.dependency_map.pictures import MOST_DRAWN, picture
from prioritisation.diagrams import Diagram, to_dot, to_mermaid, to_svg

_COST = 100

GroupBy = Annotated[MapGrouping, strawberry.argument(description="What the colours stand for.")]
Component = Annotated[
    int | None, strawberry.argument(description="Draw only the component with this number, from 1.")
]
Around = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="Draw only this initiative, what it waits for and what waits for it, directly or not."
    ),
]
LinkedOnly = Annotated[bool, strawberry.argument(description="Leave out what has no dependency.")]


@strawberry.type
class DependencyMapPictures:
    """Fields of ``DependencyMap``."""

    @strawberry.field(
        description="A picture as an SVG document, without scripts: layers from left to right, soft dependencies"
        f" dashed, what is critical in red. At most {MOST_DRAWN} initiatives.",
        metadata={"cost": _COST},
    )
    async def svg(
        self: MappedPortfolio,
        info: Info,
        group_by: GroupBy = MapGrouping.TEAM,
        component: Component = None,
        around: Around = None,
        linked_only: LinkedOnly = False,
    ) -> str:
        return await _drawn(self, info, _Part(group_by, component, around, linked_only), to_svg)

    @strawberry.field(
        description=f"The same in DOT, the language of Graphviz. At most {MOST_DRAWN} initiatives.",
        metadata={"cost": _COST},
    )
    async def dot(
        self: MappedPortfolio,
        info: Info,
        group_by: GroupBy = MapGrouping.TEAM,
        component: Component = None,
        around: Around = None,
        linked_only: LinkedOnly = False,
    ) -> str:
        return await _drawn(self, info, _Part(group_by, component, around, linked_only), to_dot)

    @strawberry.field(
        description=f"The same as a flowchart of Mermaid. At most {MOST_DRAWN} initiatives.",
        metadata={"cost": _COST},
    )
    async def mermaid(
        self: MappedPortfolio,
        info: Info,
        group_by: GroupBy = MapGrouping.TEAM,
        component: Component = None,
        around: Around = None,
        linked_only: LinkedOnly = False,
    ) -> str:
        return await _drawn(self, info, _Part(group_by, component, around, linked_only), to_mermaid)


class _Part(NamedTuple):
    """Which part of the map to draw, and how."""

    grouping: MapGrouping
    component: int | None
    around: strawberry.ID | None
    linked_only: bool


async def _drawn(mapped: MappedPortfolio, info: Info, part: _Part, write: Callable[[Diagram], str]) -> str:
    around = None if part.around is None else decoded("Initiative", part.around, "around")
    directory = info.context.directory

    def draw() -> str:
        return write(
            picture(
                mapped,
                directory,
                grouping=part.grouping,
                component=part.component,
                around=around,
                linked_only=part.linked_only,
            )
        )

    return await asyncio.to_thread(draw)
