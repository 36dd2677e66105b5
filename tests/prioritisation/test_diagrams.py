import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.dependencies import DependencyMap, DependencyType
from prioritisation.diagrams import MOST_NODES, Diagram, Edge, Node, diagram, to_dot, to_mermaid, to_svg
from prioritisation.errors import CycleError, InvalidProblem

SVG = "{http://www.w3.org/2000/svg}"

EXAMPLE = Diagram(
    "Plan",
    [
        Node("Design", "Core", emphasised=True),
        Node("Build", "Core", emphasised=True),
        Node("Train", "People"),
    ],
    [
        Edge(0, 1, emphasised=True),
        Edge(0, 2, DependencyType.START_TO_START, 2.0),
        Edge(1, 2, DependencyType.FINISH_TO_FINISH, -0.5, hard=False),
    ],
)


def test_dot_shows_types_lags_groups_and_soft_dependencies() -> None:
    assert to_dot(EXAMPLE).splitlines() == [
        'digraph "Plan" {',
        "    rankdir=LR;",
        '    node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];',
        '    edge [fontname="sans-serif", fontsize=10];',
        '    n0 [label="Design", fillcolor="#e3f2fd", tooltip="Core", color="#b42318", penwidth=2];',
        '    n1 [label="Build", fillcolor="#e3f2fd", tooltip="Core", color="#b42318", penwidth=2];',
        '    n2 [label="Train", fillcolor="#e8f5e9", tooltip="People"];',
        '    n0 -> n1 [color="#b42318", penwidth=2];',
        '    n0 -> n2 [label="SS +2 w"];',
        '    n1 -> n2 [label="FF -0.5 w", style=dashed, constraint=false];',
        "}",
    ]


def test_mermaid_shows_the_same() -> None:
    assert to_mermaid(EXAMPLE).splitlines() == [
        "---",
        'title: "Plan"',
        "---",
        "flowchart LR",
        '    n0["Design"]',
        '    n1["Build"]',
        '    n2["Train"]',
        "    n0 ==> n1",
        '    n0 -->|"SS +2 w"| n2',
        '    n1 -.->|"FF -0.5 w"| n2',
        "    classDef g0 fill:#e3f2fd,stroke:#7b8794",
        "    class n0,n1 g0",
        "    classDef g1 fill:#e8f5e9,stroke:#7b8794",
        "    class n2 g1",
        "    classDef critical stroke:#b42318,stroke-width:2px",
        "    class n0,n1 critical",
    ]


def boxes(drawn: Diagram) -> list[tuple[str, float, float]]:
    root = ET.fromstring(to_svg(drawn))
    found = []
    for group in root.findall(f"{SVG}g"):
        title, rect = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        assert title is not None
        assert rect is not None
        found.append((title.text or "", float(rect.get("x", "")), float(rect.get("y", ""))))
    return found


def test_svg_puts_every_box_right_of_its_predecessors_and_no_two_on_each_other() -> None:
    found = boxes(EXAMPLE)
    assert [name for name, _, _ in found] == ["Design (Core)", "Build (Core)", "Train (People)"]
    assert found[0][1] < found[1][1] == found[2][1]
    assert len({(x, y) for _, x, y in found}) == 3


def test_svg_says_what_it_is_and_draws_soft_dependencies_dashed() -> None:
    root = ET.fromstring(to_svg(EXAMPLE))
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Plan"
    assert root.findtext(f"{SVG}desc") == "3 initiatives, 3 dependencies"
    dashed = [path.get("stroke-dasharray") is not None for path in root.findall(f"{SVG}path")]
    assert dashed == [False, False, True]
    assert [text.text for text in root.findall(f"{SVG}text")] == ["SS +2 w", "FF -0.5 w"]


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_label_is_text_in_every_format(label: str, group: str) -> None:
    drawn = Diagram(label, [Node(label, group), Node("B")], [Edge(0, 1)])
    ET.fromstring(to_svg(drawn))
    dot = to_dot(drawn)
    assert len(dot.splitlines()) == 8
    for line in dot.splitlines():
        unescaped = re.sub(r"\\.", "", line)
        assert unescaped.count('"') % 2 == 0
    mermaid = to_mermaid(drawn).splitlines()
    assert len(mermaid) == 9
    assert re.fullmatch(r'    n0\["[^"<>\[\]]*"\]', mermaid[4])


