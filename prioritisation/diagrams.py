"""Pictures of a dependency map: SVG to look at, DOT and Mermaid to work on.

The same data gives the same text. Labels are text, whatever they contain: each format is escaped by its rules.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from prioritisation.adjacency import csr, topology
from prioritisation.adjacency import layers as layers_of
from prioritisation.columns import BoolArray, IntArray
from prioritisation.dependencies import DependencyMap, DependencyType
from prioritisation.diagram_layout import arrange
from prioritisation.errors import InvalidProblem

MOST_NODES: Final = 2_000
"""Largest number of boxes in a picture: nobody can read more, and no browser draws it in good time."""

_SHORT: Final = {
    DependencyType.FINISH_TO_START: "",
    DependencyType.START_TO_START: "SS",
    DependencyType.FINISH_TO_FINISH: "FF",
}
_BOX_WIDTH, _BOX_HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 200, 44, 90, 22, 24
_LABEL = 28
_INK, _PAPER, _LINE, _ACCENT = "#1f2933", "#ffffff", "#7b8794", "#b42318"
_FILLS = ("#e3f2fd", "#e8f5e9", "#fff3e0", "#f3e5f5", "#e0f7fa", "#fce4ec", "#f1f8e9", "#ede7f6")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its label, the group (team, category) that colours it, and whether it is emphasised."""

    label: str
    group: str | None = None
    emphasised: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two boxes, by their positions."""

    tail: int
    head: int
    type: DependencyType = DependencyType.FINISH_TO_START
    lag_weeks: float = 0.0
    hard: bool = True
    emphasised: bool = False

    @property
    def text(self) -> str:
        """Type and lag in short: ``SS +2 w``; empty for finish-to-start without lag."""
        lag = f"{self.lag_weeks:+g} w" if self.lag_weeks else ""
        return " ".join(part for part in (_SHORT[self.type], lag) if part)


@dataclass(frozen=True, slots=True)
class Diagram:
    """What is to be drawn.

    Raises
    ------
    InvalidProblem
        ``TOO_MANY`` boxes (see `MOST_NODES`), or ``UNKNOWN_POSITION`` of an arrow.
    """

    title: str
    nodes: Sequence[Node]
    edges: Sequence[Edge] = ()

    def __post_init__(self) -> None:
        if len(self.nodes) > MOST_NODES:
            message = (
                f"A diagram has room for {MOST_NODES} boxes, not {len(self.nodes)}; choose a part of the map"
            )
            raise InvalidProblem(message, field="nodes", code="TOO_MANY")
        for k, edge in enumerate(self.edges):
            if not (0 <= edge.tail < len(self.nodes) and 0 <= edge.head < len(self.nodes)):
                message = "'edges' must lead between boxes of the diagram"
                raise InvalidProblem(message, field="edges", items=[k], code="UNKNOWN_POSITION")


def diagram(
    chart: DependencyMap,
    *,
    title: str,
    labels: Sequence[str],
    groups: Sequence[str | None] | None = None,
    critical: BoolArray | None = None,
    items: IntArray | Sequence[int] | None = None,
) -> Diagram:
    """Return the diagram of a map, or of some of its items and the dependencies between them.

    Parameters
    ----------
    chart : DependencyMap
    title : str
    labels : sequence of str, length n
    groups : sequence of str or None, length n, optional
    critical : bool[n], optional
        Emphasised items; an arrow between two of them is emphasised too.
    items : sequence of int, optional
        By default all.

    Raises
    ------
    InvalidProblem
        ``TOO_MANY`` items (see `MOST_NODES`).

    Examples
    --------
    >>> chart = DependencyMap(size=2, predecessor=[0], successor=[1], lag_weeks=[2])
    >>> print(to_mermaid(diagram(chart, title="Plan", labels=["Design", "Build"])), end="")
    ---
    title: "Plan"
    ---
    flowchart LR
        n0["Design"]
        n1["Build"]
        n0 -->|"+2 w"| n1
    """
    chosen = list(range(chart.size)) if items is None else [int(item) for item in items]
    if len(chosen) > MOST_NODES:
        message = f"A diagram has room for {MOST_NODES} boxes, not {len(chosen)}; choose a part of the map"
        raise InvalidProblem(message, field="items", code="TOO_MANY")
    place = {item: k for k, item in enumerate(chosen)}
    emphasised = np.zeros(chart.size, dtype=np.bool_) if critical is None else critical
    nodes = [
        Node(labels[i], None if groups is None else groups[i], emphasised=bool(emphasised[i])) for i in chosen
    ]
    edges = []
    for k, (i, j) in enumerate(zip(chart.predecessor.tolist(), chart.successor.tolist(), strict=True)):
        if i in place and j in place:
            edges.append(
                Edge(
                    place[i],
                    place[j],
                    DependencyType(int(chart.type[k])),
                    float(chart.lag_weeks[k]),
                    hard=bool(chart.hard[k]),
                    emphasised=bool(chart.hard[k] and emphasised[i] and emphasised[j]),
                )
            )
    return Diagram(title, nodes, edges)


def to_dot(drawn: Diagram) -> str:
    """Return the diagram in DOT, the language of Graphviz: soft dependencies dashed, groups as colours."""
    fills = _fills(drawn)
    lines = [
        f"digraph {_quoted(drawn.title)} {{",
        "    rankdir=LR;",
        '    node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];',
        '    edge [fontname="sans-serif", fontsize=10];',
    ]
    for k, node in enumerate(drawn.nodes):
        extra = f', fillcolor="{fills[node.group]}"' if node.group is not None else ""
        extra += f", tooltip={_quoted(node.group)}" if node.group is not None else ""
        extra += f', color="{_ACCENT}", penwidth=2' if node.emphasised else ""
        lines.append(f"    n{k} [label={_quoted(node.label)}{extra}];")
    for edge in drawn.edges:
        parts = [f"label={_quoted(edge.text)}"] if edge.text else []
        parts += [] if edge.hard else ["style=dashed", "constraint=false"]
        parts += [f'color="{_ACCENT}"', "penwidth=2"] if edge.emphasised else []
        attributes = f" [{', '.join(parts)}]" if parts else ""
        lines.append(f"    n{edge.tail} -> n{edge.head}{attributes};")
    return "\n".join([*lines, "}"]) + "\n"


def to_mermaid(drawn: Diagram) -> str:
    """Return the diagram as a flowchart of Mermaid: soft dependencies dotted, groups as classes."""
    lines = ["---", f"title: {_yaml(drawn.title)}", "---", "flowchart LR"]
    fills = _fills(drawn)
    classes = {group: f"g{k}" for k, group in enumerate(fills)}
    for k, node in enumerate(drawn.nodes):
        lines.append(f'    n{k}["{_entities(node.label)}"]')
    for edge in drawn.edges:
        arrow = "-.->" if not edge.hard else "==>" if edge.emphasised else "-->"
        label = f'|"{_entities(edge.text)}"|' if edge.text else ""
        lines.append(f"    n{edge.tail} {arrow}{label} n{edge.head}")
    for group, name in classes.items():
        members = ",".join(f"n{k}" for k, node in enumerate(drawn.nodes) if node.group == group)
        lines += [f"    classDef {name} fill:{fills[group]},stroke:{_LINE}", f"    class {members} {name}"]
    marked = ",".join(f"n{k}" for k, node in enumerate(drawn.nodes) if node.emphasised)
    if marked:
        lines += [f"    classDef critical stroke:{_ACCENT},stroke-width:2px", f"    class {marked} critical"]
    return "\n".join(lines) + "\n"


def to_svg(drawn: Diagram) -> str:
    """Return the diagram as an SVG document: layers from left to right, soft dependencies dashed.

    Raises
    ------
    CycleError
        The hard arrows form a cycle.
    """
    corners, width, height = _corners(drawn)
    fills = _fills(drawn)
    described = f"{len(drawn.nodes)} initiatives, {len(drawn.edges)} dependencies"
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">'
        ),
        f"<title>{_xml(drawn.title)}</title>",
        f"<desc>{described}</desc>",
        "<defs>",
        *(
            f'<marker id="{name}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
            f' orient="auto-start-reverse"><path d="M0 0L8 4L0 8Z" fill="{colour}"/></marker>'
            for name, colour in (("arrow", _LINE), ("arrow-critical", _ACCENT))
        ),
        "</defs>",
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>',
    ]
    lines += [_svg_edge(edge, corners) for edge in drawn.edges]
    lines += [_svg_node(node, corner, fills) for node, corner in zip(drawn.nodes, corners, strict=True)]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _corners(drawn: Diagram) -> tuple[list[tuple[int, int]], int, int]:
    n = len(drawn.nodes)
    ends = np.array([(edge.tail, edge.head) for edge in drawn.edges if edge.hard], dtype=np.int64).reshape(
        -1, 2
    )
    layer = layers_of(n, topology(csr(n, ends[:, 0].copy(), ends[:, 1].copy())))
    rows = arrange(layer, [(int(i), int(j)) for i, j in ends])
    corners = [(0, 0)] * n
    tallest = max((len(row) for row in rows), default=0)
    for at, row in enumerate(rows):
        offset = (tallest - len(row)) * (_BOX_HEIGHT + _GAP_Y) // 2
        for k, node in enumerate(row):
            corners[node] = (
                _MARGIN + at * (_BOX_WIDTH + _GAP_X),
                _MARGIN + offset + k * (_BOX_HEIGHT + _GAP_Y),
            )
    width = 2 * _MARGIN + max(len(rows), 1) * (_BOX_WIDTH + _GAP_X) - _GAP_X
    height = 2 * _MARGIN + max(tallest, 1) * (_BOX_HEIGHT + _GAP_Y) - _GAP_Y
    return corners, width, height


def _svg_edge(edge: Edge, corners: list[tuple[int, int]]) -> str:
    (x0, y0), (x1, y1) = corners[edge.tail], corners[edge.head]
    x0, y0, y1 = x0 + _BOX_WIDTH, y0 + _BOX_HEIGHT // 2, y1 + _BOX_HEIGHT // 2
    bend = max(_GAP_X // 2, abs(x1 - x0) // 3)
    colour, arrow = (_ACCENT, "arrow-critical") if edge.emphasised else (_LINE, "arrow")
    dashes = "" if edge.hard else ' stroke-dasharray="6 4"'
    path = (
        f'<path d="M{x0} {y0}C{x0 + bend} {y0} {x1 - bend} {y1} {x1} {y1}" fill="none" stroke="{colour}"'
        f' stroke-width="{2 if edge.emphasised else 1}"{dashes} marker-end="url(#{arrow})"/>'
    )
    if not edge.text:
        return path
    at = f'x="{(x0 + x1) // 2}" y="{(y0 + y1) // 2 - 5}"'
    return f'{path}<text {at} text-anchor="middle" font-size="11" fill="{_INK}">{_xml(edge.text)}</text>'


def _svg_node(node: Node, corner: tuple[int, int], fills: dict[str | None, str]) -> str:
    x, y = corner
    label = _plain(node.label)
    shown = label if len(label) <= _LABEL else f"{label[: _LABEL - 1].rstrip()}…"
    hint = label if node.group is None else f"{label} ({_plain(node.group)})"
    stroke, strong = (_ACCENT, 2) if node.emphasised else (_LINE, 1)
    return (
        f"<g><title>{_xml(hint)}</title>"
        f'<rect x="{x}" y="{y}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="6"'
        f' fill="{fills.get(node.group, _PAPER)}" stroke="{stroke}" stroke-width="{strong}"/>'
        f'<text x="{x + _BOX_WIDTH // 2}" y="{y + _BOX_HEIGHT // 2 + 5}" text-anchor="middle"'
        f' fill="{_INK}">{_xml(shown)}</text></g>'
    )


def _fills(drawn: Diagram) -> dict[str | None, str]:
    groups = dict.fromkeys(node.group for node in drawn.nodes if node.group is not None)
    return {group: _FILLS[k % len(_FILLS)] for k, group in enumerate(groups)}


def _plain(text: str) -> str:
    """Put control characters and line ends, which no format shows, and what XML forbids, as spaces."""
    return _CONTROL.sub(" ", text).strip()


def _xml(text: str) -> str:
    return escape(_plain(text), quote=True)


def _quoted(text: str) -> str:
    plain = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _yaml(text: str) -> str:
    return _quoted(text)  # a double-quoted scalar of YAML has the same escapes


def _entities(text: str) -> str:
    """Escape for a quoted text of Mermaid, which knows entities by number and would read Markdown."""
    return "".join(f"#{ord(char)};" if char in '"#&<>`*_\\[]{}()|;' else char for char in _plain(text))
