"""Metrics that are pulled in opposite directions at once: by a KPI and a key result, or by two key results. Pure.

That two of them are about one metric is known by lineage (the KPI became the key result), by declaration, or
by name: the same metric, or title, and unit within one team.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from uuid import UUID

from domain.enums import KeyResultDirection, KpiTargetType
from domain.kpi.queries import KpiLinks
from domain.kpi.rows import KpiRow
from domain.rows import KeyResultRow, ObjectiveRow

_KPI_PULL = {
    KpiTargetType.STAY_ABOVE: 1,
    KpiTargetType.INCREASE_TO: 1,
    KpiTargetType.STAY_BELOW: -1,
    KpiTargetType.DECREASE_TO: -1,
}
_KEY_RESULT_PULL = {KeyResultDirection.INCREASE: 1, KeyResultDirection.DECREASE: -1}


class ConflictBasis(StrEnum):
    """How it is known that two are about one metric, the surest first."""

    LINEAGE = "lineage"
    DECLARED = "declared"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricConflict:
    """Two that pull one metric apart: a KPI and a key result, or two key results where ``kpi_id`` is None."""

    metric: str
    basis: ConflictBasis
    kpi_id: UUID | None
    key_result_ids: tuple[UUID, ...]
    explanation: str


def metric_conflicts(
    kpis: Iterable[KpiRow],
    key_results: Iterable[KeyResultRow],
    objectives: Mapping[UUID, ObjectiveRow],
    links: KpiLinks,
) -> list[MetricConflict]:
    """All conflicts among what is in use, in the order of KPIs and then key results.

    A KPI that is to stay above or increase pulls up, one that is to stay below or decrease pulls down; a
    range is left where a target lies beyond one of its red thresholds. A key result pulls from its start to
    its target; milestones, drafts and those of closed objectives pull nothing.
    """
    pulling = [row for row in key_results if _pulls(row, objectives)]
    pairs = _pairs(kpis, pulling, objectives, links)
    conflicts: list[MetricConflict] = []
    about: defaultdict[UUID, list[KeyResultRow]] = defaultdict(list)
    for kpi, key_result, basis in pairs:
        about[kpi.id].append(key_result)
        why = _pulled_apart(kpi, key_result)
        if why is not None:
            conflicts.append(
                MetricConflict(
                    metric=kpi.metric or kpi.name,
                    basis=basis,
                    kpi_id=kpi.id,
                    key_result_ids=(key_result.id,),
                    explanation=why,
                )
            )
    return conflicts + list(_between_key_results(pulling, about, objectives))


def _pulls(key_result: KeyResultRow, objectives: Mapping[UUID, ObjectiveRow]) -> bool:
    objective = objectives.get(key_result.objective_id)
    return (
        key_result.archived_at is None
        and key_result.direction in _KEY_RESULT_PULL
        and key_result.target_value is not None
        and objective is not None
        and objective.archived_at is None
        and objective.closed_at is None
    )


def _pairs(
    kpis: Iterable[KpiRow],
    key_results: Iterable[KeyResultRow],
    objectives: Mapping[UUID, ObjectiveRow],
    links: KpiLinks,
) -> Iterator[tuple[KpiRow, KeyResultRow, ConflictBasis]]:
    by_id = {row.id: row for row in key_results}
    by_name: defaultdict[tuple[UUID, str, str], list[KeyResultRow]] = defaultdict(list)
    for row in by_id.values():
        by_name[objectives[row.objective_id].team_id, _plain(row.title), _plain(row.unit)].append(row)
    for kpi in kpis:
        if kpi.archived_at is not None:
            continue
        known: dict[UUID, ConflictBasis] = {}
        if kpi.id in links.promoted:
            known[links.promoted[kpi.id]] = ConflictBasis.LINEAGE
        for key_result_id in sorted(links.key_results.get(kpi.id, ())):
            known.setdefault(key_result_id, ConflictBasis.DECLARED)
        for row in by_name.get((kpi.team_id, _plain(kpi.metric or kpi.name), _plain(kpi.unit)), ()):
            known.setdefault(row.id, ConflictBasis.NAME)
        for key_result_id, basis in known.items():
            if key_result_id in by_id:
                yield kpi, by_id[key_result_id], basis


def _pulled_apart(kpi: KpiRow, key_result: KeyResultRow) -> str | None:
    target = key_result.target_value
    wanted = f"“{key_result.title}” is to {key_result.direction.value} to {target:g}"
    if kpi.target_type is KpiTargetType.STAY_WITHIN:
        if target is None or kpi.red_low is None or kpi.red_high is None:
            return None
        if kpi.red_low <= target <= kpi.red_high:
            return None
        return (
            f"“{kpi.name}” is to stay within {kpi.target_low:g} to {kpi.target_high:g}, while {wanted}, which is"
            " red."
        )
    if _KPI_PULL[kpi.target_type] == _KEY_RESULT_PULL[key_result.direction]:
        return None
    standard = kpi.target_low if kpi.target_low is not None else kpi.target_high
    return f"“{kpi.name}” is to {kpi.target_type.value.replace('_', ' ')} {standard:g}, while {wanted}."


def _between_key_results(
    key_results: Iterable[KeyResultRow],
    about: Mapping[UUID, list[KeyResultRow]],
    objectives: Mapping[UUID, ObjectiveRow],
) -> Iterator[MetricConflict]:
    groups: dict[tuple[object, ...], tuple[ConflictBasis, list[KeyResultRow]]] = {}
    for kpi_id, rows in about.items():
        groups[kpi_id,] = (ConflictBasis.DECLARED, rows)
    by_name: defaultdict[tuple[object, ...], list[KeyResultRow]] = defaultdict(list)
    for row in key_results:
        by_name[objectives[row.objective_id].team_id, _plain(row.title), _plain(row.unit)].append(row)
    groups |= {key: (ConflictBasis.NAME, rows) for key, rows in by_name.items()}
    seen: set[frozenset[UUID]] = set()
    for basis, rows in groups.values():
        for one, other in combinations(rows, 2):
            pair = frozenset((one.id, other.id))
            if one.direction is other.direction or pair in seen:
                continue
            seen.add(pair)
            yield MetricConflict(
                metric=one.title,
                basis=basis,
                kpi_id=None,
                key_result_ids=(one.id, other.id),
                explanation=f"“{one.title}” is to {one.direction.value} to {one.target_value:g}, while"
                f" “{other.title}” is to {other.direction.value} to {other.target_value:g}.",
            )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
