"""Pictures of the map, as text in the answer."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from api.ids import encode_id
from domain.dependency_map.pictures import MOST_DRAWN
from domain.enums import InitiativeState
from domain.errors import InvalidInput, NotFound
from domain.models import Initiative
from tests.api.conftest import Ask
from tests.plans import SS, Plan

PICTURES = """
query($id: ID!, $groupBy: DependencyMapGrouping! = TEAM, $component: Int, $around: ID, $linked: Boolean! = false) {
  node(id: $id) { ... on Portfolio { dependencyMap(asOf: "2026-03-02", includeCompleted: true) {
    svg(groupBy: $groupBy, component: $component, around: $around, linkedOnly: $linked)
    dot(groupBy: $groupBy, component: $component, around: $around, linkedOnly: $linked)
    mermaid(groupBy: $groupBy, component: $component, around: $around, linkedOnly: $linked)
  } } }
}
"""
SVG = "{http://www.w3.org/2000/svg}"


async def _draw(ask: Ask, plan: Plan, **variables: Any) -> dict[str, str]:
    answer = await ask(plan.actor, PICTURES, id=encode_id("Portfolio", plan.portfolio_id), **variables)
    drawn: dict[str, str] = answer["node"]["dependencyMap"]
    return drawn


def _boxes(svg: str) -> set[str]:
    root = ET.fromstring(svg)
    return {title.text or "" for title in root.iterfind(f"{SVG}g/{SVG}title")}


async def test_all_formats_show_boxes_arrows_and_what_is_critical(plan: Plan, ask: Ask) -> None:
    await plan.team("Red")
    await plan.work("First", 2, team="Red")
    await plan.work("Second", 3)
    await plan.work("Done", 1, state=InitiativeState.COMPLETED)
    await plan.link("First", "Second", SS, lag=1.5)
    await plan.link("Done", "First", hard=False)
    drawn = await _draw(ask, plan)
    assert _boxes(drawn["svg"]) == {"First (Red)", "Second", "Done (completed)"}
    root = ET.fromstring(drawn["svg"])
    assert len(root.findall(f"{SVG}path")) == 2
    assert len([path for path in root.iterfind(f"{SVG}path") if path.get("stroke-dasharray")]) == 1
    assert (root.findtext(f"{SVG}title") or "") == "Dependencies of Portfolio, 2026-03-02"
    assert "SS +1.5 w" in drawn["svg"]
    assert 'n1 -> n2 [label="SS +1.5 w"' in drawn["dot"]
    assert 'n1["First"]' in drawn["mermaid"]
    assert "==>" in drawn["mermaid"]


async def test_an_arrow_between_critical_initiatives_may_have_slack(plan: Plan, ask: Ask) -> None:
    for title in ("A", "B", "C"):
        await plan.work(title, 1)
    for before, after in (("A", "B"), ("B", "C"), ("A", "C")):
        await plan.link(before, after)
    lines = (await _draw(ask, plan))["mermaid"].splitlines()
    assert [line.strip() for line in lines if "-->" in line or "==>" in line] == [
        "n0 ==> n1",
        "n0 --> n2",
        "n1 ==> n2",
    ]


async def test_titles_are_text_and_never_markup(plan: Plan, ask: Ask) -> None:
    hostile = "</title><script>alert(1)</script>\"]; x --> y %%{init: {'a': 1}}%% \\"
    await plan.work(hostile, 1)
    drawn = await _draw(ask, plan)
    root = ET.fromstring(drawn["svg"])
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "defs", "marker", "path", "rect", "g", "text"),
    }
    assert _boxes(drawn["svg"]) == {hostile}
    assert not re.search(r"<script", drawn["svg"] + drawn["mermaid"])
    assert len(drawn["dot"].splitlines()) == 6
    assert len(drawn["mermaid"].splitlines()) == 7


async def test_parts_of_the_map_are_drawn_on_request(plan: Plan, ask: Ask) -> None:
    await plan.textbook()
    await plan.work("Z", 1)
    around = encode_id("Initiative", plan.ids["I"])
    assert _boxes((await _draw(ask, plan, around=around))["svg"]) == set("ABCIJKLN")
    assert _boxes((await _draw(ask, plan, component=2))["svg"]) == {"Z"}
    assert _boxes((await _draw(ask, plan, linked=True))["svg"]) == set("ABCDEFGHIJKLMN")
    with pytest.raises(NotFound, match="There is no component 3; the map has 2"):
        await _draw(ask, plan, component=3)
    with pytest.raises(NotFound, match="not the id of an Initiative"):
        await _draw(ask, plan, around="nonsense")
    elsewhere = encode_id("Initiative", plan.portfolio_id)
    with pytest.raises(NotFound, match="no initiative with this id"):
        await _draw(ask, plan, around=elsewhere)


async def test_colours_stand_for_teams_or_categories_or_nothing(plan: Plan, ask: Ask) -> None:
    await plan.team("Red")
    await plan.category("Bets")
    await plan.work("A", 1, team="Red", category="Bets")
    assert _boxes((await _draw(ask, plan))["svg"]) == {"A (Red)"}
    assert _boxes((await _draw(ask, plan, groupBy="CATEGORY"))["svg"]) == {"A (Bets)"}
    assert _boxes((await _draw(ask, plan, groupBy="NONE"))["svg"]) == {"A"}


async def test_an_empty_map_is_a_picture_too(plan: Plan, ask: Ask) -> None:
    drawn = await _draw(ask, plan)
    assert _boxes(drawn["svg"]) == set()
    assert drawn["dot"].startswith("digraph")


async def test_too_many_for_a_picture_are_refused_with_what_to_do(plan: Plan, ask: Ask) -> None:
    await plan.textbook()
    await plan.add(
        *(
            Initiative(
                organisation_id=plan.actor.organisation_id, portfolio_id=plan.portfolio_id, title=str(number)
            )
            for number in range(MOST_DRAWN - 13)
        )
    )
    with pytest.raises(InvalidInput, match=r"at most 500 initiatives, and these are 501: choose a component"):
        await _draw(ask, plan)
    assert len(_boxes((await _draw(ask, plan, component=1))["svg"])) == 14
