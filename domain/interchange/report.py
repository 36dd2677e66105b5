"""What an import did, or would do: by line, so that nothing is dropped silently."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from domain.interchange.mapping import ColumnUse


class LineOutcome(StrEnum):
    """What became of a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class EdgeOutcome(StrEnum):
    """What became of a dependency; one whose other end is nowhere is dangling and not stored."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    REFUSED = "refused"
    DANGLING = "dangling"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """One line: which initiative, what became of it, the fields that changed, or why it was refused."""

    line: int
    name: str | None
    outcome: LineOutcome
    changed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeReport:
    """One dependency, by external ids: ``successor`` waits for ``predecessor``.

    A removed one has the line of its successor.
    """

    line: int
    predecessor: str
    successor: str
    kind: str
    outcome: EdgeOutcome
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file; ``left_out`` lines were not wanted."""

    source: str
    portfolio: str
    portfolio_created: bool = False
    dry_run: bool
    keep_good: bool
    lines: tuple[LineReport, ...]
    left_out: int
    edges: tuple[EdgeReport, ...]
    columns: ColumnUse
    teams_created: tuple[str, ...] = ()
    categories_created: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the file is refused because of some of its lines."""
        faulty = bool(self.count(LineOutcome.REFUSED) or self.count(EdgeOutcome.REFUSED))
        return faulty and not self.keep_good

    @property
    def written(self) -> bool:
        """Whether anything was written; if not, the rest says what would have been."""
        return not (self.dry_run or self.refused)

    def count(self, outcome: LineOutcome | EdgeOutcome) -> int:
        """How many lines, or dependencies, had this outcome."""
        if isinstance(outcome, LineOutcome):
            return sum(line.outcome is outcome for line in self.lines)
        return sum(edge.outcome is outcome for edge in self.edges)

    def as_json(self) -> dict[str, Any]:
        """The report for a program to read."""
        return {
            "source": self.source,
            "portfolio": self.portfolio,
            "portfolioCreated": self.portfolio_created,
            "dryRun": self.dry_run,
            "written": self.written,
            "leftOut": self.left_out,
            "initiatives": {outcome.value: self.count(outcome) for outcome in LineOutcome},
            "dependencies": {outcome.value: self.count(outcome) for outcome in EdgeOutcome},
            "teamsCreated": list(self.teams_created),
            "categoriesCreated": list(self.categories_created),
            "columns": asdict(self.columns),
            "lines": [asdict(line) for line in self.lines],
            "edges": [asdict(edge) for edge in self.edges],
        }
