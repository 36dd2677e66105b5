"""What a plan needs to know about capacity and its allocation, as plain tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.periods import Period
from prioritisation.allocation_limits import AllocationMode


class ResourceKey(NamedTuple):
    """A team, or a skill of it; no skill means the team as a whole."""

    team_id: UUID
    skill: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityTable:
    """Person-weeks per period, of the teams and skills for which somebody has stated capacity.

    What is left out is unknown. Zero is known, and means that there is nobody.
    """

    periods: tuple[Period, ...]
    person_weeks: Mapping[ResourceKey, NDArray[np.float64]]


class Share(NamedTuple):
    """A category's part in the capacity of a team, 0 to 1."""

    share: float
    mode: AllocationMode


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTable:
    """Shares by category, and for some teams their own instead.

    A category without a share has no limit of its own.
    """

    version_id: UUID | None = None
    number: int | None = None
    shares: Mapping[UUID, Share] = field(default_factory=dict)
    of_team: Mapping[UUID, Mapping[UUID, Share]] = field(default_factory=dict)

    def for_team(self, team_id: UUID) -> Mapping[UUID, Share]:
        """The shares that hold for a team."""
        return self.of_team.get(team_id, self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedTable:
    """Person-weeks booked so far, by initiative and team; who is left out has no bookings."""

    person_weeks: Mapping[UUID, Mapping[UUID, float]] = field(default_factory=dict)


class AlternativeGroup(NamedTuple):
    """Initiatives of which at most one may be done."""

    id: UUID
    name: str
    members: tuple[UUID, ...]
