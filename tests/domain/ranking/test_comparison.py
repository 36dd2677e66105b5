"""Why one initiative ranks above another: every reason, and differences that add up."""

import math
from dataclasses import replace

import pytest

from domain.enums import CriterionDirection, CriterionRole, OrderKind, ScoringMethod
from domain.ranking import RankedPortfolio
from domain.ranking.comparison import RankComparison, RankReason, compare
from prioritisation.pairwise import compare_contributions
from tests.invented import Invented, Item, Scale, at, titles


def _compared(ranking: RankedPortfolio, one: str, other: str) -> RankComparison:
    return compare(ranking, at(ranking, one), at(ranking, other))


ENABLER = Invented(
    items={
        "Enabler": Item(weeks=4, rate=1),
        "Prize": Item(weeks=2, rate=110),
        "Solid": Item(weeks=3, rate=40),
        "Same": Item(weeks=6, rate=80),
        "Small": Item(weeks=1, rate=1),
        "Unknown": Item(weeks=1),
    },
    needs=[("Prize", "Enabler")],
)


def test_under_dependencies_every_place_has_its_reason() -> None:
    ranking = ENABLER.rank()
    assert titles(ranking) == ["Enabler", "Prize", "Solid", "Same", "Small", "Unknown"]
    reasons = {
        ("Enabler", "Prize"): RankReason.DEPENDENCY,
        ("Enabler", "Solid"): RankReason.BLOCK,
        ("Prize", "Solid"): RankReason.BLOCK,
        ("Solid", "Same"): RankReason.TIE_BREAK,
        ("Same", "Small"): RankReason.SCORE,
        ("Small", "Unknown"): RankReason.UNRANKED,
    }
    for (one, other), reason in reasons.items():
        found = _compared(ranking, one, other)
        assert found.reason is reason, (one, other)
        # whichever is asked first
        assert _compared(ranking, other, one) == found
        assert (found.above, found.below) == (at(ranking, one), at(ranking, other))


def test_by_score_dependencies_are_no_reason() -> None:
    ranking = ENABLER.rank(OrderKind.SCORE)
    assert titles(ranking)[0] == "Prize"
    found = _compared(ranking, "Enabler", "Prize")
    assert (found.reason, found.path, found.above) == (RankReason.SCORE, (), at(ranking, "Prize"))
    assert _compared(ranking, "Solid", "Same").reason is RankReason.TIE_BREAK


def test_the_chain_of_dependencies_is_the_shortest() -> None:
    items = {title: Item(weeks=1, rate=rate) for rate, title in enumerate("ABCDE", start=1)}
    ranking = Invented(items=items, needs=[("B", "A"), ("C", "B"), ("D", "C"), ("E", "D"), ("E", "B")]).rank()
    found = _compared(ranking, "A", "E")
    assert found.path == tuple(at(ranking, title) for title in "ABE")


def test_two_in_a_block_stand_by_the_order_within_it() -> None:
    ranking = Invented(
        items={
            "Enabler": Item(weeks=5, rate=1),
            "Big": Item(weeks=1, rate=60),
            "Less": Item(weeks=1, rate=50),
        },
        needs=[("Big", "Enabler"), ("Less", "Enabler")],
    ).rank()
    assert _compared(ranking, "Big", "Less").reason is RankReason.WITHIN_BLOCK


def test_weighted_differences_add_up_to_the_last_bit_and_are_the_engine_s() -> None:
    invented = Invented(
        items={"A": Item(scores={"value": 7, "risk": 3}), "B": Item(scores={"value": 4, "risk": 1})},
        method=ScoringMethod.WEIGHTED,
        criteria={"value": Scale(weight=0.7), "risk": Scale(weight=0.3, direction=CriterionDirection.COST)},
    )
    ranking = invented.rank()
    found = _compared(ranking, "A", "B")
    assert found.difference == math.fsum(term.amount for term in found.terms)
    contributions = [
        [term.contribution for term in ranking.scored.terms(at(ranking, title))] for title in "AB"
    ]
    engine = compare_contributions(above=contributions[0], below=contributions[1])
    assert [(t.key, t.amount, t.share) for t in found.terms] == [
        (("value", "risk")[t.position], t.amount, t.share) for t in engine.terms
    ]
    assert [term.key for term in found.terms] == ["value", "risk"]
    assert found.terms[1].amount == pytest.approx(-0.3 * 0.2)


def test_differences_of_formulas_add_up() -> None:
    invented = Invented(
        items={
            "A": Item(scores={"value": 8, "urgency": 5, "chance": 2, "size": 5}),
            "B": Item(scores={"value": 3, "urgency": 5, "chance": 1, "size": 9}),
        },
        method=ScoringMethod.WSJF,
        criteria={
            "value": Scale(role=CriterionRole.BUSINESS_VALUE, high=20),
            "urgency": Scale(role=CriterionRole.TIME_CRITICALITY, high=20),
            "chance": Scale(role=CriterionRole.RISK_OPPORTUNITY, high=20),
            "size": Scale(role=CriterionRole.JOB_SIZE, high=20, direction=CriterionDirection.COST),
        },
    )
    found = _compared(invented.rank(OrderKind.SCORE), "A", "B")
    assert found.difference == 2.0
    assert math.fsum(term.amount for term in found.terms) == pytest.approx(2.0)
    assert [(term.key, round(term.amount, 3)) for term in found.terms] == [
        ("job_size", 1.067),
        ("business_value", 0.778),
        ("risk_reduction", 0.156),
        ("time_criticality", 0.0),
    ]


def test_without_two_scores_there_is_no_difference() -> None:
    found = _compared(ENABLER.rank(), "Solid", "Unknown")
    assert (found.difference, found.terms) == (None, ())


def test_a_score_that_is_beaten_by_a_block_has_a_negative_difference() -> None:
    found = _compared(replace(ENABLER, items=ENABLER.items).rank(), "Enabler", "Solid")
    assert found.difference == pytest.approx(0.25 - 40 / 3)
