"""A Gantt chart of a schedule as SVG: one row for each initiative, periods from left to right.

The same data gives the same text. The chart is readable without colour: what is critical has a thick edge,
work in flight a dashed one, a missed horizon a note, and every bar says in words what it shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prioritisation.errors import InvalidProblem
from prioritisation.gantt_frame import (
    FILLS,
    HEAD,
    LABELS,
    MARGIN,
    check_periods,
    column_width,
    every_other,
    left_out,
    note,
    opening,
    plain,
    row_label,
    shortened,
    xml,
)

MOST_ROWS: Final = 300
"""Initiatives that a chart shows; it says how many more there are."""

_ROW, _BAR = 24, 16


@dataclass(frozen=True, slots=True)
class Bar:
    """One initiative.

    Attributes
    ----------
    label : str
    start, finish : int
        First and last period, counted from 0; -1 where it is not scheduled. What reaches beyond the last
        period of the chart is cut off there.
    group : str or None
        Category or team; colours the bar.
    deadline : int or None
        Last period in which it may finish.
    fixed : bool
        Work in flight.
    critical : bool
    remark : str or None
        Why it starts when it does, or is not done.
    """

    label: str
    start: int
    finish: int
    group: str | None = None
    deadline: int | None = None
    fixed: bool = False
    critical: bool = False
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Gantt:
    """What is to be drawn.

    Parameters
    ----------
    title : str
    periods : sequence of str
        Label of each period, such as the date on which it begins.
    bars : sequence of Bar
        In the order of the rows; rows beyond `MOST_ROWS` are counted and not drawn.
    links : sequence of (int, int)
        Positions of bars between which an arrow leads: dependencies, or a critical chain.

    Raises
    ------
    InvalidProblem
        ``HORIZON_EMPTY``, ``TOO_MANY`` periods, ``UNKNOWN_POSITION`` of a link, ``NEGATIVE``: a bar that ends
        before it starts, or begins before the first period.
    """

    title: str
    periods: Sequence[str]
    bars: Sequence[Bar]
    links: Sequence[tuple[int, int]] = ()

    def __post_init__(self) -> None:
        check_periods(self.periods)
        for k, link in enumerate(self.links):
            if not all(0 <= end < len(self.bars) for end in link):
                message = "'links' must lead between bars of the chart"
                raise InvalidProblem(message, field="links", items=[k], code="UNKNOWN_POSITION")
        for k, bar in enumerate(self.bars):
            if bar.start < -1 or (bar.start >= 0 and bar.finish < bar.start):
                message = "'bars' must not end before they start, nor begin before the first period"
                raise InvalidProblem(message, field="bars", items=[k], code="NEGATIVE")


def gantt_svg(chart: Gantt) -> str:
    """Return the chart as an SVG document.

    Examples
    --------
    >>> chart = Gantt("Plan", ["W1", "W2"], [Bar("Ledger", 0, 1, critical=True), Bar("Portal", -1, -1)])
    >>> "2 initiatives over 2 periods, 1 of them not within the horizon." in gantt_svg(chart)
    True
    """
    shown = chart.bars[:MOST_ROWS]
    fills = _fills(shown)
    undone = sum(bar.start < 0 for bar in chart.bars)
    notes = left_out(len(chart.bars) - len(shown), "initiative")
    legend = 20 if fills else 0
    height = HEAD + _ROW * max(len(shown), 1) + 18 * len(notes) + legend + MARGIN
    described = f"{len(chart.bars)} initiatives over {len(chart.periods)} periods"
    described += f", {undone} of them not within the horizon." if undone else "."
    lines = opening(
        title=chart.title,
        description=" ".join([described, *notes]),
        periods=chart.periods,
        height=height,
        shaded=every_other(len(chart.periods)),
    )
    lines.append(
        '<defs><marker id="sc-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6"'
        ' orient="auto"><path d="M0 0L8 4L0 8Z" fill="#7b8794"/></marker></defs>'
    )
    lines += [line for k, bar in enumerate(shown) for line in _row(bar, k, chart, fills)]
    lines += [_link(shown[i], i, shown[j], j, chart) for i, j in chart.links if max(i, j) < len(shown)]
    bottom = HEAD + _ROW * max(len(shown), 1) + 14
    lines += [note(text, y=bottom + 18 * k) for k, text in enumerate(notes)]
    lines += _legend(fills, y=bottom + 18 * len(notes))
    return "\n".join([*(line for line in lines if line), "</svg>"]) + "\n"


def _fills(bars: Sequence[Bar]) -> dict[str | None, str]:
    groups = dict.fromkeys(bar.group for bar in bars if bar.group is not None)
    return {group: FILLS[k % len(FILLS)] for k, group in enumerate(groups)}


def _row(bar: Bar, k: int, chart: Gantt, fills: dict[str | None, str]) -> list[str]:
    y = HEAD + k * _ROW
    lines = [row_label(bar.label, y=y + 16)]
    step, left = column_width(len(chart.periods)), MARGIN + LABELS
    if bar.start < 0 or bar.start >= len(chart.periods):
        words = bar.remark or "not within the horizon"
        lines.append(
            f'<text class="sc-faint" x="{left + 4}" y="{y + 16}" font-size="11" font-style="italic" fill="#52606d">'
            f"<title>{xml(_hint(bar, chart))}</title>{xml(shortened(words, most=120))}</text>"
        )
    else:
        end = min(bar.finish, len(chart.periods) - 1) + 1
        kind = "sc-critical" if bar.critical else "sc-bar"
        edge = 'stroke="#b42318" stroke-width="2"' if bar.critical else 'stroke="#52606d"'
        dashes = ' stroke-dasharray="4 2"' if bar.fixed else ""
        lines.append(
            f'<rect class="{kind}" x="{left + bar.start * step + 1}" y="{y + 4}"'
            f' width="{(end - bar.start) * step - 2}" height="{_BAR}" rx="3"'
            f' fill="{fills.get(bar.group, "#cbd2d9")}" {edge}{dashes}>'
            f"<title>{xml(_hint(bar, chart))}</title></rect>"
        )
    if bar.deadline is not None and 0 <= bar.deadline < len(chart.periods):
        x = left + (bar.deadline + 1) * step
        lines.append(
            f'<path class="sc-mark" d="M{x - 5} {y + 2}h10l-5 7z" fill="#b42318"><title>'
            f"{xml(f'Deadline: {chart.periods[bar.deadline]}')}</title></path>"
        )
    return lines


def _hint(bar: Bar, chart: Gantt) -> str:
    parts = [plain(bar.label) + (f" ({plain(bar.group)})" if bar.group else "")]
    if 0 <= bar.start < len(chart.periods):
        beyond = bar.finish >= len(chart.periods)
        until = "beyond the horizon" if beyond else chart.periods[bar.finish]
        parts.append(f"{chart.periods[bar.start]} to {until}")
    if bar.fixed:
        parts.append("work in flight")
    if bar.critical:
        parts.append("critical")
    if bar.remark:
        parts.append(bar.remark)
    return "; ".join(parts)


def _link(tail: Bar, i: int, head: Bar, j: int, chart: Gantt) -> str:
    """Return an arrow from the end of one bar to the beginning of another; nothing where one is not drawn."""
    last = len(chart.periods)
    if not (0 <= tail.start < last and 0 <= head.start < last):
        return ""
    step, left = column_width(last), MARGIN + LABELS
    x0, x1 = left + min(tail.finish + 1, last) * step - 1, left + head.start * step + 1
    y0, y1 = (HEAD + k * _ROW + 4 + _BAR // 2 for k in (i, j))
    turn = max(x0 + 4, x1 - 5)
    return (
        f'<path class="sc-link" d="M{x0} {y0}H{turn}V{y1}H{x1}" fill="none" stroke="#7b8794"'
        ' marker-end="url(#sc-arrow)"/>'
    )


def _legend(fills: dict[str | None, str], *, y: int) -> list[str]:
    lines, x = [], MARGIN
    for group, fill in fills.items():
        words = shortened(group or "", most=24)
        lines.append(
            f'<rect class="sc-bar" x="{x}" y="{y - 9}" width="12" height="12" rx="2" fill="{fill}" stroke="#52606d"/>'
            f'<text class="sc-ink" x="{x + 17}" y="{y + 1}" font-size="11" fill="#1f2933">{xml(words)}</text>'
        )
        x += 34 + 7 * len(words)
    return lines
