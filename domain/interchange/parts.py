"""What a line changes in the parts of an initiative: demands, contributions, ratings, cost of delay. Pure.

Each function compares a record with what is stored, and returns the rows to write. None of them repeats what
is stored already.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from domain.cost_of_delay import OPTIONAL_PARAMETERS, REQUIRED_PARAMETERS
from domain.enums import CriterionSource, KeyResultDirection, UrgencyProfile
from domain.interchange.names import Register, find_key_result, known_as
from domain.interchange.records import Demand, ExpectedChange, Rating
from domain.interchange.stored import CriterionScale, KeyResultAim
from domain.interchange.values import CellError

_LIFE_PARAMETERS = ("deadline", "step_minor", "ramp_weeks", "life_weeks", "peak_week")
_COST_COLUMNS = (
    "profile",
    "currency",
    "rate_minor_per_week_low",
    "rate_minor_per_week_likely",
    "rate_minor_per_week_high",
    *_LIFE_PARAMETERS,
)


class Part(NamedTuple):
    """Rows of one table to insert, to change and to delete; without the columns that all of them share."""

    added: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    removed: list[dict[str, Any]]

    @property
    def differs(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.added or self.changed or self.removed)


def demands_part(
    demands: Sequence[Demand],
    stored: Mapping[tuple[UUID, str], Mapping[str, Any]],
    *,
    are_all: bool,
    teams: Register,
) -> Part:
    """Demands by team and skill; ``are_all`` removes those that are not among them.

    Raises
    ------
    CellError
        When a team is not there, or newly named and archived.
    """
    named = {team_id for team_id, _ in stored}
    wanted: dict[tuple[UUID, str], Mapping[str, Any] | None] = {}
    if are_all:
        wanted.update(dict.fromkeys(stored))
    for one in demands:
        known = teams.known.get(one.team.lower())
        weeks = one.person_weeks
        if weeks is None:
            if known is not None:
                wanted[known.id, one.skill] = None
            continue
        already = known.id if known is not None and known.id in named else None
        wanted[teams.find(one.team, already=already), one.skill] = {
            "person_weeks_low": weeks.low,
            "person_weeks_likely": weeks.likely,
            "person_weeks_high": weeks.high,
        }
    return _compared(wanted, stored, key=lambda key: {"team_id": key[0], "skill": key[1]})


def contributions_part(
    changes: Mapping[str, ExpectedChange | None],
    stored: Mapping[UUID, Mapping[str, Any]],
    *,
    are_all: bool,
    key_results: Mapping[str, list[KeyResultAim]],
) -> Part:
    """Contributions by key result; ``are_all`` removes those that are not among them.

    Raises
    ------
    CellError
        When a key result is not there, is named twice, or is to go the other way.
    """
    wanted: dict[UUID, Mapping[str, Any] | None] = {}
    named: set[UUID] = set()
    if are_all:
        wanted.update(dict.fromkeys(stored))
    for name, change in changes.items():
        if change is None:
            wanted.update({aim.id: None for aim in known_as(key_results, name)})
            continue
        aim = find_key_result(key_results, name, already=stored)
        if aim.id in named:
            raise CellError(f"the key result “{aim.title}” is named twice")
        named.add(aim.id)
        _refuse_wrong_way(aim, change.delta)
        wanted[aim.id] = {"expected_delta": change.delta, "confidence": change.confidence}
    return _compared(wanted, stored, key=lambda key: {"key_result_id": key})


def _refuse_wrong_way(aim: KeyResultAim, delta: float) -> None:
    if aim.direction is KeyResultDirection.MILESTONE:
        if not 0 < delta <= 1:
            raise CellError(
                f"“{aim.title}” is a milestone: the change is the part of it that is achieved, above 0 and at"
                f" most 1, not {delta:g}"
            )
    elif delta == 0 or (delta > 0) is not (aim.direction is KeyResultDirection.INCREASE):
        raise CellError(f"“{aim.title}” is to {aim.direction.value}, and a change of {delta:g} does not")


def ratings_part(
    ratings: Mapping[str, Rating | None],
    stored: Mapping[UUID, Mapping[str, Any]],
    *,
    criteria: Mapping[str, CriterionScale],
) -> Part:
    """The importing member's ratings by criterion; those that are not named stay.

    Raises
    ------
    CellError
        When a criterion is not there, is computed, or a figure is off its scale.
    """
    wanted: dict[UUID, Mapping[str, Any] | None] = {}
    for key, rating in ratings.items():
        scale = criteria.get(key)
        if rating is None:
            if scale is not None:
                wanted[scale.id] = None
            continue
        if scale is None:
            known = ", ".join(sorted(criteria)) or "none"
            raise CellError(f"there is no criterion {key}; create it first (there are: {known})")
        before = stored.get(scale.id)
        if scale.archived_at is not None and before is None:
            raise CellError(f"the criterion {key} is archived; take it back into use first")
        if scale.source is not CriterionSource.SCORE:
            raise CellError(f"the criterion {key} is computed from {scale.source.value}; nobody rates it")
        for figure in rating.value:
            if figure is not None and not scale.scale_min <= figure <= scale.scale_max:
                raise CellError(
                    f"{key} goes from {scale.scale_min:g} to {scale.scale_max:g}, and {figure:g} is off its scale"
                )
        kept = "" if before is None else before["note"]
        wanted[scale.id] = {
            "value": rating.value.likely,
            "value_low": rating.value.low,
            "value_high": rating.value.high,
            "note": kept if rating.note is None else rating.note,
        }
    return _compared(wanted, stored, key=lambda key: {"criterion_id": key})


def cost_part(given: Mapping[str, Any], stored: Mapping[str, Any] | None) -> Part:
    """The cost of delay: what is given over what is stored; parameters of another profile are not kept.

    Raises
    ------
    CellError
        When the profile lacks a parameter or has one that means nothing to it.
    """
    if given["rate_minor_per_week_likely"] is None:
        return Part([], [], [] if stored is None else [{}])
    profile = given.get("profile") or (UrgencyProfile.LINEAR if stored is None else stored["profile"])
    merged: dict[str, Any] = dict.fromkeys(_COST_COLUMNS)
    if stored is not None and stored["profile"] is profile:
        merged.update({name: stored[name] for name in _LIFE_PARAMETERS})
        if stored["currency"] != given["currency"] and "step_minor" not in given and stored["step_minor"]:
            raise CellError(
                f"its step counts {stored['currency']} so far, and the rate {given['currency']}: give the step, too"
            )
    merged.update(given)
    merged["profile"] = profile
    _refuse_misfit(profile, merged)
    if stored is None:
        return Part([merged], [], [])
    differs = any(stored[name] != value for name, value in merged.items())
    return Part([], [merged] if differs else [], [])


def _refuse_misfit(profile: UrgencyProfile, values: Mapping[str, Any]) -> None:
    required = REQUIRED_PARAMETERS[profile]
    allowed = {*required, *OPTIONAL_PARAMETERS.get(profile, ())}
    for name in _LIFE_PARAMETERS:
        field = f"cost_of_delay_{name.removesuffix('_minor')}"
        if name in required and values[name] is None:
            raise CellError(f"the profile {profile.value} needs {field}")
        if name not in allowed and values[name] is not None:
            raise CellError(f"{field} means nothing to the profile {profile.value}; leave it empty")
    peak, life = values["peak_week"], values["life_weeks"]
    if peak is not None and life is not None and peak >= life:
        raise CellError(f"the peak (week {peak:g}) must be before the end of life (week {life:g})")


def _compared(
    wanted: Mapping[Any, Mapping[str, Any] | None],
    stored: Mapping[Any, Mapping[str, Any]],
    *,
    key: Callable[[Any], dict[str, Any]],
) -> Part:
    part = Part([], [], [])
    for name, values in wanted.items():
        before = stored.get(name)
        if values is None:
            if before is not None:
                part.removed.append(key(name))
        elif before is None:
            part.added.append({**key(name), **values})
        elif any(before[column] != value for column, value in values.items()):
            part.changed.append({**key(name), **values})
    return part
