"""Inner loops that run interpreted when they are small and compiled when they are large.

Compiling a loop takes seconds, once per installation (numba keeps the machine code on disk); a portfolio of
some hundred initiatives is done sooner by the interpreter. Both ways compute the same bytes: nothing is
reassociated or fused. The machine code of a loop is kept as long as the file of the loop is unchanged;
after editing a function that is called from another file only, remove ``__pycache__``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

from numba import njit
from numba.extending import register_jitable

P = ParamSpec("P")
R = TypeVar("R")

INTERPRETED_UP_TO: Final = 4_000
"""Size (items and edges) up to which a loop is interpreted, unless its machine code is loaded already."""

_repeated: Final = ContextVar("repeated", default=False)


@contextmanager
def compiled() -> Iterator[None]:
    """Run loops compiled whatever their size, for callers that repeat them often enough to be worth it.

    Examples
    --------
    >>> with compiled():
    ...     pass
    """
    token = _repeated.set(True)
    try:
        yield
    finally:
        _repeated.reset(token)


def jitable(function: Callable[P, R]) -> Callable[P, R]:
    """Let compiled loops call ``function``; Python calls it as it is."""
    registered: Callable[P, R] = register_jitable(nogil=True, error_model="numpy")(function)
    return registered


def sized(function: Callable[P, R]) -> Callable[Concatenate[int, P], R]:
    """Give ``function`` a first argument, the size, that decides whether it runs compiled.

    Examples
    --------
    >>> @sized
    ... def add(x: int, y: int) -> int:
    ...     return x + y
    >>> add(2, 20, 22)
    42
    """

    @cache
    def native() -> Callable[P, R]:
        try:
            compiled: Callable[P, R] = njit(cache=True, nogil=True, error_model="numpy")(function)
        except RuntimeError:  # no folder in which machine code could be kept
            compiled = njit(nogil=True, error_model="numpy")(function)
        return compiled

    @wraps(function)
    def run(size: int, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if size > INTERPRETED_UP_TO or native.cache_info().currsize or _repeated.get():
            return native()(*args, **kwargs)
        return function(*args, **kwargs)

    return run
