"""The load of resources over periods as SVG: what a schedule uses, against the capacity."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from prioritisation.columns import FloatArray, float_array, require_finite, require_not_negative
from prioritisation.errors import InvalidProblem
from prioritisation.gantt_frame import (
    HEAD,
    LABELS,
    MARGIN,
    check_periods,
    column_width,
    every_other,
    left_out,
    note,
    opening,
    row_label,
    xml,
)

MOST_ROWS: Final = 60
"""Resources that a picture shows; it says how many more there are."""

_ROW, _BAR = 64, 48


@dataclass(frozen=True, slots=True, eq=False)
class LoadRow:
    """One resource.

    Parameters
    ----------
    label : str
    load, capacity : array_like, shape (T,)
        Person-weeks in each period.

    Raises
    ------
    InvalidProblem
        ``NOT_NUMERIC``, ``SHAPE``, ``NOT_FINITE``, ``MISSING_VALUE``, ``NEGATIVE``.
    """

    label: str
    load: FloatArray
    capacity: FloatArray

    def __post_init__(self) -> None:
        load = float_array(self.load, field="load")
        capacity = float_array(self.capacity, field="capacity", length=load.size)
        for name, array in (("load", load), ("capacity", capacity)):
            require_finite(array, field=name)
            require_not_negative(array, field=name)
            object.__setattr__(self, name, array)

    @property
    def share(self) -> float | None:
        """Share of the capacity of all periods that is used; None where there is no capacity."""
        return float(self.load.sum() / self.capacity.sum()) if self.capacity.sum() > 0 else None


@dataclass(frozen=True, slots=True)
class LoadPicture:
    """What is to be drawn.

    Parameters
    ----------
    title : str
    periods : sequence of str
        Label of each period.
    rows : sequence of LoadRow
        Rows beyond `MOST_ROWS` are counted and not drawn.

    Raises
    ------
    InvalidProblem
        ``HORIZON_EMPTY``, ``TOO_MANY`` periods, ``SHAPE``: a row with another number of periods.
    """

    title: str
    periods: Sequence[str]
    rows: Sequence[LoadRow]

    def __post_init__(self) -> None:
        check_periods(self.periods)
        strange = [k for k, row in enumerate(self.rows) if row.load.size != len(self.periods)]
        if strange:
            message = f"'rows' must have {len(self.periods)} periods, as the axis has"
            raise InvalidProblem(message, field="rows", items=strange, code="SHAPE")


def load_svg(picture: LoadPicture) -> str:
    """Return the picture as an SVG document: bars of use, with the capacity as a line above them.

    Use above capacity is drawn over the line, in red and with a thick edge.

    Examples
    --------
    >>> picture = LoadPicture("Load", ["W1", "W2"], [LoadRow("Payments", [3, 5], [4, 4])])
    >>> "Payments: 100 % used, above capacity in 1 period." in load_svg(picture)
    True
    """
    shown = picture.rows[:MOST_ROWS]
    notes = left_out(len(picture.rows) - len(shown), "resource")
    height = HEAD + _ROW * max(len(shown), 1) + 18 * len(notes) + MARGIN
    lines = opening(
        title=picture.title,
        description=" ".join([*(_described(row) for row in shown), *notes]) or "No resources.",
        periods=picture.periods,
        height=height,
        shaded=every_other(len(picture.periods)),
    )
    for k, row in enumerate(shown):
        lines += _row(row, HEAD + k * _ROW, picture)
    lines += [note(text, y=HEAD + _ROW * max(len(shown), 1) + 14) for text in notes]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _described(row: LoadRow) -> str:
    over = int(_over(row).sum())
    used = "no capacity" if row.share is None else f"{row.share:.0%} used".replace("%", " %")
    more = f", above capacity in {over} period{'s' if over > 1 else ''}" if over else ""
    return f"{row.label}: {used}{more}."


def _over(row: LoadRow) -> FloatArray:
    return np.asarray(row.load > row.capacity * (1 + 1e-9), dtype=np.float64)


def _row(row: LoadRow, top: int, picture: LoadPicture) -> list[str]:
    step, left, base = column_width(len(picture.periods)), MARGIN + LABELS, top + _ROW - 8
    peak = max(float(row.capacity.max()), float(row.load.max()), 1e-9)
    words = "no capacity" if row.share is None else f"{row.share * 100:.0f} % used, peak {peak:g}"
    lines = [
        row_label(row.label, y=top + 26),
        note(words, y=top + 42),
        f'<path class="sc-line" d="M{left} {base}H{left + step * len(picture.periods)}" stroke="#cbd2d9"/>',
    ]
    for t, (load, capacity, over) in enumerate(
        zip(row.load.tolist(), row.capacity.tolist(), _over(row).tolist(), strict=True)
    ):
        if load <= 0:
            continue
        tall = max(round(_BAR * load / peak), 1)
        fill, edge = ("#f1998e", ' class="sc-critical" stroke="#b42318"') if over else ("#90caf9", "")
        words = f"{row.label}, {picture.periods[t]}: {load:g} of {capacity:g} person-weeks"
        lines.append(
            f'<rect{edge} x="{left + t * step + 1}" y="{base - tall}" width="{step - 2}" height="{tall}"'
            f' fill="{fill}"><title>{xml(words)}</title></rect>'
        )
    steps = [f"{round(base - _BAR * amount / peak)}" for amount in row.capacity.tolist()]
    line = f"M{left} {steps[0]}" + "".join(
        f"V{height}H{left + (t + 1) * step}" for t, height in enumerate(steps)
    )
    lines.append(f'<path class="sc-limit" d="{line}" fill="none" stroke="#1f2933"/>')
    return lines
