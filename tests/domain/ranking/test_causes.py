"""Causes of moves: exact by hand, additive always, and nobody's own where nothing of its own has changed."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.enums import CriterionSource, OrderKind, RankCauseKind, ScoringMethod
from domain.ranking.causes import Comparison, RankCause, compare
from domain.ranking.input import InputCriterion, RankingInput, solve
from prioritisation import problem
from tests.ranking_inputs import an_input, title_of

Kind = RankCauseKind
FIVE = {title: (rate, 1) for title, rate in zip("ABCDE", (50, 40, 30, 20, 10), strict=True)}
URGENCY, VALUE = UUID(int=1), UUID(int=2)


def told(before: RankingInput, after: RankingInput) -> dict[str, tuple[int, int, dict[Kind, int | None]]]:
    """By title: the ranks and causes of what has moved."""
    comparison = compare(before, after)
    return {
        title_of(before, int(comparison.before[index])): (
            int(comparison.rank_before[index]),
            int(comparison.rank_after[index]),
            {cause.kind: cause.change for cause in comparison.causes(index)},
        )
        for index in comparison.moved
    }


def causes_of(title: str, comparison: Comparison, posed: RankingInput) -> tuple[RankCause, ...]:
    (index,) = (
        at for at, position in enumerate(comparison.before) if title_of(posed, int(position)) == title
    )
    return comparison.causes(index)


def test_nothing_moves_where_nothing_has_changed() -> None:
    comparison = compare(an_input(FIVE, "A>B"), an_input(FIVE, "A>B"))
    assert (comparison.moved.size, comparison.entered.size, comparison.left.size) == (0, 0, 0)
    assert comparison.causes(0) == ()


def test_a_dearer_delay_is_the_cause_of_one_move_and_of_others_falling_behind() -> None:
    after = an_input(FIVE | {"D": (45, 1)})
    assert told(an_input(FIVE), after) == {
        "D": (4, 2, {Kind.COST_OF_DELAY: -2}),
        "B": (2, 3, {Kind.OTHERS_CHANGED: 1}),
        "C": (3, 4, {Kind.OTHERS_CHANGED: 1}),
    }


def test_cost_of_delay_and_duration_are_told_apart() -> None:
    # 20 / 1 → 45 / 1 takes D from the fourth to the second place, 45 / 2 back to the fourth
    assert told(an_input(FIVE), an_input(FIVE | {"D": (45, 2)})) == {}
    assert told(an_input(FIVE), an_input(FIVE | {"D": (70, 2)})) == {
        "D": (4, 3, {Kind.COST_OF_DELAY: -3, Kind.DURATION: 2}),
        "C": (3, 4, {Kind.OTHERS_CHANGED: 1}),
    }


def test_who_entered_and_who_left_moves_those_behind() -> None:
    without_b = {title: values for title, values in FIVE.items() if title != "B"}
    before = an_input(FIVE)
    after = an_input(without_b | {"X": (35, 1), "Y": (25, 1)})
    comparison = compare(before, after)
    assert [title_of(after, int(at)) for at in comparison.entered] == ["X", "Y"]
    assert [title_of(before, int(at)) for at in comparison.left] == ["B"]
    # X came where B had gone from: C has not moved
    assert told(before, after) == {
        "D": (4, 5, {Kind.OTHERS_LEFT: -1, Kind.OTHERS_ENTERED: 2}),
        "E": (5, 6, {Kind.OTHERS_LEFT: -1, Kind.OTHERS_ENTERED: 2}),
    }


def test_a_dependency_moves_both_ends_and_pushes_others() -> None:
    assert told(an_input(FIVE), an_input(FIVE, "E>A")) == {
        "A": (1, 3, {Kind.DEPENDENCY: 2}),
        "E": (5, 2, {Kind.DEPENDENCY: -3}),
        "B": (2, 1, {Kind.OTHERS_CHANGED: -1}),
        "C": (3, 4, {Kind.OTHERS_CHANGED: 1}),
        "D": (4, 5, {Kind.OTHERS_CHANGED: 1}),
    }
    back = told(an_input(FIVE, "E>A"), an_input(FIVE))
    assert back["E"] == (2, 5, {Kind.DEPENDENCY: 3})


def test_a_rank_set_by_hand_is_the_cause_for_its_own_and_a_change_for_others() -> None:
    assert told(an_input(FIVE), an_input(FIVE, stated={"E": 2})) == {
        "E": (5, 2, {Kind.OVERRIDE: -3}),
        "B": (2, 3, {Kind.OTHERS_CHANGED: 1}),
        "C": (3, 4, {Kind.OTHERS_CHANGED: 1}),
        "D": (4, 5, {Kind.OTHERS_CHANGED: 1}),
    }
    assert told(an_input(FIVE, stated={"E": 2}), an_input(FIVE))["E"] == (2, 5, {Kind.OVERRIDE: 3})


def test_what_enters_or_leaves_with_a_rank_set_by_hand_moves_others_by_that() -> None:
    without_e = {title: values for title, values in FIVE.items() if title != "E"}
    entering = told(an_input(without_e), an_input(FIVE, stated={"E": 1}))
    assert entering["A"] == (1, 2, {Kind.OTHERS_ENTERED: 1})
    leaving = told(an_input(FIVE, stated={"E": 1}), an_input(without_e))
    assert leaving["A"] == (2, 1, {Kind.OTHERS_LEFT: -1})


def test_the_order_by_score_is_another_model() -> None:
    before = an_input(FIVE, "E>A")
    assert told(before, an_input(FIVE, "E>A", kind=OrderKind.SCORE)) == {
        "A": (3, 1, {Kind.MODEL: -2}),
        "B": (1, 2, {Kind.MODEL: 1}),
        "C": (4, 3, {Kind.MODEL: -1}),
        "D": (5, 4, {Kind.MODEL: -1}),
        "E": (2, 5, {Kind.MODEL: 3}),
    }


def test_soft_dependencies_that_begin_to_count_are_another_model_and_later_ones_are_dependencies() -> None:
    plain = an_input(FIVE)
    counting = an_input(FIVE, soft=["B>A"], soft_penalty_weeks=100.0)
    assert told(plain, counting) == {"A": (1, 2, {Kind.MODEL: 1}), "B": (2, 1, {Kind.MODEL: -1})}
    further = an_input(FIVE, soft=["B>A", "E>D"], soft_penalty_weeks=100.0)
    assert told(counting, further) == {
        "D": (4, 5, {Kind.DEPENDENCY: 1}),
        "E": (5, 4, {Kind.DEPENDENCY: -1}),
    }


def _weighted(**weights: float) -> dict[str, Any]:
    def criterion(key: str, criterion_id: UUID) -> InputCriterion:
        return InputCriterion(
            key=key,
            criterion_id=criterion_id,
            source=CriterionSource.SCORE,
            weight=weights[key],
            direction=problem.Direction.BENEFIT,
            scale_min=0.0,
            scale_max=10.0,
        )

    both = (criterion("urgency", URGENCY), criterion("value", VALUE))
    return {"method": ScoringMethod.WEIGHTED, "criteria": both}


def test_weights_and_scores_are_told_apart_and_criteria_named() -> None:
    values = {"A": (9, 1), "B": (1, 8), "C": (5, 5)}
    before = an_input(values, **_weighted(urgency=3, value=1))
    other_weights = _weighted(urgency=1, value=3)
    # 7 / 2.75 / 5 becomes 3 / 6.25 / 5
    assert told(before, an_input(values, **other_weights)) == {
        "A": (1, 3, {Kind.WEIGHTS: 2}),
        "B": (3, 1, {Kind.WEIGHTS: -2}),
    }
    # the weights take B from the third to the first place, its scores back to the second
    after = an_input(values | {"B": (1, 6)}, **other_weights)
    comparison = compare(before, after)
    assert causes_of("B", comparison, before) == (
        RankCause(Kind.WEIGHTS, -2),
        RankCause(Kind.SCORE, 1, (VALUE,)),
    )
    assert causes_of("C", comparison, before) == (RankCause(Kind.OTHERS_CHANGED, -1),)


def test_another_method_is_another_model() -> None:
    before = an_input({"A": (9, 1), "B": (1, 8)}, **_weighted(urgency=3, value=1))
    after = an_input({"A": (10, 1), "B": (90, 1)})
    assert told(before, after) == {"A": (1, 2, {Kind.MODEL: 1}), "B": (2, 1, {Kind.MODEL: -1})}


def test_ranks_that_are_gained_or_lost_have_no_number() -> None:
    before, after = an_input(FIVE | {"E": (None, 1)}), an_input(FIVE | {"A": (50, None)})
    assert told(before, after) == {
        "A": (1, 0, {Kind.DURATION: None}),
        "B": (2, 1, {Kind.OTHERS_CHANGED: -1}),
        "C": (3, 2, {Kind.OTHERS_CHANGED: -1}),
        "D": (4, 3, {Kind.OTHERS_CHANGED: -1}),
        "E": (0, 4, {Kind.COST_OF_DELAY: None, Kind.OTHERS_CHANGED: -1}),
    }


def test_contributions_to_outcomes_are_a_cause() -> None:
    def posed(current: float) -> RankingInput:
        given = an_input({"A": (), "B": ()}, method=ScoringMethod.VALUE_BY_OUTCOME, criteria=())
        return replace(
            given,
            key_results=np.array([[1] * 16, [2] * 16], dtype=np.uint8),
            figures=np.array([[0, 0], [10, 10], [current, 0], [1, 1], [1, 1]], dtype=np.float64),
            contributor=np.array([0, 1]),
            contributes_to=np.array([0, 1]),
            share=np.array([[5, 4], [1, 1]], dtype=np.float64),
        )

    # half a gap against two fifths; once the first key result is met, nothing is left to contribute to it
    assert told(posed(0), posed(10)) == {
        "A": (1, 2, {Kind.OUTCOME: 1}),
        "B": (2, 1, {Kind.OTHERS_CHANGED: -1}),
    }


@st.composite
def portfolios(draw: st.DrawFn) -> RankingInput:
    titles = draw(st.sets(st.sampled_from("ABCDEFGH"), min_size=1))
    figures = st.integers(1, 20) | st.none()
    values = {title: (draw(figures), draw(st.integers(1, 5) | st.none())) for title in titles}
    order = draw(st.permutations(sorted(titles)))
    pairs = [f"{one}>{other}" for at, one in enumerate(order) for other in order[at + 1 :]]
    edges = draw(st.sets(st.sampled_from(pairs), max_size=5)) if pairs else set()
    stated = draw(st.dictionaries(st.sampled_from(order), st.integers(1, 9), max_size=2))
    kind = draw(st.sampled_from(OrderKind))
    return an_input(values, *edges, stated=stated, kind=kind)


@hypothesis_settings(deadline=None)
@given(portfolios(), portfolios())
def test_causes_add_up_to_the_move(before: RankingInput, after: RankingInput) -> None:
    comparison = compare(before, after)
    ranks = solve(before).ordered.rank, solve(after).ordered.rank
    np.testing.assert_array_equal(comparison.rank_before, ranks[0][comparison.before])
    np.testing.assert_array_equal(comparison.rank_after, ranks[1][comparison.after])
    assert len(comparison.before) + len(comparison.left) == len(before)
    assert len(comparison.after) + len(comparison.entered) == len(after)
    for index in range(len(comparison.before)):
        causes = comparison.causes(index)
        earlier, later = int(comparison.rank_before[index]), int(comparison.rank_after[index])
        assert (causes != ()) == (earlier != later)
        changes = [cause.change for cause in causes]
        if None not in changes:
            assert sum(change for change in changes if change is not None) == later - earlier


@hypothesis_settings(deadline=None)
@given(portfolios(), st.data())
def test_what_has_not_changed_itself_has_moved_because_of_others(
    before: RankingInput, data: st.DataObject
) -> None:
    changed = data.draw(st.integers(0, len(before) - 1))
    values = before.values.copy()
    values[0, changed] = data.draw(st.integers(1, 20))
    comparison = compare(before, replace(before, values=values))
    for index in comparison.moved:
        kinds = {cause.kind for cause in comparison.causes(int(index))}
        assert kinds == {Kind.COST_OF_DELAY if index == changed else Kind.OTHERS_CHANGED}
