"""From a ranked portfolio with capacity, allocation and bookings to the input of its plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from domain.enums import InitiativeState
from domain.periods import PeriodLength
from domain.planning.input import MODES, Floats, Integers, Names, PlanningInput, PlanningSettings
from domain.planning.tables import AlternativeGroup, BookedTable, CapacityTable, PolicyTable, ResourceKey
from domain.ranking import RankedPortfolio
from domain.ranking.input import Ids, input_of
from domain.rows import CycleRow, InitiativeRow
from domain.snapshot import Directory, PortfolioColumns
from domain.snapshot.columns import CONSTRAINING, KINDS, day_number, frozen

_DELAY = (
    "rate_minor_per_week_low",
    "rate_minor_per_week_likely",
    "rate_minor_per_week_high",
    "deadline",
    "step_minor",
    "ramp_weeks",
    "life_weeks",
    "peak_week",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a plan needs to know beside the portfolio itself.

    ``elsewhere`` has the person-weeks that active initiatives of other portfolios still need of a team or skill
    within the cycle.
    """

    cycle: CycleRow
    today: date
    day: date
    length: PeriodLength
    currency: str
    capacity: CapacityTable
    policy: PolicyTable = field(default_factory=PolicyTable)
    booked: BookedTable = field(default_factory=BookedTable)
    alternatives: tuple[AlternativeGroup, ...] = ()
    elsewhere: dict[ResourceKey, float] = field(default_factory=dict)


def planning_input(
    ranking: RankedPortfolio, directory: Directory, surroundings: Surroundings
) -> PlanningInput:
    """The input of the plan of all initiatives that are ranked.

    Parameters
    ----------
    ranking
        Values and the order of the cut line come from it; what is not ranked is not planned.
    surroundings
        The periods of its capacity are those of the plan.
    """
    columns = ranking.columns
    positions = _by_id(ranking)
    place = np.full(len(columns), -1, dtype=np.int64)
    place[positions] = np.arange(len(positions))
    rows = [columns.rows[position] for position in positions.tolist()]
    categories = _sorted_ids(
        [row.id for row in directory.categories.values() if row.archived_at is None]
        + [row.category_id for row in rows if row.category_id is not None]
    )
    demanded = np.flatnonzero(place[columns.demands.initiative] >= 0)
    teams = _sorted_ids(columns.demands.team[entry] for entry in demanded.tolist())
    gone = _gone(columns, place)
    shares = np.flatnonzero(place[columns.shares.initiative] >= 0)
    key_results = _sorted_ids(columns.shares.key_result[entry] for entry in shares.tolist())
    alternatives = _alternatives(surroundings.alternatives, rows)
    return PlanningInput(
        settings=PlanningSettings(
            portfolio_id=columns.portfolio.id,
            cycle_id=surroundings.cycle.id,
            starts_on=surroundings.cycle.starts_on,
            ends_on=surroundings.cycle.ends_on,
            today=surroundings.today,
            day=surroundings.day,
            length=surroundings.length,
            currency=surroundings.currency,
            policy_version_id=surroundings.policy.version_id,
            policy_number=surroundings.policy.number,
        ),
        names=Names(
            portfolio=columns.portfolio.name,
            cycle=surroundings.cycle.name,
            initiatives=tuple(row.title for row in rows),
            teams=tuple(directory.teams[team_id].name for team_id in teams),
            categories=tuple(directory.categories[category_id].name for category_id in categories),
            key_results=tuple(directory.key_results[key_id].title for key_id in key_results),
            alternatives=tuple(group.name for group in alternatives),
            gone=tuple(columns.rows[position].title for position, _ in gone),
        ),
        periods=surroundings.capacity.periods,
        ids=_ids(row.id for row in rows),
        states=tuple(row.state for row in rows),
        category=_indices([row.category_id for row in rows], categories),
        mandatory=np.array([row.mandatory for row in rows], dtype=np.bool_),
        excluded=np.zeros(len(rows), dtype=np.bool_),
        committed=np.array([row.state is InitiativeState.ACTIVE for row in rows], dtype=np.bool_),
        duration=_durations(rows),
        earliest_start=np.array([day_number(row.earliest_start) for row in rows], dtype=np.float64),
        deadline=np.array([day_number(row.deadline) for row in rows], dtype=np.float64),
        teams=_ids(teams),
        **_demands(columns, place, demanded, teams, surroundings),
        categories=_ids(categories),
        **_policy(surroundings.policy, categories, teams),
        **_dependencies(columns, place),
        gone=_ids(columns.rows[position].id for position, _ in gone),
        gone_after=_integers(after for _, after in gone),
        **_groups(alternatives, rows),
        **_delay(columns, positions, surroundings.currency),
        **_contributions(columns, directory, place, shares, key_results),
        ranking=input_of(ranking),
    )


