"""What can be wrong with KPIs in particular. A leaf but for the base of all errors."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.errors import DomainError


class ThresholdsOutOfOrder(DomainError):
    """A KPI's target and thresholds contradict its target type; ``order`` says how they have to lie."""

    code = "THRESHOLDS_OUT_OF_ORDER"

    def __init__(self, message: str, *, order: str, path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.order = order


class MeasurementInFuture(DomainError):
    """A measurement claims a time that has not come yet; ``now`` is what the server's clock says."""

    code = "MEASUREMENT_IN_FUTURE"

    def __init__(self, message: str, *, now: datetime, path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.now = now


class AlreadyPromoted(DomainError):
    """A KPI is a key result already, and that one is still open."""

    code = "ALREADY_PROMOTED"

    def __init__(self, message: str, *, key_result_id: UUID, path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.key_result_id = key_result_id


class KeyResultNotAchieved(DomainError):
    """A level can't become the standard, because the key result has not reached it; ``progress`` is 0 to 1."""

    code = "KEY_RESULT_NOT_ACHIEVED"

    def __init__(self, message: str, *, progress: float, path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.progress = progress
