"""Why one initiative ranks above another: what decides, and what makes the difference of their scores."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import numpy as np

from domain.enums import OrderKind
from domain.ranking.criteria import ScoredPortfolio
from domain.ranking.order import RankedPortfolio
from domain.ranking.paths import shortest_path
from prioritisation.pairwise import Comparison, compare_contributions, compare_formulas
from prioritisation.problem import Method, Role

_SAME_DENSITY = 1e-11


class RankReason(StrEnum):
    """What puts the one above the other."""

    SCORE = "score"
    TIE_BREAK = "tie_break"
    UNRANKED = "unranked"
    DEPENDENCY = "dependency"
    BLOCK = "block"
    WITHIN_BLOCK = "within_block"
    SOFT_DEPENDENCY = "soft_dependency"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermDifference:
    """Part of one term in the difference of two scores; positive where it speaks for the one above."""

    key: str
    role: Role
    key_result: UUID | None
    amount: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankComparison:
    """Two initiatives of a ranking, by index, and why they stand as they do.

    ``path`` leads from the one above to the one below where the latter has to wait for it. ``difference`` is
    that of the scores, None unless both have one; the terms add up to it, those of the greatest share first.
    """

    above: int
    below: int
    reason: RankReason
    path: tuple[int, ...]
    difference: float | None
    terms: tuple[TermDifference, ...]


def compare(ranking: RankedPortfolio, one: int, other: int) -> RankComparison:
    """Compare two different initiatives of a ranking, given by index in any order."""
    above, below = sorted((one, other), key=lambda index: int(ranking.place_of[index]))
    aware = ranking.request.kind is OrderKind.DEPENDENCY_AWARE
    path = shortest_path(ranking, above, below) if aware else ()
    score = ranking.scored.scores.score
    known = not np.isnan(score[[above, below]]).any()
    return RankComparison(
        above=above,
        below=below,
        reason=RankReason.DEPENDENCY if path else _reason(ranking, above, below),
        path=path,
        difference=float(score[above] - score[below]) if known else None,
        terms=_terms(ranking.scored, above, below) if known else (),
    )


def _reason(ranking: RankedPortfolio, above: int, below: int) -> RankReason:
    if not ranking.rank[below]:
        return RankReason.UNRANKED
    solved, score = ranking.solved, ranking.scored.scores.score
    if solved is None:
        return RankReason.TIE_BREAK if score[above] == score[below] else RankReason.SCORE
    computed = ranking.computed_rank[[above, below]]
    if not computed[0] or 0 < computed[1] < computed[0]:
        return RankReason.OVERRIDE
    blocks = solved.block[[above, below]]
    if blocks[0] == blocks[1]:
        return RankReason.WITHIN_BLOCK
    if blocks[0] > blocks[1]:
        return RankReason.SOFT_DEPENDENCY
    density = solved.density[blocks]
    if density[0] - density[1] <= _SAME_DENSITY * density[0]:
        return RankReason.TIE_BREAK
    alone = np.bincount(solved.block[solved.block <= blocks[1]])[blocks] == 1
    return RankReason.SCORE if alone.all() else RankReason.BLOCK


def _terms(scored: ScoredPortfolio, above: int, below: int) -> tuple[TermDifference, ...]:
    if scored.problem is None:
        return _outcome_terms(scored, above, below)
    pair = scored.terms(above), scored.terms(below)

    def of(role: Role) -> tuple[list[str], list[list[float]]]:
        keys = [term.key for term in pair[0] if term.role is role]
        # what is left out contributes nothing
        return keys, [[term.contribution or 0.0 for term in terms if term.role is role] for terms in pair]

    keys, addends = of(Role.ADDEND)
    if scored.problem.method is Method.WEIGHTED:
        return _named(compare_contributions(above=addends[0], below=addends[1]), {Role.ADDEND: keys})
    factor_keys, factors = of(Role.FACTOR)
    denominator_keys, denominators = of(Role.DENOMINATOR)
    comparison = compare_formulas(
        above=addends[0],
        below=addends[1],
        factors_above=factors[0],
        factors_below=factors[1],
        denominators_above=denominators[0],
        denominators_below=denominators[1],
    )
    names = {Role.ADDEND: keys, Role.FACTOR: factor_keys, Role.DENOMINATOR: denominator_keys}
    return _named(comparison, names)


def _named(comparison: Comparison, keys: dict[Role, list[str]]) -> tuple[TermDifference, ...]:
    return tuple(
        TermDifference(
            key=keys[term.role][term.position],
            role=term.role,
            key_result=None,
            amount=term.amount,
            share=term.share,
        )
        for term in comparison.terms
    )


def _outcome_terms(scored: ScoredPortfolio, above: int, below: int) -> tuple[TermDifference, ...]:
    pair = [
        {term.key_result: term.contribution or 0.0 for term in scored.outcome_terms(index)}
        for index in (above, below)
    ]
    moved = sorted(pair[0].keys() | pair[1].keys())
    comparison = compare_contributions(
        above=[pair[0].get(at, 0.0) for at in moved], below=[pair[1].get(at, 0.0) for at in moved]
    )
    return tuple(
        TermDifference(
            key="key_result",
            role=term.role,
            key_result=scored.key_results[moved[term.position]],
            amount=term.amount,
            share=term.share,
        )
        for term in comparison.terms
    )