def _by_id(ranking: RankedPortfolio) -> Integers:
    """Positions in the columns of what is ranked, in the order of their ids."""
    positions = np.asarray(ranking.scored.positions, dtype=np.int64)
    return positions[np.argsort(ranking.columns.tie_break[positions], kind="stable")]


def _durations(rows: Sequence[InitiativeRow]) -> Floats:
    points = [(row.duration_weeks_low, row.duration_weeks_likely, row.duration_weeks_high) for row in rows]
    return _three_points(np.array(points, dtype=np.float64).reshape(-1, 3).T)


def _demands(
    columns: PortfolioColumns,
    place: Integers,
    demanded: Integers,
    teams: Sequence[UUID],
    surroundings: Surroundings,
) -> dict[str, Any]:
    demands = columns.demands
    keys = [ResourceKey(demands.team[entry], demands.skill[entry]) for entry in demanded.tolist()]
    resources = sorted({*keys, *(ResourceKey(team_id) for team_id in teams)}, key=_key)
    at = {key: index for index, key in enumerate(resources)}
    of = place[demands.initiative[demanded]]
    resource = _integers(at[key] for key in keys)
    in_order = np.lexsort((resource, of))
    amount = np.array([demands.low[demanded], demands.likely[demanded], demands.high[demanded]])
    spent = _spent(columns, demanded, surroundings.booked)
    periods = len(surroundings.capacity.periods)
    stated = surroundings.capacity.person_weeks
    capacity = [stated.get(key, np.full(periods, np.nan)) for key in resources]
    return {
        "demand_of": of[in_order],
        "demand_resource": resource[in_order],
        "demand": _three_points(amount)[:, in_order],
        "spent": spent[in_order],
        "resource_team": _indices([key.team_id for key in resources], teams),
        "skills": tuple(key.skill for key in resources),
        "capacity": np.array(capacity, dtype=np.float64).reshape(len(resources), periods).T,
        "elsewhere": np.array([surroundings.elsewhere.get(key, 0.0) for key in resources]),
    }


def _spent(columns: PortfolioColumns, demanded: Integers, booked: BookedTable) -> Floats:
    """What is booked on a team, divided among the demands for its skills in proportion to them."""
    demands = columns.demands
    whole: dict[tuple[int, UUID], float] = {}
    entries = demanded.tolist()
    for entry in entries:
        key = (int(demands.initiative[entry]), demands.team[entry])
        whole[key] = whole.get(key, 0.0) + float(demands.likely[entry])
    spent = np.full(len(entries), np.nan)
    for index, entry in enumerate(entries):
        of_teams = booked.person_weeks.get(columns.rows[demands.initiative[entry]].id)
        if of_teams is not None:
            total = whole[int(demands.initiative[entry]), demands.team[entry]]
            part = float(demands.likely[entry]) / total if total > 0 else 0.0
            spent[index] = of_teams.get(demands.team[entry], 0.0) * part
    return spent


def _policy(policy: PolicyTable, categories: Sequence[UUID], teams: Sequence[UUID]) -> dict[str, Any]:
    share = np.full((len(categories), len(teams)), np.nan)
    mode = np.full((len(categories), len(teams)), -1, dtype=np.int64)
    for m, team_id in enumerate(teams):
        of_team = policy.for_team(team_id)
        for b, category_id in enumerate(categories):
            if category_id in of_team:
                share[b, m] = of_team[category_id].share
                mode[b, m] = MODES.index(of_team[category_id].mode)
    return {"share": share, "mode": mode}


def _constraining(columns: PortfolioColumns) -> Integers:
    edges = columns.edges
    return np.flatnonzero(edges.hard & CONSTRAINING[edges.kind])


def _dependencies(columns: PortfolioColumns, place: Integers) -> dict[str, Any]:
    edges, entries = columns.edges, _constraining(columns)
    before, after = place[edges.predecessor[entries]], place[edges.successor[entries]]
    both = (before >= 0) & (after >= 0)
    entries, before, after = entries[both], before[both], after[both]
    in_order = np.lexsort((edges.lag_weeks[entries], edges.kind[entries], after, before))
    entries = entries[in_order]
    return {
        "before": before[in_order],
        "after": after[in_order],
        "kinds": tuple(KINDS[kind] for kind in edges.kind[entries].tolist()),
        "lag": edges.lag_weeks[entries],
    }


