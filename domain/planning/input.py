"""All that a plan is computed from, in one canonical form: equal bytes mean equal plans, anywhere.

Initiatives, teams, categories and key results are in the order of their ids; how a snapshot holds them leaves
no trace. A scenario's effects are functions from one input to another.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import DependencyKind, InitiativeState, UrgencyProfile
from domain.periods import Period, PeriodLength
from domain.ranking.input import Ids, RankingInput, Solved, solve
from domain.snapshot.columns import frozen
from prioritisation.allocation_limits import AllocationMode

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

ENGINE_VERSION = "1"
"""Counted up when the same input gives another plan."""

MODES = tuple(AllocationMode)
"""What the codes of ``PlanningInput.mode`` mean."""

LOW, LIKELY, HIGH = range(3)
"""Rows of three-point estimates."""

RATE_LOW, RATE_LIKELY, RATE_HIGH, DEADLINE, STEP, RAMP, LIFE, PEAK = range(8)
"""Rows of ``PlanningInput.delay``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningSettings:
    """What is the same for all initiatives of a plan.

    ``day`` is the first day that is planned: the later of ``today`` and the first day of the cycle, and week 0
    of the costs of delay. Work in flight goes on from ``today`` to then. ``policy_version_id`` and
    ``policy_number`` name the allocation policy that ``share`` is from; None without one.
    """

    portfolio_id: UUID
    cycle_id: UUID
    starts_on: date
    ends_on: date
    today: date
    day: date
    length: PeriodLength
    currency: str
    policy_version_id: UUID | None
    policy_number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What people call things; no part of the fingerprint."""

    portfolio: str
    cycle: str
    initiatives: tuple[str, ...]
    teams: tuple[str, ...]
    categories: tuple[str, ...]
    key_results: tuple[str, ...]
    alternatives: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanningInput:
    """What a plan of n initiatives, m teams and b categories over T periods is computed from.

    Positions count from 0. Days are numbers since 1970-01-01, money is in minor units of the currency, weeks
    and person-weeks are as they say; NaN is unknown, and never 0.

    Attributes
    ----------
    periods
        From ``settings.day`` to the end of the cycle; the first and the last may be partial.
    ids : uint8[n, 16]
        The open initiatives, ascending: the same as those of ``ranking``.
    states
        Per initiative.
    category : int64[n]
        -1 without one.
    mandatory, excluded, committed : bool[n]
        Has to be done (regulatory, or forced in); may not be done; is being worked on (active), so that what
        it still needs comes first.
    duration : float64[3, n]
        Whole duration in weeks: low, likely, high.
    earliest_start, deadline : float64[n]
    demand_of, demand_resource : int64[d]
        Who demands, and which resource; sorted.
    demand : float64[3, d]
        Person-weeks as a whole: low, likely, high.
    spent : float64[d]
        Person-weeks booked on it; NaN where nothing has been booked on the initiative.
    teams : uint8[m, 16]
    resource_team : int64[K]
        A resource is a team, or a skill of a team; the team of each.
    skills
        Per resource; empty for the team itself, which comes before its skills. A demand for a skill counts on
        the skill and on its team.
    capacity : float64[T, K]
        Person-weeks per period; NaN where nobody has stated any.
    elsewhere : float64[K]
        Person-weeks of the capacity that active initiatives of other portfolios still need.
    categories : uint8[b, 16]
    share : float64[b, m]
        Share of each category in the capacity of each team, 0 to 1; NaN where the policy says nothing.
    mode : int64[b, m]
        Positions in ``MODES``; -1 where the policy says nothing.
    before, after : int64[e]
        Hard dependencies between open initiatives, ``kinds`` and ``lag`` (weeks) beside them; sorted.
    gone : uint8[g, 16]
        Stopped or archived predecessors over hard dependencies, and ``gone_after`` who waits for them.
    alternatives : uint8[a, 16]
        Groups of which at most one may be done; ``member_group`` and ``member`` list them, sorted.
    profiles
        Urgency profile per initiative; None without a cost of delay in the currency.
    delay : float64[8, n]
        Rate per week (low, likely, high), deadline (day), step, ramp, life and peak (weeks).
    key_results : uint8[k, 16]
    figures : float64[5, k]
        Start, target, current value, weight, weight of the objective.
    contributor, contributes_to : int64[c]
        Positions of initiatives and key results; ``contribution`` (2, c) has expected delta and confidence.
    ranking
        What the ranking is computed from that values and the cut line follow: see ``value``.
    """

    settings: PlanningSettings
    names: Names
    periods: tuple[Period, ...]
    ids: Ids
    states: tuple[InitiativeState, ...]
    category: Integers
    mandatory: Flags
    excluded: Flags
    committed: Flags
    duration: Floats
    earliest_start: Floats
    deadline: Floats
    demand_of: Integers
    demand_resource: Integers
    demand: Floats
    spent: Floats
    teams: Ids
    resource_team: Integers
    skills: tuple[str, ...]
    capacity: Floats
    elsewhere: Floats
    categories: Ids
    share: Floats
    mode: Integers
    before: Integers
    after: Integers
    kinds: tuple[DependencyKind, ...]
    lag: Floats
    gone: Ids
    gone_after: Integers
    alternatives: Ids
    member_group: Integers
    member: Integers
    profiles: tuple[UrgencyProfile | None, ...]
    delay: Floats
    key_results: Ids
    figures: Floats
    contributor: Integers
    contributes_to: Integers
    contribution: Floats
    ranking: RankingInput

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def initiative_ids(self) -> tuple[UUID, ...]:
        """The initiatives' ids."""
        return uuids(self.ids)

    @cached_property
    def team_ids(self) -> tuple[UUID, ...]:
        """The teams' ids."""
        return uuids(self.teams)

    @cached_property
    def category_ids(self) -> tuple[UUID, ...]:
        """The categories' ids."""
        return uuids(self.categories)

    @cached_property
    def position_of(self) -> dict[UUID, int]:
        """Position of each initiative."""
        return {initiative_id: at for at, initiative_id in enumerate(self.initiative_ids)}

    @cached_property
    def team_resource(self) -> Integers:
        """The resource that is each team itself."""
        whole = np.array([skill == "" for skill in self.skills], dtype=np.bool_)
        return frozen(np.flatnonzero(whole))

    @cached_property
    def solved(self) -> Solved:
        """The ranking, computed from ``ranking``."""
        return solve(self.ranking)

    @cached_property
    def value(self) -> Floats:
        """What doing each initiative is worth: score · size of the ranking, NaN where unknown.

        The numerator of a ratio (with CD3 the cost of delay in major units per week, with WSJF the sum of its
        three values, with RICE reach · impact · confidence), the score itself of other methods.
        """
        return frozen(self.solved.score * self.solved.size)

    @cached_property
    def order(self) -> Integers:
        """Positions, best ranked first."""
        return self.solved.ordered.order

    @cached_property
    def remaining(self) -> Floats:
        """What each demand still needs, (3, d) person-weeks: the estimate less what is booked, at least 0."""
        return frozen(np.maximum(self.demand - np.nan_to_num(self.spent), 0.0))

    @cached_property
    def booked(self) -> Flags:
        """Whether anything has been booked on each initiative: if not, its whole estimate counts as open."""
        known = np.zeros(len(self), dtype=np.bool_)
        known[self.demand_of[~np.isnan(self.spent)]] = True
        return frozen(known)

    @cached_property
    def remaining_duration(self) -> Floats:
        """Weeks that each initiative still takes, (3, n): its duration by the share of effort that remains."""
        left = self.totals(self.remaining)
        whole = self.totals(self.demand)
        part = np.divide(left, whole, out=np.ones_like(left), where=whole > 0)
        return frozen(self.duration * part)

    def totals(self, per_demand: Floats) -> Floats:
        """Sums of (3, d) figures of demands by initiative, (3, n)."""
        rows = [np.bincount(self.demand_of, weights=row, minlength=len(self)) for row in per_demand]
        return np.array(rows, dtype=np.float64)

    def on_resources(self, per_demand: Floats) -> Floats:
        """Figures (d) of demands as a table (n, K); a demand for a skill counts on its team too."""
        table = np.zeros((len(self), len(self.skills)))
        np.add.at(table, (self.demand_of, self.demand_resource), per_demand)
        team = self.team_resource[self.resource_team[self.demand_resource]]
        skilled = team != self.demand_resource
        np.add.at(table, (self.demand_of[skilled], team[skilled]), per_demand[skilled])
        return table


def uuids(ids: Ids) -> tuple[UUID, ...]:
    """Rows of 16 bytes as ids."""
    return tuple(UUID(bytes=row.tobytes()) for row in ids)
