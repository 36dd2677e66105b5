"""Local search keeps the rules, never loses, and takes the same way interpreted and compiled."""

import numpy as np
from hypothesis import assume, given, settings

from prioritisation.compilation import compiled
from prioritisation.selection_instance import instance
from prioritisation.selection_search import search
from tests.prioritisation.selection_cases import Case, as_tuple, cases, is_allowed, optimum
from tests.prioritisation.test_selection import portfolio


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_search_from_the_mandatory_work_stays_allowed_and_never_loses(case: Case) -> None:
    assume(optimum(case) is not None)
    at = instance(case.problem())
    movable = np.flatnonzero(~at.forced & ~at.barred)
    found = search(
        at,
        at.forced,
        movable,
        movable,
        np.zeros(case.size),
        pooled=True,
        iterations=60,
        threshold=1.0,
        seed=7,
    )
    chosen = np.zeros(case.size, dtype=np.bool_)
    chosen[at.items] = found
    assert is_allowed(case, as_tuple(chosen))
    assert at.value[found].sum() >= at.value[at.forced].sum()
    assert at.value[found].sum() <= (optimum(case) or 0.0)


def test_interpreted_and_compiled_searches_find_the_same() -> None:
    at = instance(portfolio(40, seed=3))
    movable = np.arange(40)

    def run() -> list[bool]:
        found = search(
            at, at.forced, movable, movable, at.value, pooled=False, iterations=90, threshold=2.0, seed=5
        )
        return [bool(taken) for taken in found]

    interpreted = run()
    with compiled():
        assert run() == interpreted
    assert any(interpreted)


def test_without_anything_to_move_the_start_stays() -> None:
    at = instance(portfolio(5, seed=3))
    nothing = np.empty(0, dtype=np.int64)
    found = search(
        at, at.forced, nothing, nothing, at.value, pooled=True, iterations=9, threshold=0.0, seed=1
    )
    assert found.tolist() == at.forced.tolist()
