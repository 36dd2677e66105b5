"""How figures are taken and reported: every goal is a ratio within one run or a known answer."""

import gc
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

_PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure and its goal.

    Attributes
    ----------
    name : str
    figure : float or None
        None if it was skipped; ``note`` says why.
    unit : str
    goal : float
    better : {"lower", "higher"}
    note : str
    """

    name: str
    figure: float | None
    unit: str
    goal: float
    better: Literal["lower", "higher"]
    note: str = ""

    @property
    def verdict(self) -> Literal["ok", "short", "skipped"]:
        """Whether the goal is reached."""
        if self.figure is None:
            return "skipped"
        reached = self.figure <= self.goal if self.better == "lower" else self.figure >= self.goal
        return "ok" if reached else "short"

    def line(self) -> str:
        """Return the measurement as one line of text."""
        figure = "-" if self.figure is None else f"{self.figure:.4g}"
        sign = "<=" if self.better == "lower" else ">="
        text = f"{self.name:<72} {figure:>10} {self.unit:<12} {sign} {self.goal:<8g} {self.verdict}"
        return f"{text}  # {self.note}" if self.note else text


def median_seconds(function: Callable[[], object], *, repeats: int = 5) -> float:
    """Return the median duration of ``function`` over ``repeats`` runs, without garbage collection."""
    seconds = []
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(repeats):
            start = time.perf_counter()
            function()
            seconds.append(time.perf_counter() - start)
    finally:
        if enabled:
            gc.enable()
    return median(seconds)


def median_ratio(
    function: Callable[[], object], unit: Callable[[], object], *, repeats: int = 15
) -> tuple[float, float]:
    """Return the median of seconds of ``function`` over seconds of ``unit``, pair by pair, and the former.

    Taken in turn, so that a machine that is busy for a while weighs on both.
    """
    pairs = [(median_seconds(function, repeats=1), median_seconds(unit, repeats=3)) for _ in range(repeats)]
    return median(a / b for a, b in pairs), median(a for a, _ in pairs)


def instances(name: str) -> Path | None:
    """Return the file ``name`` of instances with known answers, or None where there is none.

    They lie in ``bench`` of the folder that STEPCHANGE_SHARED names, by default ``shared`` beside the project.
    """
    shared = os.environ.get("STEPCHANGE_SHARED")
    path = (Path(shared) if shared else _PROJECT.parent / "shared") / "bench" / name
    return path if path.is_file() else None
