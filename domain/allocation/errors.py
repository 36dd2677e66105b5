"""What can be wrong with the shares of a policy. A leaf but for the domain's errors."""

from collections.abc import Sequence
from uuid import UUID

from domain.errors import InvalidInput


class SharesNotWhole(InvalidInput):
    """Shares don't add up to 100 %: ``total`` is what they add up to, as a share of 1."""

    code = "SHARES_NOT_WHOLE"

    def __init__(
        self, message: str, *, total: float, team_id: UUID | None, path: Sequence[str | int] = ()
    ) -> None:
        super().__init__(message, path=path)
        self.total = total
        self.team_id = team_id
