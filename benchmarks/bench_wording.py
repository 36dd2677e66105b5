"""How well rules on the wording tell activities, outcomes and kept levels apart, on labelled key results.

``data/labelled_key_results.csv`` was written and labelled by hand for this project, in three parts. The rules were
developed on ``development``. ``held_out`` was split off by a digest of each text before there were any rules, by the
one who then wrote them. ``held_out_later`` was written when the rules were finished, to see how they do on wordings
that nobody had in mind; nothing was changed after it had been measured but one rule that another part had shown to
be wrong. What counts are both held-out parts together; the goal on the later one alone is the same, and is shown.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.harness import Measurement, median_seconds
from domain.wording import Wording, assess_wording

DATA = Path(__file__).parent / "data" / "labelled_key_results.csv"
HELD_OUT = frozenset({"held_out", "held_out_later"})


class Labelled(NamedTuple):
    """A key result's title, what it is, and the part of the data that it belongs to."""

    part: str
    label: Wording
    text: str


class Quality(NamedTuple):
    """Precision and recall of one verdict, with the counts behind them."""

    hits: int
    said: int
    there: int

    @property
    def precision(self) -> float:
        """Share of what was said that is right."""
        return self.hits / self.said

    @property
    def recall(self) -> float:
        """Share of what is there that was found."""
        return self.hits / self.there


def labelled() -> list[Labelled]:
    """All labelled key results."""
    with DATA.open(newline="", encoding="utf-8") as file:
        return [Labelled(row["part"], Wording(row["label"]), row["text"]) for row in csv.DictReader(file)]


def quality(rows: Sequence[Labelled], of: Wording) -> Quality:
    """How well a verdict is given."""
    said = [row for row in rows if assess_wording(row.text).verdict is of]
    hits = sum(row.label is of for row in said)
    return Quality(hits, len(said), sum(row.label is of for row in rows))


def benchmarks() -> Iterator[Measurement]:
    """Precision and recall per verdict on what was held out; microseconds a title."""
    rows = labelled()
    held_out = [row for row in rows if row.part in HELD_OUT]
    later = [row for row in rows if row.part == "held_out_later"]
    for verdict in (Wording.ACTIVITY, Wording.OUTCOME, Wording.MAINTENANCE):
        yield from _lines(f"{verdict}, held out", quality(held_out, verdict))
    yield from _lines("activity, held out and written later", quality(later, Wording.ACTIVITY))
    seconds = median_seconds(lambda: [assess_wording.__wrapped__(row.text) for row in rows])
    yield Measurement("wording of a key result", 1e6 * seconds / len(rows), "us", 200.0, "lower")


def _lines(name: str, found: Quality) -> Iterator[Measurement]:
    yield Measurement(
        f"precision of {name}", found.precision, "", 0.9, "higher", f"{found.hits} of {found.said} said"
    )
    yield Measurement(
        f"recall of {name}", found.recall, "", 0.9, "higher", f"{found.hits} of {found.there} there"
    )