def test_markup_in_a_label_stays_a_label() -> None:
    label = '"]; evil [<script>alert(1)</script>\nsecond line \\'
    drawn = Diagram("x", [Node(label)])
    assert "<script>" not in to_svg(drawn)
    assert boxes(drawn)[0][0] == label.replace("\n", " ")
    assert '[label="\\"]; evil [<script>alert(1)</script> second line \\\\"];' in to_dot(drawn)
    assert "script" in to_mermaid(drawn)
    assert "<script" not in to_mermaid(drawn)


def test_long_labels_are_cut_in_the_box_and_whole_in_the_title() -> None:
    label = "Replace the ledger of all branches and retire the mainframe"
    root = ET.fromstring(to_svg(Diagram("x", [Node(label)])))
    group = root.find(f"{SVG}g")
    assert group is not None
    shown = group.findtext(f"{SVG}text") or ""
    assert shown == "Replace the ledger of all b…"
    assert group.findtext(f"{SVG}title") == label


def test_diagram_of_a_part_keeps_the_dependencies_inside_it() -> None:
    chart = DependencyMap(
        size=4,
        predecessor=np.array([0, 1, 2]),
        successor=np.array([1, 2, 3]),
        hard=np.array([True, True, False]),
    )
    drawn = diagram(
        chart,
        title="Part",
        labels=list("abcd"),
        groups=["x", None, "y", "x"],
        critical=np.array([True, True, True, True]),
        items=[1, 3, 2],
    )
    assert [node.label for node in drawn.nodes] == ["b", "d", "c"]
    assert [(edge.tail, edge.head, edge.hard, edge.emphasised) for edge in drawn.edges] == [
        (0, 2, True, True),
        (2, 1, False, False),
    ]


def test_empty_diagram_is_a_document_in_every_format() -> None:
    nothing = Diagram("Nothing", [])
    assert ET.fromstring(to_svg(nothing)).findtext(f"{SVG}desc") == "0 initiatives, 0 dependencies"
    assert to_dot(nothing).endswith("}\n")
    assert to_mermaid(nothing).splitlines()[-1] == "flowchart LR"


def test_the_same_map_gives_the_same_picture() -> None:
    random = np.random.default_rng(3)
    ends = np.sort(random.integers(0, 60, (2, 90)), axis=0)
    ends = ends[:, ends[0] != ends[1]]
    chart = DependencyMap(size=60, predecessor=ends[0], successor=ends[1])
    drawn = diagram(chart, title="x", labels=[str(i) for i in range(60)])
    assert to_svg(drawn) == to_svg(drawn)
    places = sorted((x, y) for _, x, y in boxes(drawn))
    assert all(a != b for a, b in pairwise(places))
    lefts = [x for _, x, _ in boxes(drawn)]
    assert all(lefts[edge.tail] < lefts[edge.head] for edge in drawn.edges)


def test_too_many_boxes_unknown_ends_and_cycles_are_refused() -> None:
    with pytest.raises(InvalidProblem) as raised:
        Diagram("x", [Node("a")] * (MOST_NODES + 1))
    assert raised.value.code == "TOO_MANY"
    with pytest.raises(InvalidProblem) as raised:
        diagram(DependencyMap(size=MOST_NODES + 1), title="x", labels=["a"] * (MOST_NODES + 1))
    assert raised.value.code == "TOO_MANY"
    with pytest.raises(InvalidProblem) as raised:
        Diagram("x", [Node("a")], [Edge(0, 1)])
    assert (raised.value.code, raised.value.items) == ("UNKNOWN_POSITION", (0,))
    with pytest.raises(CycleError):
        to_svg(Diagram("x", [Node("a"), Node("b")], [Edge(0, 1), Edge(1, 0)]))
