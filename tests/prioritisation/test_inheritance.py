import numpy as np
import pytest
from hypothesis import given, settings

from prioritisation.errors import InvalidProblem
from prioritisation.inheritance import inheritance, inherited_worth
from prioritisation.precedence import order
from tests.prioritisation.precedence_cases import Case, cases


@settings(max_examples=100, deadline=None)
@given(cases(8, zeros=False))
def test_terms_add_up_to_the_density_of_the_block_times_the_duration(case: Case) -> None:
    problem = case.problem()
    result = order(problem)
    net = inherited_worth(problem, result)
    for item in range(problem.size):
        found = inheritance(problem, result, item)
        worth = found.own + found.borrowed.sum() - found.lent.sum()
        assert worth == pytest.approx(found.density * case.duration[item], abs=1e-9)
        assert found.borrowed.sum() - found.lent.sum() == pytest.approx(net[item], abs=1e-9)
        assert all(result.block[other] == found.block for other in found.carries)


def test_enabler_names_who_carries_it_and_what_they_are_worth() -> None:
    # 2 unlocks 0 (worth 30) and, behind 0, 1 (worth 12); all in one block. 3 stands alone.
    case = Case([1, 1, 4, 1], [30, 12, 1, 0], [(2, 0), (0, 1)])
    problem = case.problem(tie_break=[3, 1, 0, 2])
    found = inheritance(problem, order(problem), 2)
    assert found.creditors.tolist() == [0]
    assert found.borrowed.tolist() == pytest.approx([found.density * 4 - 1])
    assert found.carries.tolist() == [0, 1]
    assert found.carries_weight.tolist() == [30.0, 12.0]
    passed_on = inheritance(problem, order(problem), 0)
    assert passed_on.debtors.tolist() == [2]
    assert passed_on.lent.tolist() == found.borrowed.tolist()


def test_item_without_dependencies_stands_on_its_own_worth() -> None:
    problem = Case([2, 1], [8, 1], []).problem()
    found = inheritance(problem, order(problem), 0)
    assert (found.density, found.own) == (4.0, 8.0)
    assert found.creditors.size == found.debtors.size == found.carries.size == 0


def test_repeated_dependencies_are_one_creditor() -> None:
    problem = Case([4, 2], [1, 11], [(0, 1), (0, 1)]).problem()
    found = inheritance(problem, order(problem), 0)
    assert (found.creditors.tolist(), found.borrowed.tolist()) == ([1], [7.0])


def test_unknown_item_is_refused() -> None:
    problem = Case([1], [1], []).problem()
    result = order(problem)
    for item in (-1, 1):
        with pytest.raises(InvalidProblem):
            inheritance(problem, result, item)


def test_every_item_is_explained_after_permuting() -> None:
    problem = Case([3, 1, 2], [0, 9, 5], [(0, 1), (0, 2)]).problem(tie_break=np.array([2, 0, 1]))
    found = inheritance(problem, order(problem), 0)
    assert sorted(found.carries.tolist()) == sorted(found.creditors.tolist())
