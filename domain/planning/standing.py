"""Who competes for capacity: what is in flight, what has to be done, and what can't be planned, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from domain.planning.input import LIKELY, Flags, Floats, Integers, PlanningInput
from domain.snapshot.columns import day_number, frozen
from prioritisation.adjacency import csr, reachable

_DAYS = 7


class Bar(StrEnum):
    """Why an initiative can't be funded, whatever capacity there is."""

    EXCLUDED = "excluded"
    VALUE_UNKNOWN = "value_unknown"
    EFFORT_UNKNOWN = "effort_unknown"
    CAPACITY_UNKNOWN = "capacity_unknown"
    PREREQUISITE_GONE = "prerequisite_gone"
    ALTERNATIVE_IN_FLIGHT = "alternative_in_flight"
    STARTS_AFTER_CYCLE = "starts_after_cycle"
    DEADLINE_UNATTAINABLE = "deadline_unattainable"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standing:
    """How each of n initiatives stands before anything is chosen.

    Attributes
    ----------
    committed : bool[n]
        In flight and not excluded: what it still needs comes first.
    mandatory : bool[n]
        Has to be funded, and is not in flight.
    forced : bool[n]
        Mandatory, or needed by what is.
    bars
        What keeps each from being funded. What is forced is held back by nothing but being excluded: its
        other bars are gaps that somebody has to close.
    before, after : int64[e]
        Prerequisites between what is not in flight.
    """

    committed: Flags
    mandatory: Flags
    forced: Flags
    bars: Mapping[Bar, Flags]
    before: Integers
    after: Integers

    @property
    def barred(self) -> Flags:
        """Whether each can't be funded."""
        found = np.zeros(len(self.committed), dtype=np.bool_)
        for bar, flags in self.bars.items():
            found |= flags if bar is Bar.EXCLUDED else flags & ~self.forced
        return found

    def bars_of(self, position: int) -> tuple[Bar, ...]:
        """All that speaks against one initiative; for what is forced, all that should be looked at."""
        return tuple(bar for bar, flags in self.bars.items() if flags[position])


@dataclass(frozen=True, kw_only=True, eq=False)
class Effort:
    """What each initiative still needs of each resource.

    Attributes
    ----------
    weeks : float64[n, K]
        Likely person-weeks that remain, 0 on resources of unknown capacity.
    unknown : bool[n]
        Nobody has said what it needs.
    without_capacity : bool[n]
        It needs a team for which nobody has stated capacity.
    """

    weeks: Floats
    unknown: Flags
    without_capacity: Flags

    @cached_property
    def total(self) -> Floats:
        """Person-weeks of all teams whose capacity is known (n)."""
        return frozen(self.weeks.sum(axis=1))


def effort_of(posed: PlanningInput) -> Effort:
    """The effort that remains."""
    unknown = np.ones(len(posed), dtype=np.bool_)
    unknown[posed.demand_of] = False
    table = posed.on_resources(posed.remaining[LIKELY])
    silent: Flags = np.asarray(np.isnan(posed.capacity).any(axis=0))
    teams = posed.team_resource
    without: Flags = np.asarray((table[:, teams[silent[teams]]] > 0).any(axis=1))
    table[:, silent] = 0.0
    return Effort(weeks=frozen(table), unknown=frozen(unknown), without_capacity=frozen(without))


def standing_of(posed: PlanningInput, effort: Effort | None = None) -> Standing:
    """How each initiative stands.

    Exclusion outweighs everything: what is in flight and excluded is stopped, and frees what it still needs.
    """
    effort = effort_of(posed) if effort is None else effort
    size = len(posed)
    committed = posed.committed & ~posed.excluded
    mandatory = posed.mandatory & ~committed & ~posed.excluded
    free = ~committed[posed.after] & ~committed[posed.before]
    before, after = posed.before[free], posed.after[free]
    forced = mandatory.copy()
    forced[reachable(csr(size, after, before), np.flatnonzero(mandatory))] = True
    settings = posed.settings
    weeks = np.nan_to_num(posed.remaining_duration[LIKELY])
    start = np.fmax(posed.earliest_start, day_number(settings.day))
    gone = np.zeros(size, dtype=np.bool_)
    gone[posed.gone_after] = True
    taken = np.zeros(size, dtype=np.bool_)
    with_work = np.unique(posed.member_group[committed[posed.member]])
    taken[posed.member[np.isin(posed.member_group, with_work)]] = True
    bars = {
        Bar.EXCLUDED: posed.excluded,
        Bar.VALUE_UNKNOWN: np.isnan(posed.value),
        Bar.EFFORT_UNKNOWN: effort.unknown,
        Bar.CAPACITY_UNKNOWN: effort.without_capacity,
        Bar.PREREQUISITE_GONE: gone,
        Bar.ALTERNATIVE_IN_FLIGHT: taken,
        Bar.STARTS_AFTER_CYCLE: posed.earliest_start > day_number(settings.ends_on),
        # finished on the day of the deadline is in time
        Bar.DEADLINE_UNATTAINABLE: start + weeks * _DAYS - 1 > posed.deadline,
    }
    return Standing(
        committed=frozen(committed),
        mandatory=frozen(mandatory),
        forced=frozen(forced),
        bars={bar: frozen(flags & (~committed | posed.excluded)) for bar, flags in bars.items()},
        before=frozen(before),
        after=frozen(after),
    )