def _gone(columns: PortfolioColumns, place: Integers) -> list[tuple[int, int]]:
    """Positions in the columns of predecessors that nobody is going to do, and in the plan of who waits."""
    edges = columns.edges
    found = set()
    for entry in _constraining(columns).tolist():
        before, after = int(edges.predecessor[entry]), int(place[edges.successor[entry]])
        row = columns.rows[before]
        dropped = row.state is InitiativeState.STOPPED or row.archived_at is not None
        if after >= 0 and dropped and row.state is not InitiativeState.COMPLETED:
            found.add((before, after))
    return sorted(found, key=lambda pair: (columns.rows[pair[0]].id, pair[1]))


def _alternatives(
    groups: Iterable[AlternativeGroup], rows: Sequence[InitiativeRow]
) -> list[AlternativeGroup]:
    """The groups of which at least two initiatives are planned."""
    planned = {row.id for row in rows}
    kept = [group._replace(members=tuple(sorted(planned.intersection(group.members)))) for group in groups]
    return sorted((group for group in kept if len(group.members) > 1), key=lambda group: group.id)


def _groups(groups: Sequence[AlternativeGroup], rows: Sequence[InitiativeRow]) -> dict[str, Any]:
    at = {row.id: index for index, row in enumerate(rows)}
    pairs = [(g, at[member]) for g, group in enumerate(groups) for member in group.members]
    return {
        "alternatives": _ids(group.id for group in groups),
        "member_group": _integers(group for group, _ in pairs),
        "member": _integers(member for _, member in pairs),
    }


def _delay(columns: PortfolioColumns, positions: Integers, currency: str) -> dict[str, Any]:
    """Costs of delay; one in another currency can't be added up with the others, and is unknown."""
    costs = [columns.costs_of_delay[position] for position in positions.tolist()]
    known = [cost if cost is not None and cost.currency == currency else None for cost in costs]
    table = np.full((len(_DELAY), len(known)), np.nan)
    for index, cost in enumerate(known):
        if cost is None:
            continue
        for line, name in enumerate(_DELAY):
            value = getattr(cost, name)
            table[line, index] = day_number(value) if name == "deadline" else _number(value)
    table[:3] = _three_points(table[:3])
    return {"profiles": tuple(None if cost is None else cost.profile for cost in known), "delay": table}


def _contributions(
    columns: PortfolioColumns,
    directory: Directory,
    place: Integers,
    entries: Integers,
    key_results: Sequence[UUID],
) -> dict[str, Any]:
    shares = columns.shares
    rows = [directory.key_results[key_result_id] for key_result_id in key_results]
    contributor = place[shares.initiative[entries]]
    contributes_to = _indices([shares.key_result[entry] for entry in entries.tolist()], key_results)
    in_order = np.lexsort((contributes_to, contributor))
    figures = [
        [row.start_value, row.target_value, row.current_value, row.weight, objective.weight]
        for row, objective in ((row, directory.objectives[row.objective_id]) for row in rows)
    ]
    return {
        "key_results": _ids(key_results),
        "figures": np.array(figures, dtype=np.float64).reshape(-1, 5).T,
        "contributor": contributor[in_order],
        "contributes_to": contributes_to[in_order],
        "contribution": np.array([shares.expected_delta[entries], shares.confidence[entries]])[:, in_order],
    }


def _key(key: ResourceKey) -> tuple[UUID, str]:
    return (key.team_id, key.skill)


def _three_points(points: Floats) -> Floats:
    """Low and high where they are not given: who states one point is sure."""
    low, likely, high = points
    return np.array([np.where(np.isnan(low), likely, low), likely, np.where(np.isnan(high), likely, high)])


def _sorted_ids(ids: Iterable[UUID]) -> tuple[UUID, ...]:
    return tuple(sorted(set(ids)))


def _ids(ids: Iterable[UUID]) -> Ids:
    joined = b"".join(one.bytes for one in ids)
    return frozen(np.frombuffer(joined, dtype=np.uint8).reshape(-1, 16))


def _indices(ids: Iterable[UUID | None], known: Sequence[UUID]) -> Integers:
    at = {one: index for index, one in enumerate(known)}
    return _integers(-1 if one is None else at[one] for one in ids)


def _integers(values: Iterable[int]) -> Integers:
    return np.array(list(values), dtype=np.int64)


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)
