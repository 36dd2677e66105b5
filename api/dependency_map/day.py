"""The day that maps, slips and stops count from."""

from datetime import UTC, date, datetime
from typing import Annotated

import strawberry

AsOf = Annotated[
    date | None,
    strawberry.argument(
        description="The day on which work that is not completed begins at the earliest; left out today (UTC)."
    ),
]


def today_unless(as_of: date | None) -> date:
    """The day that is asked for; today (UTC) for None and UNSET."""
    return as_of or datetime.now(UTC).date()
