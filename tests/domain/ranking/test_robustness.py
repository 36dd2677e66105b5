"""Robustness of a ranking: what the engine says of the same figures, and known probabilities."""

import asyncio
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from domain.enums import CriterionDirection, CriterionRole, MissingPolicy, OrderKind, ScoringMethod
from domain.errors import InvalidInput, NotFound
from domain.ranking import RankingRequest, robustness
from domain.ranking.robustness import (
    RobustnessRequest,
    RobustPortfolio,
    WeightUncertainty,
    ranking_robustness,
)
from prioritisation.robustness import monte_carlo, smaa
from prioritisation.sampling import DirichletWeights, Estimates, UniformWeights
from prioritisation.sampling_plan import SamplingPlan
from tests.invented import TODAY, Invented, Item, Scale

DOWN = CriterionDirection.COST
WEIGHTED = Invented(
    items={
        "A": Item(scores={"one": 10, "two": 5}, ranges={"one": (6, 10)}),
        "B": Item(scores={"one": 4, "two": 1}),
        "C": Item(scores={"one": 7, "two": 2}, ranges={"one": (5, 8), "two": (1, 3)}),
    },
    method=ScoringMethod.WEIGHTED,
    criteria={"one": Scale(weight=3), "two": Scale(weight=1, direction=DOWN, low=1, high=5)},
)


def _robust(invented: Invented, method: ScoringMethod | None = None, **asked: Any) -> RobustPortfolio:
    view, portfolio_id = invented.view()
    request = RankingRequest(method=method, today=TODAY)
    return asyncio.run(ranking_robustness(view, portfolio_id, request, RobustnessRequest(**asked)))


def _title(robust: RobustPortfolio, row: int) -> str:
    return robust.initiative(row).title


def test_weighted_scoring_is_what_the_engine_makes_of_the_utilities() -> None:
    robust = _robust(WEIGHTED, samples=2_000, seed=7, top=2)
    # two is a cost from 1 to 5: its low end is the better one
    utilities = Estimates(
        low=np.array([[0.6, 0.0], [0.4, 1.0], [0.5, 0.5]]),
        likely=np.array([[1.0, 0.0], [0.4, 1.0], [0.7, 0.75]]),
        high=np.array([[1.0, 0.0], [0.4, 1.0], [0.8, 1.0]]),
    )
    engine = smaa(
        utilities=utilities,
        weights=UniformWeights(),
        plan=SamplingPlan(seed=7, samples=2_000, top_k=2),
    )
    np.testing.assert_allclose(robust.result.rank_acceptability, engine.rank_acceptability)
    np.testing.assert_allclose(robust.result.expected_rank, engine.expected_rank)
    np.testing.assert_allclose(robust.result.central_weights, engine.central_weights)
    np.testing.assert_allclose(robust.result.confidence_factor, engine.confidence_factor)
    assert (robust.keys, robust.weights, robust.certain) == (("one", "two"), WeightUncertainty.UNIFORM, False)
    around = _robust(
        WEIGHTED, samples=500, weights=WeightUncertainty.AROUND, concentration=50.0, top=1, seed=3
    )
    prior = DirichletWeights(mean=np.array([3.0, 1.0]), concentration=50.0)
    engine = smaa(utilities=utilities, weights=prior, plan=SamplingPlan(seed=3, samples=500, top_k=1))
    np.testing.assert_allclose(around.result.top_probability, engine.top_probability)


def test_the_same_request_gives_the_same_bytes() -> None:
    one, two = (_robust(WEIGHTED, samples=300, seed=5).result for _ in range(2))
    assert one.rank_acceptability.tobytes() == two.rank_acceptability.tobytes()
    assert one.central_weights.tobytes() == two.central_weights.tobytes()
    other = _robust(WEIGHTED, samples=300, seed=6).result
    assert one.rank_acceptability.tobytes() != other.rank_acceptability.tobytes()


