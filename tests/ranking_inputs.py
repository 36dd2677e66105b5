"""Inputs of rankings for tests, by the titles of initiatives."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from domain.enums import CriterionSource, OrderKind, ScoringMethod
from domain.ranking.input import InputCriterion, RankingInput, Settings
from prioritisation import problem

_COST = InputCriterion(
    key="cost_of_delay",
    criterion_id=None,
    source=CriterionSource.COST_OF_DELAY,
    weight=1.0,
    direction=problem.Direction.BENEFIT,
    scale_min=0.0,
    scale_max=None,
)
_DURATION = replace(
    _COST, key="duration", source=CriterionSource.DURATION_WEEKS, direction=problem.Direction.COST
)


def settings(**changes: Any) -> Settings:
    """CD3 in the dependency-aware order, unless changed."""
    given = Settings(
        method=ScoringMethod.CD3,
        kind=OrderKind.DEPENDENCY_AWARE,
        states=("active", "proposed"),
        currency="EUR",
        model_version_id=None,
        missing=problem.MissingPolicy.EXCLUDE,
        soft_penalty_weeks=None,
        criteria=(_COST, _DURATION),
    )
    return replace(given, **changes)


def an_input(
    values: Mapping[str, Sequence[float | None]],
    *edges: str,
    stated: Mapping[str, int] | None = None,
    soft: Sequence[str] = (),
    **changes: Any,
) -> RankingInput:
    """The input of a ranking.

    Parameters
    ----------
    values
        By title, a letter: values on each criterion (cost of delay and duration).
    edges, soft
        Dependencies such as "A>B".
    stated
        Ranks that are set by hand.
    changes
        Settings that differ.
    """
    titles = sorted(values)
    given = settings(**changes)
    columns = np.array([values[title] for title in titles], dtype=np.float64)
    nothing = np.empty(0, dtype=np.int64)

    def ends(pairs: Sequence[str]) -> tuple[Any, Any]:
        found = sorted((titles.index(pair[0]), titles.index(pair[2])) for pair in pairs)
        tails, heads = zip(*found, strict=True) if found else ((), ())
        return np.array(tails, dtype=np.int64), np.array(heads, dtype=np.int64)

    tails, heads = ends(edges)
    soft_tails, soft_heads = ends(soft)
    return RankingInput(
        settings=given,
        ids=np.array([[ord(title)] * 16 for title in titles], dtype=np.uint8).reshape(-1, 16),
        values=columns.reshape(len(titles), len(given.criteria)).T.copy(),
        stated=np.array([(stated or {}).get(title, 0) for title in titles], dtype=np.int64),
        tails=tails,
        heads=heads,
        soft_tails=soft_tails,
        soft_heads=soft_heads,
        key_results=np.empty((0, 16), dtype=np.uint8),
        figures=np.empty((5, 0)),
        contributor=nothing,
        contributes_to=nothing,
        share=np.empty((2, 0)),
    )


def title_of(posed: RankingInput, position: int) -> str:
    """The letter that an initiative is called by."""
    return chr(int(posed.ids[position, 0]))
