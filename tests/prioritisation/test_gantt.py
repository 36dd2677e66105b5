from typing import Any
from xml.etree import ElementTree as ET

import pytest

from prioritisation.errors import InvalidProblem
from prioritisation.gantt import MOST_ROWS, Bar, Gantt, gantt_svg
from prioritisation.gantt_load import LoadPicture, LoadRow, load_svg

SVG = "{http://www.w3.org/2000/svg}"
PERIODS = ["W1", "W2", "W3"]


def text_of(drawn: str) -> str:
    return " ".join(ET.fromstring(drawn).itertext())


def test_a_chart_is_well_formed_and_described_whatever_the_labels_hold() -> None:
    nasty = '<script>alert("1")</script> & \x00\u2028 end'
    bars = [Bar(nasty, 0, 1, group=nasty, remark=nasty), Bar("B", -1, -1), Bar("C", 1, 9, fixed=True)]
    drawn = gantt_svg(Gantt(nasty, PERIODS, bars, links=[(0, 2), (0, 1)]))
    root = ET.fromstring(drawn)
    assert root.get("role") == "img"
    assert "<script" not in drawn
    title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == '<script>alert("1")</script> &   end'
    assert described is not None
    assert described.text == "3 initiatives over 3 periods, 1 of them not within the horizon."
    assert "beyond the horizon" in text_of(drawn)
    assert "prefers-color-scheme:dark" in drawn


def test_a_bar_spans_its_periods_and_the_critical_one_is_marked() -> None:
    root = ET.fromstring(gantt_svg(Gantt("Plan", PERIODS, [Bar("A", 1, 2, critical=True, deadline=2)])))
    (bar,) = [each for each in root.iter(f"{SVG}rect") if each.get("class") == "sc-critical"]
    assert (bar.get("x"), bar.get("width")) == (str(16 + 220 + 40 + 1), str(80 - 2))
    assert "Deadline: W3" in text_of(ET.tostring(root, encoding="unicode"))


def test_a_chart_says_how_many_rows_are_left_out() -> None:
    drawn = gantt_svg(Gantt("Plan", PERIODS, [Bar(f"I{k}", 0, 0) for k in range(MOST_ROWS + 7)]))
    assert "7 more initiatives are not shown." in drawn
    assert drawn.count('class="sc-bar"') == MOST_ROWS


def test_the_same_chart_is_the_same_text() -> None:
    chart = Gantt("Plan", PERIODS, [Bar("A", 0, 2, group="x"), Bar("B", 1, 1, group="y")])
    assert gantt_svg(chart) == gantt_svg(chart)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"periods": []}, "HORIZON_EMPTY"),
        ({"periods": ["W"] * 521}, "TOO_MANY"),
        ({"links": [(0, 1)]}, "UNKNOWN_POSITION"),
        ({"bars": [Bar("A", 2, 1)]}, "NEGATIVE"),
    ],
)
def test_a_chart_refuses_what_cannot_be_drawn(changes: dict[str, Any], code: str) -> None:
    given: dict[str, Any] = {"title": "Plan", "periods": PERIODS, "bars": [Bar("A", 0, 0)]}
    with pytest.raises(InvalidProblem) as caught:
        Gantt(**(given | changes))
    assert caught.value.code == code


def row(label: str, load: list[float], capacity: list[float]) -> LoadRow:
    columns: dict[str, Any] = {"load": load, "capacity": capacity}
    return LoadRow(label=label, **columns)


def test_loads_are_drawn_to_scale_with_their_capacity() -> None:
    drawn = load_svg(
        LoadPicture("Load", PERIODS, [row("Team <A>", [4, 0, 6], [4, 4, 4]), row("B", [0] * 3, [0] * 3)])
    )
    root = ET.fromstring(drawn)
    described = root.find(f"{SVG}desc")
    assert described is not None
    assert described.text == "Team <A>: 83 % used, above capacity in 1 period. B: no capacity."
    heights = [
        int(each.get("height", "0"))
        for each in root.iter(f"{SVG}rect")
        if each.find(f"{SVG}title") is not None
    ]
    assert heights == [32, 48]
    assert "Team <A>, W3: 6 of 4 person-weeks" in text_of(drawn)


def test_a_load_picture_refuses_rows_of_another_length_and_counts_what_it_leaves_out() -> None:
    with pytest.raises(InvalidProblem) as caught:
        LoadPicture("Load", PERIODS, [row("A", [1], [1])])
    assert caught.value.code == "SHAPE"
    many = LoadPicture("Load", ["W"], [row("A", [1], [1])] * 61)
    assert "1 more resource is not shown." in load_svg(many)
