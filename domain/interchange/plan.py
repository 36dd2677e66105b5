"""What a file of initiatives changes, compared with what is stored. Pure.

A line that breaks a rule is refused as a whole: nothing of it is in the writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.actor import Actor
from domain.enums import TRANSITIONS, InitiativeState, WorkKind
from domain.interchange.edges import WantedEdge, plan_edges
from domain.interchange.names import Register, by_name
from domain.interchange.parts import Part, contributions_part, cost_part, demands_part, ratings_part
from domain.interchange.records import InitiativeRecord, Refused
from domain.interchange.report import EdgeOutcome, EdgeReport, LineOutcome, LineReport
from domain.interchange.stored import KeyResultAim, Place, Stored, StoredInitiative
from domain.interchange.values import CellError
from domain.interchange.writes import Writes
from domain.rows import DependencyRow

_REFERENCES = {"team": "team_id", "category": "category_id", "owner": "owner_id", "sponsor": "sponsor_id"}
_NEW: Mapping[str, Any] = {
    "title": None,
    "description": "",
    "state": InitiativeState.PROPOSED,
    "category_id": None,
    "team_id": None,
    "owner_id": None,
    "sponsor_id": None,
    "duration_weeks_low": None,
    "duration_weeks_likely": None,
    "duration_weeks_high": None,
    "cost_minor": None,
    "cost_currency": None,
    "earliest_start": None,
    "deadline": None,
    "mandatory": False,
}
_FIELD_OF = {
    **{column: name for name, column in _REFERENCES.items()},
    **dict.fromkeys(("duration_weeks_low", "duration_weeks_likely", "duration_weeks_high"), "duration_weeks"),
    **dict.fromkeys(("cost_minor", "cost_currency"), "cost"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where an import takes place: who imports which file into which portfolio, when, and what may be made."""

    actor: Actor
    portfolio_id: UUID
    source: str
    moment: datetime
    create_teams: bool = False
    create_categories: WorkKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Rows to write, what became of each line and dependency, and the names of what has to be made."""

    writes: Writes
    lines: tuple[LineReport, ...]
    edges: tuple[EdgeReport, ...]
    teams: tuple[str, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    teams: Register
    categories: Register
    members: Register
    key_results: Mapping[str, list[KeyResultAim]]


@dataclass(slots=True, kw_only=True)
class _Draft:
    """One line's changes while it is being compared."""

    record: InitiativeRecord
    before: StoredInitiative | None
    initiative_id: UUID
    row: dict[str, Any]
    changed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

    @contextmanager
    def noting(self, name: str) -> Iterator[None]:
        """Note what goes wrong as a problem of the field."""
        try:
            yield
        except CellError as error:
            self.problems.append(f"{name}: {error}")


def plan_initiatives(
    records: Sequence[InitiativeRecord | Refused],
    *,
    setting: Setting,
    stored: Stored,
    places: Sequence[Place],
    edges: Sequence[DependencyRow],
) -> Plan:
    """Compare records with what is stored."""
    names = _Names(
        teams=Register(
            noun="team",
            known=stored.teams,
            hint="create it, or let the import do so with --create-teams",
            creates=setting.create_teams,
        ),
        categories=Register(
            noun="allocation category",
            known=stored.categories,
            hint="create it, or let the import do so with --create-categories and their kind of work",
            creates=setting.create_categories is not None,
        ),
        members=Register(
            noun="member with the email address",
            known=stored.members,
            hint="add the person as a member, or leave the column out",
        ),
        key_results=by_name(stored.key_results),
    )
    drafts: list[_Draft] = []
    lines: dict[int, LineReport] = {}
    refused: dict[str, int] = {}
    for record in records:
        if isinstance(record, Refused):
            lines[record.line] = _refusal(record)
            refused.setdefault(record.name or "", record.line)
            continue
        draft = _compare(record, stored, names)
        if draft.problems:
            refused[record.external_id] = record.line
            lines[record.line] = _refusal(
                Refused(line=record.line, name=record.external_id, reasons=tuple(draft.problems))
            )
            continue
        drafts.append(draft)
    writes = Writes()
    for position, draft in enumerate(drafts):
        _accept(draft, writes, names, setting, position)
    edge_reports = _plan_edges(drafts, writes, setting, places, edges, refused)
    touched = {
        report.line
        for report in edge_reports
        if report.outcome in (EdgeOutcome.ADDED, EdgeOutcome.UPDATED, EdgeOutcome.REMOVED)
    }
    for draft in drafts:
        changed = [*draft.changed, *(["depends_on"] if draft.record.line in touched else [])]
        outcome = LineOutcome.CREATED
        if draft.before is not None:
            outcome = LineOutcome.UPDATED if changed else LineOutcome.UNCHANGED
        lines[draft.record.line] = LineReport(
            line=draft.record.line,
            name=draft.record.external_id,
            outcome=outcome,
            changed=tuple(changed) if outcome is LineOutcome.UPDATED else (),
            warnings=draft.record.warnings,
        )
    _make(writes, names, setting)
    return Plan(
        writes=writes,
        lines=tuple(lines[number] for number in sorted(lines)),
        edges=edge_reports,
        teams=tuple(one.name for one in names.teams.used.values()),
        categories=tuple(one.name for one in names.categories.used.values()),
    )


