"""A graph that grows edge by edge and stays acyclic."""

from collections import deque
from collections.abc import Iterable
from uuid import UUID

Edge = tuple[UUID, UUID]


class AcyclicGraph:
    """Keeps a topological order under insertion of edges (Pearce and Kelly 2006).

    An edge that fits the order costs nothing. Another one costs a search of what lies between its ends in
    the order, so that tens of thousands of edges go in quickly.

    Parameters
    ----------
    edges
        The edges that are there; they are acyclic.
    expected
        Edges that are going to be added. They don't become part of the graph; the order is laid out so that
        most of them fit it.
    """

    __slots__ = ("_after", "_before", "_position")

    def __init__(self, edges: Iterable[Edge], *, expected: Iterable[Edge] = ()) -> None:
        edges = list(edges)
        order = _layout([*edges, *expected])
        self._position = {node: position for position, node in enumerate(order)}
        self._after: dict[UUID, list[UUID]] = {}
        self._before: dict[UUID, list[UUID]] = {}
        for before, after in edges:
            self.add(before, after)

    def add(self, before: UUID, after: UUID) -> list[UUID] | None:
        """Add an edge, unless it closes a cycle.

        Returns
        -------
        list of UUID or None
            The way that leads back from ``after`` to ``before`` (both included) when the edge was refused;
            None when it was added.
        """
        for node in (before, after):
            self._position.setdefault(node, len(self._position))
        upper = self._position[before]
        if self._position[after] <= upper:
            came_from = self._reach(after, upper)
            if before in came_from:
                return _trace(came_from, before)
            self._reorder(before, forward=came_from)
        self._after.setdefault(before, []).append(after)
        self._before.setdefault(after, []).append(before)
        return None

    def _reach(self, start: UUID, upper: int) -> dict[UUID, UUID | None]:
        """What lies after ``start`` and not beyond the position ``upper``, with the step that led there."""
        came_from: dict[UUID, UUID | None] = {start: None}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            for node in self._after.get(here, ()):
                if node not in came_from and self._position[node] <= upper:
                    came_from[node] = here
                    queue.append(node)
        return came_from

    def _reorder(self, before: UUID, *, forward: Iterable[UUID]) -> None:
        """Put what leads to ``before`` in front of ``forward``, on the positions that both have together."""
        behind = sorted(forward, key=self._position.__getitem__)
        lower = self._position[behind[0]]
        ahead, queue = {before}, deque([before])
        while queue:
            for node in self._before.get(queue.popleft(), ()):
                if node not in ahead and self._position[node] >= lower:
                    ahead.add(node)
                    queue.append(node)
        nodes = [*sorted(ahead, key=self._position.__getitem__), *behind]
        for position, node in zip(sorted(self._position[node] for node in nodes), nodes, strict=True):
            self._position[node] = position


def _trace(came_from: dict[UUID, UUID | None], goal: UUID) -> list[UUID]:
    path: list[UUID] = []
    step: UUID | None = goal
    while step is not None:
        path.append(step)
        step = came_from[step]
    return path[::-1]


def _layout(edges: list[Edge]) -> list[UUID]:
    """All nodes: what no cycle leads to, then the cyclic core, then what leads to no cycle."""
    nodes = dict.fromkeys(node for edge in edges for node in edge)
    front = _peel(nodes, edges)
    core = dict.fromkeys(node for node in nodes if node not in front)
    within = [(after, before) for before, after in edges if before in core and after in core]
    back = _peel(core, within)
    return [*front, *(node for node in core if node not in back), *reversed(back)]


def _peel(nodes: Iterable[UUID], edges: Iterable[Edge]) -> dict[UUID, None]:
    """The nodes that no cycle leads to, each after those that lead to it (Kahn 1962)."""
    waiting = dict.fromkeys(nodes, 0)
    following: dict[UUID, list[UUID]] = {}
    for before, after in edges:
        waiting[after] += 1
        following.setdefault(before, []).append(after)
    queue = deque(node for node, count in waiting.items() if count == 0)
    peeled: dict[UUID, None] = {}
    while queue:
        here = queue.popleft()
        peeled[here] = None
        for after in following.get(here, ()):
            waiting[after] -= 1
            if waiting[after] == 0:
                queue.append(after)
    return peeled
