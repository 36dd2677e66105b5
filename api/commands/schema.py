"""``stepchange schema``: the contract, as text."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import progress
from api.schema import build_schema, exported_sdl


def schema_command(
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of standard output.", dir_okay=False)
    ] = None,
) -> None:
    """Print the GraphQL schema (SDL), sorted."""
    sdl = exported_sdl(build_schema())
    if output is None:
        sys.stdout.write(sdl)
        return
    output.write_text(sdl)
    progress(f"Wrote {output}")
