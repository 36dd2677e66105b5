"""The day that expectations and standings are of."""

from datetime import date
from typing import Annotated

import strawberry

OnDay = Annotated[
    date | None, strawberry.argument(description="The day that it is about; today (UTC) if left out.")
]
