"""Which initiatives get an objective there, and is that enough? Pure functions on contributions.

A key result is covered when what its open initiatives are expected to bring, each delta times its confidence,
adds up to the remaining gap. What is completed is in the current value already; what is stopped, archived, or
begins only after the due date brings nothing in time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.enums import InitiativeState
from domain.progress import key_result_progress
from domain.queries.coverage import ExpectedContribution
from domain.rows import InitiativeRow, KeyResultRow
from domain.snapshot import Directory, PortfolioColumns

_DECIDED = frozenset({InitiativeState.APPROVED, InitiativeState.ACTIVE, InitiativeState.PAUSED})
_OVER = frozenset({InitiativeState.COMPLETED, InitiativeState.STOPPED})
_ALMOST = 1e-9
"""Part of a gap that is lost in rounding."""


class CoverageVerdict(StrEnum):
    """Whether it is enough."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class CoverageReason(StrEnum):
    """Why it is enough, or not."""

    MET = "met"
    COVERED = "covered"
    RELIES_ON_UNDECIDED = "relies_on_undecided"
    ONLY_AT_FULL_CONFIDENCE = "only_at_full_confidence"
    FALLS_SHORT = "falls_short"
    NO_INITIATIVE = "no_initiative"
    VALUES_MISSING = "values_missing"
    NO_KEY_RESULT = "no_key_result"


class ContributionStanding(StrEnum):
    """Whether a contribution counts, and if not, why."""

    COUNTS = "counts"
    COMPLETED = "completed"
    STOPPED = "stopped"
    ARCHIVED = "archived"
    TOO_LATE = "too_late"


class JudgedContribution(NamedTuple):
    """A contribution, and whether it counts."""

    contribution: ExpectedContribution
    standing: ContributionStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResultCoverage:
    """What a key result's initiatives are expected to bring, against what is still to go; in its own unit.

    All figures have the sign of the way to go. ``remaining_gap`` is target − current, 0 if met, None while one
    of them is unknown; ``uncovered`` is what is left of it after the sum by confidence.
    """

    key_result: KeyResultRow
    contributions: tuple[JudgedContribution, ...]
    expected_sum: float
    expected_sum_by_confidence: float
    decided_sum_by_confidence: float
    remaining_gap: float | None
    uncovered: float | None
    enough: CoverageVerdict
    reason: CoverageReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveCoverage:
    """YES if every key result in use is covered, NO if one is not, else UNKNOWN.

    ``reasons`` are those of its key results, each once, in the order of the key results.
    """

    objective_id: UUID
    enough: CoverageVerdict
    reasons: tuple[CoverageReason, ...]
    key_results: tuple[KeyResultCoverage, ...]


def key_result_coverage(
    key_result: KeyResultRow, contributions: Sequence[ExpectedContribution]
) -> KeyResultCoverage:
    """Hold what is expected of a key result's initiatives against its remaining gap."""
    judged = tuple(JudgedContribution(entry, _standing(entry, key_result)) for entry in contributions)
    counting = [entry for entry, standing in judged if standing is ContributionStanding.COUNTS]
    full = sum(entry.expected_delta for entry in counting) + 0.0
    sure = sum(entry.expected_delta * entry.confidence for entry in counting) + 0.0
    decided = (
        sum(entry.expected_delta * entry.confidence for entry in counting if entry.state in _DECIDED) + 0.0
    )
    gap = _gap(key_result)
    if gap is None:
        verdict, reason = CoverageVerdict.UNKNOWN, CoverageReason.VALUES_MISSING
    elif gap == 0:
        verdict, reason = CoverageVerdict.YES, CoverageReason.MET
    elif not counting:
        verdict, reason = CoverageVerdict.NO, CoverageReason.NO_INITIATIVE
    elif _closes(decided, gap):
        verdict, reason = CoverageVerdict.YES, CoverageReason.COVERED
    elif _closes(sure, gap):
        verdict, reason = CoverageVerdict.YES, CoverageReason.RELIES_ON_UNDECIDED
    elif _closes(full, gap):
        verdict, reason = CoverageVerdict.NO, CoverageReason.ONLY_AT_FULL_CONFIDENCE
    else:
        verdict, reason = CoverageVerdict.NO, CoverageReason.FALLS_SHORT
    uncovered = None if gap is None else 0.0 if gap == 0 or _closes(sure, gap) else gap - sure
    return KeyResultCoverage(
        key_result=key_result,
        contributions=judged,
        expected_sum=full,
        expected_sum_by_confidence=sure,
        decided_sum_by_confidence=decided,
        remaining_gap=gap,
        uncovered=uncovered,
        enough=verdict,
        reason=reason,
    )


