"""What all portfolios of an organisation share: people, teams, cycles, objectives, scoring models."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.models import (
    AllocationCategory,
    Criterion,
    Cycle,
    KeyResult,
    Member,
    Objective,
    Portfolio,
    ScoringModel,
    ScoringModelCriterion,
    ScoringModelVersion,
    Team,
)
from domain.rows import (
    AllocationCategoryRow,
    CriterionRow,
    CycleRow,
    KeyResultRow,
    MemberRow,
    ObjectiveRow,
    PortfolioRow,
    ScoringModelCriterionRow,
    ScoringModelRow,
    ScoringModelVersionRow,
    TeamRow,
    columns,
)


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A version of a scoring model with its criteria, in their order."""

    model: ScoringModelRow
    version: ScoringModelVersionRow
    criteria: tuple[tuple[ScoringModelCriterionRow, CriterionRow], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The organisation-wide entities at one version, by id; archived ones included."""

    members: Mapping[UUID, MemberRow]
    teams: Mapping[UUID, TeamRow]
    cycles: Mapping[UUID, CycleRow]
    categories: Mapping[UUID, AllocationCategoryRow]
    portfolios: Mapping[UUID, PortfolioRow]
    objectives: Mapping[UUID, ObjectiveRow]
    key_results: Mapping[UUID, KeyResultRow]
    key_results_of: Mapping[UUID, tuple[KeyResultRow, ...]]
    children_of: Mapping[UUID, tuple[ObjectiveRow, ...]]
    """The objectives below each objective, the oldest first."""
    successors: Mapping[UUID, UUID]
    """What an objective or a key result goes on as in a later cycle."""
    criteria: Mapping[UUID, CriterionRow]
    models: Mapping[UUID, ScoringModelRow]
    model_versions: Mapping[UUID, ModelVersion]
    current_versions: Mapping[UUID, ModelVersion]
    """The newest version of each model, by the model's id."""
    derived: dict[Any, Any] = field(default_factory=dict, compare=False)
    """What is computed from this version alone, and goes with it."""


_TABLES: dict[str, tuple[str, type[Any], type[Any]]] = {
    "member": ("members", Member, MemberRow),
    "team": ("teams", Team, TeamRow),
    "cycle": ("cycles", Cycle, CycleRow),
    "allocation_category": ("categories", AllocationCategory, AllocationCategoryRow),
    "portfolio": ("portfolios", Portfolio, PortfolioRow),
    "objective": ("objectives", Objective, ObjectiveRow),
    "key_result": ("key_results", KeyResult, KeyResultRow),
    "criterion": ("criteria", Criterion, CriterionRow),
    "scoring_model": ("models", ScoringModel, ScoringModelRow),
}
_VERSIONS = {"scoring_model", "scoring_model_version", "scoring_model_criterion", "criterion"}
DIRECTORY_ENTITIES = frozenset(_TABLES) | _VERSIONS


def load_directory(connection: sa.Connection, organisation_id: UUID) -> Directory:
    """Read everything; the number of statements is that of the tables."""
    parts: dict[str, Any] = {}
    for name, model, row in _TABLES.values():
        parts[name] = _by_id(connection, organisation_id, model, row)
    parts |= _model_versions(connection, organisation_id, parts["models"], parts["criteria"])
    return Directory(**parts, **cascade(parts["objectives"], parts["key_results"]))


def refresh_directory(
    connection: sa.Connection, organisation_id: UUID, directory: Directory, changed: Mapping[str, set[UUID]]
) -> Directory:
    """The directory with the changed entities read again; ``changed`` maps tables to ids."""
    parts: dict[str, Any] = {}
    for table, ids in changed.items():
        if table in _TABLES:
            name, model, row = _TABLES[table]
            fresh = _by_id(connection, organisation_id, model, row, ids)
            kept = {key: value for key, value in getattr(directory, name).items() if key not in ids}
            parts[name] = kept | fresh
    if _VERSIONS & changed.keys():
        parts |= _model_versions(
            connection,
            organisation_id,
            parts.get("models", directory.models),
            parts.get("criteria", directory.criteria),
        )
    if "objectives" in parts:
        below = _regrouped(
            directory.children_of,
            directory.objectives,
            parts["objectives"],
            changed["objective"],
            by="parent_id",
        )
        parts["children_of"] = below
    if "key_results" in parts:
        evidence = _regrouped(
            directory.key_results_of,
            directory.key_results,
            parts["key_results"],
            changed["key_result"],
            by="objective_id",
        )
        parts["key_results_of"] = evidence
    parts["successors"] = _successors_after(directory, parts, changed)
    return replace(directory, **parts, derived={})


def _by_id(
    connection: sa.Connection,
    organisation_id: UUID,
    model: type[Any],
    row: type[Any],
    ids: Iterable[UUID] | None = None,
) -> dict[UUID, Any]:
    table = sa.inspect(model).local_table
    query = sa.select(*columns(model, row)).where(table.c.organisation_id == organisation_id)
    if ids is not None:
        query = query.where(table.c.id == sa.any_(sa.cast(list(ids), sa.ARRAY(sa.Uuid))))
    result = connection.execute(query)
    return {item.id: item for item in map(row._make, result)}


def _model_versions(
    connection: sa.Connection,
    organisation_id: UUID,
    models: Mapping[UUID, ScoringModelRow],
    criteria: Mapping[UUID, CriterionRow],
) -> dict[str, Any]:
    versions = _by_id(connection, organisation_id, ScoringModelVersion, ScoringModelVersionRow)
    parts = columns(ScoringModelCriterion, ScoringModelCriterionRow)
    table = sa.inspect(ScoringModelCriterion).local_table
    result = connection.execute(
        sa.select(*parts)
        .where(table.c.organisation_id == organisation_id)
        .order_by(table.c.model_version_id, table.c.position, table.c.criterion_id)
    )
    members: defaultdict[UUID, list[tuple[ScoringModelCriterionRow, CriterionRow]]] = defaultdict(list)
    for item in map(ScoringModelCriterionRow._make, result):
        members[item.model_version_id].append((item, criteria[item.criterion_id]))
    model_versions = {
        version.id: ModelVersion(models[version.model_id], version, tuple(members[version.id]))
        for version in versions.values()
    }
    current: dict[UUID, ModelVersion] = {}
    for candidate in model_versions.values():
        newest = current.get(candidate.model.id)
        if newest is None or candidate.version.number > newest.version.number:
            current[candidate.model.id] = candidate
    return {"model_versions": model_versions, "current_versions": current}


def cascade(
    objectives: Mapping[UUID, ObjectiveRow], key_results: Mapping[UUID, KeyResultRow]
) -> dict[str, Any]:
    """What is below each objective, and what goes on as what."""
    evidence: defaultdict[UUID, list[KeyResultRow]] = defaultdict(list)
    for key_result in key_results.values():
        evidence[key_result.objective_id].append(key_result)
    below: defaultdict[UUID, list[ObjectiveRow]] = defaultdict(list)
    for objective in objectives.values():
        if objective.parent_id is not None:
            below[objective.parent_id].append(objective)
    return {
        "key_results_of": {key: _oldest_first(rows) for key, rows in evidence.items()},
        "children_of": {key: _oldest_first(rows) for key, rows in below.items()},
        "successors": _successors((*objectives.values(), *key_results.values())),
    }


def _successors(rows: Iterable[ObjectiveRow | KeyResultRow]) -> dict[UUID, UUID]:
    return {row.carried_over_from_id: row.id for row in rows if row.carried_over_from_id is not None}


def _successors_after(
    directory: Directory, parts: Mapping[str, Any], changed: Mapping[str, set[UUID]]
) -> Mapping[UUID, UUID]:
    """What goes on as what; lineage is given once and never taken back."""
    fresh = [
        parts[name][key]
        for table, name in (("objective", "objectives"), ("key_result", "key_results"))
        for key in changed.get(table, ())
        if key in parts[name]
    ]
    new = _successors(fresh)
    return (
        {**directory.successors, **new} if new.keys() - directory.successors.keys() else directory.successors
    )


def _regrouped(
    groups: Mapping[UUID, tuple[Any, ...]],
    before: Mapping[UUID, Any],
    after: Mapping[UUID, Any],
    ids: set[UUID],
    *,
    by: str,
) -> dict[UUID, tuple[Any, ...]]:
    """The groups with the changed rows where they belong now; the others are taken over."""
    came: defaultdict[UUID, list[Any]] = defaultdict(list)
    touched: set[UUID] = set()
    for key in ids:
        for rows in (before, after):
            parent = getattr(rows[key], by) if key in rows else None
            if parent is not None:
                touched.add(parent)
                if rows is after:
                    came[parent].append(rows[key])
    regrouped = dict(groups)
    for parent in touched:
        members = [row for row in groups.get(parent, ()) if row.id not in ids] + came[parent]
        if members:
            regrouped[parent] = _oldest_first(members)
        else:
            regrouped.pop(parent, None)
    return regrouped


def _oldest_first(rows: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(rows, key=lambda row: (row.created_at, row.id)))
