"""Within which weights a ranking stays: checked by ranking with weights on both sides of every end."""

import asyncio

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.enums import CriterionDirection, CriterionRole, MissingPolicy, OrderKind, ScoringMethod
from domain.errors import InvalidInput
from domain.ranking import RankedPortfolio
from domain.ranking.sensitivity import Sensitivity, sensitivity
from domain.ranking.weighing import Inapplicable
from prioritisation.sensitivity import order_intervals, top_intervals
from tests.invented import Invented, Item, Scale, titles

# the example of the engine: A = w, B = 0.6, C = 0.8 (1 − w)
EXAMPLE = Invented(
    items={
        "A": Item(scores={"one": 10, "two": 0}),
        "B": Item(scores={"one": 6, "two": 6}),
        "C": Item(scores={"one": 0, "two": 8}),
    },
    method=ScoringMethod.WEIGHTED,
    criteria={"one": Scale(weight=2), "two": Scale(weight=2)},
)


def _found(ranking: RankedPortfolio, *, top: int) -> Sensitivity | Inapplicable:
    return asyncio.run(sensitivity(ranking, top=top))


def test_the_intervals_are_those_of_the_engine() -> None:
    found = _found(EXAMPLE.rank(), top=1)
    assert isinstance(found, Sensitivity)
    table, weights = [[1.0, 0.0], [0.6, 0.6], [0.0, 0.8]], [2.0, 2.0]
    for intervals, engine in (
        (found.top_stays, top_intervals(utilities=table, weights=weights, top_k=1)),
        (found.order_stays, order_intervals(utilities=table, weights=weights)),
    ):
        assert intervals.lower.tolist() == engine.lower.tolist()
        assert intervals.upper.tolist() == engine.upper.tolist()
    assert found.top_stays.lower.round(6).tolist() == [0.25, 0.4]
    assert found.top_stays.weights.tolist() == [0.5, 0.5]
    assert found.matches


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_wsjf_keeps_its_top_within_the_intervals_and_not_beyond(data: st.DataObject) -> None:
    roles = (CriterionRole.BUSINESS_VALUE, CriterionRole.TIME_CRITICALITY, CriterionRole.RISK_OPPORTUNITY)
    criteria = {f"c{n}": Scale(role=role, weight=n + 1) for n, role in enumerate(roles)}
    criteria["size"] = Scale(role=CriterionRole.JOB_SIZE, low=1, direction=CriterionDirection.COST)
    items = {
        f"I{number}": Item(scores={key: data.draw(st.integers(1, 10)) for key in criteria})
        for number in range(4)
    }
    invented = Invented(items=items, method=ScoringMethod.WSJF, criteria=criteria)
    ranking = invented.rank(OrderKind.SCORE)
    assume((np.abs(np.diff(np.sort(ranking.scored.scores.score))) > 1e-9).all())
    found = _found(ranking, top=2)
    assert isinstance(found, Sensitivity)
    best = set(titles(ranking)[:2])
    for number, key in enumerate(("c0", "c1", "c2")):
        for end, way, swap in (
            (found.top_stays.lower[number], -1, found.top_stays.lower_swap[number]),
            (found.top_stays.upper[number], 1, found.top_stays.upper_swap[number]),
        ):
            inside = invented.with_share(key, float(end) - way * 1e-7)
            assert set(titles(inside.rank(OrderKind.SCORE))[:2]) == best
            if swap[0] >= 0 and 1e-6 < end < 1 - 1e-6:
                outside = invented.with_share(key, float(end) + way * 1e-7)
                assert set(titles(outside.rank(OrderKind.SCORE))[:2]) != best


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        (ScoringMethod.CD3, "divides the cost of delay"),
        (ScoringMethod.VALUE_BY_OUTCOME, "no criteria to weigh"),
    ],
)
def test_methods_without_weights_say_so(method: ScoringMethod, reason: str) -> None:
    found = _found(Invented(items={"A": Item(weeks=1, rate=1)}, method=method).rank(), top=10)
    assert isinstance(found, Inapplicable)
    assert reason in found.reason


def test_weights_that_differ_between_initiatives_have_no_interval() -> None:
    items = {**EXAMPLE.items, "Half": Item(scores={"one": 5})}
    for policy, applies in ((MissingPolicy.RENORMALISE, False), (MissingPolicy.WORST, True)):
        invented = Invented(items=items, method=EXAMPLE.method, criteria=EXAMPLE.criteria, missing=policy)
        assert isinstance(_found(invented.rank(), top=1), Sensitivity) is applies


def test_dependencies_can_bring_others_to_the_top() -> None:
    enabling = Invented(
        items=EXAMPLE.items, method=EXAMPLE.method, criteria=EXAMPLE.criteria, needs=[("B", "C")]
    )
    found = _found(enabling.rank(), top=1)
    assert isinstance(found, Sensitivity)
    assert not found.matches


def test_an_unscored_portfolio_and_an_impossible_top() -> None:
    nothing = Invented(items={"A": Item()}, method=EXAMPLE.method, criteria=EXAMPLE.criteria).rank()
    found = _found(nothing, top=1)
    assert found == Inapplicable("No initiative has a score.")
    fewer = _found(EXAMPLE.rank(), top=1_000)
    assert isinstance(fewer, Sensitivity)
    assert fewer.top == 3
    for top in (0, 1_001):
        with pytest.raises(InvalidInput, match="from 1 to 1,000"):
            _found(EXAMPLE.rank(), top=top)
