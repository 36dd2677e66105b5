"""What has changed between two inputs of a plan: why a scenario's base is no longer how things are."""

from collections.abc import Iterator
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.planning.encoding import fingerprint
from domain.planning.input import Floats, PlanningInput, uuids
from domain.scenario.errors import Moved, MovedKind

MOST_NAMED = 100
"""So many changes are named; that there are more is said by their number."""

_ESTIMATE = {"duration": "duration", "earliest_start": "earliest start", "deadline": "deadline"}
_FLAGS = {"mandatory": "mandatory", "committed": "in flight", "excluded": "excluded"}
_SETTINGS = ("starts_on", "ends_on", "length", "currency")


def moved(base: PlanningInput, now: PlanningInput) -> tuple[Moved, ...]:
    """What is not the same any more, in the order of the kinds and then of the ids; empty if nothing is."""
    if fingerprint(base) == fingerprint(now):
        return ()
    found = [
        *_settings(base, now),
        *_initiatives(base, now),
        *_capacity(base, now),
        *_allocation(base, now),
        *_dependencies(base, now),
        *_key_results(base, now),
        *_scoring(base, now),
    ]
    # what is compared field by field above is not all that there is
    return tuple(found) or (Moved(MovedKind.SETTINGS, base.names.portfolio, "other figures of the plan"),)


def _settings(base: PlanningInput, now: PlanningInput) -> Iterator[Moved]:
    what = [name for name in _SETTINGS if getattr(base.settings, name) != getattr(now.settings, name)]
    if not what and base.periods != now.periods:
        what = ["periods"]
    for name in what:
        yield Moved(MovedKind.SETTINGS, now.names.cycle, name.replace("_", " "))


def _initiatives(base: PlanningInput, now: PlanningInput) -> Iterator[Moved]:
    for initiative_id, title in zip(now.initiative_ids, now.names.initiatives, strict=True):
        if initiative_id not in base.position_of:
            yield Moved(MovedKind.INITIATIVE_ENTERED, title, "is new, or open again", (initiative_id,))
    for initiative_id, title in zip(base.initiative_ids, base.names.initiatives, strict=True):
        if initiative_id not in now.position_of:
            what = "is completed, stopped, or archived"
            yield Moved(MovedKind.INITIATIVE_LEFT, title, what, (initiative_id,))
    before, after = _figures(base), _figures(now)
    for at, initiative_id in enumerate(base.initiative_ids):
        other = now.position_of.get(initiative_id)
        if other is not None:
            changed = [name for name in before if before[name][at] != after[name][other]]
            if changed:
                title = now.names.initiatives[other]
                yield Moved(MovedKind.INITIATIVE_CHANGED, title, ", ".join(changed), (initiative_id,))


def _figures(posed: PlanningInput) -> dict[str, list[object]]:
    """What is known of each initiative, comparable whatever its position, by what people call it."""
    size = range(len(posed))
    categories = [*posed.category_ids, None]
    found: dict[str, list[object]] = {
        "state": list(posed.states),
        "category": [categories[at] for at in posed.category.tolist()],
    }
    for field, name in _FLAGS.items():
        found[name] = list(getattr(posed, field).tolist())
    for field, name in _ESTIMATE.items():
        found[name] = _keys(getattr(posed, field))
    demands: list[list[object]] = [[] for _ in size]
    booked: list[list[object]] = [[] for _ in size]
    for entry, at in enumerate(posed.demand_of.tolist()):
        k = int(posed.demand_resource[entry])
        resource = (posed.team_ids[int(posed.resource_team[k])], posed.skills[k])
        demands[at].append((resource, posed.demand[:, entry].tobytes()))
        booked[at].append((resource, _key(posed.spent[entry])))
    found["demand"] = [sorted(entries, key=repr) for entries in demands]
    found["bookings"] = [sorted(entries, key=repr) for entries in booked]
    delay = _keys(posed.delay)
    found["cost of delay"] = [(posed.profiles[at], delay[at]) for at in size]
    goals: list[list[object]] = [[] for _ in size]
    ids = uuids(posed.key_results)
    for entry, at in enumerate(posed.contributor.tolist()):
        figures = posed.contribution[:, entry].tobytes()
        goals[at].append((ids[int(posed.contributes_to[entry])], figures))
    found["contributions"] = [sorted(entries, key=repr) for entries in goals]
    alternatives: list[list[object]] = [[] for _ in size]
    groups = uuids(posed.alternatives)
    for group, at in zip(posed.member_group.tolist(), posed.member.tolist(), strict=True):
        alternatives[at].append(groups[group])
    found["alternatives"] = [sorted(entries, key=repr) for entries in alternatives]
    found["value"] = _keys(posed.value)
    found["rank set by hand"] = list(posed.ranking.stated.tolist())
    return found


