"""What three people think of each initiative.

The planner's ratings are written down. The two board members see most things a little differently, always in
the same way, and one of them sees her favourite very differently.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from domain.demo.scoring import CRITERIA
from domain.enums import CriterionSource

RATED = ("customer_value", "time_criticality", "risk_opportunity", "reach", "confidence", "ease")

_PLANNER: Mapping[str, tuple[float, ...]] = {
    "LE-01": (1, 3, 5, 0, 7, 4),
    "LE-02": (2, 9, 9, 640, 6, 3),
    "LE-03": (1, 8, 9, 0, 6, 5),
    "LE-04": (4, 6, 8, 640, 5, 3),
    "LE-05": (4, 4, 6, 60, 6, 3),
    "LE-06": (7, 8, 4, 70, 5, 5),
    "LE-07": (7, 5, 3, 260, 7, 6),
    "LE-08": (6, 3, 3, 180, 5, 7),
    "LE-09": (6, 5, 6, 310, 7, 4),
    "LE-10": (6, 4, 3, 240, 6, 6),
    "LE-11": (4, 2, 2, 150, 2, 2),
    "LE-12": (8, 5, 3, 45, 8, 6),
    "LE-13": (7, 5, 3, 900, 6, 5),
    "LE-14": (3, 3, 7, 210, 5, 2),
    "LE-15": (5, 4, 5, 130, 6, 4),
    "LE-16": (3, 4, 5, 90, 3, 2),
    "LE-17": (2, 1, 1, 35, 4, 5),
    "LE-18": (3, 2, 1, 400, 2, 5),
    "LE-19": (8, 7, 6, 30, 9, 8),
    "LE-20": (5, 10, 9, 40, 9, 6),
    "LE-21": (0, 3, 8, 0, 8, 5),
    "LE-22": (0, 3, 7, 0, 9, 8),
    "LE-23": (3, 2, 4, 120, 7, 6),
    "LE-24": (0, 4, 2, 0, 9, 9),
    "LE-25": (2, 7, 8, 0, 8, 6),
    "LE-26": (5, 3, 2, 30, 7, 8),
    "LE-27": (4, 2, 2, 350, 6, 8),
    "LE-28": (6, 4, 2, 200, 8, 8),
    "LE-29": (4, 3, 3, 40, 7, 6),
    "LE-31": (3, 5, 6, 110, 8, 8),
    "LE-32": (5, 3, 6, 190, 7, 7),
    "LE-33": (5, 4, 3, 520, 6, 8),
    "LE-34": (1, 4, 6, 15, 5, 6),
    "LE-35": (3, 1, 2, 12, 4, 6),
    "LE-36": (4, 10, 8, 900, 10, 7),
    "LE-37": (1, 6, 4, 0, 8, 7),
    "LE-38": (0, 4, 4, 0, 8, 8),
    "LE-39": (0, 2, 6, 0, 5, 5),
}
"""In the order of ``RATED``. LE-30 is too new, and the storm reserve is nobody's idea of a competitor."""

_LEANINGS: Mapping[str, tuple[float, ...]] = {
    "bowen": (0, 0, 0, 0, 0, 0),
    "ashworth": (-1, 0, 1, 0, 0, -1),
    "marsh": (1, 0, -1, 20, 1, 1),
}

_FAVOURITES: Mapping[tuple[str, str], tuple[float, ...]] = {("marsh", "LE-11"): (10, 8, 7, 700, 7, 6)}

_NOTES: Mapping[tuple[str, str, str], str] = {
    ("marsh", "LE-11", "customer_value"): "Everybody at the conference wanted it.",
    ("ashworth", "LE-11", "customer_value"): "Nobody has ever asked us for it.",
    ("bowen", "LE-11", "confidence"): "The pilot answered one question in five.",
    ("bowen", "LE-01", "customer_value"): "By itself. What it unlocks is another matter.",
    ("bowen", "LE-20", "time_criticality"): "18 December.",
}

_UNSURE = ("LE-06", "LE-09", "LE-11")
"""Where the planner also gives the range that he thinks possible."""

_SCALES = {
    criterion.key: criterion.scale for criterion in CRITERIA if criterion.source is CriterionSource.SCORE
}


class Opinion(NamedTuple):
    """One rating, with its range if the rater gives one."""

    initiative: str
    criterion: str
    value: float
    low: float | None
    high: float | None
    note: str


def opinions(rater: str) -> Iterator[Opinion]:
    """All ratings of a person, within the scales."""
    for initiative, planned in _PLANNER.items():
        leaning = _LEANINGS[rater]
        own = _FAVOURITES.get((rater, initiative)) or tuple(map(sum, zip(planned, leaning, strict=True)))
        for criterion, figure in zip(RATED, own, strict=True):
            least, most = _SCALES[criterion]
            value = min(max(figure, least), most)
            spread = (most - least) / 5 if rater == "bowen" and initiative in _UNSURE else None
            yield Opinion(
                initiative=initiative,
                criterion=criterion,
                value=value,
                low=None if spread is None else max(value - spread, least),
                high=None if spread is None else min(value + spread, most),
                note=_NOTES.get((rater, initiative, criterion), ""),
            )


RATERS = tuple(_LEANINGS)
