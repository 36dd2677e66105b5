"""What commands print: results to standard output, progress and errors to standard error."""

import sys
from collections.abc import Sequence
from typing import Any, TextIO

import orjson
from rich.console import Console
from rich.table import Table

# where nobody looks at it, a table need not fit a screen
_PIPE_WIDTH = 200


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(file=stream, highlight=False, markup=False, emoji=False, width=width)


def say(text: str = "") -> None:
    """Print a line of a result, or of the progress of a server, as it is."""
    _console(sys.stdout).print(text, soft_wrap=True)


def progress(text: str) -> None:
    """Tell what a command is doing, beside its result."""
    _console(sys.stderr).print(text, soft_wrap=True)


def complain(text: str) -> None:
    """Print an error."""
    _console(sys.stderr).print(f"stepchange: {text}", soft_wrap=True)


def show_json(value: Any) -> None:
    """Print a result for a program to read."""
    sys.stdout.write(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode() + "\n")
    sys.stdout.flush()


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, nothing: str) -> None:
    """Print rows under headings, or what to say when there are none."""
    if not rows:
        say(nothing)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    _console(sys.stdout).print(table)
