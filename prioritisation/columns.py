"""Columns: checked, read-only arrays with one entry per initiative, NaN for what is missing.

An array that its caller could still write to is copied; a read-only one is taken as it is. So a problem never
changes after its making, and a snapshot that holds read-only columns hands them over at no cost.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prioritisation.errors import InvalidProblem, name_positions

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Numbers = ArrayLike | Sequence[float | None] | Sequence[Sequence[float | None]]

Kind = TypeVar("Kind", bound=np.generic)


def refuse(offending: BoolArray, *, field: str, message: str, code: str) -> None:
    """Raise `InvalidProblem` naming the positions at which ``offending`` is true, if there are any.

    Examples
    --------
    >>> refuse(np.array([False, True]), field="duration", message="must not be negative", code="NEGATIVE")
    Traceback (most recent call last):
    prioritisation.errors.InvalidProblem: 'duration' must not be negative; positions: 1
    """
    positions = np.flatnonzero(offending).tolist()
    if positions:
        message = f"'{field}' {message}; positions: {name_positions(positions)}"
        raise InvalidProblem(message, field=field, items=positions, code=code)


def read_only(array: NDArray[Kind]) -> NDArray[Kind]:
    """Forbid writing to ``array`` and return it. For arrays that nobody else holds."""
    array.flags.writeable = False
    return array


def float_array(
    values: Numbers, *, field: str, ndim: int = 1, length: int | None = None, columnar: bool = False
) -> FloatArray:
    """Return ``values`` as read-only float64.

    Parameters
    ----------
    values : array_like of numbers
        ``None`` and NaN both mean missing.
    field : str
        Name for the error.
    ndim : int
        Dimensions that it must have.
    length : int, optional
        Length that its first dimension must have.
    columnar : bool
        Lay a matrix out column by column, so that the values of one criterion lie together.

    Raises
    ------
    InvalidProblem
        ``NOT_NUMERIC`` or ``SHAPE``.

    Examples
    --------
    >>> float_array([1, None], field="effort")
    array([ 1., nan])
    """
    given = _as_given(values, field=field)
    if given.dtype.kind not in "biufO":
        raise _not_numeric(field, f"not {given.dtype}")
    try:
        array = np.asarray(given, dtype=np.float64, order="F" if columnar else "C")
    except (TypeError, ValueError) as error:
        raise _not_numeric(field, str(error)) from error
    _check_shape(array.shape, field=field, ndim=ndim, length=length)
    return _own(array, given=given, values=values)


def int_array(values: Numbers, *, field: str, length: int | None = None) -> IntArray:
    """Return ``values`` as a read-only vector of int64; fractions are refused and not rounded.

    Raises
    ------
    InvalidProblem
        ``NOT_NUMERIC`` or ``SHAPE``.

    Examples
    --------
    >>> int_array([3, 1], field="tie_break")
    array([3, 1])
    """
    given = _as_given(values, field=field)
    if given.size and (given.dtype.kind not in "biu" or given.max() > np.iinfo(np.int64).max):
        raise _not_numeric(field, f"not {given.dtype}; whole numbers of 64 bits with a sign are wanted")
    array = np.asarray(given, dtype=np.int64, order="C")
    _check_shape(array.shape, field=field, ndim=1, length=length)
    return _own(array, given=given, values=values)


def _as_given(values: Numbers, *, field: str) -> NDArray[np.generic]:
    try:
        return np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise _not_numeric(field, str(error)) from error


def _not_numeric(field: str, what: str) -> InvalidProblem:
    return InvalidProblem(f"'{field}' must be an array of numbers: {what}", field=field, code="NOT_NUMERIC")


def _check_shape(shape: tuple[int, ...], *, field: str, ndim: int, length: int | None) -> None:
    if len(shape) != ndim:
        message = f"'{field}' must have {ndim} dimension(s), not {len(shape)}"
        raise InvalidProblem(message, field=field, code="SHAPE")
    if length is not None and shape[0] != length:
        message = f"'{field}' must have {length} entries, not {shape[0]}"
        raise InvalidProblem(message, field=field, code="SHAPE")


def _own(array: NDArray[Kind], *, given: NDArray[np.generic], values: Numbers) -> NDArray[Kind]:
    # What np.asarray built from a list, or converted, is new; anything else may share its memory.
    shared = array is given and not isinstance(values, (list, tuple, range))
    if array.flags.writeable:
        return read_only(array.copy(order="K") if shared else array)
    return array


def index_array(values: Numbers, *, field: str, size: int, length: int | None = None) -> IntArray:
    """Return positions in something of ``size`` entries; others are refused (``UNKNOWN_POSITION``)."""
    array = int_array(values, field=field, length=length)
    message = f"must hold positions below {size}, counted from 0"
    refuse((array < 0) | (array >= size), field=field, message=message, code="UNKNOWN_POSITION")
    return array


def require_finite(array: FloatArray, *, field: str, missing_allowed: bool = False) -> None:
    """Refuse infinities (``NOT_FINITE``) and, unless they may be missing, NaN (``MISSING_VALUE``)."""
    refuse(np.isinf(array), field=field, message="must be finite", code="NOT_FINITE")
    if not missing_allowed:
        refuse(np.isnan(array), field=field, message="must not be missing (NaN)", code="MISSING_VALUE")


def require_not_negative(array: FloatArray, *, field: str) -> None:
    """Refuse negative numbers (``NEGATIVE``); NaN passes."""
    refuse(array < 0, field=field, message="must not be negative", code="NEGATIVE")


def tie_break_array(tie_break: Numbers | None, *, length: int, field: str = "tie_break") -> IntArray:
    """Return the rank of every item's stable id; by default the order of the columns themselves.

    Raises
    ------
    InvalidProblem
        ``TIE_BREAK_NOT_UNIQUE`` when two items would still be tied.
    """
    if tie_break is None:
        return read_only(np.arange(length, dtype=np.int64))
    array = int_array(tie_break, field=field, length=length)
    if length and array.min() >= 0 and array.max() < length and np.bincount(array).max() == 1:
        return array  # a permutation, seen without sorting
    by_id = np.argsort(array, kind="stable")
    again = np.zeros(length, dtype=np.bool_)
    again[by_id[1:]] = array[by_id[1:]] == array[by_id[:-1]]
    message = "must differ for every item, as the rank of a stable id does"
    refuse(again, field=field, message=message, code="TIE_BREAK_NOT_UNIQUE")
    return array