def _key(value: float) -> float | None:
    """A figure that is equal to itself also when it is unknown."""
    return None if np.isnan(value) else float(value)


def _keys(table: NDArray[np.float64]) -> list[object]:
    """Figures of each initiative, in columns or in rows by column."""
    rows = np.atleast_2d(table)
    return [tuple(_key(value) for value in rows[:, at].tolist()) for at in range(rows.shape[1])]


def _capacity(base: PlanningInput, now: PlanningInput) -> Iterator[Moved]:
    before, after = _resources(base), _resources(now)
    for key in sorted(before.keys() | after.keys(), key=repr):
        if before.get(key) != after.get(key):
            team_id, skill = key
            names = now if team_id in now.team_ids else base
            team = names.names.teams[names.team_ids.index(team_id)]
            yield Moved(MovedKind.CAPACITY, f"{team} ({skill})" if skill else team, "capacity", (team_id,))


def _resources(posed: PlanningInput) -> dict[tuple[UUID, str], object]:
    found: dict[tuple[UUID, str], object] = {}
    for k, skill in enumerate(posed.skills):
        team_id = posed.team_ids[int(posed.resource_team[k])]
        figures: Floats = posed.capacity[:, k]
        found[team_id, skill] = (_keys(figures[:, np.newaxis])[0], _key(posed.elsewhere[k]))
    return found


def _allocation(base: PlanningInput, now: PlanningInput) -> Iterator[Moved]:
    before, after = _shares(base), _shares(now)
    if before == after and base.settings.policy_version_id != now.settings.policy_version_id:
        yield Moved(MovedKind.ALLOCATION, now.names.portfolio, "policy version")
    changed = sorted(
        {key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}, key=repr
    )
    for category_id in changed:
        names = now if category_id in now.category_ids else base
        name = names.names.categories[names.category_ids.index(category_id)]
        yield Moved(MovedKind.ALLOCATION, name, "share or mode", (category_id,))


def _shares(posed: PlanningInput) -> dict[tuple[UUID, UUID], object]:
    return {
        (category_id, team_id): (float(posed.share[b, m]), int(posed.mode[b, m]))
        for b, category_id in enumerate(posed.category_ids)
        for m, team_id in enumerate(posed.team_ids)
        if not np.isnan(posed.share[b, m])
    }


def _dependencies(base: PlanningInput, now: PlanningInput) -> Iterator[Moved]:
    before, after = _edges(base), _edges(now)
    for first, second in sorted({edge[:2] for edge in before ^ after}, key=repr):
        names = dict(zip(base.initiative_ids, base.names.initiatives, strict=True))
        names |= dict(zip(now.initiative_ids, now.names.initiatives, strict=True))
        names |= dict(zip(uuids(base.gone), base.names.gone, strict=True))
        names |= dict(zip(uuids(now.gone), now.names.gone, strict=True))
        yield Moved(
            MovedKind.DEPENDENCIES, f"{names[first]} → {names[second]}", "dependency", (first, second)
        )


def _edges(posed: PlanningInput) -> set[tuple[UUID, UUID, str, float]]:
    ids = posed.initiative_ids
    found = {
        (ids[before], ids[after], kind.value, lag)
        for before, after, kind, lag in zip(
            posed.before.tolist(), posed.after.tolist(), posed.kinds, posed.lag.tolist(), strict=True
        )
    }
    gone = zip(uuids(posed.gone), posed.gone_after.tolist(), strict=True)
    return found | {(before, ids[after], "gone", 0.0) for before, after in gone}


def _key_results(base: PlanningInput, now: PlanningInput) -> Iterator[Moved]:
    before = dict(zip(uuids(base.key_results), _keys(base.figures), strict=True))
    after = dict(zip(uuids(now.key_results), _keys(now.figures), strict=True))
    names = dict(zip(before, base.names.key_results, strict=True))
    names |= dict(zip(after, now.names.key_results, strict=True))
    for key_result_id in sorted(before.keys() | after.keys()):
        if before.get(key_result_id) != after.get(key_result_id):
            what = "start, target, current value or weight"
            yield Moved(MovedKind.KEY_RESULT, names[key_result_id], what, (key_result_id,))


def _scoring(base: PlanningInput, now: PlanningInput) -> Iterator[Moved]:
    if base.ranking.settings != now.ranking.settings:
        yield Moved(MovedKind.SCORING, now.names.portfolio, "method, model or weights")
