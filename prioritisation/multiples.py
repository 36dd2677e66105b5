"""What amounts are whole multiples of: then sums of them are, and limits can be rounded down to such a sum."""

from typing import Final

import numpy as np

from prioritisation.columns import FloatArray, IntArray

_PARTS: Final = 1000
_ROUNDING: Final = 1e-9
_MOST: Final = 1e12


def quantum(amounts: FloatArray) -> float:
    """Return the greatest number, a multiple of 1/1000, of which all ``amounts`` are multiples; 0 if there is none.

    Examples
    --------
    >>> quantum(np.array([1.5, 4.0])), quantum(np.array([0.1, 0.3333333]))
    (0.5, 0.0)
    """
    parts = _in_parts(amounts)
    return float(np.gcd.reduce(parts)) / _PARTS if parts.size and parts.all() else 0.0


def to_multiples(limits: FloatArray, row: IntArray, amounts: FloatArray) -> FloatArray:
    """Round each limit down to what sums of its amounts can reach; limits without common quantum stay.

    Parameters
    ----------
    limits : float64[r]
    row : int64[a]
        To which limit each amount counts.
    amounts : float64[a]
        Greater than 0.

    Examples
    --------
    >>> to_multiples(np.array([5.9, 5.9]), np.array([0, 0, 1]), np.array([2.0, 4.0, 0.3333333])).tolist()
    [4.0, 5.9]
    """
    if not row.size:
        return limits
    by_row = np.argsort(row, kind="stable")
    rows, begins = np.unique(row[by_row], return_index=True)
    parts = _in_parts(amounts)[by_row]
    common = np.gcd.reduceat(parts, begins) * (np.minimum.reduceat(parts, begins) > 0)
    rounded = limits.copy()
    step = common[common > 0] / _PARTS
    at = rows[common > 0]
    times = np.floor(limits[at] / step * (1 + _ROUNDING) + _ROUNDING)
    rounded[at] = np.minimum(limits[at], times * step)
    return rounded


def _in_parts(amounts: FloatArray) -> IntArray:
    """Return ``amounts`` in thousandths, 0 for those that are no whole number of them."""
    scaled = np.where(np.abs(amounts) < _MOST, amounts, 0.0) * _PARTS
    whole = np.round(scaled)
    close = np.abs(scaled - whole) <= _ROUNDING * np.maximum(np.abs(scaled), 1.0)
    return np.asarray(np.where(close, whole, 0.0), dtype=np.int64)