def objective_coverage(
    objective_id: UUID,
    key_results: Iterable[KeyResultRow],
    contributions: Mapping[UUID, Sequence[ExpectedContribution]],
) -> ObjectiveCoverage:
    """Hold what is expected of an objective's initiatives against what is to go of its key results in use."""
    covered = tuple(
        key_result_coverage(row, contributions.get(row.id, ()))
        for row in key_results
        if row.archived_at is None
    )
    verdicts = {entry.enough for entry in covered}
    enough = CoverageVerdict.UNKNOWN
    if CoverageVerdict.NO in verdicts:
        enough = CoverageVerdict.NO
    elif verdicts == {CoverageVerdict.YES}:
        enough = CoverageVerdict.YES
    reasons = tuple(dict.fromkeys(entry.reason for entry in covered)) or (CoverageReason.NO_KEY_RESULT,)
    return ObjectiveCoverage(objective_id=objective_id, enough=enough, reasons=reasons, key_results=covered)


def without_contribution(columns: PortfolioColumns, directory: Directory) -> tuple[InitiativeRow, ...]:
    """Return the open initiatives of a portfolio that contribute to no key result which counts, by title.

    Open: neither completed, stopped nor archived. A key result counts that is in use and of an objective in
    use that is not closed.
    """
    kept: tuple[InitiativeRow, ...] | None = columns.derived.get("without contribution")
    if kept is not None:
        return kept
    shares = columns.shares
    contributing = {
        position
        for position, key_result_id in zip(shares.initiative.tolist(), shares.key_result, strict=True)
        if _counts(directory, directory.key_results[key_result_id])
    }
    found = [
        row
        for position, row in enumerate(columns.rows)
        if position not in contributing and row.archived_at is None and row.state not in _OVER
    ]
    kept = tuple(sorted(found, key=lambda row: (row.title.lower(), row.id)))
    columns.derived["without contribution"] = kept
    return kept


def counting_key_results(directory: Directory, cycle_id: UUID) -> list[KeyResultRow]:
    """Return the key results in use of a cycle's open objectives, in the order of the objectives."""
    return [
        row
        for objective in directory.objectives.values()
        if objective.cycle_id == cycle_id
        for row in directory.key_results_of.get(objective.id, ())
        if _counts(directory, row)
    ]


def _counts(directory: Directory, key_result: KeyResultRow) -> bool:
    objective = directory.objectives[key_result.objective_id]
    return key_result.archived_at is None and objective.archived_at is None and objective.closed_at is None


def _standing(entry: ExpectedContribution, key_result: KeyResultRow) -> ContributionStanding:
    if entry.archived:
        return ContributionStanding.ARCHIVED
    if entry.state is InitiativeState.STOPPED:
        return ContributionStanding.STOPPED
    if entry.state is InitiativeState.COMPLETED:
        return ContributionStanding.COMPLETED
    if entry.earliest_start is not None and entry.earliest_start > key_result.due_on:
        return ContributionStanding.TOO_LATE
    return ContributionStanding.COUNTS


def _gap(key_result: KeyResultRow) -> float | None:
    progress = key_result_progress(key_result)
    if progress is None or key_result.target_value is None or key_result.current_value is None:
        return None
    return 0.0 if progress.raw >= 1 else key_result.target_value - key_result.current_value


def _closes(brought: float, gap: float) -> bool:
    """Whether it is as far as the gap, in its direction."""
    return (brought if gap > 0 else -brought) >= abs(gap) * (1 - _ALMOST)