def _refusal(refused: Refused) -> LineReport:
    return LineReport(
        line=refused.line, name=refused.name, outcome=LineOutcome.REFUSED, reasons=refused.reasons
    )


def _compare(record: InitiativeRecord, stored: Stored, names: _Names) -> _Draft:
    before = stored.initiatives.get(record.external_id)
    row = dict(_NEW) if before is None else {name: before.row[name] for name in _NEW}
    draft = _Draft(
        record=record, before=before, initiative_id=uuid4() if before is None else before.row["id"], row=row
    )
    old = dict(row)
    row.update(record.plain)
    for name, reference in record.references.items():
        register = {"team": names.teams, "category": names.categories}.get(name, names.members)
        column = _REFERENCES[name]
        with draft.noting(name):
            row[column] = None if reference is None else register.find(reference, already=old[column])
    if row["title"] is None and "title" not in record.plain:
        draft.problems.append("title: is missing; a new initiative needs one")
    start, deadline = row["earliest_start"], row["deadline"]
    if start is not None and deadline is not None and start > deadline:
        draft.problems.append(f"earliest_start: {start} is after the deadline, {deadline}")
    _compare_state(draft, old["state"])
    _compare_parts(draft, stored, names)
    differing = {_FIELD_OF.get(name, name) for name, value in row.items() if old[name] != value}
    order = [*dict.fromkeys(_FIELD_OF.get(name, name) for name in _NEW)]
    draft.changed = [name for name in order if name in differing]
    draft.changed += [name for name, part in draft.parts.items() if part.differs]
    if before is not None and before.row["archived_at"] is not None and (draft.changed or record.waits):
        draft.problems.append("the initiative is archived; take it back into use first")
    return draft


def _compare_state(draft: _Draft, old: InitiativeState) -> None:
    new = draft.record.state
    if new is None or new is old:
        return
    if draft.before is not None and new not in _reachable(old):
        draft.problems.append(f"state: it is {old.value}, and can't become {new.value} any more")
    draft.row["state"] = new


def _reachable(state: InitiativeState) -> set[InitiativeState]:
    """The states that the life cycle leads to, over whatever others: a file shows where it ended."""
    reached: set[InitiativeState] = set()
    ahead = [state]
    while ahead:
        following = TRANSITIONS[ahead.pop()] - reached
        reached |= following
        ahead.extend(following)
    return reached


