"""Scoring and ranking in the engine, and explaining one item of a warm ranking."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import cycle

import numpy as np

from benchmarks.harness import Measurement, median_ratio, median_seconds
from benchmarks.portfolios import invented_view
from domain.enums import ScoringMethod
from domain.ranking import OrderKind, RankingRequest
from domain.ranking.order import RankedPortfolio, compute
from prioritisation.problem import Criterion, Method, ScoringProblem
from prioritisation.ranking import rank
from prioritisation.scoring import score

INITIATIVES = 100_000
CRITERIA = 10


def benchmarks() -> Iterator[Measurement]:
    """Score and rank in units of one argsort; milliseconds of an explanation."""
    numbers = np.random.default_rng(1)
    bare = numbers.random(INITIATIVES)
    criteria = [Criterion(f"c{number}", number + 1.0, scale_max=10.0) for number in range(CRITERIA)]
    values = np.asfortranarray(numbers.uniform(0, 10, (INITIATIVES, CRITERIA)))
    values.flags.writeable = False
    problem = ScoringProblem(Method.WEIGHTED, criteria, values)
    ratio, seconds = median_ratio(lambda: rank(score(problem).score), partial(np.argsort, bare), repeats=25)
    yield Measurement(
        f"score and rank {INITIATIVES} x {CRITERIA}",
        ratio,
        "argsorts",
        3.0,
        "lower",
        f"{1000 * seconds:.1f} ms",
    )
    yield _explanation()


def _explanation() -> Measurement:
    view, model = invented_view(initiatives=10_000, criteria=CRITERIA)
    (columns,) = view.portfolios.values()
    request = RankingRequest(kind=OrderKind.DEPENDENCY_AWARE, today=date(2026, 11, 21))
    ranking = compute(view, columns, request, model, ScoringMethod.WEIGHTED)
    _explain(ranking, 0)
    items = cycle(range(0, len(ranking), 97))
    seconds = median_seconds(lambda: _explain(ranking, next(items)), repeats=500)
    return Measurement(
        "explanation of an item on a warm ranking of 10000",
        1000 * seconds,
        "ms",
        1.0,
        "lower",
        "terms, what it inherits, what blocks it and what it unlocks",
    )


def _explain(ranking: RankedPortfolio, index: int) -> object:
    return (
        ranking.scored.terms(index),
        ranking.inherited(index),
        ranking.neighbours(index, incoming=True),
        ranking.neighbours(index, incoming=False),
    )
