"""What commands about a portfolio let a user choose: the portfolio by its name, and the day."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

import typer

from domain.errors import NotFound
from domain.snapshot import View

PortfolioName = Annotated[
    str | None, typer.Option(help="Name of the portfolio; may be left out when there is only one.")
]
OrganisationSlug = Annotated[
    str | None, typer.Option(help="Slug of the organisation; goes before STEPCHANGE_ORGANISATION.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def day(text: str | None) -> date:
    """The day that a text names; today (UTC) for None.

    Raises
    ------
    typer.BadParameter
        When it is no date.
    """
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no date; write it YYYY-MM-DD.") from error


def portfolio_named(view: View, name: str | None) -> UUID:
    """The portfolio in use with this name, whatever its case; the only one for None.

    Raises
    ------
    NotFound
        When there is none, or more than one to choose from.
    """
    rows = [row for row in view.directory.portfolios.values() if row.archived_at is None]
    chosen = [row for row in rows if name is None or row.name.casefold() == name.casefold()]
    if len(chosen) == 1:
        return chosen[0].id
    names = ", ".join(sorted(repr(row.name) for row in rows)) or "none"
    asked = "Name a portfolio with --portfolio" if name is None else f"There is no portfolio {name!r}"
    raise NotFound(f"{asked}; the organisation has: {names}.")
