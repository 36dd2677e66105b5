"""Smallest changes: made, they do what was asked; made a little less, they don't."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.enums import CriterionDirection, CriterionRole, MissingPolicy, OrderKind, ScoringMethod
from domain.errors import InvalidInput
from domain.ranking import RankedPortfolio
from domain.ranking.changes import RankChanges, changes_to_rank, swap_changes
from domain.ranking.levers import ChangeKind, ChangeObstacle, RankChange
from tests.invented import Invented, Item, Scale, at, titles

WSJF = {
    "value": Scale(role=CriterionRole.BUSINESS_VALUE, high=20),
    "urgency": Scale(role=CriterionRole.TIME_CRITICALITY, high=20, weight=2),
    "risk": Scale(role=CriterionRole.RISK_OPPORTUNITY, high=20),
    "size": Scale(role=CriterionRole.JOB_SIZE, low=1, high=20, direction=CriterionDirection.COST),
}
RICE = {
    "reach": Scale(role=CriterionRole.REACH, high=100),
    "impact": Scale(role=CriterionRole.IMPACT),
    "sure": Scale(role=CriterionRole.CONFIDENCE, high=1),
    "effort": Scale(role=CriterionRole.EFFORT, low=1, high=20, direction=CriterionDirection.COST),
}
ICE = {
    "impact": Scale(role=CriterionRole.IMPACT, low=1),
    "sure": Scale(role=CriterionRole.CONFIDENCE, low=1, weight=2),
    "ease": Scale(role=CriterionRole.EASE, low=1),
}
WEIGHTED = {
    "value": Scale(weight=5),
    "risk": Scale(weight=3, direction=CriterionDirection.COST, low=1, high=5),
    "fit": Scale(weight=2, low=-2, high=2),
}
METHODS = {
    ScoringMethod.WEIGHTED: WEIGHTED,
    ScoringMethod.WSJF: WSJF,
    ScoringMethod.RICE: RICE,
    ScoringMethod.ICE_MEAN: ICE,
    ScoringMethod.ICE_PRODUCT: ICE,
    ScoringMethod.CD3: {},
}
NUDGE = 1e-7


def _made(invented: Invented, change: RankChange, title: str | None, value: float) -> Invented:
    key = change.key if change.criterion is None else change.criterion.key
    if change.kind is ChangeKind.WEIGHT:
        return invented.with_share(key, value)
    assert title is not None
    if change.key == "duration":
        return invented.with_weeks(title, value)
    if change.key == "cost_of_delay":
        return invented.with_rate(title, value)
    return invented.with_score(title, key, value)


def _holds(
    invented: Invented, ranking: RankedPortfolio, found: RankChanges, reached: Callable[[list[str]], bool]
) -> int:
    """Check each possible change on both sides of its threshold; return how many there are."""
    possible = [change for change in found.changes if change.obstacle is None]
    for change in possible:
        assert change.threshold is not None
        assert change.present is not None
        title = None
        if change.index is not None:
            title = ranking.columns.rows[ranking.scored.positions[change.index]].title
        step = NUDGE * max(abs(change.threshold), abs(change.present), 1.0)
        step = step if change.rises else -step
        kind = ranking.request.kind
        if abs(change.threshold - change.present) > 3 * abs(step):
            short = _made(invented, change, title, change.threshold - step).rank(kind)
            assert not reached(titles(short)) or _blurred(short), change
        far = _made(invented, change, title, change.threshold + step).rank(kind)
        assert reached(titles(far)) or _blurred(far), change
    return len(possible)


def _blurred(ranking: RankedPortfolio) -> bool:
    """Whether rounding, and nothing else, has put two of them in order."""
    gaps = np.diff(np.sort(ranking.scored.scores.score))
    return bool(((gaps > 0) & (gaps < 1e-12)).any())


@st.composite
def _portfolios(draw: st.DrawFn, method: ScoringMethod, *, most: int = 5) -> Invented:
    count = draw(st.integers(2, most))
    items = {}
    for number in range(count):
        scores = {
            key: draw(st.integers(math.ceil(scale.low), math.floor(scale.high)))
            for key, scale in METHODS[method].items()
        }
        if method is ScoringMethod.CD3:
            item = Item(weeks=draw(st.integers(1, 9)), rate=draw(st.integers(0, 50)))
        else:
            item = Item(scores=scores)
        items[f"I{number}"] = item
    return Invented(items=items, method=method, criteria=METHODS[method])


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_swap_by_score_happens_at_its_threshold_and_not_before(
    method: ScoringMethod, data: st.DataObject
) -> None:
    invented = data.draw(_portfolios(method))
    ranking = invented.rank(OrderKind.SCORE)
    assume(not _blurred(ranking))
    first, second = titles(ranking)[:2]
    found = swap_changes(ranking, at(ranking, first), at(ranking, second))
    assert found.changes or found.reason
    _holds(invented, ranking, found, lambda order: order.index(second) < order.index(first))


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_lift_by_score_happens_at_its_threshold_and_not_before(
    method: ScoringMethod, data: st.DataObject
) -> None:
    invented = data.draw(_portfolios(method))
    ranking = invented.rank(OrderKind.SCORE)
    assume(not _blurred(ranking))
    rank = data.draw(st.integers(1, len(ranking) - 1))
    last = titles(ranking)[-1]
    found = changes_to_rank(ranking, at(ranking, last), rank)
    assert found.changes or found.reason
    _holds(invented, ranking, found, lambda order: order.index(last) < rank)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_changes_under_dependencies_do_what_was_asked(data: st.DataObject) -> None:
    invented = data.draw(_portfolios(ScoringMethod.CD3, most=6))
    names = list(invented.items)
    pairs = [(after, before) for i, before in enumerate(names) for after in names[i + 1 :]]
    needs = data.draw(st.lists(st.sampled_from(pairs), max_size=5, unique=True))
    invented = Invented(items=invented.items, needs=needs)
    ranking = invented.rank()
    one, other = sorted(data.draw(st.permutations(range(len(ranking))))[:2])
    above, below = titles(ranking)[one], titles(ranking)[other]
    found = swap_changes(ranking, at(ranking, above), at(ranking, below))
    _holds(invented, ranking, found, lambda order: order.index(below) < order.index(above))
    lifted = changes_to_rank(ranking, at(ranking, below), one + 1)
    _holds(invented, ranking, lifted, lambda order: order.index(below) <= one)


CD3 = Invented(
    items={"A": Item(weeks=2, rate=12), "B": Item(weeks=5, rate=10), "C": Item(weeks=1, rate=1)},
)


def test_the_nearest_change_of_each_kind_comes_first_with_its_exact_threshold() -> None:
    ranking = CD3.rank(OrderKind.SCORE)
    found = swap_changes(ranking, at(ranking, "A"), at(ranking, "B"))
    assert [(c.key, c.index, c.present, c.threshold, c.obstacle) for c in found.changes] == [
        # B in 10/6 weeks, A worth 4 a week, B worth 30, A in 6 weeks
        ("duration", at(ranking, "B"), 5.0, 10 / 6, None),
        ("cost_of_delay", at(ranking, "A"), 12.0, 4.0, None),
        ("cost_of_delay", at(ranking, "B"), 10.0, 30.0, None),
        ("duration", at(ranking, "A"), 2.0, 6.0, None),
    ]
    assert {c.kind for c in found.changes} == {ChangeKind.ESTIMATE}
    assert "no weights" in (found.reason or "")


def test_an_enabler_is_lifted_by_what_it_unlocks() -> None:
    invented = Invented(
        items={
            "Solid": Item(weeks=2, rate=40),
            "Enabler": Item(weeks=4, rate=1),
            "Prize": Item(weeks=2, rate=60),
        },
        needs=[("Prize", "Enabler")],
    )
    ranking = invented.rank()
    assert titles(ranking) == ["Solid", "Enabler", "Prize"]
    found = swap_changes(ranking, at(ranking, "Solid"), at(ranking, "Enabler"))
    thresholds = {(c.key, c.index == at(ranking, "Enabler")): c.threshold for c in found.changes}
    # the two are worth 61 in 6 weeks, Solid 40 in 2
    assert thresholds["cost_of_delay", True] == pytest.approx(20 * 6 - 60, rel=1e-8)
    assert thresholds["duration", True] == pytest.approx(61 / 20 - 2, rel=1e-8)
    assert thresholds["cost_of_delay", False] == pytest.approx(2 * 61 / 6, rel=1e-8)
    assert thresholds["duration", False] == pytest.approx(40 * 6 / 61, rel=1e-8)
    assert "whole blocks" in (found.reason or "")
    lifted = changes_to_rank(ranking, at(ranking, "Prize"), 1)
    assert lifted.changes == ()
    assert lifted.reason == "It has to wait for 1 others, so that it can't rank before 2."


def test_what_waits_for_the_other_can_not_pass_it() -> None:
    invented = Invented(
        items={"A": Item(weeks=2, rate=1), "B": Item(weeks=1, rate=1), "C": Item(weeks=1, rate=9)},
        needs=[("B", "A"), ("C", "B")],
    )
    ranking = invented.rank()
    found = swap_changes(ranking, at(ranking, "A"), at(ranking, "C"))
    assert (found.changes, found.reason) == ((), "“C” has to wait for “A”, whatever it is worth.")


def test_beyond_the_scale_there_is_an_obstacle() -> None:
    invented = Invented(
        items={"A": Item(scores={"value": 10, "fit": 2}), "B": Item(scores={"value": 1, "fit": 2})},
        method=ScoringMethod.WEIGHTED,
        criteria={"value": Scale(weight=3), "fit": Scale(low=-2, high=2), "off": Scale(weight=0)},
    )
    ranking = invented.rank(OrderKind.SCORE)
    found = swap_changes(ranking, at(ranking, "A"), at(ranking, "B"))
    by_input = {(c.kind, c.key, c.index): c for c in found.changes}
    b = at(ranking, "B")
    assert by_input[ChangeKind.SCORE, "fit", b].obstacle is ChangeObstacle.OUT_OF_RANGE
    assert by_input[ChangeKind.SCORE, "off", b].obstacle is ChangeObstacle.NO_WEIGHT
    # A's id is the smaller one: B has to be better, and 10 is the end
    assert by_input[ChangeKind.SCORE, "value", b].obstacle is ChangeObstacle.OUT_OF_RANGE
    assert by_input[ChangeKind.WEIGHT, "value", None].obstacle is ChangeObstacle.OUT_OF_RANGE
    lowered = by_input[ChangeKind.SCORE, "value", at(ranking, "A")]
    assert lowered.threshold == pytest.approx(1.0)
    assert not lowered.inclusive
    assert not lowered.rises


def test_missing_values_are_named_where_others_carry_their_weight() -> None:
    invented = Invented(
        items={"A": Item(scores={"value": 9, "risk": 2}), "B": Item(scores={"value": 5})},
        method=ScoringMethod.WEIGHTED,
        criteria={"value": Scale(weight=3), "risk": Scale()},
        missing=MissingPolicy.RENORMALISE,
    )
    ranking = invented.rank(OrderKind.SCORE)
    assert ranking.scored.scores.score.tolist() == pytest.approx([0.725, 0.5])
    found = swap_changes(ranking, at(ranking, "A"), at(ranking, "B"))
    by_input = {(c.key, c.index): c for c in found.changes}
    assert by_input["value", at(ranking, "B")].threshold == pytest.approx(7.25)
    assert by_input["value", at(ranking, "A")].threshold == pytest.approx(6.0)
    assert by_input["risk", at(ranking, "B")].obstacle is ChangeObstacle.MISSING
    assert "differ from one initiative to the next" in (found.reason or "")


def test_an_assumed_worst_value_has_a_threshold_and_no_present() -> None:
    invented = Invented(
        items={"A": Item(scores={"value": 9, "risk": 0}), "B": Item(scores={"value": 8})},
        method=ScoringMethod.WEIGHTED,
        criteria={"value": Scale(), "risk": Scale()},
        missing=MissingPolicy.WORST,
    )
    ranking = invented.rank(OrderKind.SCORE)
    found = swap_changes(ranking, at(ranking, "A"), at(ranking, "B"))
    (risk,) = [c for c in found.changes if (c.key, c.index) == ("risk", at(ranking, "B"))]
    assert risk.present is None
    assert risk.threshold == pytest.approx(1.0)


def test_what_has_no_score_is_not_moved_by_one() -> None:
    invented = Invented(items={**CD3.items, "Unknown": Item(weeks=3)})
    ranking = invented.rank()
    found = swap_changes(ranking, at(ranking, "A"), at(ranking, "Unknown"))
    assert (found.changes, found.reason) == ((), "“Unknown” has no score; rate or estimate what is missing.")


def test_a_rank_that_is_reached_or_does_not_exist() -> None:
    ranking = CD3.rank()
    assert changes_to_rank(ranking, at(ranking, "A"), 1).reason == "It has this rank or a better one already."
    for rank in (0, 4):
        with pytest.raises(InvalidInput, match="from 1 to 3"):
            changes_to_rank(ranking, at(ranking, "B"), rank)
