"""What a file says about one initiative, whatever its format: typed, and not yet compared with what is stored.

A field that is not in ``plain`` or ``references``, or is None, is one that the line says nothing about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from domain.enums import DependencyKind, InitiativeState
from domain.interchange.values import Estimate


class Demand(NamedTuple):
    """Person-weeks of a team, by its name, and of a skill unless that is empty; None when unknown."""

    team: str
    skill: str
    person_weeks: Estimate | None


class Rating(NamedTuple):
    """A score with its range; the note is None where the line has none."""

    value: Estimate
    note: str | None


class ExpectedChange(NamedTuple):
    """A contribution to a key result, which is named by its title or id."""

    key_result: str
    delta: float
    confidence: float


class Wait(NamedTuple):
    """A dependency on another initiative, by its external id."""

    external_id: str
    kind: DependencyKind
    hard: bool
    lag_weeks: float
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeRecord:
    """What one line says."""

    line: int
    external_id: str
    plain: Mapping[str, Any]
    references: Mapping[str, str | None]
    state: InitiativeState | None = None
    demands: tuple[Demand, ...] | None = None
    demands_are_all: bool = False
    ratings: Mapping[str, Rating | None]
    contributions: Mapping[str, ExpectedChange | None] | None = None
    contributions_are_all: bool = False
    cost_of_delay: Mapping[str, Any] | None = None
    waits: tuple[Wait, ...] | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyRecord:
    """What one line of a file of dependencies says: ``successor`` waits."""

    line: int
    successor: str
    wait: Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A line that can't be used, and everything that is wrong with it."""

    line: int
    name: str | None
    reasons: tuple[str, ...]
