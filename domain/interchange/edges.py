"""Which dependencies a file adds, changes and removes, and which of them can't be. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID, uuid4

from domain.acyclic import AcyclicGraph
from domain.enums import DependencyKind
from domain.interchange.records import Wait
from domain.interchange.report import EdgeOutcome, EdgeReport
from domain.interchange.stored import Place
from domain.interchange.writes import Rows
from domain.rows import DependencyRow

_Key: TypeAlias = tuple[UUID, UUID, DependencyKind]

_LONGEST_NAMED = 12


class WantedEdge(NamedTuple):
    """A dependency that a line asks for; ``successor`` waits."""

    line: int
    successor: str
    wait: Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgePlan:
    """Rows to write, and what became of each dependency."""

    added: Rows
    changed: Rows
    removed: Rows
    reports: tuple[EdgeReport, ...]


class _Candidate(NamedTuple):
    wanted: WantedEdge
    key: _Key
    before: DependencyRow | None

    @property
    def becomes_hard(self) -> bool:
        return self.wanted.wait.hard and not (self.before is not None and self.before.hard)


def plan_edges(
    wanted: Sequence[WantedEdge],
    *,
    places: Mapping[str, Place],
    labels: Mapping[UUID, str],
    stored: Sequence[DependencyRow],
    replaced: Mapping[UUID, int],
    refused: Mapping[str, int],
) -> EdgePlan:
    """Compare the wanted dependencies with the stored ones, in the order of the file.

    Parameters
    ----------
    places, labels
        The initiatives that can be the ends, by external id; what to call each in a message.
    replaced
        Initiatives whose hard finish-to-start dependencies are all in the file, with the line that says so:
        stored ones that are not wanted are removed.
    refused
        External ids on refused lines, with the line.
    """
    existing: dict[_Key, DependencyRow] = {
        (row.predecessor_id, row.successor_id, row.kind): row for row in stored
    }
    reports: list[EdgeReport] = []
    candidates: dict[_Key, _Candidate] = {}
    for one in wanted:
        found = _candidate(one, places, refused, existing)
        if isinstance(found, EdgeReport):
            reports.append(found)
            continue
        first = candidates.setdefault(found.key, found)
        if first is not found:
            reports.append(_repeated(first.wanted, one))
    gone = [
        row
        for key, row in existing.items()
        if key not in candidates
        and row.successor_id in replaced
        and row.hard
        and row.kind is DependencyKind.FINISH_TO_START
    ]
    removed = {row.id for row in gone}
    softened = {
        candidate.before.id
        for candidate in candidates.values()
        if candidate.before is not None and not candidate.wanted.wait.hard
    }
    graph = AcyclicGraph(
        (
            (row.predecessor_id, row.successor_id)
            for row in stored
            if row.hard and row.id not in removed and row.id not in softened
        ),
        expected=(candidate.key[:2] for candidate in candidates.values() if candidate.becomes_hard),
    )
    added, changed = [], []
    for candidate in candidates.values():
        way_back = graph.add(*candidate.key[:2]) if candidate.becomes_hard else None
        if way_back is not None:
            reports.append(_reported(candidate.wanted, EdgeOutcome.REFUSED, _cycle(way_back, labels)))
            continue
        values = _values(candidate)
        if candidate.before is None:
            added.append({"id": uuid4(), **_ends(candidate.key), **values})
            reports.append(_reported(candidate.wanted, EdgeOutcome.ADDED))
        elif any(getattr(candidate.before, name) != value for name, value in values.items()):
            changed.append({"id": candidate.before.id, **values})
            reports.append(_reported(candidate.wanted, EdgeOutcome.UPDATED))
        else:
            reports.append(_reported(candidate.wanted, EdgeOutcome.UNCHANGED))
    reports += [
        EdgeReport(
            line=replaced[row.successor_id],
            predecessor=labels[row.predecessor_id],
            successor=labels[row.successor_id],
            kind=row.kind.value,
            outcome=EdgeOutcome.REMOVED,
        )
        for row in gone
    ]
    return EdgePlan(
        added=added,
        changed=changed,
        removed=[{"id": row.id} for row in gone],
        reports=tuple(sorted(reports, key=lambda report: report.line)),
    )


def _candidate(
    wanted: WantedEdge,
    places: Mapping[str, Place],
    refused: Mapping[str, int],
    existing: Mapping[_Key, DependencyRow],
) -> _Candidate | EdgeReport:
    successor = places.get(wanted.successor)
    if successor is None:
        return _dangling(wanted, wanted.successor, refused)
    predecessor = places.get(wanted.wait.external_id)
    if predecessor is None:
        return _dangling(wanted, wanted.wait.external_id, refused)
    if successor.id == predecessor.id:
        return _reported(wanted, EdgeOutcome.REFUSED, "an initiative can't wait for itself")
    key = (predecessor.id, successor.id, wanted.wait.kind)
    before = existing.get(key)
    if before is None:
        for place in (successor, predecessor):
            if place.archived_at is not None:
                return _reported(
                    wanted,
                    EdgeOutcome.REFUSED,
                    f"{place.external_id} is archived; take it back into use first",
                )
    return _Candidate(wanted, key, before)


def _dangling(wanted: WantedEdge, name: str, refused: Mapping[str, int]) -> EdgeReport:
    reason = f"there is no {name} in the portfolio or in the file"
    if name in refused:
        reason = f"{name} is on line {refused[name]}, which is refused"
    return _reported(wanted, EdgeOutcome.DANGLING, reason)


def _repeated(first: WantedEdge, again: WantedEdge) -> EdgeReport:
    if first.wait == again.wait:
        return _reported(again, EdgeOutcome.UNCHANGED, f"repeats line {first.line}")
    return _reported(again, EdgeOutcome.REFUSED, f"differs from line {first.line} about the same dependency")


def _values(candidate: _Candidate) -> dict[str, Any]:
    wait, before = candidate.wanted.wait, candidate.before
    kept = "" if before is None else before.note
    return {
        "hard": wait.hard,
        "lag_weeks": wait.lag_weeks,
        "note": kept if wait.note is None else wait.note,
    }


def _ends(key: _Key) -> dict[str, Any]:
    return {"predecessor_id": key[0], "successor_id": key[1], "kind": key[2]}


def _reported(wanted: WantedEdge, outcome: EdgeOutcome, reason: str | None = None) -> EdgeReport:
    return EdgeReport(
        line=wanted.line,
        predecessor=wanted.wait.external_id,
        successor=wanted.successor,
        kind=wanted.wait.kind.value,
        outcome=outcome,
        reason=reason,
    )


def _cycle(way_back: Sequence[UUID], labels: Mapping[UUID, str]) -> str:
    names = [labels[node] for node in (way_back[-1], *way_back)]
    if len(names) > _LONGEST_NAMED:
        left_out = len(names) - _LONGEST_NAMED + 1
        names = [*names[: _LONGEST_NAMED - 2], f"({left_out} more)", names[-1]]
    return f"closes a cycle: {' → '.join(names)}"
