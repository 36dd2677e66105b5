"""A health finding: what, about whom, how much it matters, and why it is said."""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.findings.codes import FindingCode, Severity

_RANK = {severity: rank for rank, severity in enumerate(reversed(Severity))}
_LONGEST_FACTS = 2_000
_PLACE = {code: place for place, code in enumerate(FindingCode)}


class SubjectKind(StrEnum):
    """What a finding is about."""

    TEAM = "team"
    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"
    KPI = "kpi"
    PROCESS = "process"


class Finding(NamedTuple):
    """A finding.

    Attributes
    ----------
    key
        Identifies the finding as long as it is about the same: the code and what it is about.
    subject_id
        None for a process, which is only a name.
    process
        The process that it is about, as its KPIs spell it; empty for other subjects.
    other_kind, other_id
        A second thing that it is about, such as the KPI that overlaps.
    team_id, cycle_id
        In whose lists it is; None where it belongs to no single team or cycle.
    facts
        What was found, as far as it matters: when it differs, a dismissal no longer holds.
    explanation
        Why it is said, for a person to read.
    """

    code: FindingCode
    severity: Severity
    key: str
    subject_kind: SubjectKind
    subject_id: UUID | None
    process: str
    other_kind: SubjectKind | None
    other_id: UUID | None
    team_id: UUID | None
    cycle_id: UUID | None
    facts: str
    explanation: str


def finding(
    code: FindingCode,
    severity: Severity,
    subject: tuple[SubjectKind, UUID],
    *,
    team_id: UUID,
    cycle_id: UUID | None = None,
    other: tuple[SubjectKind, UUID] | None = None,
    facts: object = "",
    explanation: str,
) -> Finding:
    """A finding about something with an id; a finding about a team and a cycle is told apart by both."""
    kind, subject_id = subject
    parts = [code.value, str(subject_id)]
    if kind is SubjectKind.TEAM and cycle_id is not None:
        parts.append(str(cycle_id))
    if other is not None:
        parts.append(str(other[1]))
    return Finding(
        code=code,
        severity=severity,
        key=":".join(parts),
        subject_kind=kind,
        subject_id=subject_id,
        process="",
        other_kind=None if other is None else other[0],
        other_id=None if other is None else other[1],
        team_id=team_id,
        cycle_id=cycle_id,
        facts=f"{severity.value} {facts}".strip()[:_LONGEST_FACTS],
        explanation=explanation,
    )


def finding_of_process(
    code: FindingCode,
    severity: Severity,
    process: str,
    *,
    team_id: UUID | None,
    facts: object,
    explanation: str,
) -> Finding:
    """A finding about a process; in a team's lists if no other team's KPIs watch it."""
    return Finding(
        code=code,
        severity=severity,
        key=f"{code.value}:{process.casefold()}",
        subject_kind=SubjectKind.PROCESS,
        subject_id=None,
        process=process,
        other_kind=None,
        other_id=None,
        team_id=team_id,
        cycle_id=None,
        facts=f"{severity.value} {facts}".strip()[:_LONGEST_FACTS],
        explanation=explanation,
    )


def place(found: Finding) -> tuple[int, int, str]:
    """Where a finding stands in a list: what matters most first, then by code, then by what it is about."""
    return _RANK[found.severity], _PLACE[found.code], found.key