def test_cd3_samples_durations_and_rates() -> None:
    invented = Invented(
        items={
            "Sure": Item(weeks=2, rate=10),
            "Unsure": Item(weeks=3, rate=10, rate_range=(10, 20)),
        }
    )
    robust = _robust(invented, samples=20_000, paired=())
    # a rate of 10 to 20, most likely 10, is above 15 with a probability of a quarter
    assert robust.result.rank_acceptability[1, 0] == pytest.approx(0.25, abs=0.02)
    assert robust.weights is WeightUncertainty.FIXED
    longer = Invented(
        items={
            "Sure": Item(weeks=2, rate=10),
            "Unsure": Item(weeks=2, rate=10, weeks_range=(1, 4)),
        }
    )
    # a duration of 1 to 4 weeks, most likely 2, is below 2 with a probability of a third
    robust = _robust(longer, samples=20_000)
    assert robust.result.rank_acceptability[1, 0] == pytest.approx(1 / 3, abs=0.02)


def test_wsjf_is_the_engine_s_formula() -> None:
    criteria = {
        "value": Scale(role=CriterionRole.BUSINESS_VALUE, weight=2),
        "urgency": Scale(role=CriterionRole.TIME_CRITICALITY),
        "risk": Scale(role=CriterionRole.RISK_OPPORTUNITY),
        "size": Scale(role=CriterionRole.JOB_SIZE, low=1, direction=DOWN),
    }
    invented = Invented(
        items={
            "A": Item(scores={"value": 8, "urgency": 5, "risk": 2, "size": 5}, ranges={"size": (3, 9)}),
            "B": Item(scores={"value": 6, "urgency": 5, "risk": 1, "size": 4}, ranges={"value": (2, 9)}),
            "C": Item(scores={"value": 6, "urgency": 2, "size": 4}),
        },
        method=ScoringMethod.WSJF,
        criteria=criteria,
        missing=MissingPolicy.RENORMALISE,
    )
    robust = _robust(invented, samples=1_000, seed=2)
    likely = np.array([[8, 5, 2, 5], [6, 5, 1, 4], [6, 2, 0, 4]], dtype=np.float64)
    low, high = likely.copy(), likely.copy()
    low[0, 3], high[0, 3], low[1, 0], high[1, 0] = 3, 9, 2, 9
    carried = np.array([1.0, 1.0, 4 / 3])
    engine = monte_carlo(
        estimates=Estimates(low=low, likely=likely, high=high),
        formula=lambda x: (2 * x[..., 0] + x[..., 1] + x[..., 2]) * carried / x[..., 3],
        plan=SamplingPlan(seed=2, samples=1_000),
    )
    np.testing.assert_allclose(robust.result.rank_acceptability, engine.rank_acceptability)


@pytest.mark.parametrize(
    "invented",
    [
        WEIGHTED,
        Invented(items={"A": Item(weeks=2, rate=7), "B": Item(weeks=3, rate=9), "C": Item(weeks=1, rate=5)}),
    ],
)
@pytest.mark.parametrize("with_dependencies", [False, True])
def test_without_uncertainty_every_sample_is_the_ranking(invented: Invented, with_dependencies: bool) -> None:
    certain = Invented(
        items={
            title: Item(scores=i.scores, weeks=i.weeks, rate=i.rate) for title, i in invented.items.items()
        },
        method=invented.method,
        criteria=invented.criteria,
        needs=[("C", "A")],
    )
    robust = _robust(
        certain, samples=20, weights=WeightUncertainty.FIXED, with_dependencies=with_dependencies
    )
    assert robust.certain
    rank = certain.rank(OrderKind.DEPENDENCY_AWARE if with_dependencies else OrderKind.SCORE).rank
    np.testing.assert_array_equal(robust.result.expected_rank, rank[robust.index])