def _compare_parts(draft: _Draft, stored: Stored, names: _Names) -> None:
    record, before = draft.record, draft.before
    if record.demands is not None:
        with draft.noting("demand"):
            draft.parts["demand"] = demands_part(
                record.demands,
                {} if before is None else before.demands,
                are_all=record.demands_are_all,
                teams=names.teams,
            )
    if record.contributions is not None:
        with draft.noting("contributions"):
            draft.parts["contributions"] = contributions_part(
                record.contributions,
                {} if before is None else before.contributions,
                are_all=record.contributions_are_all,
                key_results=names.key_results,
            )
    if record.ratings:
        with draft.noting("scores"):
            draft.parts["scores"] = ratings_part(
                record.ratings, {} if before is None else before.ratings, criteria=stored.criteria
            )
    if record.cost_of_delay is not None:
        with draft.noting("cost_of_delay"):
            draft.parts["cost_of_delay"] = cost_part(
                record.cost_of_delay, None if before is None else before.cost_of_delay
            )


def _accept(draft: _Draft, writes: Writes, names: _Names, setting: Setting, position: int) -> None:
    """Move a line's changes to the writes."""
    here = {"portfolio_id": setting.portfolio_id, "initiative_id": draft.initiative_id}
    if draft.before is None:
        writes.initiatives.append(
            {
                "id": draft.initiative_id,
                "portfolio_id": setting.portfolio_id,
                "external_id": draft.record.external_id,
                # lists show initiatives in the order of their creation: that of the file
                "created_at": setting.moment + timedelta(microseconds=position),
                **draft.row,
            }
        )
    elif any(draft.before.row[name] != value for name, value in draft.row.items()):
        writes.initiatives_changed.append({"id": draft.initiative_id, **draft.row})
    old = InitiativeState.PROPOSED if draft.before is None else draft.before.row["state"]
    if draft.row["state"] is not old:
        writes.decisions.append(
            {
                "id": uuid4(),
                **here,
                "from_state": old,
                "to_state": draft.row["state"],
                "reason": f"Imported from {setting.source}, which says {draft.row['state'].value}.",
                "decided_by_id": setting.actor.member_id,
            }
        )
    rater = {"rater_id": setting.actor.member_id}
    for name, table, shared in (
        ("demand", "demands", {}),
        ("contributions", "contributions", {}),
        ("scores", "ratings", rater),
        ("cost_of_delay", "costs", {}),
    ):
        part = draft.parts.get(name)
        if part is None:
            continue
        key = {"initiative_id": draft.initiative_id, **shared}
        getattr(writes, table).extend({**here, **shared, **row} for row in part.added)
        getattr(writes, f"{table}_changed").extend({**key, **row} for row in part.changed)
        getattr(writes, f"{table}_removed").extend({**key, **row} for row in part.removed)
    names.teams.use(
        {draft.row["team_id"], *(row["team_id"] for row in draft.parts.get("demand", Part([], [], [])).added)}
    )
    names.categories.use({draft.row["category_id"]})


def _plan_edges(
    drafts: Sequence[_Draft],
    writes: Writes,
    setting: Setting,
    places: Sequence[Place],
    edges: Sequence[DependencyRow],
    refused: Mapping[str, int],
) -> tuple[EdgeReport, ...]:
    known = list(places)
    known += [
        Place(draft.initiative_id, draft.record.external_id, draft.row["title"], None)
        for draft in drafts
        if draft.before is None
    ]
    plan = plan_edges(
        [
            WantedEdge(draft.record.line, draft.record.external_id, wait)
            for draft in drafts
            for wait in draft.record.waits or ()
        ],
        places={place.external_id: place for place in known if place.external_id is not None},
        labels={place.id: place.external_id or place.title for place in known},
        stored=edges,
        replaced={
            draft.initiative_id: draft.record.line for draft in drafts if draft.record.waits is not None
        },
        refused=refused,
    )
    here = {"portfolio_id": setting.portfolio_id}
    writes.edges.extend({**here, **row} for row in plan.added)
    writes.edges_changed.extend(plan.changed)
    writes.edges_removed.extend(plan.removed)
    return plan.reports


def _make(writes: Writes, names: _Names, setting: Setting) -> None:
    writes.teams.extend({"id": one.id, "name": one.name} for one in names.teams.used.values())
    writes.categories.extend(
        {"id": one.id, "name": one.name, "kind": setting.create_categories}
        for one in names.categories.used.values()
    )
