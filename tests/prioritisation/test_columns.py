import array

import numpy as np
import pytest

from prioritisation.columns import (
    Numbers,
    float_array,
    index_array,
    int_array,
    require_finite,
    require_not_negative,
    tie_break_array,
)
from prioritisation.errors import InvalidProblem


def test_writeable_array_is_copied_so_that_its_owner_cannot_change_the_problem() -> None:
    mine = np.array([1.0, 2.0])
    column = float_array(mine, field="x")
    mine[0] = 99.0
    assert column.tolist() == [1.0, 2.0]
    assert mine.flags.writeable


def test_buffer_of_another_kind_is_copied_too() -> None:
    mine = array.array("d", [1.0, 2.0])
    column = float_array(np.asarray(mine), field="x")
    mine[0] = 99.0
    assert column.tolist() == [1.0, 2.0]


def test_read_only_array_is_taken_without_a_copy() -> None:
    mine = np.array([1.0, 2.0])
    mine.flags.writeable = False
    assert float_array(mine, field="x") is mine


def test_columns_refuse_writing() -> None:
    for column in (float_array([1, 2], field="x"), int_array([1, 2], field="x")):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 5


def test_columnar_matrix_has_contiguous_columns_and_none_is_nan() -> None:
    matrix = float_array(((1.0, None), (3.0, 4.0)), field="x", ndim=2, columnar=True)
    assert matrix.T.flags.c_contiguous
    np.testing.assert_array_equal(matrix, [[1, np.nan], [3, 4]])


@pytest.mark.parametrize("values", [["a"], ["1"], [1j], [[1], [2, 3]], np.array([object()])])
def test_what_is_no_array_of_numbers_is_refused(values: Numbers) -> None:
    with pytest.raises(InvalidProblem, match=r"^'effort' must be an array of numbers: \w") as caught:
        float_array(values, field="effort")
    assert caught.value.code == "NOT_NUMERIC"
    assert caught.value.field == "effort"


@pytest.mark.parametrize("values", [[0.5], [1.0], ["1"], np.array([2**63], dtype=np.uint64), [[1], [2, 3]]])
def test_whole_numbers_are_not_rounded_nor_wrapped(values: Numbers) -> None:
    with pytest.raises(InvalidProblem) as caught:
        int_array(values, field="tie_break")
    assert caught.value.code == "NOT_NUMERIC"


def test_shape_is_checked() -> None:
    with pytest.raises(InvalidProblem, match=r"1 dimension\(s\), not 2") as caught:
        float_array([[1.0]], field="x")
    assert caught.value.code == "SHAPE"
    with pytest.raises(InvalidProblem, match="must have 3 entries, not 2"):
        int_array([1, 2], field="x", length=3)


def test_offending_positions_are_named() -> None:
    column = float_array([1, np.inf, -np.inf, np.nan, -1], field="x")
    with pytest.raises(InvalidProblem) as infinite:
        require_finite(column, field="x")
    assert (infinite.value.code, infinite.value.items) == ("NOT_FINITE", (1, 2))
    with pytest.raises(InvalidProblem) as missing:
        require_finite(float_array([1, None], field="x"), field="x")
    assert (missing.value.code, missing.value.items) == ("MISSING_VALUE", (1,))
    require_finite(float_array([1, None], field="x"), field="x", missing_allowed=True)
    with pytest.raises(InvalidProblem) as negative:
        require_not_negative(column, field="x")
    assert (negative.value.code, negative.value.items) == ("NEGATIVE", (2, 4))


def test_positions_outside_are_named() -> None:
    with pytest.raises(InvalidProblem, match="below 3") as caught:
        index_array([0, 3, 2, -1], field="item", size=3)
    assert (caught.value.code, caught.value.items) == ("UNKNOWN_POSITION", (1, 3))
    assert index_array([], field="item", size=0).tolist() == []


@pytest.mark.parametrize("ids", [[2, 0, 1], [70, -4, 12]])
def test_tie_break_takes_any_different_numbers(ids: list[int]) -> None:
    assert tie_break_array(ids, length=3).tolist() == ids


@pytest.mark.parametrize("ids", [[0, 1, 0], [50, 50, 7]])
def test_tie_break_that_ties_is_refused(ids: list[int]) -> None:
    with pytest.raises(InvalidProblem) as caught:
        tie_break_array(ids, length=3)
    assert caught.value.code == "TIE_BREAK_NOT_UNIQUE"
    assert len(caught.value.items) == 1
