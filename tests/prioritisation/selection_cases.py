"""Small selection problems, what a board may choose in them, and their optima by trying everything."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from prioritisation.allocation_limits import AllocationLimits, AllocationMode
from prioritisation.columns import BoolArray
from prioritisation.selection_problem import SelectionProblem
from tests.prioritisation.precedence_cases import Edge, columns, dags


@dataclass(frozen=True)
class Case:
    """A problem in plain lists."""

    value: list[float]
    demand: list[list[float]]
    category: list[int]
    capacity: list[float]
    share: list[float]
    mode: list[AllocationMode]
    edges: list[Edge] = field(default_factory=list)
    groups: list[list[int]] = field(default_factory=list)
    mandatory: list[int] = field(default_factory=list)
    excluded: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.value)

    def problem(self, **more: Any) -> SelectionProblem:
        before, after = columns(self.edges)
        flags = np.arange(self.size)
        return SelectionProblem(
            value=np.array(self.value, dtype=np.float64),
            demand=np.array(self.demand, dtype=np.float64).reshape(self.size, len(self.capacity)),
            category=np.array(self.category, dtype=np.int64),
            limits=AllocationLimits.from_shares(capacity=self.capacity, share=self.share, mode=self.mode),
            before=before,
            after=after,
            alternatives=[np.array(group, dtype=np.int64) for group in self.groups],
            mandatory=np.isin(flags, self.mandatory),
            excluded=np.isin(flags, self.excluded),
            **more,
        )


def is_allowed(case: Case, chosen: tuple[bool, ...]) -> bool:
    """Return whether a choice keeps every rule, by the definitions and in plain arithmetic."""
    if any(chosen[after] and not chosen[before] for before, after in case.edges):
        return False
    if any(sum(chosen[i] for i in set(group)) > 1 for group in case.groups):
        return False
    if any(not chosen[i] for i in case.mandatory) or any(chosen[i] for i in case.excluded):
        return False
    for k, capacity in enumerate(case.capacity):
        claimed = 0.0
        for b in (*range(len(case.share)), -1):
            used = sum(case.demand[i][k] for i in range(case.size) if chosen[i] and case.category[i] == b)
            share = case.share[b] * capacity if b >= 0 else 0.0
            mode = case.mode[b] if b >= 0 else AllocationMode.FLOOR
            if mode is not AllocationMode.FLOOR and used > share + 1e-9:
                return False
            claimed += max(used, 0.0 if mode is AllocationMode.CAP else share)
        if claimed > capacity + 1e-9:
            return False
    return True


def choices(case: Case) -> Iterator[tuple[bool, ...]]:
    """Yield every choice that keeps the rules."""
    for chosen in product((False, True), repeat=case.size):
        if is_allowed(case, chosen):
            yield chosen


def worth(case: Case, chosen: tuple[bool, ...]) -> float:
    """Return the value of a choice."""
    return sum(value for value, taken in zip(case.value, chosen, strict=True) if taken)


def optimum(case: Case) -> float | None:
    """Return the greatest value, or None if nothing is allowed."""
    return max((worth(case, chosen) for chosen in choices(case)), default=None)


def as_tuple(chosen: BoolArray) -> tuple[bool, ...]:
    """Return a choice as a tuple."""
    return tuple(bool(taken) for taken in chosen)


MODES = st.sampled_from(list(AllocationMode))
SHARES = st.sampled_from([[1.0], [0.5, 0.5], [0.6, 0.2], [0.25, 0.25, 0.5], [0.0, 0.75]])


@st.composite
def cases(draw: st.DrawFn, max_items: int = 7, *, whole: bool = True) -> Case:
    """Draw a problem with everything: modes, prerequisites, alternatives, mandatory and excluded ones."""
    n, edges = draw(dags(max_items))
    share = draw(SHARES)
    resources = draw(st.integers(1, 2))
    value = st.integers(0, 9).map(float) if whole else st.floats(0.01, 100)
    weeks = st.integers(0, 6).map(float) if whole else st.floats(0, 6)
    items = st.integers(0, max(n - 1, 0))
    flags = st.lists(items, max_size=2, unique=True) if n else st.just([])
    mandatory = draw(flags)
    case = Case(
        value=draw(st.lists(value, min_size=n, max_size=n)),
        demand=draw(
            st.lists(st.lists(weeks, min_size=resources, max_size=resources), min_size=n, max_size=n)
        ),
        category=draw(st.lists(st.integers(-1, len(share) - 1), min_size=n, max_size=n)),
        capacity=draw(st.lists(st.integers(0, 16).map(float), min_size=resources, max_size=resources)),
        share=share,
        mode=draw(st.lists(MODES, min_size=len(share), max_size=len(share))),
        edges=edges,
        groups=draw(st.lists(st.lists(items, min_size=1, max_size=3), max_size=2)) if n else [],
        mandatory=mandatory,
        excluded=[i for i in draw(flags) if i not in mandatory],
    )
    clash = any(len(set(group) & set(mandatory)) > 1 for group in case.groups)
    return replace(case, groups=[]) if clash else case
