"""The inputs of a score that could be otherwise, and how the score follows each of them.

Every score is a numerator over a size, and each input moves one of the two along a line: a rated value, an own
figure such as a duration, the confidence in a contribution.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.enums import CriterionSource
from domain.ranking.criteria import ScoredPortfolio
from domain.rows import CriterionRow
from prioritisation.outcomes import OutcomeTerm
from prioritisation.problem import Method, Role, ScoringProblem
from prioritisation.result import Term, TermState
from prioritisation.smallest_changes import Quantity

_ROUNDING = 1e-12


class ChangeKind(StrEnum):
    """What changes."""

    SCORE = "score"
    ESTIMATE = "estimate"
    WEIGHT = "weight"


class ChangeObstacle(StrEnum):
    """Why no change of something does it."""

    NO_EFFECT = "no_effect"
    NO_WEIGHT = "no_weight"
    OUT_OF_RANGE = "out_of_range"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RankChange:
    """One change that alone does what was asked, or why it can't.

    ``index`` is the initiative whose input changes, None for a weight; weights are shares of all weight, all
    others in their unit. ``rises`` says whether the value has to be at least, or at most, the threshold, and
    ``inclusive`` whether the threshold itself does it, or only what lies beyond.
    """

    kind: ChangeKind
    key: str
    criterion: CriterionRow | None
    key_result: UUID | None
    index: int | None
    present: float | None
    threshold: float | None
    rises: bool
    inclusive: bool
    obstacle: ChangeObstacle | None
    size: float
    """Of the change, to compare with others of its kind: as a part of the scale, or of the present value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """An input: what it moves is ``origin + slope · (value − base)``, and it stays within its limits.

    ``base`` is the value that counts now, also where it is assumed and ``present`` is None.
    """

    moves: Quantity
    kind: ChangeKind
    key: str
    criterion: CriterionRow | None
    key_result: UUID | None
    present: float | None
    base: float
    slope: float
    least: float
    most: float
    obstacle: ChangeObstacle | None = None

    def change(
        self,
        *,
        index: int,
        origin: float,
        wanted: float | None,
        rises: bool,
        inclusive: bool,
        obstacle: ChangeObstacle,
    ) -> RankChange:
        """The change with which what the lever moves is ``wanted``, or beyond in the direction of ``rises``.

        ``obstacle`` says why ``wanted`` is None.
        """
        rises = rises == (self.slope > 0)
        found, why = None, self.obstacle
        if why is None and wanted is None:
            why = obstacle
        elif why is None and self.slope == 0:
            why = ChangeObstacle.NO_EFFECT
        elif why is None and wanted is not None:
            proportional = origin == self.slope * self.base
            value = wanted / self.slope if proportional else self.base + (wanted - origin) / self.slope
            found = self._within(value, rises=rises)
            why = ChangeObstacle.OUT_OF_RANGE if found is None else None
        return RankChange(
            kind=self.kind,
            key=self.key,
            criterion=self.criterion,
            key_result=self.key_result,
            index=index,
            present=self.present,
            threshold=found,
            rises=rises,
            inclusive=inclusive,
            obstacle=why,
            size=math.inf if found is None else self._size(found),
        )

    def _within(self, value: float, *, rises: bool) -> float | None:
        # at the very end there is no beyond, and rounding decides whether the two are equal there
        room = self.most - value if rises else value - self.least
        return value if room > _ROUNDING * max(abs(value), abs(self.base)) else None

    def _size(self, value: float) -> float:
        width = self.most - self.least
        if math.isinf(width):
            width = abs(self.base)
        return abs(value - self.base) / width if width > 0 else math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A score as ``numerator / size``, to the last bit, and the inputs that move either."""

    numerator: float
    size: float
    levers: tuple[Lever, ...]

    def origin(self, moved: Quantity) -> float:
        """Present value of the numerator or the size."""
        return self.numerator if moved is Quantity.NUMERATOR else self.size


def form_of(scored: ScoredPortfolio, index: int) -> Form:
    """The form of a score; it must be known."""
    if scored.problem is None:
        return _outcome_form(scored, index)
    terms = scored.terms(index)
    sums = [term.contribution or 0.0 for term in terms if term.role is Role.ADDEND]
    numerator = math.fsum(sums) if scored.problem.method is Method.WEIGHTED else sum(sums) if sums else 1.0
    carried, size = 1.0, 1.0
    for term in terms:
        if term.contribution is None or term.role is Role.ADDEND:
            continue
        if term.role is Role.FACTOR:
            numerator *= term.contribution
            carried *= term.contribution
        elif term.state is TermState.DERIVED:
            numerator /= term.contribution
            carried /= term.contribution
        else:
            size *= term.contribution
    levers = [
        _lever(scored, scored.problem, term, carried=carried, terms=terms)
        for term in terms
        if term.state is not TermState.DERIVED
    ]
    return Form(numerator=numerator, size=size, levers=tuple(levers))


def _lever(
    scored: ScoredPortfolio, posed: ScoringProblem, term: Term, *, carried: float, terms: tuple[Term, ...]
) -> Lever:
    criterion = next(criterion for criterion in posed.criteria if criterion.key == term.key)
    row = scored.criterion_of.get(term.key)
    rated = row is not None and row.source is CriterionSource.SCORE
    obstacle = None
    if term.state is TermState.UNUSED:
        obstacle = ChangeObstacle.NO_WEIGHT
    elif term.state is TermState.LEFT_OUT:
        # a rating would take back the weight that the others carry for it
        obstacle = ChangeObstacle.MISSING
    if posed.method is Method.WEIGHTED:
        base = criterion.worst if term.raw is None else term.raw
        slope = (term.share or 0.0) / (criterion.best - criterion.worst)
    elif term.role is Role.ADDEND:
        contribution = term.contribution or 0.0
        base = contribution / term.weight if term.weight else 0.0
        slope = term.weight * carried
    else:
        base = term.contribution or 0.0
        others = [
            other.contribution
            for other in terms
            if other.role is Role.FACTOR and other is not term and other.contribution is not None
        ]
        slope = math.prod(others) if term.role is Role.FACTOR else 1.0
    return Lever(
        moves=Quantity.DENOMINATOR if term.role is Role.DENOMINATOR else Quantity.NUMERATOR,
        kind=ChangeKind.SCORE if rated else ChangeKind.ESTIMATE,
        key=term.key,
        criterion=row,
        key_result=None,
        present=term.raw,
        base=base,
        slope=slope,
        least=criterion.scale_min,
        most=criterion.scale_max,
        obstacle=obstacle,
    )


def _outcome_form(scored: ScoredPortfolio, index: int) -> Form:
    terms = scored.outcome_terms(index)
    return Form(
        numerator=sum((term.contribution or 0.0) for term in terms),
        size=1.0,
        levers=tuple(lever for term in terms for lever in _outcome_levers(scored, term)),
    )


def _outcome_levers(scored: ScoredPortfolio, term: OutcomeTerm) -> tuple[Lever, Lever]:
    worth = term.weight * term.objective_weight
    confidence, share, gap = term.confidence or 0.0, term.share or 0.0, term.remaining_gap or 0.0
    key_result = scored.key_results[term.key_result]
    sure = Lever(
        moves=Quantity.NUMERATOR,
        kind=ChangeKind.ESTIMATE,
        key="confidence",
        criterion=None,
        key_result=key_result,
        present=term.confidence,
        base=confidence,
        slope=share * worth,
        least=0.0,
        most=1.0,
    )
    # what goes beyond the gap counts as closing it
    expected = Lever(
        moves=Quantity.NUMERATOR,
        kind=ChangeKind.ESTIMATE,
        key="expected_delta",
        criterion=None,
        key_result=key_result,
        present=term.expected_delta,
        base=share * gap,
        slope=worth * confidence / gap if gap else 0.0,
        least=min(0.0, gap),
        most=max(0.0, gap),
    )
    return sure, expected
