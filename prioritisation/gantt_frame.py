"""What pictures over periods have in common: frame, axis, colours for light and dark, escaped text."""

import re
from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np

from prioritisation.columns import BoolArray
from prioritisation.errors import InvalidProblem

MARGIN: Final = 16
LABELS: Final = 220
"""Width of the column of labels."""

HEAD: Final = 56
"""Height of title and axis."""

FILLS: Final = ("#90caf9", "#a5d6a7", "#ffcc80", "#ce93d8", "#80deea", "#f48fb1", "#c5e1a5", "#b39ddb")
"""Colours of groups; dark ink is readable on all of them."""

MOST_PERIODS: Final = 520

_WIDEST, _NARROWEST, _FULL = 40, 8, 1040
_CHARACTER = 7  # width of a character, about
_SHOWN = 30  # characters of a label
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_STYLE = (
    ".sc-paper{fill:#ffffff}.sc-ink{fill:#1f2933}.sc-faint{fill:#52606d}.sc-line{stroke:#cbd2d9}"
    ".sc-band{fill:#f5f7fa}.sc-bar{stroke:#52606d}.sc-critical{stroke:#b42318;stroke-width:2}"
    ".sc-mark{fill:#b42318}.sc-limit{stroke:#1f2933;fill:none}.sc-link{stroke:#7b8794;fill:none}"
    "@media (prefers-color-scheme:dark){.sc-paper{fill:#14191f}.sc-ink{fill:#e4e7eb}.sc-faint{fill:#9aa5b1}"
    ".sc-line{stroke:#323f4b}.sc-band{fill:#1b222a}.sc-bar{stroke:#cbd2d9}.sc-critical{stroke:#ff8a80}"
    ".sc-mark{fill:#ff8a80}.sc-limit{stroke:#e4e7eb}.sc-link{stroke:#9aa5b1}}"
)


def plain(text: str) -> str:
    """Put control characters and line ends, which no picture shows, and what XML forbids, as spaces."""
    return _CONTROL.sub(" ", text).strip()


def xml(text: str) -> str:
    """Return text as XML has it, in elements and in attributes.

    Examples
    --------
    >>> xml('A & B < "C"')
    'A &amp; B &lt; &quot;C&quot;'
    """
    return escape(plain(text), quote=True)


def shortened(text: str, *, most: int = _SHOWN) -> str:
    """Return ``text`` cut to ``most`` characters, with an ellipsis.

    Examples
    --------
    >>> shortened("Consolidate all the ledgers of the group", most=20)
    'Consolidate all the…'
    """
    whole = plain(text)
    return whole if len(whole) <= most else f"{whole[: most - 1].rstrip()}…"


def check_periods(periods: Sequence[str]) -> None:
    """Refuse a picture without periods (``HORIZON_EMPTY``) or with more than can be told apart (``TOO_MANY``)."""
    if not periods:
        raise InvalidProblem("A picture needs a period.", field="periods", code="HORIZON_EMPTY")
    if len(periods) > MOST_PERIODS:
        message = f"A picture has room for {MOST_PERIODS} periods, not {len(periods)}; choose a part of them"
        raise InvalidProblem(message, field="periods", code="TOO_MANY")


def column_width(periods: int) -> int:
    """Return the width of a period in pixels.

    Examples
    --------
    >>> column_width(26), column_width(520)
    (40, 8)
    """
    return max(_NARROWEST, min(_WIDEST, _FULL // periods))


def opening(
    *, title: str, description: str, periods: Sequence[str], height: int, shaded: BoolArray
) -> list[str]:
    """Return the first lines of a picture: its description, paper, title, shaded rows' bands and the axis."""
    step = column_width(len(periods))
    width = 2 * MARGIN + LABELS + step * len(periods)
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">'
        ),
        f"<title>{xml(title)}</title>",
        f"<desc>{xml(description)}</desc>",
        f"<style>{_STYLE}</style>",
        f'<rect class="sc-paper" width="{width}" height="{height}" fill="#ffffff"/>',
        (
            f'<text class="sc-ink" x="{MARGIN}" y="{MARGIN + 10}" font-size="15" fill="#1f2933">'
            f"{xml(shortened(title, most=110))}</text>"
        ),
    ]
    longest = max(len(plain(period)) for period in periods)
    every = -(-(longest * _CHARACTER + 8) // step)
    bottom = height - MARGIN
    for t, period in enumerate(periods):
        x = MARGIN + LABELS + t * step
        if shaded[t]:
            lines.append(
                f'<rect class="sc-band" x="{x}" y="{HEAD}" width="{step}" height="{bottom - HEAD}" fill="#f5f7fa"/>'
            )
        if t % every == 0:
            lines.append(f'<path class="sc-line" d="M{x} {HEAD - 4}V{bottom}" stroke="#cbd2d9"/>')
            lines.append(
                f'<text class="sc-faint" x="{x + 3}" y="{HEAD - 8}" font-size="11" fill="#52606d">'
                f"{xml(period)}</text>"
            )
    return lines


def every_other(periods: int) -> BoolArray:
    """Return which periods are shaded so that columns can be told apart."""
    return np.asarray(np.arange(periods) % 2 == 1)


def row_label(text: str, *, y: int) -> str:
    """Return the label of a row, with its full text as a hint."""
    return (
        f'<text class="sc-ink" x="{MARGIN}" y="{y}" fill="#1f2933"><title>{xml(text)}</title>'
        f"{xml(shortened(text))}</text>"
    )


def note(text: str, *, y: int) -> str:
    """Return a line of small print."""
    return f'<text class="sc-faint" x="{MARGIN}" y="{y}" font-size="11" fill="#52606d">{xml(text)}</text>'


def left_out(count: int, noun: str) -> list[str]:
    """Return the note that some rows are not drawn, if there are any.

    Examples
    --------
    >>> left_out(1, "resource"), left_out(3, "initiative"), left_out(0, "initiative")
    (['1 more resource is not shown.'], ['3 more initiatives are not shown.'], [])
    """
    verb = "s are" if count > 1 else " is"
    return [f"{count} more {noun}{verb} not shown."] if count else []