def test_with_dependencies_no_sample_puts_an_enabler_after_what_it_unlocks() -> None:
    invented = Invented(
        items={
            "Enabler": Item(weeks=4, rate=1),
            "Prize": Item(weeks=2, rate=50, rate_range=(10, 200)),
            "Solid": Item(weeks=3, rate=40),
            "Unknown enabler": Item(),
            "Unknown": Item(weeks=2),
        },
        needs=[("Prize", "Enabler"), ("Solid", "Unknown enabler")],
    )
    view, portfolio_id = invented.view()
    columns = view.portfolio(portfolio_id)
    robust = _robust(
        invented, samples=400, with_dependencies=True, paired=tuple(row.id for row in columns.rows[:4])
    )
    names = [_title(robust, row) for row in range(len(robust.index))]
    assert names == ["Enabler", "Prize", "Solid", "Unknown enabler"]
    wins = robust.result.winning_probability
    assert (wins[0, 1], wins[3, 2]) == (1.0, 1.0)
    assert 0.0 < wins[0, 2] < 1.0
    without = _robust(invented, samples=400)
    assert [_title(without, row) for row in range(len(without.index))] == ["Enabler", "Prize", "Solid"]


def test_what_is_not_scored_is_left_out_and_a_worst_value_is_assumed() -> None:
    items = {**WEIGHTED.items, "Half": Item(scores={"one": 10})}
    for policy, count in (
        (MissingPolicy.EXCLUDE, 3),
        (MissingPolicy.WORST, 4),
        (MissingPolicy.RENORMALISE, 4),
    ):
        invented = Invented(items=items, method=WEIGHTED.method, criteria=WEIGHTED.criteria, missing=policy)
        robust = _robust(invented, samples=2_000)
        assert len(robust.index) == count
        if policy is MissingPolicy.RENORMALISE:
            # with the best value on all that is known of it, it is always first
            assert robust.result.rank_acceptability[3, 0] == 1.0


def test_an_empty_portfolio_has_an_empty_answer() -> None:
    robust = _robust(Invented(items={}))
    assert (len(robust.index), robust.result.samples, robust.certain) == (0, 10_000, True)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"samples": 20_001}, "samples"),
        ({"samples": 0}, "samples"),
        ({"seed": -1}, "seed"),
        ({"top": 0}, "top"),
        ({"concentration": float("inf")}, "concentration"),
        ({"concentration": 0.0}, "concentration"),
        ({"paired": tuple(uuid4() for _ in range(21))}, "pairs"),
    ],
)
def test_numbers_out_of_range_are_refused(asked: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        _robust(WEIGHTED, **asked)
    assert refused.value.path == (path,)


def test_too_many_samples_of_too_many_initiatives_are_refused_with_what_is_possible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(robustness, "MOST_RANKS", 3_000)
    monkeypatch.setattr(robustness, "MOST_ORDERED_RANKS", 30)
    with pytest.raises(InvalidInput, match=r"2,000 samples of 3 initiatives .* at most 1,000 without"):
        _robust(WEIGHTED, samples=2_000)
    with pytest.raises(InvalidInput, match="at most 10 with dependencies"):
        _robust(WEIGHTED, samples=11, with_dependencies=True)
    assert _robust(WEIGHTED).result.samples == 1_000
    monkeypatch.setattr(robustness, "MOST_ORDERED_RANKS", 2)
    with pytest.raises(InvalidInput, match="too many to sample"):
        _robust(WEIGHTED, with_dependencies=True)


def test_methods_without_weights_do_not_vary_them() -> None:
    cd3 = Invented(items={"A": Item(weeks=1, rate=1)})
    with pytest.raises(InvalidInput, match="only estimates vary") as refused:
        _robust(cd3, weights=WeightUncertainty.UNIFORM)
    assert refused.value.path == ("weights",)
    with pytest.raises(InvalidInput, match="neither weights of criteria nor ranges"):
        _robust(cd3, method=ScoringMethod.VALUE_BY_OUTCOME)


def test_an_unknown_initiative_can_not_be_paired() -> None:
    with pytest.raises(NotFound, match="not in the ranking"):
        _robust(WEIGHTED, paired=(uuid4(),))
